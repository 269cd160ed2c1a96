//! Results as JSON: one value, on one line.
//!
//! `[{"query":"you","neighbours":[{"word":"we","similarity":0.61}]}]`; for an analogy `query` is an array of three words,
//! and there is a `method`. A similarity has the digits that identify its f32.

use serde::Serialize;
use std::io::{self, Write};

/// A value and the end of the line.
pub fn line(out: &mut dyn Write, value: &(impl Serialize + ?Sized)) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)
}
