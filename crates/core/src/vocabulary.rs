//! The two-way map between words and ids, with counts.
//!
//! All words are in one byte arena. A word takes its bytes, 8 bytes for its end, 8 for its count and about 5 in the hash
//! table, instead of 60 or more in a `HashMap<String, _>`.

use super::WordId;
use super::word_index::{Index, Table};
use std::cmp::Reverse;
use std::hash::BuildHasher;

/// Words, ids and counts. Ids are dense, from 0, in the order in which words were added.
///
/// ```
/// let mut vocabulary = rapidvec_core::Vocabulary::new();
/// let you = vocabulary.add("you");
/// assert_eq!(vocabulary.add("you"), you);
/// assert_eq!(vocabulary.word(you), "you");
/// assert_eq!(vocabulary.count(you), 2);
/// assert_eq!(vocabulary.id("toyota"), None);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    text: String,
    /// `ends[i]` is where word `i` ends in `text`; it starts where the previous one ends.
    ends: Vec<u64>,
    counts: Vec<u64>,
    index: Index,
}

impl Vocabulary {
    /// An empty vocabulary.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty vocabulary with capacity for `words` words of `bytes` bytes in all.
    pub fn with_capacity(words: usize, bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            ends: Vec::with_capacity(words),
            counts: Vec::with_capacity(words),
            index: Index::with_capacity(words),
        }
    }

    /// Counts one more occurrence of `word`, which gets the next id if it is new.
    pub fn add(&mut self, word: &str) -> WordId {
        let (id, _) = self.find_or_insert(word);
        self.counts[id as usize] += 1;
        id
    }

    /// Adds a new word seen `count` times. `None` if it is present already.
    pub fn insert(&mut self, word: &str, count: u64) -> Option<WordId> {
        let (id, new) = self.find_or_insert(word);
        new.then(|| {
            self.counts[id as usize] = count;
            id
        })
    }

    /// The words of a file or of a counted text: all of them in `text`, word `i` up to `ends[i]`, from the end of the word before. `counts` has
    /// one for each. The hash table is built only after several lookups, so that opening a large file does not wait for
    /// it; until then duplicates are not detected: see [`first_duplicate`](Self::first_duplicate).
    ///
    /// # Errors
    /// The first id whose end is out of order, past the end of the text, or inside a character, or the last id if text is
    /// left; and where its word starts.
    pub fn from_arena(text: String, ends: Vec<u64>, counts: Vec<u64>) -> Result<Self, (usize, u64)> {
        debug_assert_eq!(ends.len(), counts.len());
        let (mut start, last) = (0, ends.len().wrapping_sub(1));
        let (length, ascii) = (text.len() as u64, text.is_ascii());
        for (id, &end) in ends.iter().enumerate() {
            let valid = end >= start && end <= length && (ascii || text.is_char_boundary(end as usize));
            if !valid || (id == last && end != length) {
                return Err((id, start));
            }
            start = end;
        }
        Ok(Self { text, ends, counts, index: Index::later() })
    }

    /// The lowest id whose word occurs at a lower id already. Only [`from_arena`](Self::from_arena) allows that;
    /// [`id`](Self::id) then finds the lower one.
    pub fn first_duplicate(&self) -> Option<WordId> {
        self.index.table(self.len(), |id| self.word(id)).duplicate
    }

    fn find_or_insert(&mut self, word: &str) -> (WordId, bool) {
        let (text, ends) = (&self.text, &self.ends);
        let Table { words, hasher, .. } = self.index.table_mut(ends.len(), |id| word_in(text, ends, id));
        let hash = hasher.hash_one(word);
        if let Some(&id) = words.find(hash, |&id| word_in(text, ends, id) == word) {
            return (id, false);
        }
        let id =
            WordId::try_from(ends.len()).expect("ids are 32 bits: 4 billion words do not fit this machine's memory");
        self.text.push_str(word);
        self.ends.push(self.text.len() as u64);
        self.counts.push(0);
        let (text, ends) = (&self.text, &self.ends);
        words.insert_unique(hash, id, |&id| hasher.hash_one(word_in(text, ends, id)));
        (id, true)
    }

    /// The number of distinct words.
    #[inline]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The id of `word`, if it is known.
    pub fn id(&self, word: &str) -> Option<WordId> {
        self.index.find(word, self.len(), |id| self.word(id), || self.search(word))
    }

    /// The id of `word`, found by comparing all words: lengths first, which are close together in memory.
    fn search(&self, word: &str) -> Option<WordId> {
        let (text, mut start) = (self.text.as_bytes(), 0);
        let found = self.ends.iter().position(|&end| {
            let from = std::mem::replace(&mut start, end);
            end - from == word.len() as u64 && text[from as usize..end as usize] == *word.as_bytes()
        });
        found.map(|id| id as WordId)
    }

    /// The word with this id.
    ///
    /// # Panics
    /// If `id` is not below [`len`](Self::len).
    #[inline]
    pub fn word(&self, id: WordId) -> &str {
        word_in(&self.text, &self.ends, id)
    }

    /// Whether counts are known: at least one is not 0.
    pub fn has_counts(&self) -> bool {
        self.counts.iter().any(|&count| count > 0)
    }

    /// The count of the word.
    ///
    /// # Panics
    /// If `id` is not below [`len`](Self::len).
    #[inline]
    pub fn count(&self, id: WordId) -> u64 {
        self.counts[id as usize]
    }

    /// All counts, by id.
    #[inline]
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// All words, by id.
    pub fn words(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|id| self.word(id as WordId))
    }

    /// All ids, the most frequent word first; words of equal count by ascending id. Without counts
    /// that is the order of the ids, which in most files is by descending count.
    ///
    /// ```
    /// let mut vocabulary = rapidvec_core::Vocabulary::new();
    /// [("you", 2), ("say", 9), ("i", 2)].map(|(word, count)| vocabulary.insert(word, count));
    /// assert_eq!(vocabulary.by_descending_count(), [1, 0, 2]);
    /// ```
    pub fn by_descending_count(&self) -> Vec<WordId> {
        let mut ids: Vec<WordId> = (0..self.len()).map(|id| id as WordId).collect(); // ids are 32 bits
        ids.sort_by_key(|&id| Reverse(self.counts[id as usize]));
        ids
    }

    /// The vocabulary of a model whose training continues with another text: these words, with the counts of `text` added, and
    /// the new words of `text` that it has at least `min_count` times, by descending count. Also returns the number of new words.
    ///
    /// ```
    /// # use rapidvec_core::Vocabulary;
    /// let (mut old, mut text) = (Vocabulary::new(), Vocabulary::new());
    /// [("you", 5), ("say", 3)].map(|(word, count)| old.insert(word, count));
    /// [("hello", 7), ("say", 4), ("goodbye", 1)].map(|(word, count)| text.insert(word, count));
    /// let (both, new) = old.extended_by(&text, 2);
    /// assert_eq!(both.words().zip(both.counts()).collect::<Vec<_>>(), [("say", &7), ("hello", &7), ("you", &5)]);
    /// assert_eq!(new, 1);
    /// ```
    pub fn extended_by(&self, text: &Self, min_count: u64) -> (Self, usize) {
        let mut both = Self::new();
        for (word, &before) in self.words().zip(self.counts()) {
            let more = text.id(word).map_or(0, |id| text.count(id));
            both.insert(word, before.saturating_add(more));
        }
        let frequent = text.words().zip(text.counts()).filter(|(_, count)| **count >= min_count);
        let new = frequent.filter(|(word, count)| both.insert(word, **count).is_some()).count();
        (both.sorted(), new)
    }

    /// The words with these ids, in this order, which become their new ids.
    ///
    /// # Panics
    /// If an id is not below [`len`](Self::len).
    pub fn of_ids(&self, ids: &[WordId]) -> Self {
        let mut some = Self::new();
        for &id in ids {
            some.insert(self.word(id), self.count(id));
        }
        some
    }

    /// The same words by descending count; words of equal count stay in their order.
    pub fn sorted(&self) -> Self {
        let mut sorted = Self::with_capacity(self.len(), self.text.len());
        for id in self.by_descending_count() {
            sorted.insert(self.word(id), self.count(id));
        }
        sorted
    }

    /// The same words with every count 0, to encode another text with these ids.
    pub fn without_counts(&self) -> Self {
        self.with_counts(vec![0; self.len()])
    }

    /// The same words with other counts, one for each.
    pub fn with_counts(&self, counts: Vec<u64>) -> Self {
        debug_assert_eq!(counts.len(), self.len());
        Self { text: self.text.clone(), ends: self.ends.clone(), counts, index: self.index.clone() }
    }

    /// All words concatenated, and where each ends (in bytes), as files store them.
    pub fn arena(&self) -> (&str, &[u64]) {
        (&self.text, &self.ends)
    }
}

