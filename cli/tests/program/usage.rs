//! What all commands have in common: exit codes, global options, completions and manual pages.

use crate::common::{Place, program, stderr};
use std::process::{Output, Stdio};

fn output(args: &[&str]) -> Output {
    program().args(args).stdin(Stdio::null()).output().unwrap()
}

fn stdout(args: &[&str]) -> String {
    let output = output(args);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that `rapidvec --help` lists, by the completion script that is made of the same definitions.
fn commands() -> Vec<String> {
    let help = stdout(&["--help"]);
    let lines = help.lines().filter_map(|line| line.strip_prefix("  "));
    let names = lines.take_while(|line| !line.starts_with("-")).filter_map(|line| line.split_once("  "));
    names.map(|(name, _)| name.trim().to_owned()).collect()
}

#[test]
fn every_command_ends_with_code_2_if_an_input_is_missing() {
    let place = Place::new();
    let (missing, model) = (place.path("missing"), place.model.clone());
    let (missing, model) = (missing.to_str().unwrap(), model.to_str().unwrap());
    let out = |name: &str| place.path(name).to_str().unwrap().to_owned();
    let pairs = place.file("pairs", b"king queen 9.5\nman woman 8\n");
    let pairs = pairs.to_str().unwrap();
    let (svg, bin, prefix) = (out("a.svg"), out("a.bin"), out("a"));
    let mut cases: Vec<Vec<&str>> = vec![
        vec!["train", missing],
        vec!["train", "--resume", missing],
        vec!["train", "builtin", "--valid", missing],
        vec!["train", missing, "--trainer", "textbook"],
        vec!["vocab", missing],
        vec!["phrases", missing],
        vec!["similar", missing, "king"],
        vec!["similar", model, "--vector", missing],
        vec!["analogy", missing, "a", "b", "c"],
        vec!["odd", missing, "a", "b", "c"],
        vec!["similarity", missing, "a", "b"],
        vec!["rank", missing, "a", "b"],
        vec!["synonyms", missing],
        vec!["weat", missing, "-x", "a", "-y", "b", "-a", "c", "-b", "d"],
        vec!["axis", missing, "--from", "a", "--to", "b"],
        vec!["align", missing, model],
        vec!["align", model, missing],
        vec!["average", model, missing, "-o", &bin],
        vec!["embed", missing, model],
        vec!["embed", model, missing],
        vec!["eval", missing, pairs],
        vec!["eval", model, pairs, missing],
        vec!["convert", missing, &bin],
        vec!["project", missing, "-o", &prefix],
        vec!["verify", missing],
        vec!["info", missing],
        vec!["map", missing, "-o", &svg],
        vec!["map", model, "-o", &svg, "--words", missing],
        vec!["plot", missing, "-o", &svg],
    ];
    if cfg!(feature = "ann") {
        cases.push(vec!["index", missing]);
    }
    for command in commands().into_iter().filter(|command| !["devices", "formats"].contains(&command.as_str())) {
        // These read no file.
        assert!(cases.iter().any(|case| case[0] == command), "no case for {command}");
    }
    for case in cases {
        let output = output(&case);
        assert_eq!(output.status.code(), Some(2), "{case:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(missing), "{case:?} does not name the file: {}", stderr(&output));
    }
    assert_eq!(place.names(), ["model.safetensors", "pairs"], "nothing was written");
}

#[test]
fn every_command_ends_with_code_2_if_an_argument_is_wrong() {
    for command in commands() {
        let output = output(&[&command, "--no-such-flag"]);
        assert_eq!(output.status.code(), Some(2), "{command}");
    }
    assert_eq!(output(&["nonsense"]).status.code(), Some(2));
    assert_eq!(output(&[]).status.code(), Some(2), "no command at all");
}

#[test]
fn short_help_is_shorter_and_examples_come_last() {
    let (short, long) = (stdout(&["-h"]), stdout(&["--help"]));
    assert!(short.lines().count() < long.lines().count());
    assert!(long.contains("\nExamples:\n") && !short.contains("Examples:"));
    for heading in ["\nTrain:\n", "\nAsk:\n", "\nFiles:\n", "\nLook:\n", "\nOptions:\n"] {
        assert!(short.contains(heading) && long.contains(heading), "{heading}");
    }
    assert!(commands().len() >= 14, "{:?}", commands());
}

#[test]
fn the_help_of_every_command_has_a_line_for_each_option() {
    for command in commands() {
        let long = stdout(&[&command, "--help"]);
        assert_eq!(long, stdout(&["help", &command]), "{command}");
        assert!(long.lines().count() <= 110 && !long.contains("Possible values:"), "{command}: {long}");
        assert!(long.contains("\nExamples:\n"), "{command}: {long}");
    }
    assert!(stdout(&["--quiet", "convert", "--help"]).starts_with("Copy a model"), "flags may come first");
}

#[test]
fn numbers_that_cannot_be_are_explained() {
    for (wrong, reason) in [("three", "expected a whole number, such as 1000"), ("0", "expected a number from 1")] {
        let output = output(&["similar", "model", "word", "-k", wrong]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(reason), "{}", stderr(&output));
    }
}

#[test]
fn colours_are_written_only_on_request() {
    let has_colours = |args: &[&str], variable: &[(&str, &str)]| {
        let output = program().args(args).envs(variable.iter().copied()).output().unwrap();
        output.stdout.contains(&0x1b) || output.stderr.contains(&0x1b)
    };
    let error = ["info", "missing"];
    assert!(!has_colours(&error, &[]) && !has_colours(&["--help"], &[]), "no terminal");
    assert!(has_colours(&["info", "missing", "--color", "always"], &[]));
    assert!(has_colours(&["--color=always", "--help"], &[("NO_COLOR", "1")]), "a flag is stronger");
    assert!(has_colours(&error, &[("CLICOLOR_FORCE", "1")]));
    assert!(!has_colours(&["info", "missing", "--color=never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn quiet_leaves_results_and_errors() {
    let place = Place::new();
    let svg = place.path("a.svg");
    let map = |flags: &[&str]| {
        let args = [&["map", place.model.to_str().unwrap(), "-o", svg.to_str().unwrap(), "--force"], flags].concat();
        stderr(&output(&args))
    };
    assert!(map(&[]).contains("9 words") && map(&["--quiet"]).is_empty() && map(&["-q"]).is_empty());
    assert!(stderr(&output(&["-q", "info", "missing"])).starts_with("error: missing"));
}

#[test]
fn completions_know_every_command_in_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = stdout(&["completions", shell]);
        for command in commands() {
            assert!(script.contains(&command), "{shell}: {command}");
        }
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let place = Place::new();
    let folder = place.path("man");
    stdout(&["man", folder.to_str().unwrap()]);
    for command in commands() {
        let page = std::fs::read_to_string(folder.join(format!("rapidvec-{command}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{command}");
    }
    let page = std::fs::read_to_string(folder.join("rapidvec.1")).unwrap();
    assert!(page.contains("Examples:") && !page.contains("\u{1b}"));
}
