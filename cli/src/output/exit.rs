//! The end of a run: one error message, and an exit code that says what kind of end it was.

use rapidvec::Error;
use rapidvec::error::OutputError;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// Training was stopped by the user after it saved: exit code 130, nothing more to report.
#[derive(Debug, thiserror::Error)]
#[error("interrupted")]
pub struct Interrupted;

/// The exit code of a run that was stopped by the user: 128 + SIGINT, as shells have it.
pub const INTERRUPTED: u8 = 130;

/// Arguments that are good one by one, but not together: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// Prints the error with its causes and chooses the exit code: 130 interrupted, 0 if nobody reads our output any more,
/// 2 for a wrong argument, 1 for everything else.
pub fn report(error: &anyhow::Error) -> ExitCode {
    if error.is::<Interrupted>() {
        return ExitCode::from(INTERRUPTED);
    }
    if error.chain().any(is_broken_pipe) {
        return ExitCode::SUCCESS;
    }
    // Settings are named as their flags are, without the dashes.
    let dashes = if matches!(error.downcast_ref(), Some(Error::Config(_))) { "--" } else { "" };
    // Nothing is left to do where stderr is closed too.
    let _ = writeln!(std::io::stderr(), "error: {dashes}{}{}", message(error), way_out(error));
    ExitCode::from(if is_usage(error) { 2 } else { 1 })
}

/// What to do about it on the command line.
fn way_out(error: &anyhow::Error) -> &'static str {
    match error.downcast_ref() {
        Some(Error::Output(OutputError::Exists { .. })) => "; choose another name, or overwrite it with --force",
        Some(Error::Output(OutputError::NameTaken { .. })) => "; --force would have replaced it",
        _ => "",
    }
}

/// Whether another command line would have helped: a setting out of range, a name of nothing.
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

/// The error and its causes, each once: the library's messages quote their causes already. Nor is a file named again by the
/// cause of a message that ends with its name.
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

fn is_broken_pipe(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::path::Path;

    #[test]
    fn a_cause_is_told_once() {
        let error = anyhow::Error::new(rapidvec::Error::io(Path::new("a.txt"))(io::Error::other("no luck")));
        assert_eq!(message(&error), "a.txt: no luck");
        let error = anyhow::Error::new(io::Error::other("no luck")).context("cannot write");
        assert_eq!(message(&error), "cannot write: no luck");
        let error = anyhow::Error::new(rapidvec::Error::io(Path::new("a.txt"))(io::Error::other("no luck")));
        assert_eq!(message(&error.context("cannot go on from a.txt")), "cannot go on from a.txt: no luck");
    }
}
