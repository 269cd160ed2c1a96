//! The two-way map between words and ids, with counts.
//!
//! All words lie in one byte arena; a word costs its bytes, 8 bytes for where it ends, 8 for its count and about 5 in the
//! hash table that finds it, instead of the 60 and more of a `HashMap<String, _>`.

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// The number of a word: its row in the matrices.
pub type WordId = u32;

/// Stands between sentences in a stream of ids; no word has it.
pub const SENTENCE_END: WordId = WordId::MAX;

/// Words, ids and counts. Ids are dense, from 0, in the order in which words were added.
///
/// ```
/// let mut vocabulary = quickvec::Vocabulary::new();
/// let you = vocabulary.add("you");
/// assert_eq!(vocabulary.add("you"), you);
/// assert_eq!(vocabulary.word(you), "you");
/// assert_eq!(vocabulary.count(you), 2);
/// assert_eq!(vocabulary.id("toyota"), None);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    text: String,
    /// `ends[i]` is where word `i` stops in `text`; it starts where the one before it stops.
    ends: Vec<u64>,
    counts: Vec<u64>,
    table: HashTable<WordId>,
}

impl Vocabulary {
    /// A vocabulary without words.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts one more `word`, giving it the next id if it is new.
    pub fn add(&mut self, word: &str) -> WordId {
        let (id, _) = self.find_or_insert(word);
        self.counts[id as usize] += 1;
        id
    }

    /// Adds a new word seen `count` times. `None` if it is there already.
    pub fn insert(&mut self, word: &str, count: u64) -> Option<WordId> {
        let (id, new) = self.find_or_insert(word);
        new.then(|| {
            self.counts[id as usize] = count;
            id
        })
    }

    fn find_or_insert(&mut self, word: &str) -> (WordId, bool) {
        let hash = hash(word);
        if let Some(&id) = self.table.find(hash, |&id| self.word(id) == word) {
            return (id, false);
        }
        let id =
            WordId::try_from(self.len()).expect("ids are 32 bits: 4 billion words do not fit this machine's memory");
        self.text.push_str(word);
        self.ends.push(self.text.len() as u64);
        self.counts.push(0);
        let (text, ends) = (&self.text, &self.ends);
        self.table.insert_unique(hash, id, |&id| self::hash(word_in(text, ends, id)));
        (id, true)
    }

    /// How many different words there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The id of `word`, if it is known.
    pub fn id(&self, word: &str) -> Option<WordId> {
        self.table.find(hash(word), |&id| self.word(id) == word).copied()
    }

    /// The word with this id.
    ///
    /// # Panics
    /// If `id` is not below [`len`](Self::len).
    pub fn word(&self, id: WordId) -> &str {
        word_in(&self.text, &self.ends, id)
    }

    /// How often the word was seen.
    ///
    /// # Panics
    /// If `id` is not below [`len`](Self::len).
    pub fn count(&self, id: WordId) -> u64 {
        self.counts[id as usize]
    }

    /// All counts, by id.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// All words, by id.
    pub fn words(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|id| self.word(id as WordId))
    }

    /// The same words with every count 0: for encoding another text with this one's ids.
    pub fn without_counts(&self) -> Self {
        Self { counts: vec![0; self.len()], ..self.clone() }
    }

    /// All words one after the other, and where each ends (in bytes): the form in which files store them.
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

fn hash(word: &str) -> u64 {
    // A fixed state: attackers who choose words can slow a run, as they could by making it larger.
    FixedState::default().hash_one(word)
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

    #[test]
    fn without_counts_keeps_ids_and_leaves_the_original_alone() {
        let mut vocabulary = Vocabulary::new();
        vocabulary.add("a");
        let fresh = vocabulary.without_counts();
        assert_eq!((fresh.count(0), vocabulary.count(0)), (0, 1));
    }
}
