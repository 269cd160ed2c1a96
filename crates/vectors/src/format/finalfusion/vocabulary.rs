//! The words, and which n-grams they have.

use super::kind;
use crate::error::FormatError;
use crate::format::cursor::Cursor;
use crate::subwords::NGrams;
use std::ops::Range;

/// The words of a chunk; where they are in the file, checked.
pub(super) struct Words {
    /// How many.
    pub count: usize,
    /// Where the first begins.
    start: usize,
    /// fastText's n-grams.
    pub ngrams: Option<NGrams>,
    /// Whether there are n-grams of another kind.
    pub has_other_ngrams: bool,
}

impl Words {
    /// Reads the chunk of this kind.
    pub fn parse(kind: u32, cursor: &mut Cursor<'_>) -> Result<Self, FormatError> {
        if kind == kind::FLORET {
            return Err(FormatError::OtherFormat {
                expected: "a vocabulary of words",
                got: "floret's, which has none",
            });
        }
        let count = cursor.u64("the number of words")?;
        let listed = if kind == kind::EXPLICIT { cursor.u64("the number of n-grams")? } else { 0 };
        let ngrams = if kind == kind::SIMPLE { None } else { Some(lengths(kind, cursor)?) };
        let start = cursor.position();
        cursor.expect("the words", count.saturating_mul(4))?;
        for _ in 0..count {
            word(cursor)?;
        }
        cursor.expect("the n-grams", listed.saturating_mul(12))?;
        for _ in 0..listed {
            word(cursor)?;
            cursor.u64("the row of an n-gram")?;
        }
        let of_fasttext = kind == kind::FASTTEXT;
        Ok(Self {
            count: count as usize, // at most the bytes of the file
            start,
            ngrams: ngrams.filter(|_| of_fasttext),
            has_other_ngrams: ngrams.is_some() && !of_fasttext,
        })
    }

    /// Passes on where the words are in `bytes`, the file, in order.
    pub fn spans(&self, bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
        let mut at = self.start;
        (0..self.count).map_while(move |_| {
            let length = u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?) as usize;
            let start = at + 4;
            at = start + length;
            Some(start..at)
        })
    }
}

/// The lengths of n-grams and the number of buckets.
fn lengths(kind: u32, cursor: &mut Cursor<'_>) -> Result<NGrams, FormatError> {
    let (min_n, max_n) =
        (cursor.u32("the lengths of n-grams")? as usize, cursor.u32("the lengths of n-grams")? as usize);
    let buckets = if kind == kind::EXPLICIT { 1 } else { cursor.u32("the number of buckets")? as usize };
    let ngrams = NGrams::default().min_n(min_n).max_n(max_n).buckets(buckets);
    if kind == kind::FASTTEXT {
        ngrams.check()?;
    }
    Ok(ngrams)
}

fn word(cursor: &mut Cursor<'_>) -> Result<(), FormatError> {
    let length = cursor.u32("the length of a word")?;
    cursor.take("a word", length.into()).map(|_| ())
}
