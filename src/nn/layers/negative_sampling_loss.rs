//! NegativeSamplingLoss: score the true word against a few drawn at random.
//!
//! For hidden vector h, true word t and negatives n the loss is `-log σ(h·w_t) - Σ_n log σ(-h·w_n)`, averaged over the
//! batch: K + 1 yes-or-no questions instead of one question with V answers. The gradient of each score is
//! `(σ(score) - label) / B`. Mikolov et al. 2013; the book, section 4.2.
#![forbid(unsafe_code)]

use super::{EmbeddingDot, SigmoidWithLoss};
use crate::math::{Matrix, panels};
use crate::nn::{Columns, RowIndex, Stopped};

/// One [`EmbeddingDot`] and one [`SigmoidWithLoss`] for the true word and for each negative.
#[derive(Debug, Clone)]
pub struct NegativeSamplingLoss {
    embed_dot_layers: Vec<EmbeddingDot>,
    loss_layers: Vec<SigmoidWithLoss>,
    partial: Vec<f32>,
    scores: Vec<f32>,
}

impl NegativeSamplingLoss {
    /// A loss with K `negatives` for each true word.
    pub fn new(negatives: usize) -> Self {
        Self {
            embed_dot_layers: vec![EmbeddingDot::default(); negatives + 1],
            loss_layers: vec![SigmoidWithLoss::default(); negatives + 1],
            partial: Vec::new(),
            scores: Vec::new(),
        }
    }

    /// Mean loss of the batch. `h` is B x D; columns `first ..= first + K` of `outputs` are the true words and their
    /// negatives; `columns` adds up the scores over all columns of the model.
    ///
    /// # Errors
    /// [`Stopped`] if another thread gave up.
    pub fn forward(
        &mut self,
        w_out: &Matrix,
        h: &Matrix,
        outputs: &RowIndex,
        first: usize,
        columns: &mut dyn Columns,
    ) -> Result<f64, Stopped> {
        let (batch, words) = (h.rows(), self.embed_dot_layers.len());
        self.scores.resize(batch * words, 0.0);
        self.partial.resize(batch * words * panels(h.width()), 0.0);
        for (k, layer) in self.embed_dot_layers.iter_mut().enumerate() {
            layer.forward(w_out, h, outputs.column(first + k), &mut self.partial[k * batch..], batch * words);
        }
        columns.sum(&self.partial, &mut self.scores)?;
        let layers = self.loss_layers.iter_mut().zip(self.scores.chunks_exact(batch));
        Ok(layers.enumerate().map(|(k, (layer, scores))| layer.forward(scores, k == 0)).sum())
    }

    /// Adds to `dh` (B x D) and to the gradient rows of `w_out`. `w_out` and `h` are what `forward` saw.
    pub fn backward(&mut self, w_out: &Matrix, h: &Matrix, dh: &mut Matrix, dw_out: &mut Matrix) {
        let dscores = &mut self.scores[..h.rows()];
        for (dot, loss) in self.embed_dot_layers.iter().zip(&self.loss_layers) {
            loss.backward(dscores);
            dot.backward(w_out, h, dscores, dh, dw_out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::AllColumns;
    use crate::nn::check::{assert_close, central_difference, random_matrix, row_index};

    const DIM: usize = 35;
    /// Two examples: true words 0 and 2, negatives (1, 3) and (3, 4).
    const OUTPUTS: [u32; 6] = [0, 2, 1, 3, 3, 4];

    fn outputs() -> RowIndex {
        let mut index = row_index(5, &[]);
        index.clear(2);
        OUTPUTS.iter().for_each(|&id| index.push(id));
        index
    }

    fn forward(layer: &mut NegativeSamplingLoss, w_out: &Matrix, h: &Matrix) -> f64 {
        layer.forward(w_out, h, &outputs(), 0, &mut AllColumns).unwrap()
    }

    #[test]
    fn backward_matches_central_differences() {
        let (w_out, h) = (random_matrix(5, DIM, 1), random_matrix(2, DIM, 2));
        let mut layer = NegativeSamplingLoss::new(2);
        forward(&mut layer, &w_out, &h);
        let (mut dh, mut dw) = (Matrix::zeros(2, DIM), Matrix::zeros(5, DIM));
        layer.backward(&w_out, &h, &mut dh, &mut dw);
        let fresh = || NegativeSamplingLoss::new(2);
        assert_close(&central_difference(&h, |h| forward(&mut fresh(), &w_out, h)), &dh, 1e-2);
        let dense = central_difference(&w_out, |w| forward(&mut fresh(), w, &h));
        let by_slot: Vec<f32> = outputs().unique().iter().flat_map(|&id| dense.row(id as usize)).collect();
        assert_close(&Matrix::from_rows(5, DIM, &by_slot), &dw, 1e-2);
    }

    #[test]
    fn with_zero_weights_every_question_costs_ln_2() {
        let loss = forward(&mut NegativeSamplingLoss::new(2), &Matrix::zeros(5, DIM), &random_matrix(2, DIM, 2));
        assert!((loss - 3.0 * std::f64::consts::LN_2).abs() < 1e-6);
    }
}
