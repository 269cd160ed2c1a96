//! The k best of all scored rows.
//!
//! Rows of equal score rank by ascending id, so the answer depends neither on the order in which rows are offered nor on the
//! number of threads that offer them.

use rapidvec_core::WordId;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

/// Scores that are compared at a time, and scores in a run.
const LANES: usize = 16;
const RUN: usize = 4 * LANES;

/// A row and its score. Greater means better: a higher score, or the same and a lower id.
#[derive(Debug, Clone, Copy)]
pub struct Scored {
    pub score: f32,
    pub id: WordId,
}

impl Ord for Scored {
    fn cmp(&self, other: &Self) -> Ordering {
        // Adding 0 turns -0 into 0, which ranks the same.
        (self.score + 0.0).total_cmp(&(other.score + 0.0)).then(other.id.cmp(&self.id))
    }
}

impl PartialOrd for Scored {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Scored {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Scored {}

/// The best `top` of all rows offered; the worst of them is on top of the heap, ready to be dropped.
#[derive(Debug)]
pub struct TopK {
    top: usize,
    heap: BinaryHeap<Reverse<Scored>>,
    /// Scores below this are ignored.
    floor: f32,
}

/// A lower bound, shared by threads, of the best scores of one query.
#[derive(Debug)]
pub struct SharedThreshold(AtomicU32);

impl Default for SharedThreshold {
    fn default() -> Self {
        Self(AtomicU32::new(ordered(f32::NEG_INFINITY)))
    }
}

/// Bits whose order is that of the numbers, and the inverse. No number is NaN.
fn ordered(x: f32) -> u32 {
    let bits = x.to_bits();
    if bits >> 31 == 0 { bits | 1 << 31 } else { !bits }
}

fn number(ordered: u32) -> f32 {
    f32::from_bits(if ordered >> 31 == 0 { !ordered } else { ordered & !(1 << 31) })
}

impl TopK {
    pub fn new(top: usize) -> Self {
        Self { top, heap: BinaryHeap::new(), floor: f32::NEG_INFINITY }
    }

    /// As [`offer_all`](Self::offer_all), ignoring scores below the bound of all threads, and raising it.
    pub fn offer_above(
        &mut self,
        floor: &SharedThreshold,
        scores: &[f32],
        left_out: &[WordId],
        id: impl Fn(usize) -> WordId,
    ) {
        // Only the number itself is shared; an outdated one costs time but never answers.
        self.floor = number(floor.0.load(Relaxed));
        self.offer_all(scores, left_out, id);
        if self.least() > self.floor {
            floor.0.fetch_max(ordered(self.least()), Relaxed);
        }
    }

