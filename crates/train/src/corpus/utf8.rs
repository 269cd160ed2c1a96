//! Turns the bytes of a block into text; checks, replaces or skips what is not valid UTF-8.

use super::report::CorpusReport;
use std::borrow::Cow;

/// What to do with bytes that are not valid UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InvalidUtf8 {
    /// Reject the text and report where they are.
    #[default]
    Error,
    /// Put U+FFFD in their place, as `String::from_utf8_lossy` does.
    Replace,
    /// Skip the whole line they are in.
    SkipLine,
}

/// A byte that is not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Not valid UTF-8, this many bytes into the block.
    Invalid(usize),
    /// A NUL, this many bytes into the block.
    Nul(usize),
}

/// The text of a block.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clean<'b> {
    /// The text, up to the error if there is one. Of a skipped line its end is kept.
    pub text: Cow<'b, str>,
    /// Ends of skipped lines that began in this block.
    pub skipped_ends: u64,
    /// Why the text ends before the block does.
    pub fault: Option<Fault>,
}

/// Makes text of `bytes`. `continues`: their first line began in an earlier block; `json`: lines end at `\n` alone.
pub(super) fn clean<'b>(
    bytes: &'b [u8],
    policy: InvalidUtf8,
    continues: bool,
    json: bool,
    report: &mut CorpusReport,
) -> Clean<'b> {
    let clean = |text| Clean { text, skipped_ends: 0, fault: None };
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => return clean(text.into()),
        Err(error) => error.valid_up_to(),
    };
    match policy {
        InvalidUtf8::Error => up_to_the_fault(bytes, valid),
        InvalidUtf8::Replace => {
            report.invalid_utf8 += faults(bytes);
            clean(String::from_utf8_lossy(bytes))
        }
        InvalidUtf8::SkipLine => without_bad_lines(bytes, continues, json, report),
    }
}

/// A NUL before the first invalid byte is the first fault.
fn up_to_the_fault(bytes: &[u8], valid: usize) -> Clean<'_> {
    let nul = bytes[..valid].iter().position(|&byte| byte == 0);
    let text = std::str::from_utf8(&bytes[..nul.unwrap_or(valid)]).unwrap_or_default();
    Clean { text: text.into(), skipped_ends: 0, fault: Some(nul.map_or(Fault::Invalid(valid), Fault::Nul)) }
}

/// The number of byte sequences that are not valid UTF-8.
fn faults(bytes: &[u8]) -> u64 {
    bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count() as u64
}

fn without_bad_lines(bytes: &[u8], continues: bool, json: bool, report: &mut CorpusReport) -> Clean<'static> {
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
    Clean { text: text.into(), skipped_ends, fault: None }
}

/// The first line of `bytes`, with its end if that is included.
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
