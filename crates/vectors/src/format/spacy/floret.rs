//! floret's vectors: a word's n-grams and the word itself share rows by hashing.

use super::hash::murmur3;
use crate::error::FormatError;
use crate::storage::Rows;
use serde::Deserialize;

/// N-grams of an average word that are added up; more would keep a machine busy for a short file.
const MAX_NGRAMS: usize = 1_000;

/// What `vectors.cfg` says.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    pub mode: String,
    #[serde(default)]
    minn: usize,
    #[serde(default)]
    maxn: usize,
    #[serde(default = "one")]
    hash_count: usize,
    #[serde(default)]
    hash_seed: u32,
    #[serde(default = "begin")]
    bow: String,
    #[serde(default = "end")]
    eow: String,
}

fn one() -> usize {
    1
}

fn begin() -> String {
    "<".to_owned()
}

fn end() -> String {
    ">".to_owned()
}

impl Config {
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let wrong = |error| FormatError::Header { problem: format!("{}: {error}", super::CONFIG) };
        serde_json::from_slice(bytes).map_err(wrong)
    }

    /// Checks the number of hashes, and that `characters` of text in all can be taken apart in reasonable time.
    pub fn check(&self, characters: usize, words: usize) -> Result<(), FormatError> {
        if !(1..=4).contains(&self.hash_count) {
            let got = self.hash_count.to_string();
            return Err(FormatError::Field { field: "floret's hashes", expected: "1 to 4", got });
        }
        if self.minn == 0 && self.maxn > 0 || self.maxn < self.minn {
            let got = format!("{} to {}", self.minn, self.maxn);
            return Err(FormatError::Field { field: "n-gram lengths", expected: "1 or more, shortest first", got });
        }
        let marks = (self.bow.len() + self.eow.len()).saturating_mul(words);
        let lengths = if self.maxn == 0 { 0 } else { self.maxn - self.minn + 1 };
        let ngrams = characters.saturating_add(marks).saturating_mul(lengths) / words.max(1);
        if ngrams > MAX_NGRAMS {
            let field = "n-grams of an average word";
            return Err(FormatError::Field { field, expected: "at most 1,000", got: ngrams.to_string() });
        }
        Ok(())
    }

    /// Writes the vector of `word` to `row`: the mean of the rows of its n-grams and of the word.
    pub fn compose(&self, word: &str, rows: &Rows, row: &mut [f32]) {
        row.fill(0.0);
        let word = [&self.bow, word, &self.eow].concat();
        let mut count = 0;
        let mut add = |ngram: &str| {
            for hash in &murmur3(ngram.as_bytes(), self.hash_seed)[..self.hash_count] {
                let id = *hash as usize % rows.len();
                rows.for_each(id..id + 1, |_, other| row.iter_mut().zip(other).for_each(|(sum, x)| *sum += x));
                count += 1;
            }
        };
        add(&word);
        let ends: Vec<_> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
        for length in self.minn.max(1)..=self.maxn {
            ends.windows(length + 1).for_each(|ends| add(&word[ends[0]..ends[length]]));
        }
        row.iter_mut().for_each(|x| *x /= count as f32);
    }
}
