//! Composes the rows that stand for the words of a sentence, and hands what they learned to the rows they are composed of.
//!
//! With subwords, the vector of a word is the mean of its own row and of its n-grams' rows: some twenty rows. A word is a context of up to
//! 2 W windows, and to add up its rows for each of them would take most of the time (fastText does). Here it is done once: when the windows
//! reach a word, the mean `m` of its rows is written to a row of this thread's ring; steps train that row as they do any
//! other; when no window contains the word any more, `Δ = m - m₀` is added to each of its rows. The mean of these rows has then moved by
//! `Δ`, so that the word learns as much as if it had a single row.
//!
//! What differs from summing for each window: a word does not see what its n-grams learn from its neighbours until its next
//! occurrence, some ten windows later. Threads see each other's updates as late.

use super::sentence::LONGEST;
use super::shared::{ReplicatedRows, Row, SharedRows};
use super::subword_table::{Held, SubwordTable};
use rapidvec_core::WordId;
use rapidvec_core::kernels::window::{Scratch, WindowKernels};

/// Words between one whose rows are prefetched and the next that is composed.
const ROWS_AHEAD: usize = 2;

/// Words between one whose rows are prefetched and one whose list of rows is prefetched.
const LISTS_AHEAD: usize = 4;

/// One thread's composed rows.
pub(super) struct Composer<'a> {
    table: &'a SubwordTable,
    w_in: ReplicatedRows<'a>,
    w_ngrams: ReplicatedRows<'a>,
    /// The composed rows, then the same as they were when they were composed.
    ring: SharedRows<'a>,
    window: usize,
    /// Whether what composed rows learn is handed to the rows they are composed of.
    learns: bool,
    /// For each place of the ring, the rows that its word is composed of.
    parts: Vec<Vec<Row<'a>>>,
    /// What is not trained, and for each place of the ring the rows that are; empty where all are.
    held: Option<&'a Held>,
    trained: Vec<Vec<Row<'a>>>,
    /// The next word whose rows are prefetched, the next to compose, and the first that is still in the ring.
    next_asked: usize,
    next: usize,
    first: usize,
}

/// Words in the ring: those of the widest window, and those that are prefetched.
fn capacity(window: usize) -> usize {
    window.saturating_mul(2).saturating_add(1 + ROWS_AHEAD).min(LONGEST)
}

impl<'a> Composer<'a> {
    /// The rows that a thread needs for its ring.
    pub fn ring_rows(window: usize) -> usize {
        2 * capacity(window)
    }

    /// For windows of up to `window` words to each side; `ring` has [`ring_rows`](Self::ring_rows) rows.
    pub fn new(
        table: &'a SubwordTable,
        w_in: ReplicatedRows<'a>,
        w_ngrams: ReplicatedRows<'a>,
        ring: SharedRows<'a>,
        window: usize,
        learns: bool,
        held: Option<&'a Held>,
    ) -> Self {
        let parts = vec![Vec::new(); capacity(window)];
        let trained = if held.is_some() { parts.clone() } else { Vec::new() };
        Self { table, w_in, w_ngrams, ring, window, learns, parts, held, trained, next_asked: 0, next: 0, first: 0 }
    }

    /// Begins a sentence: `rows` gets the row that stands for each of its words.
    pub fn begin(&mut self, words: &[WordId], rows: &mut Vec<Row<'a>>) {
        (self.next_asked, self.next, self.first) = (0, 0, 0);
        rows.extend((0..words.len()).map(|place| self.ring.row(self.slot(place))));
    }

    #[inline]
    fn slot(&self, place: usize) -> u32 {
        (place % self.parts.len()) as u32
    }

    #[inline]
    fn copy_of(&self, slot: u32) -> u32 {
        slot + self.parts.len() as u32
    }

    /// Makes the rows ready for the window around `center`.
    #[inline]
    pub fn advance(&mut self, center: usize, words: &[WordId], kernels: &WindowKernels, scratch: &mut Scratch) {
        while self.first + self.window < center {
            self.leave(kernels, scratch);
        }
        let end = center.saturating_add(self.window + 1).min(words.len());
        while self.next < end {
            self.ask(words, (self.next + ROWS_AHEAD + 1).min(words.len()));
            let (slot, place) = (self.slot(self.next), self.next % self.parts.len());
            self.ring.compose(kernels, &self.parts[place], slot, self.copy_of(slot));
            self.next += 1;
        }
    }

    /// Ends the sentence: what all of its words learned is in the matrices then.
    pub fn end(&mut self, kernels: &WindowKernels, scratch: &mut Scratch) {
        while self.first < self.next {
            self.leave(kernels, scratch);
        }
    }

    /// Finds and prefetches the rows of the words before `end`.
    #[inline]
    fn ask(&mut self, words: &[WordId], end: usize) {
        let chunks = self.ring.chunks();
        while self.next_asked < end {
            if let Some(&later) = words.get(self.next_asked + LISTS_AHEAD) {
                self.table.prefetch(later);
            }
            let word = words[self.next_asked];
            let place = self.next_asked % self.parts.len();
            let (w_in, w_ngrams, parts) = (self.w_in, self.w_ngrams, &mut self.parts[place]);
            parts.clear();
            parts.push(w_in.row(word));
            parts.extend(self.table.rows(word).iter().map(|&row| w_ngrams.row(row)));
            parts.iter().for_each(|row| row.prefetch(chunks));
            if let Some(held) = self.held {
                let trained = &mut self.trained[place];
                trained.clear();
                let is_trained = held.is_trained(word, self.table.rows(word));
                trained.extend(parts.iter().zip(is_trained).filter(|(_, is)| *is).map(|(&row, _)| row));
            }
            self.next_asked += 1;
        }
    }

    /// Hands what the first word of the ring has learned to its rows.
    #[inline]
    fn leave(&mut self, kernels: &WindowKernels, scratch: &mut Scratch) {
        let (slot, place) = (self.slot(self.first), self.first % self.parts.len());
        if self.learns {
            let parts = if self.held.is_some() { &self.trained[place] } else { &self.parts[place] };
            if !parts.is_empty() {
                self.ring.spread(kernels, parts, slot, self.copy_of(slot), scratch);
            }
        }
        self.first += 1;
    }
}
