//! The two streams: results to stdout, through one lock and one buffer, everything else to stderr.

use super::color::{NOTE, WARNING};
use super::language::message;
use anyhow::Context;
use clap::builder::styling::Style;
use std::fmt::Display;
use std::io::{self, BufWriter, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether `--quiet` was given.
static QUIET: AtomicBool = AtomicBool::new(false);

/// Suppresses status lines, notes and progress from now on; results, warnings and errors stay.
pub fn set_quiet(quiet: bool) {
    QUIET.store(quiet, Ordering::Relaxed);
}

/// Whether only results, warnings and errors are shown.
pub fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Lets `write` write to stdout. Its error stays in the chain, so that a closed pipe ends the run silently.
pub fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    check_open()
        .and_then(|()| write(&mut out))
        .and_then(|()| out.flush())
        .context("cannot write the results to standard output")
}

/// What is written to a closed stdout would be lost in silence.
fn check_open() -> io::Result<()> {
    #[cfg(unix)]
    if crate::closed_stdout::is_closed() {
        return Err(io::Error::other(message::it_is_closed()));
    }
    Ok(())
}

/// A status line on stderr, unless `--quiet` was given.
pub fn say(text: impl Display) {
    if !is_quiet() {
        line(text);
    }
}

/// A line on stderr that begins with `note:`, unless `--quiet` was given.
pub fn note(text: impl Display) {
    if !is_quiet() {
        line(prefixed(NOTE, &message::note(), text));
    }
}

/// A line on stderr that begins with `warning:`.
pub fn warn(text: impl Display) {
    line(prefixed(WARNING, &message::warning(), text));
}

/// `word: text`, with the word in `style`.
pub(super) fn prefixed(style: Style, word: &str, text: impl Display) -> String {
    format!("{style}{word}:{style:#} {text}")
}

/// A line on stderr. Unlike `eprintln!` it does not panic if stderr is closed.
pub(super) fn line(text: impl Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}
