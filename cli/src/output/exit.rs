//! The end of a run: one error message, and an exit code that says what kind of end it was.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// Training was stopped by the user after it saved: exit code 130, nothing more to report.
#[derive(Debug, thiserror::Error)]
#[error("interrupted")]
pub struct Interrupted;

/// Prints the error with its causes and chooses the exit code: 130 interrupted, 0 if nobody reads our output any more,
/// 2 for a wrong argument, 1 for everything else.
pub fn report(error: &anyhow::Error) -> ExitCode {
    if error.is::<Interrupted>() {
        return ExitCode::from(130);
    }
    if error.chain().any(is_broken_pipe) {
        return ExitCode::SUCCESS;
    }
    // Nothing is left to do where stderr is closed too.
    let _ = writeln!(std::io::stderr(), "error: {}", message(error));
    let usage = matches!(error.downcast_ref(), Some(quickvec::Error::Config(_)));
    ExitCode::from(if usage { 2 } else { 1 })
}

/// The error and its causes, each once: the library's messages quote their causes already.
fn message(error: &anyhow::Error) -> String {
    let mut message = String::new();
    for cause in error.chain().map(ToString::to_string) {
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
        let error = anyhow::Error::new(quickvec::Error::io(Path::new("a.txt"))(io::Error::other("no luck")));
        assert_eq!(message(&error), "a.txt: no luck");
        let error = anyhow::Error::new(io::Error::other("no luck")).context("cannot write");
        assert_eq!(message(&error), "cannot write: no luck");
    }
}
