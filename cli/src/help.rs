//! How `rapidvec --help` looks: colours, the commands in groups, the examples at the end.

use clap::Command;
use clap::builder::styling::{AnsiColor, Style, Styles};
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
  rapidvec analogy model.safetensors man king woman
  rapidvec convert model.safetensors vectors.bin    Write word2vec's binary format
  rapidvec map model.safetensors -o map.html        Draw a map to zoom and search

Environment:
  NO_COLOR, CLICOLOR_FORCE    Never or always use colours
  RAPIDVEC_DATA               Folder of the data sets
  LC_ALL, LC_MESSAGES, LANG   Language of messages: a Korean locale means --lang ko

Exit codes:
  0  success
  1  the command failed
  2  wrong usage, or an input is missing
  130  interrupted; what could be saved is saved";

/// The commands as `rapidvec --help` lists them.
const GROUPS: [(&str, &[&str]); 4] = [
    ("Train", &["train", "vocab"]),
    ("Ask", &["similar", "analogy", "odd", "similarity", "rank", "embed", "eval"]),
    ("Files", &["convert", "project", "index", "verify"]),
    ("Look", &["info", "map"]),
];

/// Replaces clap's one list of commands by the groups.
pub fn grouped(cli: Command) -> Command {
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n{}\n\
         {HEADER}Options:{HEADER:#}\n{{options}}\n\nRun `rapidvec help COMMAND` for the options of a command.{{after-help}}",
        groups(&cli)
    );
    cli.help_template(template)
}

/// A heading for each group, and a line for each of its commands that this build has.
fn groups(cli: &Command) -> String {
    let mut text = String::new();
    for (heading, names) in GROUPS {
        let _ = writeln!(text, "\n{HEADER}{heading}:{HEADER:#}"); // a String takes all that is written to it
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
}
