//! Which rows a word is composed of: its own, and those of its n-grams.
//!
//! The n-grams of all words are found once. A bucket has a row only if an n-gram of the vocabulary is in it, so memory is what
//! is touched. Rows are in descending order of use, so that those which every step needs are adjacent: they share pages, and
//! `replicas.rs` copies them for each thread.

use crate::trainer::TrainError;
use rapidvec_core::kernels::prefetch;
use rapidvec_core::{Vocabulary, WordId};
use rapidvec_vectors::NGrams;

/// The n-gram rows of every word.
#[derive(Debug, Clone)]
pub(super) struct SubwordTable {
    ngrams: NGrams,
    /// The bucket of each row.
    buckets: Vec<u32>,
    /// How often each row is used for a kept word of the text.
    uses: Vec<f64>,
    /// The n-gram rows of all words, word after word.
    rows: Vec<u32>,
    /// Where each word's rows end.
    ends: Vec<usize>,
}

/// What words are composed of that is not trained.
#[derive(Debug, Clone)]
pub(super) struct Held {
    /// Own rows, by word.
    pub words: Vec<bool>,
    /// Rows of n-grams, by row.
    pub ngrams: Vec<bool>,
}

impl Held {
    /// Whether each row of a word is trained: its own, then those of its n-grams.
    pub fn is_trained(&self, word: WordId, ngrams: &[u32]) -> impl Iterator<Item = bool> {
        std::iter::once(!self.words[word as usize]).chain(ngrams.iter().map(|&row| !self.ngrams[row as usize]))
    }
}

/// A bucket without a row yet.
const NONE: u32 = u32::MAX;

impl SubwordTable {
    /// For the first `words` words of `vocabulary`; `share(word)` is the share of each in the words that are trained.
    ///
    /// # Errors
    /// [`TrainError::WordsMissing`] if there are not as many.
    pub fn new(
        ngrams: NGrams,
        vocabulary: &Vocabulary,
        words: usize,
        share: impl Fn(usize) -> f64,
    ) -> Result<Self, TrainError> {
        if vocabulary.len() < words {
            return Err(TrainError::WordsMissing { expected: words, got: vocabulary.len() });
        }
        let mut row_of = vec![NONE; ngrams.buckets];
        let mut table = Self { ngrams, buckets: Vec::new(), uses: Vec::new(), rows: Vec::new(), ends: Vec::new() };
        for (id, word) in vocabulary.words().take(words).enumerate() {
            let uses = share(id);
            ngrams.for_each(word, |_, bucket| table.add(bucket, uses, &mut row_of));
            table.ends.push(table.rows.len());
        }
        drop(row_of);
        Ok(table.by_use())
    }

    fn add(&mut self, bucket: u32, uses: f64, row_of: &mut [u32]) {
        let row = &mut row_of[bucket as usize];
        if *row == NONE {
            *row = self.buckets.len() as u32; // below the number of buckets, which is 32 bits
            self.buckets.push(bucket);
            self.uses.push(0.0);
        }
        self.uses[*row as usize] += uses;
        self.rows.push(*row);
    }

    /// The same with the rows in descending order of use.
    fn by_use(mut self) -> Self {
        let mut order: Vec<u32> = (0..self.buckets.len() as u32).collect();
        let key = |row: u32| (self.uses[row as usize], self.buckets[row as usize]);
        order.sort_unstable_by(|&a, &b| {
            let ((a_uses, a), (b_uses, b)) = (key(a), key(b));
            b_uses.total_cmp(&a_uses).then(a.cmp(&b))
        });
        let mut new = vec![0; order.len()];
        (0..).zip(&order).for_each(|(place, &row)| new[row as usize] = place);
        self.rows.iter_mut().for_each(|row| *row = new[*row as usize]);
        self.buckets = order.iter().map(|&row| self.buckets[row as usize]).collect();
        self.uses = order.iter().map(|&row| self.uses[row as usize]).collect();
        self
    }

    /// Which n-grams words have.
    pub fn ngrams(&self) -> NGrams {
        self.ngrams
    }

    /// The bucket of each row.
    pub fn buckets(&self) -> &[u32] {
        &self.buckets
    }

    /// How often each row is used for a kept word of the text, descending.
    pub fn uses(&self) -> &[f64] {
        &self.uses
    }

    /// The rows in ascending order of their buckets.
    pub fn by_bucket(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.buckets.len() as u32).collect();
        order.sort_unstable_by_key(|&row| self.buckets[row as usize]);
        order
    }

    /// The n-gram rows of a word.
    #[inline]
    pub fn rows(&self, word: WordId) -> &[u32] {
        let word = word as usize;
        let start = if word == 0 { 0 } else { self.ends[word - 1] };
        &self.rows[start..self.ends[word]]
    }

    /// Prefetches what [`rows`](Self::rows) reads.
    #[inline]
    pub fn prefetch(&self, word: WordId) {
        if let Some(first) = self.rows(word).first() {
            prefetch(first);
        }
    }

    /// The bytes that the table of these words takes, and the number of n-gram rows.
    pub fn size(ngrams: NGrams, vocabulary: &Vocabulary) -> (u64, u64) {
        let mut used = vec![0u64; ngrams.buckets.div_ceil(64)];
        let mut all = 0u64;
        for word in vocabulary.words() {
            ngrams.for_each(word, |_, bucket| {
                used[bucket as usize / 64] |= 1 << (bucket % 64);
                all += 1;
            });
        }
        let rows: u64 = used.iter().map(|bits| u64::from(bits.count_ones())).sum();
        // Vectors grow by doubling; sorting takes two more numbers for each row, and a number for each bucket is needed meanwhile.
        let table = 2 * 4 * all + (4 + 8 + 8) * rows + 8 * vocabulary.len() as u64;
        (table.max(4 * ngrams.buckets as u64), rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let mut words = Vocabulary::new();
        for (word, count) in [("night", 9), ("nights", 5), ("day", 2), ("</s>", 1)] {
            assert!(words.insert(word, count).is_some());
        }
        words
    }

    #[test]
    fn rows_are_those_of_the_buckets_and_the_most_used_come_first() {
        let (words, ngrams) = (vocabulary(), NGrams::default().buckets(1000));
        let share = |word: usize| words.counts()[word] as f64;
        let table = SubwordTable::new(ngrams, &words, 4, share).unwrap();
        for (id, word) in (0..).zip(words.words()) {
            let mut expected = Vec::new();
            ngrams.for_each(word, |_, bucket| expected.push(bucket));
            let got: Vec<u32> = table.rows(id).iter().map(|&row| table.buckets()[row as usize]).collect();
            assert_eq!(got, expected, "{word}");
        }
        assert!(table.rows(3).is_empty(), "the sentence end has no n-grams");
        assert!(table.uses().windows(2).all(|pair| pair[0] >= pair[1]) && table.uses()[0] >= 14.0);
        assert!(
            table
                .by_bucket()
                .windows(2)
                .all(|pair| table.buckets()[pair[0] as usize] < table.buckets()[pair[1] as usize])
        );
        let (_, rows) = SubwordTable::size(ngrams, &words);
        assert_eq!(rows as usize, table.buckets().len());
    }

    #[test]
    fn refuses_a_vocabulary_without_some_of_the_words() {
        let refused = SubwordTable::new(NGrams::default(), &vocabulary(), 5, |_| 1.0).map(drop);
        assert_eq!(refused, Err(TrainError::WordsMissing { expected: 5, got: 4 }));
    }
}
