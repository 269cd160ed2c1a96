//! The words among which a search looks for answers.
//!
//! Rare words have poor vectors, so a search is often restricted to, say, the 30,000 most frequent words.

use rapidvec_core::{Vocabulary, WordId};
use std::cmp::Reverse;
use std::ops::Range;

/// The words that can be answers.
#[derive(Debug, Clone)]
pub(crate) enum Candidates {
    /// All ids in this range.
    Range(Range<usize>),
    /// These ids, in ascending order.
    Ids(Vec<WordId>),
}

impl Candidates {
    /// The `words` most frequent words, or all if there are fewer. If a file has no counts, its order is
    /// assumed to be by frequency, as most programs write it.
    pub fn most_frequent(vocabulary: &Vocabulary, words: usize) -> Self {
        let counts = vocabulary.counts();
        if words >= counts.len() || counts.is_sorted_by(|a, b| a >= b) {
            return Candidates::Range(0..words.min(counts.len()));
        }
        let mut ids: Vec<WordId> = (0..counts.len() as WordId).collect();
        ids.select_nth_unstable_by_key(words, |&id| (Reverse(counts[id as usize]), id));
        ids.truncate(words);
        ids.sort_unstable();
        Candidates::Ids(ids)
    }

    pub fn len(&self) -> usize {
        match self {
            Candidates::Range(ids) => ids.len(),
            Candidates::Ids(ids) => ids.len(),
        }
    }

    pub fn contains(&self, id: WordId) -> bool {
        match self {
            Candidates::Range(ids) => ids.contains(&(id as usize)),
            Candidates::Ids(ids) => ids.binary_search(&id).is_ok(),
        }
    }

    /// The id of the candidate at a place, from 0 to `len()`; ids ascend with the place.
    pub fn id(&self, place: usize) -> WordId {
        match self {
            Candidates::Range(ids) => (ids.start + place) as WordId,
            Candidates::Ids(ids) => ids[place],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(counts: &[u64], words: usize) -> Vec<WordId> {
        let mut vocabulary = Vocabulary::new();
        counts.iter().enumerate().for_each(|(i, &count)| assert!(vocabulary.insert(&format!("w{i}"), count).is_some()));
        let candidates = Candidates::most_frequent(&vocabulary, words);
        (0..candidates.len()).map(|place| candidates.id(place)).collect()
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
