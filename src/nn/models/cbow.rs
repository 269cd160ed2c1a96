//! CBOW: from the words around to the word between them.
//!
//! `h = 1/2w Σ_c w_in[contexts[c]]`, then [`NegativeSamplingLoss`] of the target given h. The book, section 4.3.
#![forbid(unsafe_code)]

use super::{Gradients, Model, Weights};
use crate::math::Matrix;
use crate::nn::{Batch, Columns, Embedding, NegativeSamplingLoss, Stopped};

/// Continuous bag of words.
#[derive(Debug, Clone)]
pub struct CBOW {
    weights: Weights,
    gradients: Gradients,
    in_layer: Embedding,
    ns_loss: NegativeSamplingLoss,
    h: Matrix,
    dh: Matrix,
}

impl CBOW {
    /// A model over `weights` with `window` words on each side and K `negatives`. Gradients start from `gradients`, which
    /// are zeros unless training goes on.
    pub fn new(weights: Weights, gradients: Gradients, window: usize, negatives: usize) -> Self {
        Self {
            weights,
            gradients,
            in_layer: Embedding::mean_of(2 * window),
            ns_loss: NegativeSamplingLoss::new(negatives),
            h: Matrix::zeros(0, 0),
            dh: Matrix::zeros(0, 0),
        }
    }
}

impl Model for CBOW {
    fn forward(&mut self, batch: &Batch, columns: &mut dyn Columns) -> Result<f64, Stopped> {
        self.in_layer.forward(&self.weights.w_in, batch.inputs(), &mut self.h);
        self.ns_loss.forward(&self.weights.w_out, &self.h, batch.outputs(), columns)
    }

    fn backward(&mut self) {
        self.dh.reset(self.h.rows(), self.h.cols());
        self.ns_loss.backward(&self.weights.w_out, &self.h, &mut self.dh, &mut self.gradients.dw_out);
        self.in_layer.backward(&self.dh, &mut self.gradients.dw_in);
    }

    fn weights(&self) -> &Weights {
        &self.weights
    }

    fn weights_and_gradients(&mut self) -> (&mut Weights, &mut Gradients) {
        (&mut self.weights, &mut self.gradients)
    }

    fn gradients(&self) -> &Gradients {
        &self.gradients
    }
}
