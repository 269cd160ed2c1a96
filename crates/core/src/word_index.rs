//! Finds the id of a word, with a hash table that is built only when it pays.
//!
//! Hashing three million words takes a quarter of a second; finding one of them by comparing all takes a
//! hundredth of that. So the vocabulary of a file or of a counted text has no table at first; it is built after
//! [`SCANS_BEFORE_TABLE`] lookups, or when a word is added.

use super::WordId;
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The number of scans of all words that take about as long as building the table.
const SCANS_BEFORE_TABLE: usize = 16;

/// The table, or the number of scans done without it.
#[derive(Debug)]
pub struct Index {
    table: OnceLock<Table>,
    missed: AtomicUsize,
}

/// Finds words by hash.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub words: HashTable<WordId>,
    /// The lowest id whose word occurs at a lower id already; it is not in the table.
    pub duplicate: Option<WordId>,
}

impl Index {
    /// An index whose table is not built yet.
    pub fn later() -> Self {
        Self { table: OnceLock::new(), missed: AtomicUsize::new(0) }
    }

    /// An empty table with capacity for `words` words.
    pub fn with_capacity(words: usize) -> Self {
        let table = Table { words: HashTable::with_capacity(words), duplicate: None };
        Self { table: OnceLock::from(table), missed: AtomicUsize::new(0) }
    }

    /// The id of `wanted` among `len` words, if present; the lowest of several. `search` finds it without a table.
    pub fn find<'w>(
        &self,
        wanted: &str,
        len: usize,
        word: impl Fn(WordId) -> &'w str,
        search: impl FnOnce() -> Option<WordId>,
    ) -> Option<WordId> {
        if self.table.get().is_none() && self.missed.fetch_add(1, Ordering::Relaxed) < SCANS_BEFORE_TABLE {
            return search();
        }
        let table = self.table(len, &word);
        table.words.find(hash(wanted), |&id| word(id) == wanted).copied()
    }

    /// The table, built if necessary.
    pub fn table<'w>(&self, len: usize, word: impl Fn(WordId) -> &'w str) -> &Table {
        self.table.get_or_init(|| Table::build(len, word))
    }

    /// The same, for adding a word.
    pub fn table_mut<'w>(&mut self, len: usize, word: impl Fn(WordId) -> &'w str) -> &mut Table {
        self.table(len, word);
        self.table.get_mut().expect("it was built in the line before")
    }
}

/// An empty table.
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
    // A fixed state: an attacker who chooses the words can slow a run down, but a larger text would, too.
    FixedState::default().hash_one(word)
}
