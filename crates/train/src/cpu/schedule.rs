//! The corpus in pieces, their order in an epoch, and blocks of them, which threads take one after the other.
//!
//! A piece starts where a sentence starts, or within a very long sentence. Pieces and blocks depend on the corpus alone, so
//! that a position in an epoch means the same for any number of threads.
//!
//! **Pieces are shuffled**, in another order each epoch: neighbouring sentences have similar topics, and successive steps of SGD
//! should not be similar. Measured on 10 M words of Wikipedia (`bench/peers` says how; CBOW, 5 epochs, vectors of 100
//! numbers; points of Google's analogies, SimLex-999; means of 10 seeds, of 14 for the unshuffled text; 2026-11-26):
//!
//! | piece | analogies | SimLex-999 |
//! |---|---|---|
//! | not shuffled | 29.9 | 0.233 |
//! | 40,000 words | 30.0 | 0.236 |
//! | 8,000 words | 30.2 | 0.235 |
//! | 2,000 words | 30.5 | 0.240 |
//! | 500 words | 30.6 | 0.233 |
//!
//! Smaller pieces would cut a text without line ends in more places.

use rapidvec_core::kernels::read_ahead;
use rapidvec_core::{EOS_ID, Ids, Purpose, Rng};
use std::ops::Range;

/// Smallest and largest size of a block, in ids. A large one takes about ten milliseconds.
const SIZES: Range<usize> = 1 << 11..1 << 16;

/// The maximum number of blocks of a small corpus.
const FINE: usize = 256;

/// The approximate number of ids in a piece that is shuffled.
const PIECE: usize = 1 << 11;

/// Pieces are shuffled within windows of this many, 16 million ids: ids in a file are still read nearly in order.
const SHUFFLE_WINDOW: usize = (1 << 24) / PIECE;

/// Where the pieces of a corpus start, and which of them make a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule<'a> {
    ids: Ids<'a>,
    /// The approximate number of ids in a block.
    size: usize,
    /// Pieces in a block.
    each: usize,
}

/// The order of the pieces in an epoch.
#[derive(Debug, Clone)]
pub(super) struct ShuffleOrder(Option<Vec<u32>>);

impl ShuffleOrder {
    /// The order of the text.
    pub const OF_TEXT: Self = Self(None);

    /// Shuffled, for epoch `epoch`.
    pub fn shuffled(pieces: usize, seed: u64, epoch: u64) -> Self {
        let mut order: Vec<u32> = (0..pieces as u32).collect();
        let mut rng = Rng::stream(seed, Purpose::Shuffle, epoch);
        order.chunks_mut(SHUFFLE_WINDOW).for_each(|stretch| rng.shuffle(stretch));
        Self(Some(order))
    }

    /// The same order of the pieces that `drawn` has instead of all.
    pub fn of_drawn(self, drawn: &[u32]) -> Self {
        Self(Some((0..drawn.len()).map(|place| drawn[self.piece(place)]).collect()))
    }

    /// The piece at this place, both from 0.
    #[inline]
    pub fn piece(&self, place: usize) -> usize {
        self.0.as_ref().map_or(place, |order| order[place] as usize)
    }
}

/// As many of `pieces` pieces, drawn with repetition, in the order of the text: a bootstrap sample. They are drawn within the windows
/// in which pieces are shuffled, so that ids in a file are still read nearly in order.
pub(super) fn drawn_pieces(pieces: usize, seed: u64) -> Vec<u32> {
    let mut rng = Rng::stream(seed, Purpose::Bootstrap, 0);
    let mut drawn: Vec<u32> = (0..pieces as u32).collect();
    for stretch in drawn.chunks_mut(SHUFFLE_WINDOW) {
        let (first, count) = (stretch[0], stretch.len() as u32);
        stretch.iter_mut().for_each(|piece| *piece = first + rng.below(count));
        stretch.sort_unstable();
    }
    drawn
}

