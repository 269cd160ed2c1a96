//! Examples in random order: which words stand around which, and the negatives of each.
#![forbid(unsafe_code)]

use crate::math::{Purpose, Rng};
use crate::nn::{Batch, UnigramSampler, Wiring};
use crate::words::WordId;

/// All (contexts, target) pairs of a corpus, never written out: example `i` is the window around token `w + i`.
pub(super) struct Examples<'a> {
    ids: &'a [WordId],
    wiring: Wiring,
    contexts: Vec<WordId>,
    target: Vec<WordId>,
    negatives: Vec<WordId>,
}

impl<'a> Examples<'a> {
    /// The corpus must have at least `2 w + 1` tokens.
    pub(super) fn new(ids: &'a [WordId], wiring: Wiring) -> Self {
        Self { ids, wiring, contexts: Vec::new(), target: Vec::new(), negatives: Vec::new() }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ids.len() - 2 * self.wiring.window
    }

    /// The order of an epoch, from 0.
    pub(super) fn shuffled(&self, seed: u64, epoch: u64) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        Rng::stream(seed, Purpose::Shuffle, epoch).shuffle(&mut order);
        order
    }

    /// Fills `batch` with these examples and fresh negatives.
    pub(super) fn fill(&mut self, examples: &[u32], sampler: &UnigramSampler, rng: &mut Rng, batch: &mut Batch) {
        let window = self.wiring.window;
        self.contexts.clear();
        self.target.clear();
        for &i in examples {
            let around = &self.ids[i as usize..][..2 * window + 1];
            self.contexts.extend_from_slice(&around[..window]);
            self.contexts.extend_from_slice(&around[window + 1..]);
            self.target.push(around[window]);
        }
        self.draw_negatives(sampler, rng);
        batch.fill(self.wiring, &self.contexts, &self.target, &self.negatives);
    }

    /// In the order in which [`Batch::fill`] wants them: for each prediction, for each example.
    fn draw_negatives(&mut self, sampler: &UnigramSampler, rng: &mut Rng) {
        self.negatives.clear();
        if self.wiring.predictions() == 1 {
            for &target in &self.target {
                sampler.sample_into(target, rng, &mut self.negatives);
            }
            return;
        }
        let width = 2 * self.wiring.window;
        for position in 0..width {
            for &context in self.contexts.iter().skip(position).step_by(width) {
                sampler.sample_into(context, rng, &mut self.negatives);
            }
        }
    }
}
