//! Which words a model reads from `w_in` and which from `w_out`: the only difference between CBOW and SkipGram.
//!
//! | | inputs of an example | outputs of an example |
//! |---|---|---|
//! | CBOW | the 2w contexts | target, K negatives |
//! | SkipGram | the target | for each of the 2w contexts: the context word and its own K negatives |

use crate::{Config, Lookup};
use rapidvec::ModelKind;
use rapidvec_core::WordId;

/// The layout of a batch's words for a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchLayout {
    /// CBOW or SkipGram.
    pub model: ModelKind,
    /// Words on each side.
    pub window: usize,
    /// Negatives for each true word.
    pub negatives: usize,
}

impl BatchLayout {
    /// The layout for the model, window and negatives of `config`.
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

    /// Fills `lookup` with what a batch reads from `w_in`. `contexts` is B x 2w, row after row; `target` has B ids.
    ///
    /// # Panics
    /// If the shapes do not agree.
    pub fn inputs(&self, contexts: &[WordId], target: &[WordId], lookup: &mut Lookup) {
        self.check(contexts, target);
        lookup.clear();
        lookup.extend(self.read(contexts, target));
    }

    /// Fills `lookup` with what a batch reads from `w_out`. `negatives` is (predictions) x B x K: for SkipGram a block for each
    /// context position, for CBOW one block.
    ///
    /// # Panics
    /// If the shapes do not agree.
    pub fn outputs(&self, contexts: &[WordId], target: &[WordId], negatives: &[WordId], lookup: &mut Lookup) {
        self.check(contexts, target);
        let drawn = self.predictions() * target.len() * self.negatives;
        assert_eq!(negatives.len(), drawn, "negatives are predictions x B x K");
        lookup.clear();
        lookup.extend_with_negatives(self.truth(contexts, target), negatives, self.negatives);
    }

    /// The words that a model reads from `w_in`.
    pub(crate) fn read<'a>(&self, contexts: &'a [WordId], target: &'a [WordId]) -> &'a [WordId] {
        match self.model {
            ModelKind::Cbow => contexts,
            ModelKind::SkipGram => target,
        }
    }

    /// The words that a model predicts: for each prediction, for each example. Of `contexts` and `target`, the one that the
    /// model does not predict may be empty.
    pub(crate) fn truth<'a>(
        &self,
        contexts: &'a [WordId],
        target: &'a [WordId],
    ) -> impl Iterator<Item = &'a WordId> + use<'a> {
        let (words, predictions) = match self.model {
            ModelKind::Cbow => (target, 1),
            ModelKind::SkipGram => (contexts, self.predictions()),
        };
        (0..predictions).flat_map(move |position| words.iter().skip(position).step_by(predictions))
    }

    fn check(&self, contexts: &[WordId], target: &[WordId]) {
        assert_eq!(contexts.len(), target.len() * 2 * self.window, "contexts are B x 2w");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXTS: [WordId; 4] = [1, 2, 3, 4];
    const TARGET: [WordId; 2] = [5, 6];

    fn laid_out(layout: BatchLayout, negatives: &[WordId]) -> (Vec<WordId>, Vec<WordId>) {
        let (mut inputs, mut outputs) = (Lookup::new(10), Lookup::new(10));
        layout.inputs(&CONTEXTS, &TARGET, &mut inputs);
        layout.outputs(&CONTEXTS, &TARGET, negatives, &mut outputs);
        (inputs.ids().to_vec(), outputs.ids().to_vec())
    }

    #[test]
    fn cbow_reads_contexts_and_scores_the_target() {
        let (inputs, outputs) =
            laid_out(BatchLayout { model: ModelKind::Cbow, window: 1, negatives: 2 }, &[7, 8, 9, 0]);
        assert_eq!(inputs, CONTEXTS);
        assert_eq!(outputs, [5, 7, 8, 6, 9, 0]);
    }

    #[test]
    fn skip_gram_reads_the_target_and_scores_each_context() {
        let (inputs, outputs) =
            laid_out(BatchLayout { model: ModelKind::SkipGram, window: 1, negatives: 1 }, &[7, 8, 9, 0]);
        assert_eq!(inputs, TARGET);
        assert_eq!(outputs, [1, 7, 3, 8, 2, 9, 4, 0]);
    }
}
