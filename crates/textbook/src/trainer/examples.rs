//! Examples in random order: which words stand around which, and the negatives of each.

use crate::{Lookup, UnigramSampler, Wiring};
use rapidvec::ModelKind;
use rapidvec_core::{Purpose, Rng, WordId};

/// All (contexts, target) pairs of a corpus, never written out: example `i` is the window around token `w + i`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Examples<'a> {
    ids: &'a [WordId],
    wiring: Wiring,
}

/// Words of a batch on their way into a [`Lookup`].
#[derive(Debug, Default)]
pub(super) struct Scratch {
    contexts: Vec<WordId>,
    target: Vec<WordId>,
    negatives: Vec<WordId>,
}

impl<'a> Examples<'a> {
    /// The corpus must have at least `2 w + 1` tokens.
    pub(super) fn new(ids: &'a [WordId], wiring: Wiring) -> Self {
        Self { ids, wiring }
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

    /// What these examples read from `w_in`.
    pub(super) fn inputs(&self, examples: &[u32], scratch: &mut Scratch, lookup: &mut Lookup) {
        self.gather(examples, scratch, self.wiring.model == ModelKind::Cbow);
        lookup.clear();
        lookup.extend(self.wiring.read(&scratch.contexts, &scratch.target));
    }

    /// What these examples read from `w_out`, with negatives drawn by `rng`.
    pub(super) fn outputs(
        &self,
        examples: &[u32],
        sampler: &UnigramSampler,
        rng: &mut Rng,
        scratch: &mut Scratch,
        lookup: &mut Lookup,
    ) {
        self.gather(examples, scratch, self.wiring.model == ModelKind::SkipGram);
        let Scratch { contexts, target, negatives } = scratch;
        let truth = || self.wiring.truth(contexts, target);
        negatives.clear();
        sampler.sample_all_into(truth().copied(), rng, negatives);
        lookup.clear();
        lookup.extend_with_negatives(truth(), negatives, self.wiring.negatives);
    }

    /// Reads the targets, and the contexts if they are wanted.
    fn gather(&self, examples: &[u32], scratch: &mut Scratch, contexts: bool) {
        let window = self.wiring.window;
        scratch.contexts.clear();
        scratch.target.clear();
        for &i in examples {
            let around = &self.ids[i as usize..][..2 * window + 1];
            scratch.target.push(around[window]);
            if contexts {
                scratch.contexts.extend_from_slice(&around[..window]);
                scratch.contexts.extend_from_slice(&around[window + 1..]);
            }
        }
    }
}
