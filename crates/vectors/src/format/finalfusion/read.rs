//! Reads the chunks, then the rows of the words.

use super::storage::{self, Storage};
use super::vocabulary::Words;
use super::{MAGIC, kind};
use crate::WordVectors;
use crate::error::FormatError;
use crate::format::cursor::Cursor;
use crate::format::table_builder::{See, check_room, checked, collected};
use crate::format::{OpenOptions, OpenReport, VectorTable, header};
use crate::mapped::{Bytes, Section};
use crate::storage::Rows;
use crate::subwords::Subwords;
use std::sync::Arc;

/// Opens a file: words, vectors, and fastText's n-grams if it has any. The n-gram rows stay in `bytes`.
///
/// # Errors
/// As [`read`].
pub(crate) fn open(bytes: &Arc<Bytes>, options: &OpenOptions) -> Result<(WordVectors, OpenReport), FormatError> {
    let file = Chunks::parse(bytes)?;
    let (table, report) = file.table(options)?;
    let vectors = WordVectors::new(table.vocabulary, table.vector_size, table.numbers)?;
    let Some((ngrams, place)) = file.ngrams() else { return Ok((vectors, report)) };
    let rows = Rows::mapped_f32(Section::new(bytes, place), file.storage.vector_size);
    Ok((vectors.with_subwords(Subwords::new(ngrams, rows)?)?, report))
}

/// Reads words and vectors, without what gives vectors to unknown words.
///
/// # Errors
/// [`FormatError`] if the file is truncated, contradicts itself, or holds what `options` do not allow.
pub fn read(bytes: &[u8], options: &OpenOptions) -> Result<(VectorTable, OpenReport), FormatError> {
    Chunks::parse(bytes)?.table(options)
}

/// What a file consists of, all sizes checked.
struct Chunks<'a> {
    bytes: &'a [u8],
    words: Words,
    storage: Storage<'a>,
    /// The lengths of the first rows, f32.
    lengths: Option<&'a [u8]>,
}

impl<'a> Chunks<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, FormatError> {
        let mut cursor = Cursor::new(bytes);
        let count = head(&mut cursor)?;
        let (mut words, mut storage, mut lengths) = (None, None, None);
        for _ in 0..count {
            let kind = cursor.u32("the kind of a chunk")?;
            let length = cursor.u64("the length of a chunk")?;
            match kind {
                kind::SIMPLE | kind::HASHED | kind::FASTTEXT | kind::EXPLICIT | kind::FLORET => {
                    words = Some(Words::parse(kind, &mut cursor)?);
                }
                kind::ARRAY | kind::QUANTISED => storage = Some(Storage::parse(kind, &mut cursor)?),
                kind::LENGTHS => lengths = Some(storage::lengths(&mut cursor)?),
                kind::METADATA => drop(cursor.take("the metadata", length)?),
                got => {
                    let expected = "from 1 to 9";
                    return Err(FormatError::Field { field: "the kind of a chunk", expected, got: got.to_string() });
                }
            }
        }
        // finalfusion's Rust crate does not list the lengths, which come last.
        if lengths.is_none() && cursor.left() > 0 {
            let kind = cursor.u32("the kind of a chunk")?;
            cursor.u64("the length of a chunk")?;
            lengths = if kind == kind::LENGTHS { Some(storage::lengths(&mut cursor)?) } else { None };
        }
        let missing = |tensor: &str| FormatError::MissingTensor { tensor: tensor.to_owned() };
        let words = words.ok_or_else(|| missing("vocabulary"))?;
        let storage: Storage = storage.ok_or_else(|| missing("matrix"))?;
        Self { bytes, words, storage, lengths }.consistent()
    }

    /// Checks that there are rows for all words and n-grams, and a length for each word.
    fn consistent(self) -> Result<Self, FormatError> {
        let words = self.words.count;
        let (expected, got) = (words + self.words.ngrams.map_or(0, |ngrams| ngrams.buckets), self.storage.rows);
        if got < words || self.words.ngrams.is_some() && got != expected {
            return Err(FormatError::Disagreement { field: "rows", expected: expected as u64, got: got as i64 });
        }
        match self.lengths.map(|lengths| lengths.len() / 4) {
            Some(got) if got != words => {
                Err(FormatError::Disagreement { field: "lengths", expected: words as u64, got: got as i64 })
            }
            _ => Ok(self),
        }
    }

    /// fastText's n-grams, and where their rows are in the file.
    fn ngrams(&self) -> Option<(crate::subwords::NGrams, std::ops::Range<usize>)> {
        self.words.ngrams.zip(self.storage.place(self.words.count))
    }

    fn table(&self, options: &OpenOptions) -> Result<(VectorTable, OpenReport), FormatError> {
        let wanted = header::wanted(self.words.count, options)?;
        let has_ngrams = self.words.has_other_ngrams || self.words.ngrams.is_some();
        let mut report = OpenReport {
            stopped_at_limit: wanted < self.words.count,
            ngrams_left_out: has_ngrams && self.ngrams().is_none(),
            ..OpenReport::default()
        };
        checked(options, |see| self.walk(wanted, see))?;
        check_room(wanted, self.storage.vector_size)?;
        let table = collected(wanted, self.storage.vector_size, options, &mut report, |see| self.walk(wanted, see))?;
        Ok((table, report))
    }

    fn walk(&self, wanted: usize, see: &mut See<'_>) -> Result<(), FormatError> {
        let mut row = vec![0.0; self.storage.vector_size];
        for (id, word) in self.words.spans(self.bytes).enumerate().take(wanted) {
            self.storage.decode(id, &mut row);
            if let Some(lengths) = self.lengths {
                storage::scale(&mut row, lengths, id);
            }
            see(id, &self.bytes[word], &row)?;
        }
        Ok(())
    }
}

/// Reads what comes before the first chunk; returns the number of chunks.
fn head(cursor: &mut Cursor<'_>) -> Result<u32, FormatError> {
    let start = cursor.take("the head", MAGIC.len() as u64)?;
    if start != MAGIC {
        return Err(FormatError::OtherFormat { expected: "finalfusion", got: "another format" });
    }
    let version = cursor.u32("the version")?;
    if version != 0 {
        return Err(FormatError::Field { field: "the version", expected: "0", got: version.to_string() });
    }
    let count = cursor.u32("the number of chunks")?;
    cursor.take("the kinds of the chunks", u64::from(count) * 4)?;
    Ok(count)
}
