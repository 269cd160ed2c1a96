//! Rows that every thread updates constantly: which ones are replicated, and when the replicas are synchronised.
//!
//! A row that two threads write in turn moves from one's cache to the other's at each step, and both wait for it: between cores
//! without a shared cache that takes as long as a step. So each thread has replicas of the rows that windows use most, updates
//! those, and *synchronises* each of them now and then: its change is added to the shared row, and the sum is the new replica.
//!
//! The interval follows from the counts, which say how often windows use a row: it is about [`MAX_STALENESS`] uses, over all
//! threads, so that a row never moves far on stale values. Rows that would wait longer than 2^[`MAX_LEVEL`] ticks stay
//! shared. The rows of a matrix are due in turns, a few every [`SYNC_INTERVAL`] windows.

use super::outputs::Matrices;
use super::uses::Uses;
use std::ops::Range;

/// The approximate number of uses of a row, over all threads, between two synchronisations.
///
/// A higher number makes threads faster and vectors worse: each thread moves a row as far as one alone would, so together they
/// move it too far. Measured with
/// 16 threads on 16 cores of a Xeon (2026-11-26, 10 M words of Wikipedia, 5 epochs, vectors of 100 numbers, two or three
/// seeds, a [`MAX_LEVEL`] of 8; M words a second, points of analogies, SimLex-999):
///
/// | uses | SkipGram | CBOW |
/// |---|---|---|
/// | 0: no replicas | 22.1, 28.7, 0.246 | 31.0, 30.3, 0.237 |
/// | 64 | 35.1, 29.0, 0.239 | 41.8, 30.3, 0.237 |
/// | 128 | 41.3, 27.5, 0.231 | 55.6, 29.3, 0.237 |
const MAX_STALENESS: f64 = 64.0;

/// Windows from one tick to the next.
pub(super) const SYNC_INTERVAL: usize = 32;

/// The ticks between two synchronisations of a row are at most 2 to this power.
const MAX_LEVEL: u32 = 7;

/// The maximum number of replicated rows of a matrix: each thread's part of the cache holds twice as many.
const MAX_ROWS: usize = 2048;

/// With more threads a row would be due after too few uses to pay.
const MIN_USES: f64 = 4.0;

/// The replicated rows of a matrix: adjacent ones, since words are mostly in descending order of counts and a tree's nodes in
/// ascending. In a vocabulary of another order, rare rows among the frequent ones are replicated with them.
#[derive(Debug, Clone, Default)]
pub(super) struct ReplicaSet {
    start: u32,
    count: u32,
    /// `levels[i]`: those that are due every `2^i` ticks.
    levels: Vec<Vec<u32>>,
}

impl ReplicaSet {
    /// Takes how often a window uses each row, for the rows from `start` up, or down if `down`, to the last one that pays.
    fn new(start: u32, down: bool, uses: impl Iterator<Item = f64>, threads: usize) -> Self {
        if !pays(threads) {
            return Self::default();
        }
        let patience = patience(threads);
        let level_of = |uses: f64| {
            let ticks = patience / uses / SYNC_INTERVAL as f64;
            (ticks < f64::from(2 << MAX_LEVEL)).then(|| (ticks.max(1.0) as usize).ilog2() as usize)
        };
        let all: Vec<Option<usize>> = uses.map(level_of).take(MAX_ROWS).collect();
        let count = all.iter().rposition(Option::is_some).map_or(0, |last| last as u32 + 1);
        let mut levels = vec![Vec::new(); MAX_LEVEL as usize + 1];
        for (place, level) in (0..count).zip(all) {
            levels[level.unwrap_or(MAX_LEVEL as usize)].push(if down { start - place } else { start + place });
        }
        Self { start: if down { (start + 1).saturating_sub(count) } else { start }, count, levels }
    }

    /// The ids of the rows.
    pub fn ids(&self) -> Range<u32> {
        self.start..self.start + self.count
    }

    /// The rows that are due at tick `tick`.
    #[inline]
    pub fn due(&self, tick: usize) -> impl Iterator<Item = u32> {
        self.levels.iter().enumerate().flat_map(move |(level, rows)| {
            let (turns, turn) = (1 << level, tick % (1 << level));
            rows[rows.len() * turn / turns..rows.len() * (turn + 1) / turns].iter().copied()
        })
    }
}

