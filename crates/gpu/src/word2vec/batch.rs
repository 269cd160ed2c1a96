//! Segments of the corpus that a card trains at a time.

use rapidvec::{EpochBlocks, Piece};
use rapidvec_core::{EOS_ID, Ids, Purpose, Rng};
use std::ops::Range;

/// Ids after which a piece is cut at the next end of a sentence, and after which it is cut wherever it is. The pieces of a
/// shuffled corpus are not longer.
const LENGTHS: Range<usize> = 2048..4096;

/// What one workgroup trains, one word after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Its ids in the corpus.
    pub range: Range<usize>,
    /// What its random numbers follow from.
    pub key: [u32; 2],
    /// The learning rate at its start.
    pub first_rate: f32,
    /// The learning rate at its end.
    pub last_rate: f32,
}

/// The segments of a piece. Their random numbers follow from the seed, the epoch and the place in the corpus.
pub fn segments(ids: Ids, piece: &Piece, seed: u64, epoch: u64) -> Vec<Segment> {
    let (mut all, mut start) = (Vec::new(), piece.range.start);
    while start < piece.range.end {
        let end = cut(ids, start..piece.range.end);
        let rate = |at: usize| {
            let done = (at - piece.range.start) as f32 / piece.range.len() as f32;
            piece.first_rate + (piece.last_rate - piece.first_rate) * done
        };
        // 2^20 epochs and 2^44 ids are more than there can be.
        let bits = Rng::stream(seed, Purpose::Segment, epoch << 44 ^ start as u64).bits();
        let key = [bits as u32, (bits >> 32) as u32];
        all.push(Segment { range: start..end, key, first_rate: rate(start), last_rate: rate(end) });
        start = end;
    }
    all
}

/// Where the first segment of these ids ends.
fn cut(ids: Ids, places: Range<usize>) -> usize {
    if places.len() <= LENGTHS.end {
        return places.end;
    }
    let tail = places.start + LENGTHS.start - 1..places.start + LENGTHS.end;
    ids.slice(tail.clone()).position(|id| id == EOS_ID).map_or(tail.end, |end| tail.start + end + 1)
}

/// Blocks of an epoch as a card takes them.
#[derive(Debug, Default)]
pub struct Batch {
    /// The table of segments, as shaders read it.
    pub plan: Vec<u32>,
    /// The ids of all segments.
    pub ids: Vec<u32>,
    /// For each block, words in it and segments.
    pub blocks: Vec<(u64, usize)>,
}

/// Numbers before the table, and of each segment.
const HEAD: usize = 2;
pub const SEGMENT_NUMBERS: usize = 8;

impl Batch {
    /// One block of one segment.
    #[cfg(test)]
    pub fn of(segment: &Segment, ids: &[u32]) -> Self {
        let words = ids.iter().filter(|id| **id != EOS_ID).count() as u64;
        let plan = [1, 0].into_iter().chain(numbers(0, segment)).collect();
        Self { plan, ids: ids.to_vec(), blocks: vec![(words, 1)] }
    }

    /// How many segments there are.
    pub fn segments(&self) -> usize {
        self.blocks.iter().map(|(_, segments)| segments).sum()
    }

    /// Ids of the longest segment.
    pub fn longest(&self) -> usize {
        self.plan[HEAD..].chunks(SEGMENT_NUMBERS).map(|segment| segment[1] as usize).max().unwrap_or(0)
    }

    /// Replaces it with as many of these blocks as fit into `segments` segments and `ids` ids, but at least one. Returns the
    /// next block.
    pub fn fill(&mut self, epoch: &EpochBlocks, blocks: Range<u64>, segments: usize, ids: usize) -> u64 {
        self.plan.clear();
        self.plan.resize(HEAD, 0);
        self.ids.clear();
        self.blocks.clear();
        let mut largest = (0, 0);
        for block in blocks.clone() {
            let before = (self.segments(), self.ids.len());
            if block > blocks.start && (before.0 + largest.0 > segments || before.1 + largest.1 > ids) {
                return block;
            }
            self.push(epoch, block);
            largest = (largest.0.max(self.segments() - before.0), largest.1.max(self.ids.len() - before.1));
        }
        blocks.end
    }

    fn push(&mut self, epoch: &EpochBlocks, block: u64) {
        let (mut words, mut count) = (0, 0);
        for piece in epoch.pieces(block) {
            for segment in segments(epoch.ids(), &piece, epoch.config().seed, epoch.epoch()) {
                let ids = epoch.ids().slice(segment.range.clone());
                self.plan.extend(numbers(self.ids.len(), &segment));
                let first = self.ids.len();
                let _ = ids.try_for_each(|id| {
                    self.ids.push(id);
                    std::ops::ControlFlow::<()>::Continue(())
                });
                words += self.ids[first..].iter().filter(|id| **id != EOS_ID).count() as u64;
                count += 1;
            }
        }
        self.blocks.push((words, count));
        self.plan[0] = self.segments() as u32;
    }
}

/// A segment whose ids begin at `first`, as `shaders/segments.wgsl` has it.
fn numbers(first: usize, segment: &Segment) -> [u32; SEGMENT_NUMBERS] {
    let Segment { range, key, first_rate, last_rate } = segment;
    [first as u32, range.len() as u32, key[0], key[1], first_rate.to_bits(), last_rate.to_bits(), 0, 0]
}

/// Bytes of the table of this many segments.
pub fn plan_bytes(segments: usize) -> u64 {
    ((HEAD + segments * SEGMENT_NUMBERS) * size_of::<u32>()) as u64
}

/// Most ids and segments of a block that is trained whole.
pub const BLOCK_IDS: usize = 1 << 17;
pub const BLOCK_SEGMENTS: usize = BLOCK_IDS / LENGTHS.start + 32;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn segments_cover_a_piece_and_end_with_sentences(length in 1usize..20_000, every in 1usize..6_000, start in 0usize..50) {
            let ids: Vec<u32> = (1..=start + length).map(|i| if i % every == 0 { EOS_ID } else { 3 }).collect();
            let piece = Piece { range: start..start + length, first_rate: 0.5, last_rate: 0.25 };
            let all = segments(Ids::from(&ids), &piece, 1, 2);
            prop_assert_eq!((all[0].first_rate, all[all.len() - 1].last_rate), (0.5, 0.25));
            let mut next = start;
            for segment in &all {
                prop_assert_eq!(segment.range.start, next);
                prop_assert!(!segment.range.is_empty() && segment.range.len() <= LENGTHS.end);
                prop_assert!(segment.first_rate >= segment.last_rate);
                next = segment.range.end;
                prop_assert!(next == start + length || ids[next - 1] == EOS_ID || every > LENGTHS.end - LENGTHS.start);
            }
            prop_assert_eq!(next, start + length);
            let mut keys: Vec<_> = all.iter().map(|segment| segment.key).collect();
            keys.sort_unstable();
            keys.dedup();
            prop_assert_eq!(keys.len(), all.len());
        }
    }

    #[test]
    fn random_numbers_follow_from_seed_epoch_and_place() {
        let ids = vec![3; 100];
        let key = |seed, epoch, range: Range<usize>| {
            segments(Ids::from(&ids), &Piece { range, first_rate: 0.1, last_rate: 0.1 }, seed, epoch)[0].key
        };
        assert_eq!(key(1, 2, 10..20), key(1, 2, 10..90));
        let keys = [key(1, 2, 10..20), key(2, 2, 10..20), key(1, 3, 10..20), key(1, 2, 11..20)];
        assert!((1..4).all(|i| !keys[..i].contains(&keys[i])));
    }
}
