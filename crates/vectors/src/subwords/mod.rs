//! Vectors for words outside the vocabulary: the mean over their character n-grams.
//!
//! Bojanowski et al. 2017, as fastText's `dictionary.cc` and `getWordVector` compute it: the word `w` is written `<w>`;
//! its n-grams are the runs of `min_n` to `max_n` UTF-8 characters, without a lone `<` or `>` at the ends; n-gram `g`
//! owns row `hash(g) mod B` of the `B x D` bucket matrix, where `hash` is FNV-1a of 32 bits with each byte taken as signed
//! (bytes from 0x80 on flip the upper 24 bits, too). A known word adds its own row. The sentence end `</s>` has no n-grams.
//! Sums are f32 in the order of the n-grams, then times `1 / n`, so that results have fastText's bits.
//!
//! Only the rows of buckets in use need to be stored: the others are zero. (fastText leaves them random, which adds noise to the
//! vectors of unknown words.) An unknown word still counts all of its n-grams, so that its vector is the same in a file that stores the zeros.
//!
//! Limits: words are hashed as bytes; two n-grams may share a row, by design of the method.

mod lists;
mod ngrams;

pub use lists::{NGramLists, compose};
pub(crate) use ngrams::work_each;
pub use ngrams::{NGrams, ngram_hash};

use super::storage::Rows;
use crate::error::{FormatError, QueryError};
use rapidvec_core::Vocabulary;
use std::sync::Arc;

/// The most work that one unknown word may cost, in additions: some 50 ms. Words of 30,000 bytes take less with usual settings.
const MAX_WORD_WORK: u64 = 1 << 26;

/// The n-gram rows of a model, kept in its file. Cloning copies no numbers.
#[derive(Debug, Clone)]
pub struct Subwords {
    ngrams: NGrams,
    /// N x D.
    rows: Rows,
    /// The bucket of each row, ascending; `None`: a row for each of the B buckets.
    buckets: Option<Arc<[u32]>>,
    /// The rows that known words have of their own, V x D, if they are known.
    words: Option<Rows>,
}

impl Subwords {
    /// N-grams with a row for each bucket: B x D.
    ///
    /// # Errors
    /// [`FormatError::Field`] as [`NGrams::check`]; [`FormatError::Size`] if there are fewer or more rows.
    pub fn new(ngrams: NGrams, rows: Rows) -> Result<Self, FormatError> {
        ngrams.check()?;
        let (expected, got) = (ngrams.buckets, rows.len());
        if expected != got {
            return Err(FormatError::Size { tensor: "n-gram rows", expected, got });
        }
        Ok(Self { ngrams, rows, buckets: None, words: None })
    }

    /// N-grams with rows for some of the buckets, which ascend; the rows of all others are zero.
    ///
    /// # Errors
    /// As [`new`](Self::new); [`FormatError::Field`] if the buckets do not ascend or end past the last one.
    pub fn of_buckets(ngrams: NGrams, buckets: Vec<u32>, rows: Rows) -> Result<Self, FormatError> {
        ngrams.check()?;
        let (expected, got) = (buckets.len(), rows.len());
        if expected != got {
            return Err(FormatError::Size { tensor: "n-gram rows", expected, got });
        }
        let wrong = buckets.windows(2).find(|pair| pair[0] >= pair[1]).map(|pair| pair[1]);
        if let Some(got) = wrong.or(buckets.last().copied().filter(|&last| last as usize >= ngrams.buckets)) {
            let expected = "ascending, below the number of buckets";
            return Err(FormatError::Field { field: "buckets of n-grams", expected, got: got.to_string() });
        }
        Ok(Self { ngrams, rows, buckets: Some(buckets.into()), words: None })
    }

    /// The same with the rows that known words have of their own, V x D: what is left of their vectors without n-grams.
    pub fn with_words(self, words: Rows) -> Self {
        Self { words: Some(words), ..self }
    }

    /// Which n-grams words have.
    pub fn ngrams(&self) -> NGrams {
        self.ngrams
    }

    /// Units in the shortest n-gram.
    pub fn min_n(&self) -> usize {
        self.ngrams.min_n
    }

    /// Units in the longest n-gram.
    pub fn max_n(&self) -> usize {
        self.ngrams.max_n
    }

    /// The n-gram rows, N x D, which the n-grams share.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The bucket of each row, ascending; `None`: there is a row for each of the B buckets.
    pub fn buckets(&self) -> Option<&[u32]> {
        self.buckets.as_deref()
    }

    /// The rows that known words have of their own, V x D, if they are known.
    pub fn words(&self) -> Option<&Rows> {
        self.words.as_ref()
    }

    /// The row of a bucket, if it is stored.
    pub fn row_of(&self, bucket: u32) -> Option<usize> {
        match &self.buckets {
            None => ((bucket as usize) < self.rows.len()).then_some(bucket as usize),
            Some(buckets) => buckets.binary_search(&bucket).ok(),
        }
    }

    /// How many buckets the n-grams of these words are in.
    pub fn used_by(&self, vocabulary: &Vocabulary) -> usize {
        let mut used = vec![0u64; self.ngrams.buckets.div_ceil(64)];
        for word in vocabulary.words() {
            self.ngrams
                .for_each_of_bytes(word.as_bytes(), |_, bucket| used[bucket as usize / 64] |= 1 << (bucket % 64));
        }
        used.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    /// The vector of a word outside the vocabulary: D numbers, the mean over its n-grams. They may not be finite
    /// if those of the file are not.
    ///
    /// `None` if the word has no n-gram of these lengths, or none of them is in a bucket that is stored, or so many that a
    /// question may not cost so much ([`Subwords::check_work`]).
    pub fn vector(&self, word: &str) -> Option<Vec<f32>> {
        self.check_work(word).ok()?;
        let mut sum = vec![0.0; self.rows.vector_size()];
        let (ngrams, found) = self.add(word, &mut sum);
        ngrams::scale(&mut sum, ngrams);
        (found > 0).then_some(sum)
    }

    /// Whether the n-grams of `word` may be looked up: with n-grams of any length, their number grows with the square of
    /// the word's.
    ///
    /// # Errors
    /// [`QueryError::WordTooLong`].
    pub fn check_work(&self, word: &str) -> Result<(), QueryError> {
        let size = self.rows.vector_size();
        let (work, each) = (self.ngrams.work(word.len(), size), work_each(size));
        if work <= MAX_WORD_WORK {
            return Ok(());
        }
        Err(QueryError::WordTooLong { bytes: word.len(), expected: MAX_WORD_WORK / each, got: work / each })
    }

    /// Turns a known word's own row into its vector: the mean of that row and of its n-grams'.
    pub(crate) fn complete(&self, word: &str, row: &mut [f32]) {
        let (ngrams, _) = self.add(word, row);
        ngrams::scale(row, 1 + ngrams);
    }

    /// Adds the rows of the n-grams of `word` to `sum`. Returns how many n-grams it has, and how many of them have a row.
    fn add(&self, word: &str, sum: &mut [f32]) -> (usize, usize) {
        let (mut count, mut found) = (0, 0);
        self.ngrams.for_each_of_bytes(word.as_bytes(), |_, bucket| {
            count += 1;
            if let Some(row) = self.row_of(bucket) {
                found += 1;
                self.rows.for_each(row..row + 1, |_, row| sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x));
            }
        });
        (count, found)
    }
}

#[cfg(test)]
mod tests;
