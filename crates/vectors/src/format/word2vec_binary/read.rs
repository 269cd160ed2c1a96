//! Reading: walk from word to word to check that every row is in its place, then copy the numbers on all threads.

use super::corruption;
use super::walk::{Body, Stretch, settle, truncated};
use crate::error::FormatError;
use crate::format::header::Header;
use crate::format::recognise::text_or_binary;
use crate::format::table_builder::{Place, WordSpan};
use crate::format::{Format, InvalidWord, OpenOptions, OpenReport, VectorTable, table_builder};
use rapidvec_core::parallel::{cores, try_map};

/// Rows whose numbers are checked for their byte order.
const ASKED: usize = 16;

/// Reads word2vec's binary.
///
/// # Errors
/// [`FormatError`] for a violation of the [format](super) that `options` do not allow.
pub fn read(bytes: &[u8], options: &OpenOptions) -> Result<(VectorTable, OpenReport), FormatError> {
    let header =
        Header::find(bytes)?.ok_or(FormatError::NoHeader { got: "the first line is not two whole numbers" })?;
    if text_or_binary(bytes, &header) == Format::Word2vecText {
        return Err(FormatError::OtherFormat { expected: "word2vec binary", got: "word2vec text" });
    }
    let body = Body { bytes: &bytes[header.length..], vector_size: header.vector_size, line_ends: false };
    let least = header.vector_size.checked_mul(4).and_then(|numbers| numbers.checked_add(1)); // and a space
    let truncated = || body.walk(header.words, header.words).err().unwrap_or_else(|| truncated(&header, 0));
    let wanted =
        header.wanted(options, least, body.bytes.len(), truncated).map_err(|error| explained(error, &header))?;
    let (body, walked) = settle(body, &header, wanted, options).map_err(|error| explained(error, &header))?;
    let stopped_at_limit = walked.end < body.bytes.len() || wanted < header.words;
    let mut report = OpenReport { stopped_at_limit, ..OpenReport::default() };
    let first = walked.stretches.iter().flat_map(|stretch| body.row(stretch.start)).take(ASKED);
    if corruption::is_big_endian(first.map(|row| &body.bytes[row.numbers])) {
        return Err(FormatError::ByteOrder { got: "the numbers seem to be big-endian" });
    }
    let table = copy(body, &walked.stretches, wanted, options, &mut report)?;
    Ok((table, report))
}

/// The same error, or a more specific one.
fn explained(error: FormatError, header: &Header) -> FormatError {
    if header.has_return {
        return FormatError::ByteOrder { got: "every line end was made longer by a byte, as Windows does with text" };
    }
    error
}

fn copy(
    body: Body,
    stretches: &[Stretch],
    rows: usize,
    options: &OpenOptions,
    report: &mut OpenReport,
) -> Result<VectorTable, FormatError> {
    if table_builder::exceeds_file(rows, body.vector_size, body.bytes.len()) {
        try_map(cores(), stretches, |stretch| take(body, stretch, None, options))?;
    }
    table_builder::check_room(rows, body.vector_size)?;
    let mut words = vec![WordSpan::default(); rows];
    let mut numbers = vec![0.0; rows * body.vector_size];
    let places = (&mut words[..], &mut numbers[..]);
    let shares = table_builder::shares(stretches, |stretch| stretch.rows.len(), body.vector_size, places);
    try_map(cores(), shares, |(stretch, place)| take(body, stretch, Some(place), options))?;
    table_builder::table(body.bytes, &words, body.vector_size, numbers, options, report)
}

/// Checks the rows of `stretch`, and stores their words and numbers in `into`, if given.
fn take(body: Body, stretch: &Stretch, mut into: Option<Place>, options: &OpenOptions) -> Result<(), FormatError> {
    let mut at = stretch.start;
    for (index, row) in stretch.rows.clone().enumerate() {
        let found = body.row(at).expect("the walk went over this row");
        at = found.next;
        let bytes = body.bytes[found.numbers].as_chunks().0;
        let bad = not_finite(bytes);
        let word = &body.bytes[found.word.clone()];
        if options.invalid_word == InvalidWord::Error && word.iter().any(u8::is_ascii_control) {
            return Err(FormatError::Misplaced { row, got: "its word holds control characters" });
        }
        table_builder::check_row(word, row, bad, options)?;
        if let Some((words, numbers)) = &mut into {
            words[index] = WordSpan::new(found.word, bad.is_none());
            let numbers = &mut numbers[index * body.vector_size..(index + 1) * body.vector_size];
            numbers.iter_mut().zip(bytes).for_each(|(number, &bytes)| *number = f32::from_le_bytes(bytes));
        }
    }
    Ok(())
}

fn not_finite(bytes: &[[u8; 4]]) -> Option<f32> {
    let number = |&bytes: &[u8; 4]| f32::from_le_bytes(bytes);
    // All of them first, without a branch: very few rows have any.
    let any = bytes.iter().fold(false, |any, bytes| any | !number(bytes).is_finite());
    any.then(|| bytes.iter().map(number).find(|number| !number.is_finite())).flatten()
}