/// Uses of a row by one thread between two synchronisations.
fn patience(threads: usize) -> f64 {
    MAX_STALENESS / threads as f64
}

/// Whether replicas pay.
fn pays(threads: usize) -> bool {
    threads > 1 && patience(threads) >= MIN_USES
}

/// The replicated rows of all matrices.
#[derive(Debug, Clone, Default)]
pub(super) struct Replicas {
    pub w_in: ReplicaSet,
    pub w_words: ReplicaSet,
    pub w_nodes: ReplicaSet,
    pub w_ngrams: ReplicaSet,
    pub w_positions: ReplicaSet,
}

impl Replicas {
    /// For rows that are used so often, trained by `threads` threads.
    pub fn new(uses: &Uses, threads: usize) -> Self {
        if !pays(threads) {
            return Self::default(); // before every path of a tree is walked
        }
        let Matrices { input, words, nodes, ngrams, positions } = uses.of_rows();
        let first = |uses: Vec<f64>| ReplicaSet::new(0, false, uses.into_iter(), threads);
        let last = |uses: Vec<f64>| ReplicaSet::new(uses.len() as u32 - 1, true, uses.into_iter().rev(), threads);
        Self {
            w_in: first(input),
            w_words: words.map(first).unwrap_or_default(),
            w_nodes: nodes.map(last).unwrap_or_default(),
            w_ngrams: ngrams.map(first).unwrap_or_default(),
            w_positions: positions.map(first).unwrap_or_default(),
        }
    }

    /// The maximum number of bytes of the replicas of `matrices` matrices, where a row has `row` bytes.
    pub fn max_bytes(matrices: u64, words: usize, row: u64, threads: usize) -> u64 {
        let rows = if pays(threads) { matrices * words.min(MAX_ROWS) as u64 } else { 0 };
        rows * super::shared::ReplicatedRows::copies(1) as u64 * threads as u64 * row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(uses: &[f64], threads: usize) -> ReplicaSet {
        ReplicaSet::new(0, false, uses.iter().copied(), threads)
    }

    #[test]
    fn each_row_is_due_once_in_its_time() {
        let uses: Vec<f64> = (0..3000).map(|rank| 3.0 / f64::from(rank + 1)).collect();
        let replicas = rows(&uses, 2);
        assert!(replicas.ids().len() > 100 && replicas.ids().len() <= MAX_ROWS);
        let period = 1 << MAX_LEVEL;
        let mut due = vec![0; replicas.ids().len()];
        (0..period).for_each(|tick| replicas.due(tick).for_each(|row| due[row as usize] += 1));
        for (row, &times) in due.iter().enumerate() {
            let waited = (period * SYNC_INTERVAL / times) as f64 * uses[row];
            assert!((16.0..=96.0).contains(&waited) || times == period, "row {row}: {waited} uses");
        }
    }

    #[test]
    fn rare_rows_stay_shared_and_all_rows_do_with_one_thread() {
        assert_eq!(rows(&[1.0, 1.0, 1e-5, 1e-5], 2).ids(), 0..2);
        let unordered = rows(&[1.0, 1e-5, 1.0, 0.0], 2);
        assert_eq!(unordered.ids(), 0..3);
        assert!(unordered.levels[0] == [0, 2] && unordered.levels[MAX_LEVEL as usize] == [1]);
        assert_eq!(rows(&[1.0, 1.0], 1).ids(), 0..0);
        assert_eq!(rows(&[1.0, 1.0], 64).ids(), 0..0);
    }

    #[test]
    fn rows_can_be_counted_down_from_the_last() {
        let replicas = ReplicaSet::new(9, true, [1.0, 0.5, 0.2, 1e-6].into_iter(), 2);
        assert_eq!(replicas.ids(), 7..10);
        let mut due: Vec<u32> = (0..1 << MAX_LEVEL).flat_map(|tick| replicas.due(tick)).collect();
        due.sort_unstable();
        due.dedup();
        assert_eq!(due, [7, 8, 9]);
    }
}
