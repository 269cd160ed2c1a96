//! NegativeSamplingLoss: score the true word against a few drawn at random.
//!
//! For hidden vector h, true word t and negatives n the loss is `-log σ(h·w_t) - Σ_n log σ(-h·w_n)`, averaged over the
//! batch: K + 1 yes-or-no questions instead of one question with V answers. The gradient of each score is
//! `(σ(score) - label) / B`. Mikolov et al. 2013; the book, section 4.2.

use super::{EmbeddingDot, SigmoidWithLoss};
use crate::{Columns, Parameter, Stopped};
use rapidvec_core::{Matrix, WordId};

/// An [`EmbeddingDot`] over the true word and its negatives, and a [`SigmoidWithLoss`] for each of them.
#[derive(Debug, Clone)]
pub struct NegativeSamplingLoss {
    embed_dot_layer: EmbeddingDot,
    loss_layers: Vec<SigmoidWithLoss>,
    scores: Vec<f32>,
}

impl NegativeSamplingLoss {
    /// A loss with K `negatives` for each true word.
    pub fn new(negatives: usize) -> Self {
        Self {
            embed_dot_layer: EmbeddingDot::new(negatives + 1),
            loss_layers: vec![SigmoidWithLoss::default(); negatives + 1],
            scores: Vec::new(),
        }
    }

    /// Mean loss of the batch. `h` is B x D; `ids` is B x (1 + K), for each example the true word and its negatives;
    /// `columns` adds up the scores over all columns of the model.
    ///
    /// # Errors
    /// [`Stopped`] if another thread gave up.
    pub fn forward(
        &mut self,
        w_out: &Parameter,
        h: &Matrix,
        ids: &[WordId],
        columns: &mut dyn Columns,
    ) -> Result<f64, Stopped> {
        self.scores.resize(ids.len(), 0.0);
        self.embed_dot_layer.forward(w_out, h, ids, columns, &mut self.scores)?;
        let layers = self.loss_layers.iter_mut().zip(self.scores.chunks_exact(h.rows()));
        Ok(layers.enumerate().map(|(k, (layer, scores))| layer.forward(scores, k == 0)).sum())
    }

    /// Adds to `dh` (B x D) and to the gradients of `w_out`; `h` and the weights as `forward` saw them.
    pub fn backward(&mut self, w_out: &mut Parameter, h: &Matrix, dh: &mut Matrix) {
        self.backward_to_scores(h.rows());
        self.embed_dot_layer.backward(w_out, h, &self.scores, dh);
    }

    /// Adds to `dh` alone; the weights as `forward` saw them.
    pub fn backward_to_h(&mut self, w_out: &Parameter, dh: &mut Matrix) {
        self.backward_to_scores(dh.rows());
        self.embed_dot_layer.backward_to_h(w_out, &self.scores, dh);
    }

    /// `w_out -= learning_rate dw_out`, after [`backward_to_h`](Self::backward_to_h); `h` as `forward` saw it.
    pub fn descend(&self, w_out: &mut Parameter, h: &Matrix, learning_rate: f32) {
        self.embed_dot_layer.descend(w_out, h, &self.scores, learning_rate);
    }

    /// Makes of the scores their gradients.
    fn backward_to_scores(&mut self, batch: usize) {
        for (layer, dscores) in self.loss_layers.iter().zip(self.scores.chunks_exact_mut(batch)) {
            layer.backward(dscores);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{assert_close, central_difference, random_matrix};
    use crate::{AllColumns, Field};

    const DIM: usize = 35;
    /// Two examples: true words 0 and 2, negatives (1, 3) and (3, 4).
    const IDS: [u32; 6] = [0, 1, 3, 2, 3, 4];

    fn forward(layer: &mut NegativeSamplingLoss, w_out: &Matrix, h: &Matrix) -> f64 {
        layer.forward(&Parameter::of(w_out, false), h, &IDS, &mut AllColumns).unwrap()
    }

    #[test]
    fn backward_matches_central_differences() {
        let (w_out, h) = (random_matrix(5, DIM, 1), random_matrix(2, DIM, 2));
        let mut layer = NegativeSamplingLoss::new(2);
        forward(&mut layer, &w_out, &h);
        let (mut dh, mut parameter) = (Matrix::zeros(2, DIM), Parameter::of(&w_out, false));
        layer.backward(&mut parameter, &h, &mut dh);
        let dw = parameter.get(Field::Gradient).unwrap();
        let fresh = || NegativeSamplingLoss::new(2);
        assert_close(&central_difference(&h, |h| forward(&mut fresh(), &w_out, h)), &dh, 1e-2);
        assert_close(&central_difference(&w_out, |w| forward(&mut fresh(), w, &h)), &dw, 1e-2);
    }

    #[test]
    fn with_zero_weights_every_question_costs_ln_2() {
        let loss = forward(&mut NegativeSamplingLoss::new(2), &Matrix::zeros(5, DIM), &random_matrix(2, DIM, 2));
        assert!((loss - 3.0 * std::f64::consts::LN_2).abs() < 1e-6);
    }
}
