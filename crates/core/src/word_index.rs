//! Which id has this word? A hash table, built when it is worth it.
//!
//! Three million words take a quarter of a second to hash, and a program that asks for one of them has found it in a
//! hundredth of that by looking at all. So a vocabulary of a file or of a counted text has no table at first; it is built when words
//! have been asked for [`PATIENCE`] times, or when one is to be added.

use super::WordId;
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// So many searches through all words cost about as much as the table.
const PATIENCE: usize = 16;

/// The table, or how often it was missed.
#[derive(Debug)]
pub struct Index {
    table: OnceLock<Table>,
    missed: AtomicUsize,
}

/// Finds words by their hash.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub words: HashTable<WordId>,
    /// The lowest id whose word another id has already; it is not in the table.
    pub duplicate: Option<WordId>,
}

impl Index {
    /// The table of words that nobody has looked at.
    pub fn later() -> Self {
        Self { table: OnceLock::new(), missed: AtomicUsize::new(0) }
    }

    /// The table of no words, with room for so many.
    pub fn with_capacity(words: usize) -> Self {
        let table = Table { words: HashTable::with_capacity(words), duplicate: None };
        Self { table: OnceLock::from(table), missed: AtomicUsize::new(0) }
    }

    /// The id of `wanted` among `len` words, if it is there; of several, the lowest. `search` finds it without a table.
    pub fn find<'w>(
        &self,
        wanted: &str,
        len: usize,
        word: impl Fn(WordId) -> &'w str,
        search: impl FnOnce() -> Option<WordId>,
    ) -> Option<WordId> {
        if self.table.get().is_none() && self.missed.fetch_add(1, Ordering::Relaxed) < PATIENCE {
            return search();
        }
        let table = self.table(len, &word);
        table.words.find(hash(wanted), |&id| word(id) == wanted).copied()
    }

    /// The table, built if it is not there.
    pub fn table<'w>(&self, len: usize, word: impl Fn(WordId) -> &'w str) -> &Table {
        self.table.get_or_init(|| Table::build(len, word))
    }

    /// The same, for adding a word.
    pub fn table_mut<'w>(&mut self, len: usize, word: impl Fn(WordId) -> &'w str) -> &mut Table {
        self.table(len, word);
        self.table.get_mut().expect("it was built in the line before")
    }
}

/// The table of no words.
impl Default for Index {
    fn default() -> Self {
        Self { table: OnceLock::from(Table::default()), missed: AtomicUsize::new(0) }
    }
}

impl Clone for Index {
    fn clone(&self) -> Self {
        Self { table: self.table.clone(), missed: AtomicUsize::new(self.missed.load(Ordering::Relaxed)) }
    }
}

impl Table {
    fn build<'w>(len: usize, word: impl Fn(WordId) -> &'w str) -> Self {
        let mut table = Self { words: HashTable::with_capacity(len), duplicate: None };
        for id in 0..len as WordId {
            let hash = hash(word(id));
            if table.words.find(hash, |&other| word(other) == word(id)).is_none() {
                table.words.insert_unique(hash, id, |&id| self::hash(word(id)));
            } else {
                table.duplicate.get_or_insert(id);
            }
        }
        table
    }
}

pub fn hash(word: &str) -> u64 {
    // A fixed state: attackers who choose words can slow a run, as they could by making it larger.
    FixedState::default().hash_one(word)
}
