//! The corpus in pieces that threads take one after the other.
//!
//! A block starts where a sentence starts, or, in a sentence without end, wherever it has to. Which blocks there are depends
//! on the corpus alone, so that a place in it means the same to any number of threads.
#![forbid(unsafe_code)]

use crate::words::{SENTENCE_END, WordId};
use std::ops::Range;

/// Smallest and largest size of a block, in ids. A large one takes about ten milliseconds.
const SIZES: Range<usize> = 1 << 11..1 << 16;

/// Blocks a small corpus is cut into, at most.
const FINE: usize = 256;

/// Where the blocks of a corpus start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Blocks<'a> {
    ids: &'a [WordId],
    size: usize,
}

impl<'a> Blocks<'a> {
    pub fn new(ids: &'a [WordId]) -> Self {
        Self { ids, size: (ids.len() / FINE).clamp(SIZES.start, SIZES.end) }
    }

    /// How many there are; some may be empty.
    pub fn count(&self) -> u64 {
        self.ids.len().div_ceil(self.size) as u64
    }

    /// Where block `i` lies in the corpus.
    pub fn range(&self, i: u64) -> Range<usize> {
        self.start(i as usize)..self.start(i as usize + 1)
    }

    /// The ids of the corpus.
    pub fn ids(&self) -> &'a [WordId] {
        self.ids
    }

    fn start(&self, i: usize) -> usize {
        let earliest = i.saturating_mul(self.size).min(self.ids.len());
        if earliest == 0 || earliest == self.ids.len() {
            return earliest;
        }
        let latest = (earliest - 1 + self.size).min(self.ids.len());
        let end = self.ids[earliest - 1..latest].iter().position(|&id| id == SENTENCE_END);
        let none = if latest == self.ids.len() { latest } else { earliest };
        end.map_or(none, |end| earliest + end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn blocks_cover_the_corpus_once_and_in_order(length in 1usize..40_000, every in 1usize..30_000) {
            let ids: Vec<u32> = (1..=length).map(|i| if i % every == 0 { SENTENCE_END } else { 3 }).collect();
            let blocks = Blocks::new(&ids);
            let mut next = 0;
            for i in 0..blocks.count() {
                let range = blocks.range(i);
                prop_assert_eq!(range.start, next);
                prop_assert!(range.end >= range.start);
                next = range.end;
                let cuts_a_sentence = next < length && ids[next - 1] != SENTENCE_END;
                // Only a sentence that is longer than a block is cut.
                prop_assert!(!cuts_a_sentence || every > 2048, "cut at {}", next);
            }
            prop_assert_eq!(next, length);
        }
    }

    #[test]
    fn a_sentence_without_end_is_cut_into_blocks() {
        let ids = vec![1; 1_000_000];
        let blocks = Blocks::new(&ids);
        assert!(blocks.count() > 200);
        assert!((0..blocks.count()).all(|i| blocks.range(i).len() < 2 * blocks.size));
    }
}
