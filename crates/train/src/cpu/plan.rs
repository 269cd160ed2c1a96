//! What all threads read and none changes, besides the shared rows.

use super::huffman::HuffmanTree;
use super::negatives::Negatives;
use super::replicas::Replicas;
use super::schedule::{Schedule, ShuffleOrder};
use super::shared::{Row, SharedRows};
use super::subsample::Subsampling;
use crate::config::Config;
use rapidvec_core::kernels::window::WindowKernels;

/// How a word is predicted.
#[derive(Debug, Clone)]
pub(super) enum Objective {
    /// Against randomly drawn words.
    Negatives(Negatives),
    /// By the branches of its path in a tree.
    Tree(HuffmanTree),
}

impl Objective {
    pub fn new(config: &Config, counts: &[u64]) -> Self {
        if config.hierarchical_softmax {
            Self::Tree(HuffmanTree::new(counts))
        } else {
            Self::Negatives(Negatives::new(counts, config.power, config.negatives))
        }
    }

    /// Most rows of `w_out` in a step.
    pub fn max_targets(&self) -> usize {
        match self {
            Self::Negatives(negatives) => negatives.wanted() + 1,
            Self::Tree(tree) => tree.depth(),
        }
    }
}

/// All that the threads share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan<'a> {
    pub config: &'a Config,
    pub kernels: WindowKernels,
    pub blocks: Schedule<'a>,
    pub order: &'a ShuffleOrder,
    pub subsampling: &'a Subsampling,
    pub objective: &'a Objective,
    pub w_in: SharedRows<'a>,
    pub w_out: SharedRows<'a>,
    /// Rows of `w_in` that are not trained, if any.
    pub frozen: Option<Frozen<'a>>,
    /// Rows that are replicated for each thread, and memory for the replicas.
    pub replicas: &'a Replicas,
    pub replicas_in: SharedRows<'a>,
    pub replicas_out: SharedRows<'a>,
}

/// Rows that are not trained: steps update copies of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frozen<'a> {
    by_id: &'a [bool],
    /// Two windows of rows for each thread.
    copies: SharedRows<'a>,
}

impl<'a> Frozen<'a> {
    /// The rows that `by_id` marks, with `copies` for two windows of them per thread.
    pub fn new(by_id: &'a [bool], copies: SharedRows<'a>) -> Self {
        Self { by_id, copies }
    }

    #[inline]
    pub fn holds(&self, id: u32) -> bool {
        self.by_id[id as usize]
    }

    /// Row `id` of `w_in`, copied to `slot`.
    pub fn copy(&self, id: u32, w_in: &SharedRows<'a>, slot: u32) -> Row<'a> {
        w_in.copy_row(id, &self.copies, slot)
    }
}

impl Plan<'_> {
    /// The learning rate where `at` ids of epoch `epoch` (from 0) are done.
    #[inline]
    pub fn rate(&self, epoch: u64, at: usize) -> f32 {
        rate(self.config, self.blocks.ids().len(), epoch, at)
    }

    /// The learning rate when `done` blocks are, over all epochs.
    pub fn rate_after(&self, done: u64) -> f32 {
        rate_after(self.config, &self.blocks, done)
    }
}

/// The learning rate when `done` blocks are, over all epochs.
pub(super) fn rate_after(config: &Config, blocks: &Schedule, done: u64) -> f32 {
    let (epoch, block) = (done / blocks.count().max(1), done % blocks.count().max(1));
    rate(config, blocks.ids().len(), epoch, blocks.before(block))
}

/// Linear from the start of the first epoch to the end of the last.
fn rate(config: &Config, corpus: usize, epoch: u64, at: usize) -> f32 {
    let done = (epoch as f64 + at as f64 / corpus as f64) / config.epochs as f64;
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