/// The approximate number of ids in a block of a corpus of so many.
fn block_size(ids: usize) -> usize {
    (ids / FINE).clamp(SIZES.start, SIZES.end)
}

/// The number of blocks of a corpus of so many ids.
pub(super) fn blocks(ids: usize) -> u64 {
    ids.div_ceil(block_size(ids)) as u64
}

impl<'a> Schedule<'a> {
    /// `in_pieces`: a block has several small pieces, to be shuffled; otherwise it is one piece.
    pub fn new(ids: Ids<'a>, in_pieces: bool) -> Self {
        let size = block_size(ids.len());
        Self { ids, size, each: if in_pieces { size.div_ceil(PIECE) } else { 1 } }
    }

    /// The number of blocks; some may be empty.
    pub fn count(&self) -> u64 {
        blocks(self.ids.len())
    }

    /// The number of pieces in all blocks; some may be empty.
    pub fn pieces(&self) -> usize {
        self.count() as usize * self.each
    }

    /// The places in an epoch of the pieces of block `block`.
    pub fn places(&self, block: u64) -> Range<usize> {
        let first = block as usize * self.each;
        first..first + self.each
    }

    /// The range of piece `piece` in the corpus.
    pub fn range(&self, piece: usize) -> Range<usize> {
        self.start(piece)..self.start(piece + 1)
    }

    /// The number of ids in an epoch before block `block`.
    pub fn before(&self, block: u64) -> usize {
        self.start(self.places(block).start)
    }

