//! Batches in random order: targets, their contexts and their negatives.

use crate::{Batch, BatchLayout, Config, Lookup, Optimizer, UnigramSampler};
use rapidvec_core::{Purpose, Rng, WordId};
use std::sync::Arc;

/// All (contexts, target) pairs of a text, never written out: example `i` is the window around token `w + i`.
pub(super) struct Examples {
    ids: Arc<[WordId]>,
    layout: BatchLayout,
    contexts: Vec<WordId>,
    target: Vec<WordId>,
    negatives: Vec<WordId>,
}

impl Examples {
    /// The text must have at least `2 w + 1` tokens.
    pub(super) fn new(ids: Arc<[WordId]>, layout: BatchLayout) -> Self {
        Self { ids, layout, contexts: Vec::new(), target: Vec::new(), negatives: Vec::new() }
    }

    /// The number of pairs.
    pub(super) fn len(&self) -> usize {
        self.ids.len() - 2 * self.layout.window
    }

    /// Fills `batch` with `examples`, and negatives drawn by `rng`.
    pub(super) fn fill(&mut self, batch: &mut Batch, examples: &[u32], sampler: &UnigramSampler, rng: &mut Rng) {
        self.gather(examples);
        let Self { layout, contexts, target, negatives, .. } = self;
        let truth = || layout.truth(contexts, target);
        negatives.clear();
        sampler.sample_all_into(truth().copied(), rng, negatives);
        layout.inputs(contexts, target, &mut batch.inputs);
        layout.outputs(contexts, target, negatives, &mut batch.outputs);
    }

    /// Reads targets and contexts.
    fn gather(&mut self, examples: &[u32]) {
        let window = self.layout.window;
        self.contexts.clear();
        self.target.clear();
        for &i in examples {
            let around = &self.ids[i as usize..][..2 * window + 1];
            self.target.push(around[window]);
            self.contexts.extend_from_slice(&around[..window]);
            self.contexts.extend_from_slice(&around[window + 1..]);
        }
    }
}

/// Makes the batch of any step.
pub(super) struct Batches {
    pub(super) examples: Examples,
    pub(super) sampler: UnigramSampler,
    /// The optimizers of `w_in` and of `w_out`.
    pub(super) optimizers: [Optimizer; 2],
    seed: u64,
    batch_size: usize,
    /// The order of the examples in the epoch it was made for.
    order: (Option<u64>, Vec<u32>),
    /// At most two batches are in use: that of this step, and the next one while it is made.
    buffers: [Arc<Batch>; 2],
}

impl Batches {
    pub(super) fn new(
        config: &Config,
        vocab_size: usize,
        examples: Examples,
        sampler: UnigramSampler,
        optimizers: [Optimizer; 2],
    ) -> Self {
        let buffer = || Arc::new(Batch { inputs: Lookup::new(vocab_size), outputs: Lookup::new(vocab_size) });
        Self {
            batch_size: config.batch_size.min(examples.len()),
            examples,
            sampler,
            optimizers,
            seed: config.seed,
            order: (None, Vec::new()),
            buffers: [buffer(), buffer()],
        }
    }

    /// The batch of `step`, which is iteration `iteration` of `epoch`; all count from 0. Counts the step as done in the optimizers, so make
    /// each step's batch only once.
    pub(super) fn make(&mut self, step: u64, epoch: u64, iteration: usize) -> Arc<Batch> {
        self.shuffle(epoch);
        let some = &self.order.1[iteration * self.batch_size..][..self.batch_size];
        let buffer = &mut self.buffers[(step % 2) as usize];
        let batch = Arc::make_mut(buffer);
        let mut rng = Rng::stream(self.seed, Purpose::Negatives, step);
        self.examples.fill(batch, some, &self.sampler, &mut rng);
        self.optimizers[0].plan(&mut batch.inputs);
        self.optimizers[1].plan(&mut batch.outputs);
        buffer.clone()
    }

    /// The order of the examples depends on the seed and the epoch alone.
    fn shuffle(&mut self, epoch: u64) {
        if self.order.0 != Some(epoch) {
            let mut order: Vec<u32> = (0..self.examples.len() as u32).collect();
            Rng::stream(self.seed, Purpose::Shuffle, epoch).shuffle(&mut order);
            self.order = (Some(epoch), order);
        }
    }
}
