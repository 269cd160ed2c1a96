//! The two streams: results to stdout, through one lock and one buffer, all else to stderr.

use anyhow::Context;
use std::fmt::Display;
use std::io::{self, BufWriter, Write};

/// Lets `write` write to stdout. Its error stays in the chain, so that a reader who has gone ends the run quietly.
pub fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    write(&mut out).and_then(|()| out.flush()).context("cannot write the results to standard output")
}

/// A line on stderr: something that is no result. That nobody may be reading there is no reason to stop, or to panic as
/// `eprintln!` would.
pub fn say(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// A line on stderr that begins with `note:`.
pub fn note(text: impl Display) {
    say(format_args!("note: {text}"));
}
