//! The best rows of all that were scored.
//!
//! Rows of equal score rank by rising id, so the answer does not depend on the order in which rows are offered, nor on
//! how many threads offer them.
#![forbid(unsafe_code)]

use crate::words::WordId;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

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

/// The best `top` of all that were offered; the worst of them on top of the heap, ready to be dropped.
#[derive(Debug)]
pub struct Best {
    top: usize,
    heap: BinaryHeap<Reverse<Scored>>,
}

impl Best {
    pub fn new(top: usize) -> Self {
        Self { top, heap: BinaryHeap::new() }
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
        const TOGETHER: usize = 16;
        if self.top == 0 {
            return;
        }
        for (chunk, scores) in scores.chunks(TOGETHER).enumerate() {
            // Nearly all rows stop here, sixteen at a time.
            let least = self.least();
            if !scores.iter().fold(false, |any, &score| any | (score >= least)) {
                continue;
            }
            for (i, &score) in scores.iter().enumerate() {
                let id = id(chunk * TOGETHER + i);
                if score >= self.least() && !left_out.contains(&id) {
                    self.offer(Scored { score, id });
                }
            }
        }
    }

    /// What a score must reach to be of interest.
    fn least(&self) -> f32 {
        match self.heap.peek() {
            Some(Reverse(worst)) if self.heap.len() >= self.top => worst.score,
            _ => f32::NEG_INFINITY,
        }
    }

    /// Offers everything that `other` kept.
    pub fn merge(mut self, other: Self) -> Self {
        other.heap.into_iter().for_each(|Reverse(scored)| self.offer(scored));
        self
    }

    /// Those that are left, in no order.
    pub fn ids(&self) -> impl Iterator<Item = WordId> {
        self.heap.iter().map(|Reverse(scored)| scored.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keeps_what_sorting_would(
            scores in prop::collection::vec(prop_oneof![Just(0.0f32), Just(-0.0), -1.0f32..1.0, Just(f32::INFINITY)], 0..200),
            top in 0usize..30, left_out in prop::collection::vec(0u32..200, 0..4), cut in 0usize..200,
        ) {
            let mut all: Vec<_> = scores.iter().zip(0..).map(|(&score, id)| Scored { score, id }).collect();
            all.retain(|scored| !left_out.contains(&scored.id));
            all.sort_by(|a, b| b.cmp(a));
            all.truncate(top);
            let cut = cut.min(scores.len());
            let (mut first, mut second) = (Best::new(top), Best::new(top));
            second.offer_all(&scores[cut..], &left_out, |i| (cut + i) as WordId);
            first.offer_all(&scores[..cut], &left_out, |i| i as WordId);
            let ids = |list: &[Scored]| list.iter().map(|scored| scored.id).collect::<Vec<_>>();
            let mut found: Vec<_> = second.merge(first).heap.into_iter().map(|Reverse(scored)| scored).collect();
            found.sort_by(|a, b| b.cmp(a));
            prop_assert_eq!(ids(&found), ids(&all));
        }
    }
}
