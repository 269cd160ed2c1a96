//! The matrix: plain or quantised.

use super::kind;
use crate::error::FormatError;
use crate::format::cursor::Cursor;
use crate::storage::decode_f32;
use std::ops::Range;

/// finalfusion's numbers for the types of elements.
const U8: u32 = 1;
const F32: u32 = 10;

/// N rows of D numbers.
pub(super) struct Storage<'a> {
    pub rows: usize,
    pub vector_size: usize,
    numbers: Numbers<'a>,
}

enum Numbers<'a> {
    /// N x D f32; and where they are in the file.
    Plain(&'a [u8], Range<usize>),
    Quantised(Quantised<'a>),
}

/// Rows as codes.
struct Quantised<'a> {
    /// D x D f32.
    projection: Option<&'a [u8]>,
    /// A table for each part of a row: M x K x (D / M) f32.
    tables: &'a [u8],
    /// Rows in a table: K.
    centroids: usize,
    /// Numbers in a row of a table: D / M.
    part: usize,
    /// The lengths of the rows, if they were scaled to 1.
    lengths: Option<&'a [u8]>,
    /// N x M bytes.
    codes: &'a [u8],
}

impl<'a> Storage<'a> {
    /// Reads the chunk of this kind.
    pub fn parse(kind: u32, cursor: &mut Cursor<'a>) -> Result<Self, FormatError> {
        if kind == kind::ARRAY { Self::plain(cursor) } else { Self::quantised(cursor) }
    }

    fn plain(cursor: &mut Cursor<'a>) -> Result<Self, FormatError> {
        let rows = cursor.u64("the number of rows")?;
        let size = cursor.u32("the vector size")?;
        expect_type("the type of the numbers", F32, cursor)?;
        skip_padding(cursor)?;
        let start = cursor.position();
        let numbers = floats("the matrix", rows, size.into(), cursor)?;
        let (rows, vector_size) = sizes(rows, size)?;
        Ok(Self { rows, vector_size, numbers: Numbers::Plain(numbers, start..start + numbers.len()) })
    }

    fn quantised(cursor: &mut Cursor<'a>) -> Result<Self, FormatError> {
        let has_projection = cursor.u32("whether there is a projection")? != 0;
        let has_lengths = cursor.u32("whether there are lengths")? != 0;
        let (parts, size) = (cursor.u32("the number of codes")?, cursor.u32("the vector size")?);
        let centroids = cursor.u32("the number of centroids")?;
        let rows = cursor.u64("the number of rows")?;
        if parts == 0 || !size.is_multiple_of(parts) {
            let expected = "a divisor of the vector size";
            return Err(FormatError::Field { field: "the number of codes", expected, got: parts.to_string() });
        }
        expect_type("the type of the codes", U8, cursor)?;
        expect_type("the type of the numbers", F32, cursor)?;
        skip_padding(cursor)?;
        let wide = u64::from(size);
        let projection = has_projection.then(|| floats("the projection", wide, wide, cursor)).transpose()?;
        let tables = floats("the centroids", centroids.into(), wide, cursor)?;
        let lengths = has_lengths.then(|| floats("the lengths", rows, 1, cursor)).transpose()?;
        let codes = cursor.take("the codes", rows.saturating_mul(parts.into()))?;
        if let Some(got) = codes.iter().find(|&&code| u32::from(code) >= centroids) {
            let expected = "a row of its table";
            return Err(FormatError::Field { field: "a code", expected, got: got.to_string() });
        }
        let (rows, vector_size) = sizes(rows, size)?;
        let (centroids, part) = (centroids as usize, (size / parts) as usize);
        let numbers = Quantised { projection, tables, centroids, part, lengths, codes };
        Ok(Self { rows, vector_size, numbers: Numbers::Quantised(numbers) })
    }

    /// Where the rows from `first` on are in the file; `None` if they are quantised.
    pub fn place(&self, first: usize) -> Option<Range<usize>> {
        match &self.numbers {
            Numbers::Plain(_, range) => Some(range.start + 4 * first * self.vector_size..range.end),
            Numbers::Quantised(_) => None,
        }
    }

    /// Writes row `id` to `row`.
    pub fn decode(&self, id: usize, row: &mut [f32]) {
        match &self.numbers {
            Numbers::Plain(bytes, _) => decode_f32(&bytes[4 * id * row.len()..], row),
            Numbers::Quantised(quantised) => quantised.decode(id, row),
        }
    }
}

impl Quantised<'_> {
    fn decode(&self, id: usize, row: &mut [f32]) {
        let parts = row.len() / self.part;
        let codes = &self.codes[id * parts..][..parts];
        for (place, (part, &code)) in row.chunks_exact_mut(self.part).zip(codes).enumerate() {
            decode_f32(&self.tables[4 * (place * self.centroids + usize::from(code)) * self.part..], part);
        }
        if let Some(projection) = self.projection {
            let rotated = row.to_vec();
            for (number, weights) in row.iter_mut().zip(projection.chunks_exact(4 * rotated.len())) {
                *number = rotated.iter().zip(weights.as_chunks().0).map(|(x, w)| x * f32::from_le_bytes(*w)).sum();
            }
        }
        if let Some(lengths) = self.lengths {
            scale(row, lengths, id);
        }
    }
}

/// Multiplies a row by its length, number `id` of `lengths`.
pub(super) fn scale(row: &mut [f32], lengths: &[u8], id: usize) {
    let length = lengths.as_chunks().0.get(id).map_or(1.0, |bytes| f32::from_le_bytes(*bytes));
    row.iter_mut().for_each(|x| *x *= length);
}

/// Reads the chunk of lengths: f32 numbers, as bytes.
pub(super) fn lengths<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], FormatError> {
    let count = cursor.u64("the number of lengths")?;
    expect_type("the type of the lengths", F32, cursor)?;
    skip_padding(cursor)?;
    floats("the lengths", count, 1, cursor)
}

fn floats<'a>(what: &'static str, rows: u64, size: u64, cursor: &mut Cursor<'a>) -> Result<&'a [u8], FormatError> {
    cursor.take(what, rows.saturating_mul(size).saturating_mul(4))
}

/// The sizes of a matrix that is known to be in the file, of which neither may be 0.
fn sizes(rows: u64, vector_size: u32) -> Result<(usize, usize), FormatError> {
    let (words, vector_size) = (usize::try_from(rows).unwrap_or(usize::MAX), vector_size as usize);
    if words == 0 || vector_size == 0 {
        Err(FormatError::Empty { words, vector_size })
    } else {
        Ok((words, vector_size))
    }
}

fn expect_type(field: &'static str, expected: u32, cursor: &mut Cursor<'_>) -> Result<(), FormatError> {
    let got = cursor.u32(field)?;
    if got == expected {
        return Ok(());
    }
    let expected = if expected == F32 { "10 (f32)" } else { "1 (u8)" };
    Err(FormatError::Field { field, expected, got: got.to_string() })
}

/// Numbers begin at a multiple of four bytes; after a whole one come four more.
fn skip_padding(cursor: &mut Cursor<'_>) -> Result<(), FormatError> {
    cursor.take("padding", 4 - cursor.position() as u64 % 4).map(|_| ())
}