impl PartialEq for Vocabulary {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.ends == other.ends && self.counts == other.counts
    }
}

fn word_in<'a>(text: &'a str, ends: &[u64], id: WordId) -> &'a str {
    let id = id as usize;
    let start = if id == 0 { 0 } else { ends[id - 1] as usize };
    &text[start..ends[id] as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_given_in_order_of_first_appearance() {
        let mut vocabulary = Vocabulary::new();
        let ids: Vec<_> = "you say goodbye and i say hello .".split(' ').map(|w| vocabulary.add(w)).collect();
        assert_eq!(ids, [0, 1, 2, 3, 4, 1, 5, 6]);
        assert_eq!(vocabulary.words().collect::<Vec<_>>(), ["you", "say", "goodbye", "and", "i", "hello", "."]);
        assert_eq!(vocabulary.counts(), [1, 2, 1, 1, 1, 1, 1]);
    }

    #[test]
    fn insert_refuses_a_word_twice_and_keeps_its_count() {
        let mut vocabulary = Vocabulary::new();
        assert_eq!(vocabulary.insert("a", 7), Some(0));
        assert_eq!(vocabulary.insert("a", 9), None);
        assert_eq!(vocabulary.count(0), 7);
    }

    #[test]
    fn finds_every_one_of_many_words() {
        let mut vocabulary = Vocabulary::new();
        for i in 0..10_000 {
            vocabulary.add(&format!("w{i}"));
        }
        for i in (0..10_000).step_by(37) {
            assert_eq!(vocabulary.id(&format!("w{i}")), Some(i));
        }
        assert_eq!(vocabulary.id("w10000"), None);
    }

    /// `("a", "안녕", "", "b")`
    fn of_a_file() -> Vocabulary {
        Vocabulary::from_arena("a안녕b".to_owned(), vec![1, 7, 7, 8], vec![4, 3, 2, 1]).unwrap()
    }

    #[test]
    fn words_of_a_file_are_found_before_and_after_the_table_is_built() {
        let vocabulary = of_a_file();
        for _ in 0..20 {
            let found = ["a", "안녕", "", "b", "ab", "c"].map(|word| vocabulary.id(word));
            assert_eq!(found, [Some(0), Some(1), Some(2), Some(3), None, None]);
        }
        assert_eq!(vocabulary.first_duplicate(), None);
    }

    #[test]
    fn words_of_a_file_can_be_added_to_at_once() {
        let mut vocabulary = of_a_file();
        assert_eq!((vocabulary.add("b"), vocabulary.add("new")), (3, 4));
        assert_eq!(vocabulary.clone().id("new"), Some(4));
        assert_eq!(vocabulary.counts(), [4, 3, 2, 2, 1]);
    }

    #[test]
    fn the_first_of_equal_words_is_found_and_the_second_reported() {
        let twice = || Vocabulary::from_arena("abbcb".to_owned(), vec![1, 2, 3, 4, 5], vec![0; 5]).unwrap();
        let (before, after) = (twice(), twice());
        assert_eq!(after.first_duplicate(), Some(2));
        for vocabulary in [before, after] {
            assert_eq!((vocabulary.id("b"), vocabulary.id("c")), (Some(1), Some(3)));
        }
    }

    #[test]
    fn refuses_ends_that_are_out_of_order_or_inside_a_character() {
        let refused = |ends: &[u64]| Vocabulary::from_arena("a안녕b".to_owned(), ends.to_vec(), vec![0; ends.len()]);
        assert_eq!(refused(&[1, 0, 8]), Err((1, 1)), "out of order");
        assert_eq!(refused(&[1, 2, 8]), Err((1, 1)), "inside a character");
        assert_eq!(refused(&[7, 9]), Err((1, 7)), "past the end");
        assert_eq!(refused(&[1, u64::MAX]), Err((1, 1)));
        assert_eq!(refused(&[1, 7]), Err((1, 1)), "text is left");
        assert!(refused(&[8]).is_ok());
    }

    #[test]
    fn without_counts_keeps_ids_and_leaves_the_original_alone() {
        let mut vocabulary = Vocabulary::new();
        vocabulary.add("a");
        let fresh = vocabulary.without_counts();
        assert_eq!((fresh.count(0), vocabulary.count(0)), (0, 1));
    }
}
