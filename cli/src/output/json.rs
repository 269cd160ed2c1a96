//! Results as JSON: one value, on one line.
//!
//! `[{"query":"you","neighbours":[{"word":"we","similarity":0.61}]}]`; for an analogy `query` is an array of three words
//! and `method` stands beside it. A similarity has as many digits as make out its f32.

use super::Answer;
use super::form::Output;
use serde::Serialize;
use std::io::{self, Write};

/// One array over all queries.
pub struct Json;

impl Output for Json {
    fn answers(&self, out: &mut dyn Write, answers: &[Answer]) -> io::Result<()> {
        line(out, answers)
    }
}

/// A value and the end of the line.
pub fn line(out: &mut dyn Write, value: &(impl Serialize + ?Sized)) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)
}
