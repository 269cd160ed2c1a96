//! The words that are evaluated, and their spellings.
//!
//! The place of a word is its place among the candidates of the search: the most frequent words by ascending id.

use super::scan::Field;
use crate::{Search, WordVectors};
use rapidvec_core::{Vocabulary, WordId};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

/// How vectors are evaluated. The defaults are gensim's, except that words are composed of n-grams.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EvaluateOptions {
    /// Use only this many of the most frequent words: see [`Search::restrict`].
    pub restrict: usize,
    /// Distinguish upper and lower case. Otherwise words are compared in upper case, and of words that differ only in case
    /// the most frequent one represents all.
    pub case_sensitive: bool,
    /// Count a question with an unknown word as wrong, and the similarity of such a pair as 0, instead of skipping them:
    /// gensim's `dummy4unknown`.
    pub count_unknown: bool,
    /// Compose the vectors of words that are not in the vocabulary of their n-grams, in pairs; if the model has n-grams. gensim skips such pairs.
    pub compose: bool,
    /// Use at most this many threads; 0: one for each core.
    pub threads: usize,
}

impl Default for EvaluateOptions {
    fn default() -> Self {
        Self { restrict: 300_000, case_sensitive: false, count_unknown: false, compose: true, threads: 0 }
    }
}

rapidvec_core::setters!(EvaluateOptions {
    restrict: usize,
    case_sensitive: bool,
    count_unknown: bool,
    compose: bool,
    threads: usize
});

/// The words that are evaluated. A spelling represents all words that differ only in case; its place is that of the most
/// frequent of them.
pub(super) struct Known<'a> {
    pub search: Search<'a>,
    case_sensitive: bool,
    spellings: Vocabulary,
    /// The place of each spelling's first word.
    first: Vec<u32>,
    /// For each place, the place of its spelling's first word.
    spelling: Vec<u32>,
    /// All further words of a spelling that has several.
    variants: HashMap<u32, Vec<u32>>,
}

impl<'a> Known<'a> {
    pub fn new(vectors: &'a WordVectors, options: &EvaluateOptions) -> Self {
        let search = vectors.search().restrict(options.restrict).threads(options.threads);
        let words = search.len();
        let bytes = (0..words).map(|place| vectors.vocabulary().word(search.id(place)).len()).sum();
        let mut known = Self {
            search,
            case_sensitive: options.case_sensitive,
            spellings: Vocabulary::with_capacity(words, bytes),
            first: Vec::with_capacity(words),
            spelling: vec![0; words],
            variants: HashMap::new(),
        };
        let mut places: Vec<_> = (0..words as u32).collect();
        let counts = vectors.vocabulary().counts();
        places.sort_by_key(|&place| Reverse(counts[known.search.id(place as usize) as usize])); // stable
        places.into_iter().for_each(|place| known.add(place));
        known
    }

    fn add(&mut self, place: u32) {
        let spelling = self.spellings.add(&folded(self.word(place), self.case_sensitive)) as usize;
        if spelling == self.first.len() {
            self.first.push(place);
        } else {
            self.variants.entry(self.first[spelling]).or_default().push(place);
        }
        self.spelling[place as usize] = self.first[spelling];
    }

    fn word(&self, place: u32) -> &'a str {
        self.search.vectors().vocabulary().word(self.id(place))
    }

    /// The id of the word at this place.
    pub fn id(&self, place: u32) -> WordId {
        self.search.id(place as usize)
    }

    /// The place of the word that represents `word`, if there is one.
    pub fn find(&self, word: &str) -> Option<u32> {
        let spelling = self.spellings.id(&folded(word, self.case_sensitive))?;
        Some(self.first[spelling as usize])
    }

    /// The places of all words of a vocabulary.
    pub fn find_all(&self, words: &Vocabulary) -> Vec<Option<u32>> {
        words.words().map(|word| self.find(word)).collect()
    }

    /// The place of the word that represents the one at this place.
    pub fn spelling(&self, place: u32) -> u32 {
        self.spelling[place as usize]
    }

    /// The words that can be answers.
    pub fn field(&self) -> Field<'_> {
        Field { scan: self.search.pass(), variants: &self.variants }
    }
}

/// Like Python's `upper`: both follow Unicode's full mapping.
fn folded(word: &str, case_sensitive: bool) -> Cow<'_, str> {
    if case_sensitive { word.into() } else { word.to_uppercase().into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Numbers;

    fn vectors(words: &[(&str, u64)]) -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        words.iter().for_each(|&(word, count)| assert!(vocabulary.insert(word, count).is_some()));
        WordVectors::new(vocabulary, 1, Numbers::F32(vec![1.0; words.len()])).unwrap()
    }

    #[test]
    fn the_first_of_several_spellings_represents_all() {
        let vectors = vectors(&[("b", 0), ("Apple", 0), ("apple", 0), ("straße", 0), ("APPLE", 0), ("STRASSE", 0)]);
        let known = Known::new(&vectors, &EvaluateOptions::default());
        assert_eq!(
            ["APPLE", "aPPle", "Strasse", "B", "c"].map(|word| known.find(word)),
            [Some(1), Some(1), Some(3), Some(0), None]
        );
        assert_eq!((known.variants.get(&1), known.variants.get(&0)), (Some(&vec![2, 4]), None));
        assert_eq!((0..6).map(|place| known.spelling(place)).collect::<Vec<_>>(), [0, 1, 1, 3, 1, 3]);
        let known = Known::new(&vectors, &EvaluateOptions { case_sensitive: true, ..Default::default() });
        assert_eq!((known.find("APPLE"), known.find("aPPle"), known.variants.get(&1)), (Some(4), None, None));
    }

    #[test]
    fn words_past_the_limit_are_unknown() {
        let vectors = vectors(&[("a", 0), ("b", 0), ("c", 0)]);
        let known = Known::new(&vectors, &EvaluateOptions { restrict: 2, ..Default::default() });
        assert_eq!((known.find("b"), known.find("c")), (Some(1), None));
    }

    #[test]
    fn the_most_frequent_word_represents_the_others_in_a_file_of_any_order() {
        let vectors = vectors(&[("a", 1), ("b", 7), ("B", 9), ("c", 8), ("C", 8)]);
        let known = Known::new(&vectors, &EvaluateOptions { restrict: 4, ..Default::default() });
        let ids = ["a", "b", "c"].map(|word| known.find(word).map(|place| known.id(place)));
        assert_eq!(ids, [None, Some(2), Some(3)]);
        assert_eq!(known.variants[&1], [0]); // places among B, b, c, C
    }
}
