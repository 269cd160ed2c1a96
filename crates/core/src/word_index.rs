//! Finds the id of a word, with a hash table that is built only when it pays.
//!
//! Hashing three million words takes a quarter of a second; finding one of them by comparing all takes a
//! hundredth of that. So the vocabulary of a file or of a counted text has no table at first; it is built after
//! [`SCANS_BEFORE_TABLE`] lookups, or when a word is added.

use super::WordId;
use foldhash::fast::RandomState;
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

/// Finds words by hash. The hash's seed is random for each table, so that words cannot be chosen to collide: a file of such
/// words would take the square of its length to open. No result depends on the seed, since nothing walks through a table.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub words: HashTable<WordId>,
    pub hasher: RandomState,
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
        let table = Table { words: HashTable::with_capacity(words), ..Table::default() };
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
        table.words.find(table.hash(wanted), |&id| word(id) == wanted).copied()
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
        let mut table = Self { words: HashTable::with_capacity(len), ..Self::default() };
        for id in 0..len as WordId {
            let hash = table.hash(word(id));
            if table.words.find(hash, |&other| word(other) == word(id)).is_none() {
                table.words.insert_unique(hash, id, |&id| table.hasher.hash_one(word(id)));
            } else {
                table.duplicate.get_or_insert(id);
            }
        }
        table
    }

    pub fn hash(&self, word: &str) -> u64 {
        self.hasher.hash_one(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use foldhash::fast::FixedState;
    use std::cell::Cell;

    /// Words of eight letters whose hashes end in the same bits under a known seed.
    fn chosen(words: usize) -> Vec<String> {
        let letters = |number: u64| (0..8).map(|place| char::from(b'a' + (number >> (4 * place) & 15) as u8)).collect();
        let is_chosen = |word: &String| FixedState::default().hash_one(word.as_str()) & 0x3ff == 0;
        (0..).map(letters).filter(is_chosen).take(words).collect()
    }

    /// Looks at words while a table of them is built.
    fn looks(words: &[String]) -> usize {
        let looks = Cell::new(0);
        Index::later().table(words.len(), |id| {
            looks.set(looks.get() + 1);
            &words[id as usize]
        });
        looks.into_inner()
    }

    #[test]
    fn chosen_words_cost_no_more_than_others() {
        let chosen = chosen(3000);
        let others: Vec<_> = (0..3000).map(|number| format!("word{number:04}")).collect();
        let (got, expected) = (looks(&chosen), looks(&others));
        assert!(2 * got < 3 * expected, "{got} looks at chosen words, {expected} at others");
    }
}
