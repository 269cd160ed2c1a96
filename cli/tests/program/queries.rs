//! What users type and pipe into the commands that query a model: words with punctuation, lists, a model left out or misplaced.

use crate::common::{Place, answer, failure, program, stderr};
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

const GO_TERMS: &str = "GO:0044423 1 0 0.1\nGO:0032991 0.9 0.3 0\nbinding 0.8 0.2 0.1\n1,000 0 0.1 1\nkinase 0 0.1 1\n";

/// Runs `rapidvec ARGS...` in this folder, on this input.
fn run_in(folder: &Path, args: &[&str], input: &[u8]) -> Output {
    let mut child = program();
    let child =
        child.current_dir(folder).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input); // a refusal may come before all is read
    child.wait_with_output().unwrap()
}

fn stdout_in(folder: &Path, args: &[&str], input: &[u8]) -> String {
    let output = run_in(folder, args, input);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn refused_in(folder: &Path, args: &[&str]) -> String {
    let output = run_in(folder, args, b"");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{args:?}: {}", stderr(&output));
    stderr(&output)
}

#[test]
fn a_word_with_a_colon_or_comma_is_a_word_before_it_is_anything_else() {
    let place = Place::new();
    for (text, word) in [(GO_TERMS.to_owned(), "GO:0044423"), (format!("{GO_TERMS}GO 0 0 1\n"), "GO:0044423")] {
        let path = place.file("terms.vec", format!("{} 3\n{text}", text.lines().count()).as_bytes());
        let shown = answer("similar", &path, &["--positive", word, "-k", "1"]);
        assert!(shown.starts_with("[query] GO:0044423\n  binding "), "{shown}");
        let shown = answer("similar", &path, &["--positive", "GO:0044423:0.5", "-k", "1"]);
        assert!(shown.starts_with("[query] 0.5 GO:0044423\n  binding "), "{shown}");
        assert_eq!(answer("similarity", &path, &["1,000", "kinase,1,000", "--sets"]).trim(), "1.0000");
    }
}

#[test]
fn words_may_begin_with_a_dash() {
    let place = Place::new();
    let path = place.file("dashes.vec", b"4 2\n-PRON- 1 0\n-5 0.9 0.1\nking 0 1\n--formt 0.5 0.5\n");
    for args in [&["-k", "1", "--", "-PRON-"][..], &["--positive", "-PRON-", "-k", "1"]] {
        assert!(answer("similar", &path, args).starts_with("[query] -PRON-\n  -5 "), "{args:?}");
    }
    assert!(answer("similar", &path, &["--positive", "-5"]).starts_with("[query] -5\n  -PRON- "));
    assert!(answer("similar", &path, &["--", "--formt"]).starts_with("[query] --formt\n"));
    let message = failure(2, "similar", &path, &["-PRON-"]);
    assert!(message.contains("write -- before the words"), "{message}");
    assert!(failure(2, "similar", &path, &["king", "--formt", "tsv"]).contains("--formt"));
}

/// As `vocab` writes it, as an editor on Windows saves it, with blanks at the ends.
#[test]
fn a_list_of_words_may_have_counts_a_byte_order_mark_and_blanks() {
    let place = Place::new();
    let folder = place.folder.path();
    let expected = answer("similar", &place.model, &["king", "안녕"]);
    for list in ["king\n안녕\n", "king\t645753\n안녕\t12\n", "\u{feff}king\r\n안녕\r\n", "king \n\n  안녕\t\n"]
    {
        let shown = stdout_in(folder, &["similar", "model.safetensors", "-"], list.as_bytes());
        assert_eq!(shown, expected, "{list:?}");
    }
    let shown = stdout_in(folder, &["odd", "model.safetensors", "-"], b"king\t3\nqueen\t2\ncar\t1\n");
    assert!(shown.starts_with("[odd] king queen car\n  car "), "{shown}");
}

#[test]
fn analogies_are_read_from_standard_input() {
    let place = Place::new();
    let folder = place.folder.path();
    let one = answer("analogy", &place.model, &["king", "man", "queen", "-k", "1"]);
    let args = ["analogy", "model.safetensors", "-", "-k", "1"];
    assert_eq!(
        stdout_in(folder, &args, "\u{feff}king man queen\n\nking\tman\tqueen\n".as_bytes()),
        format!("{one}\n{one}")
    );
    let output = run_in(folder, &args, b"king man queen\nking man\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("standard input: line 2: expected three words, got 2"), "{}", stderr(&output));
    assert_eq!(run_in(folder, &args, b"\n").status.code(), Some(2));
}

#[test]
fn odd_leaves_unknown_words_out_on_request() {
    let place = Place::new();
    let words = ["king", "quene", "queen", "woman", "car"];
    let message = failure(1, "odd", &place.model, &words);
    assert!(message.contains("did you mean `queen`? 1 of 5 words are unknown; use --skip-unknown"), "{message}");
    let output = crate::common::run("odd", &place.model, &[&words[..], &["--skip-unknown"]].concat());
    let shown = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(shown.starts_with("[odd] king queen woman car\n  car "), "{shown}");
    assert!(
        stderr(&output).contains("note: 1 of 5 words are not in the vocabulary and were skipped; the first is `quene`")
    );
    let output = crate::common::run("odd", &place.model, &["king", "quene", "car", "--skip-unknown"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert!(stderr(&output).contains("error: expected at least 3 known words, got 2"));
}

#[test]
fn commands_without_a_model_take_the_one_in_this_folder() {
    let place = Place::new();
    let folder = place.folder.path();
    place.file("questions", b"king man queen woman\n");
    for (args, input) in [
        (&["similar", "king"][..], ""),
        (&["similar", "king", "안녕", "-k", "2"], ""),
        (&["similar", "-"], "king\n"),
        (&["similar", "--positive", "king"], ""),
        (&["analogy", "king", "man", "queen"], ""),
        (&["analogy", "-"], "king man queen\n"),
        (&["odd", "king", "queen", "car"], ""),
        (&["similarity", "king", "queen"], ""),
        (&["rank", "king", "queen"], ""),
        (&["eval", "questions"], ""),
        (&["embed"], "king man\n"),
    ] {
        let named = [&args[..1], &["./model.safetensors"], &args[1..]].concat();
        let by_default = stdout_in(folder, args, input.as_bytes());
        assert_eq!(by_default, stdout_in(folder, &named, input.as_bytes()), "{args:?}");
        assert!(!by_default.is_empty());
    }
    assert!(refused_in(folder, &["similar", "modle.safetensors", "king"]).contains("modle.safetensors"));
}

#[test]
fn a_model_that_is_missing_or_comes_last_is_explained() {
    let (place, empty) = (Place::new(), tempfile::tempdir().unwrap());
    std::fs::rename(&place.model, place.path("vectors")).unwrap();
    let message = refused_in(place.folder.path(), &["similar", "king", "vectors"]);
    assert!(message.contains("the model comes first: rapidvec similar vectors king"), "{message}");
    for args in [&["similar"][..], &["similar", "king"], &["embed"], &["eval"], &["analogy"], &["odd"]] {
        let message = refused_in(empty.path(), args);
        assert!(message.contains("there is no model.safetensors here"), "{message}");
    }
    let message = failure(2, "embed", &place.path("vectors"), &["the king"]);
    assert!(message.contains("there is no file `the king`; to embed words, pipe them in"), "{message}");
}

#[test]
fn embed_reads_a_field_of_json_lines() {
    let place = Place::new();
    let text =
        place.file("texts.jsonl", b"{\"id\": 1, \"t\": {\"text\": \"king man\"}}\n{\"t\": {\"text\": [\"zero\"]}}\n");
    let text = text.to_str().unwrap();
    let expected = stdout_in(place.folder.path(), &["embed", "model.safetensors"], b"king man\nzero\n");
    assert_eq!(answer("embed", &place.model, &[text, "--field", "t.text"]), expected);
    let message = failure(1, "embed", &place.model, &[text, "--field", "body"]);
    assert!(message.contains("texts.jsonl: line 1: the JSON object has no text in the field `body`"), "{message}");
}

#[test]
fn nearly_equal_vectors_are_noted() {
    let place = Place::new();
    let row = |i: usize| (0..10).map(|j| format!(" {}", 1.0 + (i * j) as f32 * 1e-4)).collect::<String>();
    let rows: String = (0..6).map(|i| format!("w{i}{}\n", row(i))).collect();
    let path = place.file("weak.vec", format!("6 10\n{rows}").as_bytes());
    let output = crate::common::run("similar", &path, &["w0", "w1"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("note: all neighbours have a similarity above 0.99:"), "{}", stderr(&output));
}

#[test]
fn a_first_line_that_is_not_a_header_is_refused() {
    let place = Place::new();
    let pairs = place.file("pairs.tsv", b"king\tqueen\t8,5\nman\twoman\t8.3\nyou\tcar\t7.0\nking\tman\t5\n");
    let message = failure(1, "eval", &place.model, &[pairs.to_str().unwrap()]);
    assert!(message.contains("line 1: expected a finite number after the two words, got `8,5`"), "{message}");
    let pairs = place.file("named.tsv", b"word1\tword2\tscore\nking\tqueen\t8.5\nman\twoman\t8.3\nyou\tcar\t7.0\n");
    let output = crate::common::run("eval", &place.model, &[pairs.to_str().unwrap()]);
    assert!(stderr(&output).contains("named.tsv: the first line was read as names of columns"), "{}", stderr(&output));
}

#[test]
fn synonyms_are_mutual_neighbours_in_the_rules_of_search_engines() {
    let place = Place::new();
    let vectors = "1,000 1 0\nkilo 0.99 0.1\nthousand# 0.98 0.14\nfar 0 1\n";
    std::fs::write(place.path("v.glove"), vectors).unwrap();
    let folder = place.path("");
    let ask = |args: &[&str]| run_in(&folder, &[&["synonyms", "v.glove"], args].concat(), b"");
    let output = ask(&["-k", "2", "--quiet"]);
    let rules = "1\\,000 => 1\\,000, kilo, thousand\\#\nkilo => kilo, thousand\\#, 1\\,000\nthousand\\# => thousand\\#, kilo, 1\\,000\n";
    assert_eq!((std::str::from_utf8(&output.stdout).unwrap(), stderr(&output).as_str()), (rules, ""));
    let output = ask(&["-k", "1"]);
    assert_eq!(String::from_utf8(output.stdout.clone()).unwrap().lines().count(), 2);
    assert!(stderr(&output).contains("2 rules"), "{}", stderr(&output));
    assert!(ask(&["--min-similarity", "1", "--quiet"]).stdout.is_empty());
    assert!(refused_in(&folder, &["synonyms", "v.glove", "--min-similarity", "2"]).contains("from -1 to 1"));
}