    pub fn offer(&mut self, scored: Scored) {
        if self.heap.len() < self.top {
            self.heap.push(Reverse(scored));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && scored > worst.0
        {
            *worst = Reverse(scored);
        }
    }

    /// Offers every score; `scores[i]` is that of row `id(i)`. None may be NaN.
    pub fn offer_all(&mut self, scores: &[f32], left_out: &[WordId], id: impl Fn(usize) -> WordId) {
        if self.top == 0 {
            return;
        }
        let mut least = self.least();
        // Nearly all rows are rejected here, many at a time, and nearly all others a few at a time.
        for (run, scores) in scores.chunks(RUN).enumerate() {
            if !any_reaches(scores, least) {
                continue;
            }
            for (few, scores) in scores.chunks(LANES).enumerate().filter(|(_, scores)| any_reaches(scores, least)) {
                self.offer_few(scores, left_out, |i| id(run * RUN + few * LANES + i));
            }
            least = self.least();
        }
    }

    fn offer_few(&mut self, scores: &[f32], left_out: &[WordId], id: impl Fn(usize) -> WordId) {
        let mut least = self.least();
        for (i, &score) in scores.iter().enumerate() {
            if score >= least {
                let id = id(i);
                if !left_out.contains(&id) {
                    self.offer(Scored { score, id });
                    least = self.least();
                }
            }
        }
    }

    /// The score that a row must reach.
    fn least(&self) -> f32 {
        match self.heap.peek() {
            Some(Reverse(worst)) if self.heap.len() >= self.top => worst.score.max(self.floor),
            _ => self.floor,
        }
    }

    /// Offers all rows that `other` kept.
    pub fn merge(mut self, other: Self) -> Self {
        other.heap.into_iter().for_each(|Reverse(scored)| self.offer(scored));
        self
    }

    /// The ids of the rows kept, in no particular order.
    pub fn ids(&self) -> impl Iterator<Item = WordId> {
        self.heap.iter().map(|Reverse(scored)| scored.id)
    }
}

/// Whether one of the scores is `least` or more.
fn any_reaches(scores: &[f32], least: f32) -> bool {
    let (chunks, rest) = scores.as_chunks::<LANES>();
    let mut most = [f32::NEG_INFINITY; LANES];
    for chunk in chunks {
        most.iter_mut().zip(chunk).for_each(|(most, &score)| *most = if score > *most { score } else { *most });
    }
    most.iter().chain(rest).fold(false, |any, &score| any | (score >= least))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_bits_have_the_order_of_the_numbers() {
        let rising = [f32::NEG_INFINITY, -2.0, -1e-30, 0.0, 1e-30, 0.5, 1.0, f32::INFINITY];
        assert!(rising.windows(2).all(|pair| ordered(pair[0]) < ordered(pair[1])));
        assert!(rising.iter().all(|&x| number(ordered(x)).to_bits() == x.to_bits()));
    }

    #[test]
    fn threads_that_share_a_threshold_keep_the_best_of_all() {
        let scores: Vec<f32> = (0..3000).map(|i| ((i * 7919 % 997) as f32 - 500.0) / 500.0).collect();
        let (floor, mut alone) = (SharedThreshold::default(), TopK::new(9));
        alone.offer_all(&scores, &[4], |i| i as WordId);
        let mut halves = [TopK::new(9), TopK::new(9)];
        for (part, scores) in scores.chunks(150).enumerate() {
            halves[part % 2].offer_above(&floor, scores, &[4], |i| (150 * part + i) as WordId);
        }
        let sorted = |best: TopK| {
            let mut ids: Vec<_> = best.ids().collect();
            ids.sort_unstable();
            ids
        };
        let [first, second] = halves;
        assert!(number(floor.0.into_inner()) > 0.9);
        assert_eq!(sorted(first.merge(second)), sorted(alone));
    }

    proptest! {
        #[test]
        fn keeps_the_rows_that_sorting_would(
            scores in prop::collection::vec(prop_oneof![Just(0.0f32), Just(-0.0), -1.0f32..1.0, Just(f32::INFINITY)], 0..200),
            top in 0usize..30, left_out in prop::collection::vec(0u32..200, 0..4), cut in 0usize..200,
        ) {
            let mut all: Vec<_> = scores.iter().zip(0..).map(|(&score, id)| Scored { score, id }).collect();
            all.retain(|scored| !left_out.contains(&scored.id));
            all.sort_by(|a, b| b.cmp(a));
            all.truncate(top);
            let cut = cut.min(scores.len());
            let (mut first, mut second) = (TopK::new(top), TopK::new(top));
            second.offer_all(&scores[cut..], &left_out, |i| (cut + i) as WordId);
            first.offer_all(&scores[..cut], &left_out, |i| i as WordId);
            let ids = |list: &[Scored]| list.iter().map(|scored| scored.id).collect::<Vec<_>>();
            let mut found: Vec<_> = second.merge(first).heap.into_iter().map(|Reverse(scored)| scored).collect();
            found.sort_by(|a, b| b.cmp(a));
            prop_assert_eq!(ids(&found), ids(&all));
        }
    }
}
