//! The layout of `rapidvec --help`: colours, groups of commands, examples at the end.

use clap::builder::StyledStr;
use clap::builder::styling::{AnsiColor, Style, Styles};
use clap::{Arg, Command};
use std::fmt::Write;

const HEADER: Style = AnsiColor::Green.on_default().bold();
const LITERAL: Style = AnsiColor::Cyan.on_default().bold();
const PLACEHOLDER: Style = AnsiColor::Cyan.on_default();

/// Colours of help and usage errors, on terminals that show them.
pub const STYLES: Styles =
    Styles::styled().header(HEADER).usage(HEADER).literal(LITERAL).placeholder(PLACEHOLDER).valid(LITERAL);

/// The heading of the options that every command has.
pub const GLOBAL: &str = "Global options";

/// The end of `rapidvec --help`.
pub const AFTER_HELP: &str = "\
Examples:
  rapidvec train corpus.txt -o model.safetensors    Train vectors on a text file
  rapidvec similar model.safetensors king           List the nearest words of king
  rapidvec analogy model.safetensors man king woman    (man is to king as woman is to ...?)
  rapidvec convert model.safetensors vectors.bin    Write word2vec's binary format
  rapidvec map model.safetensors -o map.html        Draw a map to zoom and search

Environment:
  NO_COLOR, CLICOLOR_FORCE    Never or always use colours
  RAPIDVEC_DATA               Folder of the data sets
  LC_ALL, LC_MESSAGES, LANG   Language of messages: a Korean locale means --lang ko

Exit codes:
  0    success
  1    the command failed
  2    wrong usage, or an input is missing
  130  interrupted; train has saved its model";

/// The commands as `rapidvec --help` lists them.
const GROUPS: [(&str, &[&str]); 5] = [
    ("Train", &["train", "vocab", "phrases", "devices"]),
    ("Ask", &["similar", "analogy", "odd", "similarity", "rank", "embed", "eval"]),
    ("Measure", &["weat", "axis", "align", "average"]),
    ("Files", &["convert", "project", "synonyms", "index", "verify", "formats"]),
    ("Look", &["info", "map", "plot"]),
];

/// Options of `train` that its short help leaves out; they are shared with commands whose help is shorter.
const RARE: [&str; 10] = [
    "data_dir",
    "max_tokens",
    "invalid_utf8",
    "normalize",
    "tokenizer",
    "field",
    "column",
    "encoding",
    "missing_field",
    "phrases",
];

/// Replaces clap's one list of commands by the groups.
pub fn grouped(cli: Command) -> Command {
    let is_rare = |arg: &Arg| RARE.iter().any(|rare| arg.get_id() == rare);
    let cli = cli.mut_subcommand("train", |train| {
        train.mut_args(|arg| if is_rare(&arg) { arg.hide_short_help(true) } else { arg })
    });
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n{}\n\
         {HEADER}Options:{HEADER:#}\n{{options}}\n\nRun `rapidvec help COMMAND` for the options of a command.{{after-help}}",
        groups(&cli)
    );
    cli.help_template(template)
}

/// What `--help` and `rapidvec help COMMAND` print: every option on one line, as `-h` shows the common ones. clap's own long form
/// takes three lines each. `None` if the arguments do not ask for it.
pub fn of_command(cli: &Command, args: &[String]) -> Option<StyledStr> {
    let given: Vec<&String> = args.iter().skip(1).take_while(|arg| *arg != "--").collect();
    let mut names =
        given.iter().filter_map(|arg| cli.find_subcommand(arg)).map(|command| command.get_name().to_owned());
    let first = given.iter().find(|arg| !arg.starts_with('-')).map(|arg| arg.as_str());
    if !given.iter().any(|arg| *arg == "--help") && first != Some("help") {
        return None;
    }
    let mut cli = cli.clone();
    cli.build(); // so that commands know their full names and the global options
    let name = names.find(|name| name != "help");
    let command = name.map_or(Some(&cli), |name| cli.find_subcommand(name))?;
    let about = command.get_long_about().or(command.get_about()).cloned().unwrap_or_default();
    let after = command.get_after_long_help().or(command.get_after_help()).cloned().unwrap_or_default();
    let command = command.clone().about(about).after_help(after);
    Some(command.mut_args(|arg| arg.hide_short_help(false)).render_help())
}

/// A heading for each group, and a line for each of its commands that this build has.
fn groups(cli: &Command) -> String {
    let mut text = String::new();
    for (heading, names) in GROUPS {
        let _ = writeln!(text, "\n{HEADER}{heading}:{HEADER:#}"); // writing to a String cannot fail
        for command in names.iter().filter_map(|name| cli.find_subcommand(name)) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(text, "  {LITERAL}{:<10}{LITERAL:#}  {about}", command.get_name());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_is_in_one_group() {
        let grouped: Vec<_> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        for command in crate::Cli::command().get_subcommands().filter(|command| !command.is_hide_set()) {
            let name = command.get_name();
            assert_eq!(grouped.iter().filter(|grouped| **grouped == name).count(), 1, "{name}");
        }
    }

    /// The longest help of a flag, an argument or a command, in characters.
    const MAX_HELP: usize = 80;

    /// Every command that `rapidvec --help` lists.
    fn commands() -> Vec<Command> {
        let cli = crate::Cli::command();
        cli.get_subcommands().filter(|command| !command.is_hide_set()).cloned().collect()
    }

    #[test]
    fn every_help_line_is_short_and_a_phrase() {
        let mut wrong = Vec::new();
        for command in commands() {
            let name = command.get_name();
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            let mut lines = vec![(name.to_owned(), about)];
            for arg in command.get_arguments() {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                lines.push((format!("{name} {}", arg.get_id()), help));
                for value in arg.get_possible_values() {
                    let help = value.get_help().map(ToString::to_string).unwrap_or_default();
                    lines.push((format!("{name} {} {}", arg.get_id(), value.get_name()), help));
                }
            }
            let is_wrong = |help: &str| help.chars().count() > MAX_HELP || help.ends_with('.');
            wrong.extend(lines.into_iter().filter(|(_, help)| is_wrong(help)));
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn every_command_ends_with_examples() {
        for command in commands() {
            let after = command.get_after_long_help().or(command.get_after_help()).map(ToString::to_string);
            assert!(after.is_some_and(|after| after.contains("Examples:\n")), "{}", command.get_name());
        }
    }
}
