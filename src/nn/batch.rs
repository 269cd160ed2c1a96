//! One mini-batch: which words are read from `w_in`, which from `w_out`.
//!
//! The two models differ only in this wiring, in groups of ids for each example:
//!
//! | | `inputs` of an example | `outputs` of an example |
//! |---|---|---|
//! | CBOW | the 2w contexts | target, K negatives |
//! | SkipGram | the target | for each of the 2w contexts: the context word, K negatives of its own |
#![forbid(unsafe_code)]

use crate::config::{Config, ModelKind};
use crate::words::WordId;

/// How many words a model reads from each matrix.
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
    size: usize,
    inputs: Ids,
    outputs: Ids,
}

impl Batch {
    /// An empty batch over matrices of `vocab_size` rows.
    pub fn new(vocab_size: usize) -> Self {
        Self { size: 0, inputs: Ids::new(vocab_size), outputs: Ids::new(vocab_size) }
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
        self.inputs.clear();
        self.outputs.clear();
        match wiring.model {
            ModelKind::Cbow => {
                self.inputs.extend(contexts);
                self.outputs.extend_with_negatives(target.iter(), negatives, k);
            }
            ModelKind::SkipGram => {
                self.inputs.extend(target);
                for (position, negatives) in negatives.chunks_exact(b * k).enumerate() {
                    let truth = contexts.iter().skip(position).step_by(width);
                    self.outputs.extend_with_negatives(truth, negatives, k);
                }
            }
        }
    }

    /// B, the number of examples.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Rows read from `w_in`, as many for each example.
    pub fn inputs(&self) -> &[WordId] {
        &self.inputs.all
    }

    /// Rows read from `w_out`: for each prediction, for each example, the true word and its K negatives.
    pub fn outputs(&self) -> &[WordId] {
        &self.outputs.all
    }

    /// The different rows among the inputs, in order of first appearance.
    pub fn unique_inputs(&self) -> &[WordId] {
        &self.inputs.unique
    }

    /// The different rows among the outputs, in order of first appearance.
    pub fn unique_outputs(&self) -> &[WordId] {
        &self.outputs.unique
    }
}

/// Ids, and the different ones among them.
#[derive(Debug, Clone)]
struct Ids {
    all: Vec<WordId>,
    unique: Vec<WordId>,
    /// For each word the generation that last saw it.
    seen: Vec<u32>,
    generation: u32,
}

impl Ids {
    fn new(rows: usize) -> Self {
        Self { all: Vec::new(), unique: Vec::new(), seen: vec![0; rows], generation: 0 }
    }

    fn clear(&mut self) {
        self.all.clear();
        self.unique.clear();
        self.generation = self.generation.wrapping_add(1);
        if self.generation == 0 {
            self.seen.fill(0);
            self.generation = 1;
        }
    }

    fn extend(&mut self, ids: &[WordId]) {
        self.all.extend_from_slice(ids);
        for &id in ids {
            let seen = &mut self.seen[id as usize];
            if *seen != self.generation {
                *seen = self.generation;
                self.unique.push(id);
            }
        }
    }

    /// For each true word: the word, then its `k` negatives.
    fn extend_with_negatives<'a>(&mut self, truth: impl Iterator<Item = &'a WordId>, negatives: &[WordId], k: usize) {
        for (truth, negatives) in truth.zip(negatives.chunks_exact(k)) {
            self.extend(std::slice::from_ref(truth));
            self.extend(negatives);
        }
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
        assert_eq!(batch.inputs(), CONTEXTS);
        assert_eq!(batch.outputs(), [5, 7, 8, 6, 9, 0]);
    }

    #[test]
    fn skip_gram_reads_the_target_and_scores_each_context() {
        let mut batch = Batch::new(10);
        let wiring = Wiring { model: ModelKind::SkipGram, window: 1, negatives: 1 };
        batch.fill(wiring, &CONTEXTS, &TARGET, &[7, 8, 9, 0]);
        assert_eq!(batch.inputs(), TARGET);
        assert_eq!(batch.outputs(), [1, 7, 3, 8, 2, 9, 4, 0]);
    }

    #[test]
    fn unique_rows_are_listed_once_in_every_batch() {
        let mut batch = Batch::new(10);
        let wiring = Wiring { model: ModelKind::Cbow, window: 1, negatives: 1 };
        for _ in 0..3 {
            batch.fill(wiring, &[7, 3, 7, 9], &[3, 3], &[4, 4]);
            assert_eq!((batch.unique_inputs(), batch.unique_outputs()), (&[7, 3, 9][..], &[3, 4][..]));
        }
    }
}
