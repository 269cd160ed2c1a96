//! Counts pairs of words exactly, in parallel, in bounded memory.
//!
//! Pairs are spread over 256 tables by their hash. A stretch of text is first sorted by table, each thread a part of it; then each
//! thread takes tables and counts what is for them. So no pair is in two tables, no two threads want the same one, and a table
//! is small enough for a cache.
//!
//! If the tables need more memory than they may take, the upper half of them is given up, and the text is gone through again for those.
//! The seed of the hash is random, and nothing but the order of the pairs in the result depends on it.

use super::pairs::Text;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rapidvec_core::WordId;
use rapidvec_core::parallel::map;
use std::hash::{BuildHasher, Hash};
use std::ops::Range;

const TABLES: usize = 256;

/// The bits of a hash that choose the table. A table of hashbrown uses the lowest ones and the highest seven.
const TABLE_SHIFT: u32 = 40;

/// Ids in a stretch.
const STRETCH: usize = 1 << 22;

/// Memory that a pair may take in its table, roughly, in bytes.
const BYTES: u64 = 64;

/// A pair of words as a number.
pub(super) trait Pair: Copy + Eq + Hash + Send + Sync {
    /// A pair with a run of connector words between its words.
    fn of(first: WordId, run: u32, second: WordId) -> Self;
    /// What it was made of.
    fn parts(self) -> (WordId, u32, WordId);
}

/// For texts without connector words.
impl Pair for u64 {
    fn of(first: WordId, _: u32, second: WordId) -> Self {
        u64::from(first) << 32 | u64::from(second)
    }

    fn parts(self) -> (WordId, u32, WordId) {
        ((self >> 32) as WordId, 0, self as WordId)
    }
}

impl Pair for (WordId, u32, WordId) {
    fn of(first: WordId, run: u32, second: WordId) -> Self {
        (first, run, second)
    }

    fn parts(self) -> (WordId, u32, WordId) {
        self
    }
}

/// What was counted.
pub(super) struct Tally {
    /// The pairs that were seen often enough, with their counts, in no particular order.
    pub pairs: Vec<((WordId, u32, WordId), u64)>,
    /// Distinct pairs.
    pub distinct: u64,
    /// How often the text was gone through.
    pub rounds: u32,
}

/// How to count.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub threads: usize,
    /// Bytes of memory for the tables.
    pub memory: u64,
    /// Pairs seen fewer times are only counted as distinct ones.
    pub least: u64,
}

/// Counts the pairs of a text.
pub(super) fn tally(text: &Text, limits: Limits) -> Tally {
    match text.has_connectors() {
        false => Counter::<u64>::new(limits).run(text),
        true => Counter::<(WordId, u32, WordId)>::new(limits).run(text),
    }
}

struct Counter<P> {
    tables: Vec<HashTable<(P, u64)>>,
    /// The tables that are counted in this round.
    active: Range<usize>,
    hasher: RandomState,
    limits: Limits,
    tally: Tally,
}

impl<P: Pair> Counter<P> {
    fn new(limits: Limits) -> Self {
        let tables = (0..TABLES).map(|_| HashTable::new()).collect();
        let tally = Tally { pairs: Vec::new(), distinct: 0, rounds: 0 };
        Self { tables, active: 0..TABLES, hasher: RandomState::default(), limits, tally }
    }

    fn run(mut self, text: &Text) -> Tally {
        while !self.active.is_empty() {
            self.round(text);
            self.harvest();
            let width = self.active.len();
            self.active = self.active.end..TABLES.min(self.active.end + width);
        }
        self.tally
    }

    /// Goes through the text for the active tables.
    fn round(&mut self, text: &Text) {
        let stretch = usize::try_from(self.limits.memory / BYTES).unwrap_or(STRETCH).clamp(1 << 10, STRETCH);
        for start in (0..text.ids.len()).step_by(stretch) {
            self.count(text, start..text.ids.len().min(start + stretch));
            self.give_up_tables();
        }
        self.tally.rounds += 1;
    }

    fn count(&mut self, text: &Text, places: Range<usize>) {
        let (active, hasher, threads) = (&self.active, &self.hasher, self.limits.threads);
        let part = places.len().div_ceil(threads.max(1)).max(1);
        let parts = places.clone().step_by(part).map(|start| start..places.end.min(start + part));
        let sorted = map(threads, parts, |part| sort(text, part, active, hasher));
        let tables = self.tables[active.clone()].iter_mut().zip(0..);
        map(threads, tables, |(table, place): (_, usize)| {
            sorted.iter().flat_map(|part| &part[place]).for_each(|&pair| add(table, hasher, pair));
        });
    }

    /// Gives the upper half of the tables up if they take too much memory.
    fn give_up_tables(&mut self) {
        let taken: usize = self.tables[self.active.clone()].iter().map(HashTable::allocation_size).sum();
        let width = self.active.len();
        if taken as u64 > self.limits.memory && width > 1 {
            self.active.end -= width / 2;
            self.tables[self.active.end..].iter_mut().for_each(|table| *table = HashTable::new());
        }
    }

    /// Takes what was counted out of the active tables.
    fn harvest(&mut self) {
        for table in &mut self.tables[self.active.clone()] {
            self.tally.distinct += table.len() as u64;
            let often = std::mem::take(table).into_iter().filter(|(_, count)| *count >= self.limits.least);
            self.tally.pairs.extend(often.map(|(pair, count)| (pair.parts(), count)));
        }
    }
}

/// The pairs of a part of the text, by active table.
fn sort<P: Pair>(text: &Text, places: Range<usize>, active: &Range<usize>, hasher: &RandomState) -> Vec<Vec<P>> {
    let room = places.len() / TABLES + places.len() / (8 * TABLES);
    let mut sorted: Vec<Vec<P>> = active.clone().map(|_| Vec::with_capacity(room)).collect();
    text.pairs(places, |first, run, second| {
        let pair = P::of(first, run, second);
        let table = (hasher.hash_one(pair) >> TABLE_SHIFT) as usize % TABLES;
        if let Some(pairs) = sorted.get_mut(table.wrapping_sub(active.start)) {
            pairs.push(pair);
        }
    });
    sorted
}

fn add<P: Pair>(table: &mut HashTable<(P, u64)>, hasher: &RandomState, pair: P) {
    let hash = hasher.hash_one(pair);
    match table.entry(hash, |(known, _)| *known == pair, |(known, _)| hasher.hash_one(known)) {
        Entry::Occupied(mut found) => found.get_mut().1 += 1,
        Entry::Vacant(place) => {
            place.insert((pair, 1));
        }
    }
}
