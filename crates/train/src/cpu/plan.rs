//! What all threads share: the shared rows, and what is only read.

use super::composer::Composer;
use super::huffman::HuffmanTree;
use super::negatives::Negatives;
use super::positions::Positions;
use super::replicas::ReplicaSet;
use super::schedule::{Schedule, ShuffleOrder};
use super::sentence::max_contexts;
use super::share::Share;
use super::shared::{ReplicatedRows, Row, SharedRows};
use super::subsample::Subsampling;
use super::subword_table::{Held, SubwordTable};
use crate::config::Config;
use rapidvec_core::kernels::window::WindowKernels;

/// How a word is predicted: in one of two ways, or in both at once.
#[derive(Debug, Clone)]
pub(super) struct Objective {
    /// Against randomly drawn words: rows of `w_words`.
    pub negatives: Option<Negatives>,
    /// By the branches on its path in a tree: rows of `w_nodes`.
    pub tree: Option<HuffmanTree>,
}

impl Objective {
    pub fn new(config: &Config, counts: &[u64]) -> Self {
        let negatives = || Negatives::new(counts, config.power, config.negatives);
        Self {
            negatives: (config.negatives > 0).then(negatives),
            tree: config.hierarchical_softmax.then(|| HuffmanTree::new(counts)),
        }
    }

    /// The maximum number of output rows in a step.
    pub fn max_targets(&self) -> usize {
        let words = self.negatives.as_ref().map_or(0, |negatives| negatives.wanted() + 1);
        words + self.tree.as_ref().map_or(0, HuffmanTree::depth)
    }
}

/// A matrix trained by all threads.
#[derive(Debug, Clone, Copy)]
pub(super) struct TrainedRows<'a> {
    pub shared: SharedRows<'a>,
    /// Rows that are replicated for each thread, and memory for the replicas.
    pub replicas: &'a ReplicaSet,
    pub copies: SharedRows<'a>,
}

impl<'a> TrainedRows<'a> {
    /// The view of thread `thread` of the rows.
    pub fn of_thread(&self, thread: usize) -> ReplicatedRows<'a> {
        ReplicatedRows::new(self.shared, self.replicas.ids(), self.copies, thread)
    }
}

/// Everything the threads share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan<'a> {
    pub config: &'a Config,
    pub kernels: WindowKernels,
    pub blocks: Schedule<'a>,
    pub order: &'a ShuffleOrder,
    pub subsampling: &'a Subsampling,
    pub objective: &'a Objective,
    pub w_in: TrainedRows<'a>,
    /// A row for each word with negative sampling; otherwise none.
    pub w_words: TrainedRows<'a>,
    /// A row for each node with hierarchical softmax; otherwise none.
    pub w_nodes: TrainedRows<'a>,
    /// Which rows words are composed of, if they have n-grams.
    pub subwords: Option<&'a SubwordTable>,
    /// What words are composed of that is not trained.
    pub held: Option<&'a Held>,
    /// A row for each n-gram.
    pub w_ngrams: TrainedRows<'a>,
    /// A row for each position of a window, if they are weighted.
    pub w_positions: TrainedRows<'a>,
    /// Rows of each thread's own: `local_rows` for each.
    pub local: SharedRows<'a>,
    /// Rows that are not trained, if any.
    pub frozen: Option<Frozen<'a>>,
    /// What other processes do meanwhile, if there are any.
    pub share: Option<Share>,
}

/// The number of rows of its own that a thread needs: for composed rows, and for weighted contexts.
pub(super) fn local_rows(config: &Config) -> [usize; 2] {
    [
        if config.subwords.is_some() { Composer::ring_rows(config.window) } else { 0 },
        if config.position_weights { max_contexts(config.window) } else { 0 },
    ]
}

/// Rows that are not trained: steps update copies of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frozen<'a> {
    /// Which rows of `w_in`; `None`: all rows of all matrices.
    by_id: Option<&'a [bool]>,
    /// For each thread, the rows of a window that may be frozen.
    copies: SharedRows<'a>,
    /// How many these are.
    each: usize,
    /// Which rows of `w_words`, if some.
    outputs: Option<&'a [bool]>,
}

impl<'a> Frozen<'a> {
    /// The rows of `w_in` that `by_id` marks, or all rows of all matrices. Each thread uses `each` rows of `copies`: for a
    /// window's contexts, and for its targets if those are frozen too.
    pub fn new(by_id: Option<&'a [bool]>, copies: SharedRows<'a>, each: usize) -> Self {
        Self { by_id, copies, each, outputs: None }
    }

    /// Also the rows of `w_words` that `outputs` marks. Two windows' targets are copied at a time: the `each` rows have room for them.
    pub fn with_outputs(self, outputs: Option<&'a [bool]>) -> Self {
        Self { outputs, ..self }
    }

