//! One mini-batch: which words are read from `w_in`, which from `w_out`.
//!
//! The two models differ only in this wiring, in columns of B ids:
//!
//! | | columns of `inputs` | columns of `outputs` |
//! |---|---|---|
//! | CBOW | the 2w contexts | target, K negatives |
//! | SkipGram | the target | for each of the 2w contexts: the context word, K negatives of its own |
#![forbid(unsafe_code)]

use super::RowIndex;
use crate::config::{Config, ModelKind};
use crate::words::WordId;

/// How many columns a model reads from each matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wiring {
    /// CBOW or SkipGram.
    pub model: ModelKind,
    /// Words on each side.
    pub window: usize,
    /// Negatives for each true word.
    pub negatives: usize,
}

impl Wiring {
    /// The wiring that a configuration asks for.
    pub fn of(config: &Config) -> Self {
        Self { model: config.model, window: config.window, negatives: config.negatives }
    }

    /// True words predicted for each example: 1 for CBOW, 2w for SkipGram.
    pub fn predictions(&self) -> usize {
        match self.model {
            ModelKind::Cbow => 1,
            ModelKind::SkipGram => 2 * self.window,
        }
    }
}

/// The ids of one step. Reused from step to step, so that training allocates nothing.
#[derive(Debug, Clone)]
pub struct Batch {
    /// B, the number of examples.
    pub size: usize,
    /// Rows of `w_in`, in columns.
    pub inputs: RowIndex,
    /// Rows of `w_out`, in columns.
    pub outputs: RowIndex,
}

impl Batch {
    /// An empty batch over matrices of `vocab_size` rows.
    pub fn new(vocab_size: usize) -> Self {
        Self { size: 0, inputs: RowIndex::new(vocab_size), outputs: RowIndex::new(vocab_size) }
    }

    /// Fills the batch with examples in the chapter's shapes.
    ///
    /// `contexts` is B x 2w, row after row; `target` has B ids; `negatives` is (predictions) x B x K: for SkipGram a block
    /// for each context position, for CBOW one block.
    ///
    /// # Panics
    /// If the shapes do not agree with `wiring`, or an id is not below the vocabulary's size.
    pub fn fill(&mut self, wiring: Wiring, contexts: &[WordId], target: &[WordId], negatives: &[WordId]) {
        let (b, width, k) = (target.len(), 2 * wiring.window, wiring.negatives);
        assert_eq!(contexts.len(), b * width, "contexts are B x 2w");
        assert_eq!(negatives.len(), wiring.predictions() * b * k, "negatives are predictions x B x K");
        self.size = b;
        self.inputs.clear(b);
        self.outputs.clear(b);
        let context = |position: usize| (0..b).map(move |i| contexts[i * width + position]);
        match wiring.model {
            ModelKind::Cbow => {
                (0..width).flat_map(context).for_each(|id| self.inputs.push(id));
                push_group(&mut self.outputs, target.iter().copied(), negatives, k);
            }
            ModelKind::SkipGram => {
                target.iter().for_each(|&id| self.inputs.push(id));
                for (position, negatives) in negatives.chunks_exact(b * k).enumerate() {
                    push_group(&mut self.outputs, context(position), negatives, k);
                }
            }
        }
    }
}

/// The columns of one prediction: the true words, then the first negative of each, the second of each, and so on.
fn push_group(outputs: &mut RowIndex, truth: impl Iterator<Item = WordId>, negatives: &[WordId], k: usize) {
    truth.for_each(|id| outputs.push(id));
    for column in 0..k {
        negatives.iter().skip(column).step_by(k).for_each(|&id| outputs.push(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXTS: [WordId; 4] = [1, 2, 3, 4];
    const TARGET: [WordId; 2] = [5, 6];

    #[test]
    fn cbow_reads_contexts_and_scores_the_target() {
        let mut batch = Batch::new(10);
        let wiring = Wiring { model: ModelKind::Cbow, window: 1, negatives: 2 };
        batch.fill(wiring, &CONTEXTS, &TARGET, &[7, 8, 9, 0]);
        assert_eq!((batch.inputs.column(0).ids, batch.inputs.column(1).ids), (&[1, 3][..], &[2, 4][..]));
        let outputs = [0, 1, 2].map(|i| batch.outputs.column(i).ids.to_vec());
        assert_eq!(outputs, [[5, 6], [7, 9], [8, 0]]);
    }

    #[test]
    fn skip_gram_reads_the_target_and_scores_each_context() {
        let mut batch = Batch::new(10);
        let wiring = Wiring { model: ModelKind::SkipGram, window: 1, negatives: 1 };
        batch.fill(wiring, &CONTEXTS, &TARGET, &[7, 8, 9, 0]);
        assert_eq!(batch.inputs.column(0).ids, TARGET);
        let outputs = [0, 1, 2, 3].map(|i| batch.outputs.column(i).ids.to_vec());
        assert_eq!(outputs, [[1, 3], [7, 8], [2, 4], [9, 0]]);
    }
}