    /// The ids of the corpus.
    pub fn ids(&self) -> Ids<'a> {
        self.ids
    }

    /// Starts reading what is needed soon after block `block` begins, if the ids are in a file.
    pub fn read_ahead(&self, block: u64) {
        if self.each == 1 {
            return; // in the order of the text the system reads ahead automatically
        }
        let ask_for = |stretch: usize| {
            let [start, end] =
                [stretch, stretch + 1].map(|stretch| self.start((stretch * SHUFFLE_WINDOW).min(self.pieces())));
            if let Some(bytes) = self.ids.slice(start..end).bytes() {
                read_ahead::will_need(bytes);
            }
        };
        let first = self.places(block).start;
        if first == 0 {
            ask_for(0);
        }
        if first.is_multiple_of(SHUFFLE_WINDOW) {
            ask_for(first / SHUFFLE_WINDOW + 1);
        }
    }

    /// Where piece `piece` starts in the corpus; and, since pieces have about the same length, the number of ids in an epoch before the one at that
    /// place.
    pub fn start(&self, piece: usize) -> usize {
        let nominal = (piece / self.each).saturating_mul(self.size) + piece % self.each * self.size / self.each;
        let earliest = nominal.min(self.ids.len());
        if earliest == 0 || earliest == self.ids.len() {
            return earliest;
        }
        let latest = (earliest - 1 + self.size / self.each).min(self.ids.len());
        let end = self.ids.slice(earliest - 1..latest).position(|id| id == EOS_ID);
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
        fn an_epoch_goes_through_the_whole_corpus_once(length in 1usize..400_000, every in 1usize..3_000, in_pieces: bool) {
            let ids: Vec<u32> = (1..=length).map(|i| if i % every == 0 { EOS_ID } else { 3 }).collect();
            let blocks = Schedule::new(Ids::from(&ids), in_pieces);
            let order = if in_pieces { ShuffleOrder::shuffled(blocks.pieces(), 1, 2) } else { ShuffleOrder::OF_TEXT };
            let places = (0..blocks.count()).flat_map(|block| blocks.places(block));
            let mut pieces: Vec<_> = places.map(|place| blocks.range(order.piece(place))).collect();
            prop_assert_eq!(pieces.len(), blocks.pieces());
            let as_it_stands = pieces.is_sorted_by_key(|piece| piece.start);
            prop_assert!(as_it_stands || in_pieces);
            pieces.sort_by_key(|piece| (piece.start, piece.end));
            let mut next = 0;
            for piece in pieces {
                prop_assert_eq!(piece.start, next);
                prop_assert!(piece.end >= piece.start && piece.len() <= 2 * blocks.size);
                next = piece.end;
                let cuts_a_sentence = next < length && ids[next - 1] != EOS_ID;
                // Only a sentence that is longer than a piece is cut.
                prop_assert!(!cuts_a_sentence || every > 1_024, "cut at {}", next);
            }
            prop_assert_eq!(next, length);
        }
    }

    #[test]
    fn pieces_are_drawn_with_repetition_and_the_same_ones_again() {
        let pieces = SHUFFLE_WINDOW + 1_000;
        let drawn = drawn_pieces(pieces, 7);
        assert_eq!(drawn.len(), pieces);
        assert_eq!(drawn, drawn_pieces(pieces, 7));
        assert_ne!(drawn, drawn_pieces(pieces, 8));
        assert!(drawn.is_sorted() && drawn.iter().all(|&piece| (piece as usize) < pieces));
        let mut times = vec![0_usize; pieces];
        drawn.iter().for_each(|&piece| times[piece as usize] += 1);
        // A piece is drawn k times with the probability e^-1 / k!: missing in 37 % of all cases, twice in 18 %.
        let share = |k| times.iter().filter(|&&drawn| drawn == k).count() as f64 / pieces as f64;
        for (k, expected) in [(0, 0.368), (1, 0.368), (2, 0.184), (3, 0.061)] {
            assert!((share(k) - expected).abs() < 0.02, "{k}: {}", share(k));
        }
    }

    #[test]
    fn drawn_pieces_are_shuffled_in_each_epoch_and_stay_the_same_ones() {
        let drawn = drawn_pieces(500, 3);
        let order = |epoch| {
            let order = ShuffleOrder::shuffled(500, 3, epoch).of_drawn(&drawn);
            (0..500).map(|place| order.piece(place) as u32).collect::<Vec<_>>()
        };
        let (mut first, second) = (order(0), order(1));
        assert_ne!(first, second);
        first.sort_unstable();
        assert_eq!(first, drawn);
        let of_text = ShuffleOrder::OF_TEXT.of_drawn(&drawn);
        assert!((0..500).all(|place| of_text.piece(place) as u32 == drawn[place]));
    }

    #[test]
    fn a_sentence_without_end_is_cut_into_blocks() {
        let ids = vec![1; 1_000_000];
        for in_pieces in [false, true] {
            let blocks = Schedule::new(Ids::from(&ids), in_pieces);
            assert!(blocks.count() > 200);
            assert!((0..blocks.pieces()).all(|piece| blocks.range(piece).len() < 2 * blocks.size));
        }
    }

    #[test]
    fn each_epoch_and_each_seed_has_an_order_of_its_own_and_pieces_stay_in_their_stretch() {
        let pieces = 2 * SHUFFLE_WINDOW + 7;
        let order = |seed, epoch| {
            let order = ShuffleOrder::shuffled(pieces, seed, epoch);
            (0..pieces).map(|place| order.piece(place)).collect::<Vec<_>>()
        };
        let first = order(1, 0);
        assert!(first == order(1, 0) && first != order(1, 1) && first != order(2, 0));
        assert!(first.iter().enumerate().all(|(place, piece)| place / SHUFFLE_WINDOW == piece / SHUFFLE_WINDOW));
        assert!(first[..SHUFFLE_WINDOW].iter().enumerate().filter(|(place, piece)| place == *piece).count() < 20);
    }

    #[test]
    fn reading_ahead_stays_within_the_corpus() {
        for length in [0, 1, 5_000, (PIECE * SHUFFLE_WINDOW) + 100_000] {
            let packed = vec![0; length * 3];
            for in_pieces in [false, true] {
                let blocks = Schedule::new(Ids::packed(&packed, 3), in_pieces);
                (0..blocks.count()).for_each(|block| blocks.read_ahead(block));
            }
        }
    }
}
