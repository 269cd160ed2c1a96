//! Finds the rows by walking from word to word.

use super::corruption;
use crate::error::FormatError;
use crate::format::OpenOptions;
use crate::format::header::Header;
use std::ops::Range;

/// The maximum number of rows between two marks.
const MAX_MARKS: usize = 4096;

/// The body of a file, and the layout of its rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body<'a> {
    pub bytes: &'a [u8],
    pub vector_size: usize,
    /// A line end follows every row.
    pub line_ends: bool,
}

/// A row: its word, and D numbers.
pub(super) struct Row {
    pub word: Range<usize>,
    pub numbers: Range<usize>,
    /// Where the next row begins.
    pub next: usize,
}

/// Consecutive rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stretch {
    /// Where the first begins.
    pub start: usize,
    pub rows: Range<usize>,
}

/// Where a walk ended.
pub(super) struct Walked {
    pub stretches: Vec<Stretch>,
    /// After the last row.
    pub end: usize,
}

impl Body<'_> {
    /// The row at byte `at`. `None` if the bytes end before it does.
    pub fn row(&self, at: usize) -> Option<Row> {
        let length = self.bytes.get(at..)?.iter().position(|&b| b == b' ')?;
        let start = at + length + 1;
        let end = start.checked_add(self.vector_size.checked_mul(4)?).filter(|&end| end <= self.bytes.len())?;
        let next = if self.line_ends && end < self.bytes.len() { end + 1 } else { end };
        Some(Row { word: at..at + length, numbers: start..end, next })
    }

    /// Walks over `rows` rows; checks the words, and only some of the numbers.
    ///
    /// # Errors
    /// [`FormatError::TruncatedRows`] with `declared`, [`FormatError::Misplaced`].
    pub fn walk(&self, rows: usize, declared: usize) -> Result<Walked, FormatError> {
        let mut stretches: Vec<Stretch> = Vec::new();
        let (mut at, mut every) = (0, 1);
        for row in 0..rows {
            if row % every == 0 {
                if stretches.len() == MAX_MARKS {
                    every *= 2;
                    thin(&mut stretches);
                }
                stretches.push(Stretch { start: at, rows: row..row + 1 });
            } else if let Some(last) = stretches.last_mut() {
                last.rows.end = row + 1;
            }
            let vector_size = self.vector_size;
            let found = self.row(at).ok_or(FormatError::TruncatedRows { expected: declared, vector_size, got: row })?;
            if self.line_ends && found.next > found.numbers.end && self.bytes[found.numbers.end] != b'\n' {
                return Err(FormatError::Misplaced { row, got: "no line end follows it, as after the first row" });
            }
            if corruption::is_shifted(self.bytes, &found.word, &found.numbers) {
                return Err(FormatError::Misplaced { row, got: "its word seems to continue after a space" });
            }
            at = found.next;
        }
        Ok(Walked { stretches, end: at })
    }
}

/// Finds out whether line ends follow the rows: the first row suggests an answer, the end of the file decides.
pub(super) fn settle<'a>(
    body: Body<'a>,
    header: &Header,
    wanted: usize,
    options: &OpenOptions,
) -> Result<(Body<'a>, Walked), FormatError> {
    let first = body.row(0).ok_or_else(|| truncated(header, 0))?;
    let line_ends = body.bytes.get(first.numbers.end) == Some(&b'\n');
    let whole = |line_ends| {
        let body = Body { line_ends, ..body };
        let walked = body.walk(wanted, header.words)?;
        let got = body.bytes.len() - walked.end;
        if got > 0 && options.limit.is_none() {
            return Err(FormatError::MoreBytes { expected: header.words, got });
        }
        Ok((body, walked))
    };
    // If rows do not end with a line end, words may begin with one: then the walk without line ends fits.
    whole(line_ends).or_else(|error| if line_ends { whole(false).map_err(|_| error) } else { Err(error) })
}

/// The bytes after the first word up to a line end, usually numbers, if the rows of `bytes` end exactly where the file does.
pub(in crate::format) fn line_after_first_word(bytes: &[u8]) -> Option<&[u8]> {
    let header = Header::find(bytes).ok().flatten()?;
    let body = Body { bytes: &bytes[header.length..], vector_size: header.vector_size, line_ends: false };
    let (body, _) = settle(body, &header, header.words, &OpenOptions::default()).ok()?;
    let numbers = body.row(0)?.numbers;
    let (first, rest) = (&body.bytes[numbers.clone()], &body.bytes[numbers.end..]);
    let line = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
    // A line end among the first numbers is a part of them.
    if first.contains(&b'\n') { Some(first) } else { Some(&body.bytes[numbers.start..numbers.end + line]) }
}

pub(super) fn truncated(header: &Header, got: usize) -> FormatError {
    FormatError::TruncatedRows { expected: header.words, vector_size: header.vector_size, got }
}

/// Joins pairs of stretches.
fn thin(stretches: &mut Vec<Stretch>) {
    for pair in 0..stretches.len() / 2 {
        let (first, second) = (&stretches[2 * pair], &stretches[2 * pair + 1]);
        stretches[pair] = Stretch { start: first.start, rows: first.rows.start..second.rows.end };
    }
    stretches.truncate(stretches.len() / 2);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stay_few_and_cover_every_row() {
        for rows in [1, 2, MAX_MARKS, MAX_MARKS + 1, 3 * MAX_MARKS + 5, 10 * MAX_MARKS] {
            let bytes = b"w \0\0\0\0".repeat(rows);
            let body = Body { bytes: &bytes, vector_size: 1, line_ends: false };
            let walked = body.walk(rows, rows).unwrap();
            assert_eq!(walked.end, bytes.len());
            assert!(walked.stretches.len() <= MAX_MARKS);
            let mut next = 0;
            for stretch in &walked.stretches {
                assert_eq!((stretch.rows.start, stretch.start), (next, 6 * next));
                next = stretch.rows.end;
            }
            assert_eq!(next, rows);
        }
    }
}
