//! The end of a run: one error message, and an exit code for the kind of end.

use super::color::ERROR;
use super::language::{self, Language};
use super::stream::{line, prefixed};
use rapidvec::Error;
use rapidvec::error::{CoreError, OutputError, VectorsError};
use std::io::{self, ErrorKind};

/// The command succeeded, or nobody reads its output any more.
pub const SUCCESS: u8 = 0;
/// The command failed.
pub const FAILURE: u8 = 1;
/// The arguments are wrong, or name a missing input: the command line needs to change.
pub const USAGE: u8 = 2;
/// The user interrupted the run: 128 + SIGINT, as in shells.
pub const INTERRUPTED: u8 = 130;

/// Training was stopped by the user after it saved; there is nothing more to report.
#[derive(Debug, thiserror::Error)]
#[error("interrupted")]
pub struct Interrupted;

/// Arguments that are valid separately, but not together.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// Prints the error with its causes and chooses the exit code.
pub fn report(error: &anyhow::Error) -> u8 {
    let code = code(error);
    if code == USAGE || code == FAILURE {
        line(prefixed(ERROR, &language::message::error(), shown(error)));
    }
    code
}

/// Prints an error of the argument parser, or the help that was asked for, and ends the process.
pub fn refuse(error: &clap::Error) -> ! {
    let translated = (Language::current() == Language::Ko).then(|| language::translated_usage(error)).flatten();
    let Some(text) = translated else { error.exit() };
    line(prefixed(ERROR, &language::message::error(), text));
    std::process::exit(USAGE.into())
}

/// The error in the current language, with advice.
pub fn shown(error: &anyhow::Error) -> String {
    // Settings have the names of their flags, without the dashes.
    let dashes = if matches!(error.downcast_ref(), Some(Error::Config(_))) { "--" } else { "" };
    let translated = (Language::current() == Language::Ko).then(|| language::translated(error)).flatten();
    let text = translated.unwrap_or_else(|| format!("{}{}", message(error), way_out(error)));
    format!("{dashes}{text}")
}

fn code(error: &anyhow::Error) -> u8 {
    let is_io = |kind| move |cause: &(dyn std::error::Error + 'static)| io_kind(cause) == Some(kind);
    match error {
        _ if error.is::<Interrupted>() => INTERRUPTED,
        _ if error.chain().any(is_io(ErrorKind::BrokenPipe)) => SUCCESS,
        // Outputs have their own errors, so what the system does not find is an input.
        _ if is_usage(error) || error.chain().any(is_io(ErrorKind::NotFound)) => USAGE,
        _ => FAILURE,
    }
}

fn io_kind(cause: &(dyn std::error::Error + 'static)) -> Option<ErrorKind> {
    cause.downcast_ref::<io::Error>().map(io::Error::kind)
}

/// What to do about it on the command line.
fn way_out(error: &anyhow::Error) -> &'static str {
    match output_error(error) {
        Some(OutputError::Exists { .. }) => "; choose another name, or overwrite it with --force",
        Some(OutputError::NameTaken { .. }) => "; --force would have replaced it",
        _ => "",
    }
}

/// Why an output was rejected, whichever crate reports it.
fn output_error(error: &anyhow::Error) -> Option<&OutputError> {
    let of_vectors = match error.downcast_ref() {
        Some(Error::Vectors(error)) => Some(error),
        _ => error.downcast_ref(),
    };
    let of_core = match of_vectors {
        Some(VectorsError::Core(error)) => Some(error),
        _ => error.downcast_ref(),
    };
    match of_core {
        Some(CoreError::Output(error)) => Some(error),
        _ => None,
    }
}

/// Whether the command line needs to change: a setting is out of range, or a name does not exist.
fn is_usage(error: &anyhow::Error) -> bool {
    use rapidvec::corpus::CorpusError;
    use rapidvec::corpus::datasets::DatasetError::UnknownName;
    let library = match error.downcast_ref() {
        Some(Error::Config(_) | Error::Dataset(UnknownName { .. })) => true,
        Some(Error::Corpus(error)) => {
            use CorpusError::{BadPattern, Missing, NoMatch, NoUnicode};
            matches!(error, Missing { .. } | NoMatch { .. } | BadPattern { .. } | NoUnicode)
        }
        _ => false,
    };
    library || error.is::<UsageError>()
}

/// The error and its causes, each once, since the library's messages quote their causes already. If a message ends with the
/// name of a file, its cause does not repeat the name.
pub fn message(error: &anyhow::Error) -> String {
    let mut message = String::new();
    for cause in error.chain().map(ToString::to_string) {
        let named = cause.split_once(": ").filter(|(name, _)| message.ends_with(&format!(" {name}")));
        let cause = named.map_or(cause.as_str(), |(_, rest)| rest).to_owned();
        if message.is_empty() {
            message = cause;
        } else if !message.contains(&cause) {
            message = format!("{message}: {cause}");
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn io_error(kind: ErrorKind) -> anyhow::Error {
        anyhow::Error::new(rapidvec::Error::io(Path::new("a.txt"))(io::Error::new(kind, "no luck")))
    }

    #[test]
    fn a_cause_is_printed_once() {
        assert_eq!(message(&io_error(ErrorKind::Other)), "a.txt: no luck");
        let error = anyhow::Error::new(io::Error::other("no luck")).context("cannot write");
        assert_eq!(message(&error), "cannot write: no luck");
        let error = io_error(ErrorKind::Other).context("cannot resume from a.txt");
        assert_eq!(message(&error), "cannot resume from a.txt: no luck");
    }

    #[test]
    fn codes_say_what_kind_of_end_it_was() {
        assert_eq!(code(&io_error(ErrorKind::Other)), FAILURE);
        assert_eq!(code(&io_error(ErrorKind::NotFound).context("a.txt")), USAGE);
        assert_eq!(code(&UsageError("no".to_owned()).into()), USAGE);
        assert_eq!(code(&io_error(ErrorKind::BrokenPipe)), SUCCESS);
        assert_eq!(code(&Interrupted.into()), INTERRUPTED);
    }
}
