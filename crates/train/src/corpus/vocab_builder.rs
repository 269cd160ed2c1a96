//! Numbers words: either each thread numbers the words that it meets, or all look them up in one vocabulary.

use super::report::Pruned;
use super::spill::{Store, Stored};
use super::word_table::{DROPPED, Number, WordTable};
use crate::error::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Gives words their numbers and counts them.
pub(super) trait Lexicon {
    /// The number of a short word; `None` if it is to be dropped.
    fn short(&mut self, word: u128) -> Option<Number>;
    /// The number of a longer word.
    fn long(&mut self, word: &[u8]) -> Option<Number>;
    /// Called before each block with its number.
    fn begin_block(&mut self, _block: u64) {}
    /// Called after each block; ids of the next one may belong to a new generation of numbers. The mapping between them is
    /// kept in `store`, if there is one.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    fn end_block(&mut self, _store: Option<&Store>) -> Result<()> {
        Ok(())
    }
    /// How often the numbers have changed so far.
    fn generation(&self) -> usize {
        0
    }
}

/// A given vocabulary, with the counts of this text.
pub(super) struct Fixed {
    table: Arc<WordTable>,
    pub counts: Vec<u64>,
}

impl Fixed {
    pub fn new(table: &Arc<WordTable>) -> Self {
        Self { table: Arc::clone(table), counts: vec![0; table.len()] }
    }

    fn count(&mut self, found: Option<Number>) -> Option<Number> {
        let number = found?;
        self.counts[number as usize] += 1;
        Some(number)
    }
}

impl Lexicon for Fixed {
    #[inline]
    fn short(&mut self, word: u128) -> Option<Number> {
        self.count(self.table.find_short(word))
    }

    fn long(&mut self, word: &[u8]) -> Option<Number> {
        self.count(self.table.find_long(word))
    }
}

/// The words that one thread has met.
pub(super) struct Growing {
    pub table: WordTable,
    pub counts: Vec<u64>,
    /// For each block that brought new words: the first of their numbers, and the block.
    starts: Vec<(Number, u64)>,
    /// `maps[g]`: the number that each word of generation g has in generation g + 1.
    pub maps: Vec<Stored>,
    budget: Arc<Budget>,
    /// Words of this table that the budget includes.
    in_budget: usize,
    pub pruned: Pruned,
}

/// The number of distinct words that the tables of all threads may hold together.
#[derive(Debug)]
pub(super) struct Budget {
    max_words: usize,
    /// A thread with at most this many words does not prune.
    share: usize,
    used: AtomicUsize,
}

impl Budget {
    /// For `max_words` words in the tables of `threads` threads.
    pub fn new(max_words: usize, threads: usize) -> Arc<Self> {
        Arc::new(Self { max_words, share: max_words / threads, used: AtomicUsize::new(0) })
    }
}

impl Growing {
    /// Drops rare words as soon as the budget is exceeded.
    pub fn new(budget: Arc<Budget>) -> Self {
        let (table, counts, pruned) = (WordTable::default(), Vec::new(), Pruned::default());
        Self { table, counts, starts: Vec::new(), maps: Vec::new(), budget, in_budget: 0, pruned }
    }

    /// Updates the budget. Returns the number of words in all tables.
    fn update_budget(&mut self) -> usize {
        let now = self.table.len();
        // The difference may be negative: it wraps, and so does the sum.
        let more = now.wrapping_sub(self.in_budget);
        self.in_budget = now;
        self.budget.used.fetch_add(more, Ordering::Relaxed).wrapping_add(more)
    }

    /// A key that orders words by where they were first met, over all threads.
    pub fn first_met(&self, number: Number) -> (u64, Number) {
        let behind = self.starts.partition_point(|(first, _)| *first <= number);
        (behind.checked_sub(1).map_or(0, |at| self.starts[at].1), number)
    }

    #[inline]
    fn count(&mut self, number: Number) -> Option<Number> {
        match self.counts.get_mut(number as usize) {
            Some(count) => *count += 1,
            None => self.counts.push(1),
        }
        Some(number)
    }

    /// Drops the rarest words: a quarter of them or more.
    fn prune(&mut self, store: Option<&Store>) -> Result<()> {
        let mut sorted = self.counts.clone();
        let quarter = sorted.len() / 4;
        let (_, &mut most, _) = sorted.select_nth_unstable(quarter);
        drop(sorted);
        let map = self.table.retain(|number| self.counts[number as usize] > most);
        self.pruned.rounds += 1;
        self.pruned.undercount += most;
        let gone = self.counts.iter().filter(|count| **count <= most);
        (self.pruned.words, self.pruned.tokens) =
            gone.fold((self.pruned.words, self.pruned.tokens), |(words, tokens), count| (words + 1, tokens + count));
        self.counts.retain(|count| *count > most);
        self.starts = moved(&self.starts, &map);
        if let Some(store) = store {
            self.maps.push(store.put(&map)?);
        }
        Ok(())
    }
}

/// The same starts for numbers that have changed by `map`, which keeps their order.
fn moved(starts: &[(Number, u64)], map: &[Number]) -> Vec<(Number, u64)> {
    let mut kept = 0;
    let mut at = 0;
    let mut moved = Vec::with_capacity(starts.len());
    for &(first, block) in starts {
        kept += map[at..first as usize].iter().filter(|number| **number != DROPPED).count() as Number;
        at = first as usize;
        moved.push((kept, block));
    }
    moved
}

impl Lexicon for Growing {
    #[inline]
    fn short(&mut self, word: u128) -> Option<Number> {
        let number = self.table.add_short(word);
        self.count(number)
    }

    fn long(&mut self, word: &[u8]) -> Option<Number> {
        let number = self.table.add_long(word);
        self.count(number)
    }

    fn begin_block(&mut self, block: u64) {
        let next = self.table.len() as Number;
        match self.starts.last_mut() {
            Some(last) if last.0 == next => last.1 = block, // the block before had no new words
            _ => self.starts.push((next, block)),
        }
    }

    fn end_block(&mut self, store: Option<&Store>) -> Result<()> {
        if self.update_budget() > self.budget.max_words && self.table.len() > self.budget.share {
            self.prune(store)?;
            self.update_budget();
        }
        Ok(())
    }

    fn generation(&self) -> usize {
        self.maps.len()
    }
}
