//! Searching among some of the words only.
//!
//! Rare words have poor vectors, and so are often left out: "among the 30,000 most frequent".

use super::word_vectors::WordVectors;
use rapidvec_core::{Vocabulary, WordId};
use std::cmp::Reverse;

/// The words that can be answers.
#[derive(Debug, Clone)]
pub(super) enum Candidates {
    /// Ids below this.
    First(usize),
    /// These ids, rising.
    Ids(Vec<WordId>),
}

/// Word vectors of which only some words can be answers; questions may name any word. Made by [`WordVectors::restrict`].
#[derive(Debug, Clone)]
pub struct Restricted<'v> {
    pub(super) vectors: &'v WordVectors,
    pub(super) candidates: Candidates,
}

impl<'v> Restricted<'v> {
    /// All words can be answers.
    pub(super) fn all(vectors: &'v WordVectors) -> Self {
        Self { vectors, candidates: Candidates::First(vectors.len()) }
    }

    /// How many words can be answers.
    pub fn len(&self) -> usize {
        match &self.candidates {
            Candidates::First(count) => *count,
            Candidates::Ids(ids) => ids.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the word with this id can be an answer.
    pub fn contains(&self, id: WordId) -> bool {
        match &self.candidates {
            Candidates::First(count) => (id as usize) < *count,
            Candidates::Ids(ids) => ids.binary_search(&id).is_ok(),
        }
    }

    pub(super) fn is_all(&self) -> bool {
        self.len() == self.vectors.len()
    }

    /// The id of the candidate at a place, from 0 to `len()`; rises with the place.
    pub(super) fn id(&self, place: usize) -> WordId {
        match &self.candidates {
            Candidates::First(_) => place as WordId,
            Candidates::Ids(ids) => ids[place],
        }
    }
}

impl WordVectors {
    /// Only the `words` most frequent words can be answers, all of them if there are no more. Where the file does not tell
    /// how often words were seen, its order is taken for that of frequency, as most programs write it.
    ///
    /// ```
    /// # use rapidvec_vectors::{Numbers, WordVectors};
    /// # let mut vocabulary = rapidvec_core::Vocabulary::new();
    /// # [("you", 9), ("we", 1), ("car", 5)].map(|(word, count)| vocabulary.insert(word, count));
    /// # let vectors = WordVectors::new(vocabulary, 2, Numbers::F32(vec![1.0, 0.0, 0.8, 0.6, 0.0, 2.0]))?;
    /// assert_eq!(vectors.most_similar("you", 1)?[0].word, "we");
    /// assert_eq!(vectors.restrict(2).most_similar("you", 1)?[0].word, "car"); // `we` is the rarest
    /// # Ok::<(), rapidvec_vectors::Error>(())
    /// ```
    pub fn restrict(&self, words: usize) -> Restricted<'_> {
        Restricted { vectors: self, candidates: most_frequent(self.vocabulary(), words) }
    }
}

fn most_frequent(vocabulary: &Vocabulary, words: usize) -> Candidates {
    let counts = vocabulary.counts();
    if words >= counts.len() || counts.is_sorted_by(|a, b| a >= b) {
        return Candidates::First(words.min(counts.len()));
    }
    let mut ids: Vec<WordId> = (0..counts.len() as WordId).collect();
    ids.select_nth_unstable_by_key(words, |&id| (Reverse(counts[id as usize]), id));
    ids.truncate(words);
    ids.sort_unstable();
    Candidates::Ids(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(counts: &[u64], words: usize) -> Vec<WordId> {
        let mut vocabulary = Vocabulary::new();
        counts.iter().enumerate().for_each(|(i, &count)| assert!(vocabulary.insert(&format!("w{i}"), count).is_some()));
        match most_frequent(&vocabulary, words) {
            Candidates::First(count) => (0..count as WordId).collect(),
            Candidates::Ids(ids) => ids,
        }
    }

    #[test]
    fn the_most_frequent_come_first_whatever_their_order() {
        assert_eq!(ids(&[9, 7, 7, 1], 2), [0, 1]);
        assert_eq!(ids(&[0, 0, 0], 2), [0, 1], "counts unknown");
        assert_eq!(ids(&[1, 7, 9, 7, 7], 3), [1, 2, 3], "of equal counts the lower ids");
        assert_eq!(ids(&[1, 2], 0), [0; 0]);
        assert_eq!(ids(&[1, 2], 9), [0, 1]);
    }
}
