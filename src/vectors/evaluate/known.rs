//! Which words take part, under which spelling, in which order.
//!
//! A word's rank is its place in the order of the file, or by falling count where the file is not in that order.
#![forbid(unsafe_code)]

use crate::vectors::WordVectors;
use crate::words::{Vocabulary, WordId};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

/// How vectors are measured. The defaults are gensim's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluateOptions {
    /// Only so many words take part, the most frequent ones.
    pub restrict: usize,
    /// Tell upper case and lower case apart. Otherwise all words are compared in upper case, and of those that differ in
    /// case only the first stands for all.
    pub case_sensitive: bool,
    /// Count a question with an unknown word as missed, and take 0 for the similarity of such a pair, instead of
    /// leaving them out: gensim's `dummy4unknown`.
    pub count_unknown: bool,
}

impl Default for EvaluateOptions {
    fn default() -> Self {
        Self { restrict: 300_000, case_sensitive: false, count_unknown: false }
    }
}

/// The words that take part. A spelling stands for all words that are alike but for case, and is known by the rank of
/// the first of them.
pub(super) struct Known<'a> {
    pub vectors: &'a WordVectors,
    /// Ids by rank; `None` where the one is the other.
    order: Option<Vec<WordId>>,
    case_sensitive: bool,
    spellings: Vocabulary,
    /// The rank of each spelling's first word.
    first: Vec<u32>,
    /// Of each rank: the rank of its spelling's first word.
    spelling: Vec<u32>,
    /// All further words of a spelling that has several.
    variants: HashMap<u32, Vec<u32>>,
}

impl<'a> Known<'a> {
    pub fn new(vectors: &'a WordVectors, options: &EvaluateOptions) -> Self {
        let words = options.restrict.min(vectors.len());
        let mut known = Self {
            vectors,
            order: by_falling_count(vectors.vocabulary().counts()),
            case_sensitive: options.case_sensitive,
            spellings: Vocabulary::new(),
            first: Vec::new(),
            spelling: Vec::with_capacity(words),
            variants: HashMap::new(),
        };
        (0..words as u32).for_each(|rank| known.add(rank));
        known
    }

    fn add(&mut self, rank: u32) {
        let spelling = self.spellings.add(&folded(self.vectors.vocabulary().word(self.id(rank)), self.case_sensitive));
        if spelling as usize == self.first.len() {
            self.first.push(rank);
        } else {
            self.variants.entry(self.first[spelling as usize]).or_default().push(rank);
        }
        self.spelling.push(self.first[spelling as usize]);
    }

    /// How many words take part.
    pub fn len(&self) -> usize {
        self.spelling.len()
    }

    /// The id of the word with this rank.
    pub fn id(&self, rank: u32) -> WordId {
        self.order.as_ref().map_or(rank, |order| order[rank as usize])
    }

    /// The rank that stands for `word`, if it takes part.
    pub fn find(&self, word: &str) -> Option<u32> {
        let spelling = self.spellings.id(&folded(word, self.case_sensitive))?;
        Some(self.first[spelling as usize])
    }

    /// The ranks of all words of a vocabulary.
    pub fn find_all(&self, words: &Vocabulary) -> Vec<Option<u32>> {
        words.words().map(|word| self.find(word)).collect()
    }

    /// The rank that stands for the word with this rank.
    pub fn spelling(&self, rank: u32) -> u32 {
        self.spelling[rank as usize]
    }

    /// The other words that `first` stands for.
    pub fn variants(&self, first: u32) -> &[u32] {
        self.variants.get(&first).map_or(&[], Vec::as_slice)
    }
}

/// As Python's `upper`: both follow Unicode's full mapping.
fn folded(word: &str, case_sensitive: bool) -> Cow<'_, str> {
    if case_sensitive { word.into() } else { word.to_uppercase().into() }
}

/// Ids by falling count, the lower id first among equals; `None` if that is the order they are in.
fn by_falling_count(counts: &[u64]) -> Option<Vec<WordId>> {
    if counts.is_sorted_by(|a, b| a >= b) {
        return None;
    }
    let mut ids: Vec<_> = (0..counts.len() as WordId).collect();
    ids.sort_by_key(|&id| Reverse(counts[id as usize]));
    Some(ids)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::Floats;

    fn vectors(words: &[(&str, u64)]) -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        words.iter().for_each(|&(word, count)| assert!(vocabulary.insert(word, count).is_some()));
        WordVectors::new(vocabulary, 1, Floats::F32(vec![1.0; words.len()])).unwrap()
    }

    #[test]
    fn the_first_of_several_spellings_stands_for_all() {
        let vectors = vectors(&[("b", 0), ("Apple", 0), ("apple", 0), ("straße", 0), ("APPLE", 0), ("STRASSE", 0)]);
        let known = Known::new(&vectors, &EvaluateOptions::default());
        assert_eq!(
            ["APPLE", "aPPle", "Strasse", "B", "c"].map(|word| known.find(word)),
            [Some(1), Some(1), Some(3), Some(0), None]
        );
        assert_eq!((known.variants(1), known.variants(0)), (&[2, 4][..], &[][..]));
        assert_eq!((0..6).map(|rank| known.spelling(rank)).collect::<Vec<_>>(), [0, 1, 1, 3, 1, 3]);
        let known = Known::new(&vectors, &EvaluateOptions { case_sensitive: true, ..Default::default() });
        assert_eq!((known.find("APPLE"), known.find("aPPle"), known.variants(1)), (Some(4), None, &[][..]));
    }

    #[test]
    fn words_past_the_limit_are_unknown() {
        let vectors = vectors(&[("a", 0), ("b", 0), ("c", 0)]);
        let known = Known::new(&vectors, &EvaluateOptions { restrict: 2, ..Default::default() });
        assert_eq!((known.len(), known.find("b"), known.find("c")), (2, Some(1), None));
    }

    #[test]
    fn the_most_frequent_come_first_also_where_the_file_has_another_order() {
        let vectors = vectors(&[("a", 1), ("b", 7), ("c", 7), ("d", 9)]);
        let known = Known::new(&vectors, &EvaluateOptions { restrict: 3, ..Default::default() });
        assert_eq!(["d", "b", "c", "a"].map(|word| known.find(word)), [Some(0), Some(1), Some(2), None]);
        assert_eq!([known.id(0), known.id(1), known.id(2)], [3, 1, 2]);
        assert_eq!(by_falling_count(&[9, 7, 7, 1]), None);
        assert_eq!(by_falling_count(&[0, 0]), None);
    }
}