    /// Row `id` of `w_words`, copied to `slot` if it is frozen; such a row never changes, so that a copy may be made early.
    #[inline]
    pub fn copy_output(&self, id: u32, w_words: &SharedRows<'a>, slot: u32) -> Option<Row<'a>> {
        let is_frozen = self.outputs.is_some_and(|outputs| outputs[id as usize]);
        is_frozen.then(|| w_words.copy_row(id, &self.copies, slot))
    }

    /// Whether no row of any matrix is trained.
    #[inline]
    pub fn is_all(&self) -> bool {
        self.by_id.is_none()
    }

    #[inline]
    pub fn holds(&self, id: u32) -> bool {
        self.by_id.is_none_or(|by_id| by_id[id as usize])
    }

    /// The first of the rows of thread `thread`.
    pub fn first(&self, thread: usize) -> u32 {
        (thread * self.each) as u32
    }

    /// Replaces the targets by copies, in the slots from `slot`, if they are frozen.
    pub fn copy_targets(&self, targets: &mut [Row<'a>], slot: u32) {
        if self.is_all() {
            targets.iter_mut().zip(slot..).for_each(|(target, slot)| *target = self.copies.put(*target, slot));
        }
    }

    /// Row `id` of `w_in`, copied to `slot`.
    pub fn copy(&self, id: u32, w_in: &SharedRows<'a>, slot: u32) -> Row<'a> {
        w_in.copy_row(id, &self.copies, slot)
    }
}

impl<'a> Plan<'a> {
    /// What composes the rows of words for thread `thread`, if they have n-grams.
    pub fn composer(
        &self,
        thread: usize,
        w_in: ReplicatedRows<'a>,
        w_ngrams: ReplicatedRows<'a>,
    ) -> Option<Composer<'a>> {
        let [ring, products] = local_rows(self.config);
        let own = self.local.part(thread * (ring + products), ring);
        let window = self.config.window;
        self.subwords.map(|table| Composer::new(table, w_in, w_ngrams, own, window, self.learns(), self.held))
    }

    /// Whether any row is trained; none is while held-out text is scored.
    #[inline]
    pub fn learns(&self) -> bool {
        !self.frozen.is_some_and(|frozen| frozen.is_all())
    }

    /// The weights of positions as thread `thread` sees them, if there are any.
    pub fn positions(&self, thread: usize, weights: ReplicatedRows<'a>) -> Option<Positions<'a>> {
        let [ring, products] = local_rows(self.config);
        let own = self.local.part(thread * (ring + products) + ring, products);
        self.config.position_weights.then(|| Positions::new(weights, own, self.config.window))
    }

    /// The learning rate after `at` ids of epoch `epoch` (from 0).
    #[inline]
    pub fn rate(&self, epoch: u64, at: usize) -> f32 {
        let ids = self.blocks.ids().len();
        match self.share {
            None => rate(self.config, ids, epoch, at),
            Some(share) => rate_at(self.config, share.done_at(epoch * ids as u64 + at as u64)),
        }
    }

    /// The learning rate after `done` blocks, over all epochs.
    pub fn rate_after(&self, done: u64) -> f32 {
        rate_after(self.config, &self.blocks, done)
    }
}

/// The learning rate after `done` blocks, over all epochs.
pub(super) fn rate_after(config: &Config, blocks: &Schedule, done: u64) -> f32 {
    let (epoch, block) = (done / blocks.count().max(1), done % blocks.count().max(1));
    rate(config, blocks.ids().len(), epoch, blocks.before(block))
}

/// Linear from the start of the first epoch to the end of the last.
pub(super) fn rate(config: &Config, corpus: usize, epoch: u64, at: usize) -> f32 {
    rate_at(config, (epoch as f64 + at as f64 / corpus as f64) / config.epochs as f64)
}

/// The learning rate when this share of the run is done.
pub(super) fn rate_at(config: &Config, done: f64) -> f32 {
    let (start, end) = (f64::from(config.learning_rate), f64::from(config.min_learning_rate));
    (start + (end - start) * done) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ModelKind;

    #[test]
    fn the_rate_falls_on_a_straight_line_to_its_minimum() {
        let word2vec = Config::new(ModelKind::Cbow);
        let config = Config { learning_rate: 0.05, min_learning_rate: 0.01, epochs: 4, ..word2vec };
        for (epoch, at, expected) in [(0, 0, 0.05), (0, 500, 0.045), (1, 0, 0.04), (2, 0, 0.03), (3, 1000, 0.01)] {
            let got = rate(&config, 1000, epoch, at);
            assert!((got - expected).abs() < 1e-8, "epoch {epoch}, place {at}: {got}, expected {expected}");
        }
    }
}
