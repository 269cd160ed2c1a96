//! Bytes of a block become text: checked, replaced or left out where they are no UTF-8.

use crate::corpus::read::{InvalidUtf8, LineReport};
use std::borrow::Cow;

/// A byte that no text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Not UTF-8, so many bytes into the block.
    Invalid(usize),
    /// A NUL.
    Nul(usize),
}

/// The text of a block. A line left out leaves its end: `skipped_ends` of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clean<'b> {
    pub text: Cow<'b, str>,
    /// Ends of lines that were left out and that began in this block.
    pub skipped_ends: u64,
}

/// Makes text of `bytes`. `continues`: they go on with a line; `json`: lines end at `\n` alone.
pub(super) fn clean<'b>(
    bytes: &'b [u8],
    policy: InvalidUtf8,
    continues: bool,
    json: bool,
    report: &mut LineReport,
) -> Result<Clean<'b>, Fault> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Clean { text: text.into(), skipped_ends: 0 }),
        Err(error) => error,
    };
    match policy {
        InvalidUtf8::Error => Err(first_fault(bytes, error.valid_up_to())),
        InvalidUtf8::Replace => {
            report.invalid_utf8 += faults(bytes);
            Ok(Clean { text: String::from_utf8_lossy(bytes), skipped_ends: 0 })
        }
        InvalidUtf8::SkipLine => Ok(without_bad_lines(bytes, continues, json, report)),
    }
}

/// A NUL before the first wrong byte is the first fault.
fn first_fault(bytes: &[u8], wrong: usize) -> Fault {
    bytes[..wrong].iter().position(|&byte| byte == 0).map_or(Fault::Invalid(wrong), Fault::Nul)
}

/// Runs of bytes that are no UTF-8.
fn faults(bytes: &[u8]) -> u64 {
    bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count() as u64
}

fn without_bad_lines(bytes: &[u8], continues: bool, json: bool, report: &mut LineReport) -> Clean<'static> {
    let mut text = String::with_capacity(bytes.len());
    let (mut rest, mut is_first, mut skipped_ends) = (bytes, true, 0);
    while !rest.is_empty() {
        let (line, end) = split_line(rest, json);
        rest = &rest[line.len() + end.len()..];
        match std::str::from_utf8(line) {
            Ok(line) => text.push_str(line),
            Err(_) => {
                report.invalid_utf8 += faults(line);
                report.skipped_lines += 1;
                skipped_ends += u64::from(!(end.is_empty() || is_first && continues));
            }
        }
        text.push_str(end);
        is_first = false;
    }
    Clean { text: text.into(), skipped_ends }
}

/// The line that `bytes` start with, and its end, if they have it.
fn split_line(bytes: &[u8], json: bool) -> (&[u8], &'static str) {
    let is_end = |&byte: &u8| byte == b'\n' || byte == b'\r' && !json;
    let length = bytes.iter().position(is_end).unwrap_or(bytes.len());
    let end = match &bytes[length..] {
        [b'\r', b'\n', ..] => "\r\n",
        [b'\r', ..] => "\r",
        [b'\n', ..] => "\n",
        _ => "",
    };
    (&bytes[..length], end)
}
