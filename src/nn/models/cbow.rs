//! CBOW: from the words around to the word between them.
//!
//! `h = 1/2w Σ_c w_in[contexts[c]]`, then [`NegativeSamplingLoss`] of the target given h. The book, section 4.3.
#![forbid(unsafe_code)]

use super::{Gradients, Model, Weights};
use crate::math::Matrix;
use crate::math::kernels::kernels;
use crate::nn::{Batch, Columns, Embedding, NegativeSamplingLoss, Stopped};

/// Continuous bag of words.
#[derive(Debug, Clone)]
pub struct CBOW {
    weights: Weights,
    in_layers: Vec<Embedding>,
    ns_loss: NegativeSamplingLoss,
    h: Matrix,
    dh: Matrix,
    gradients: Gradients,
}

impl CBOW {
    /// A model over `weights` with `window` words on each side and K `negatives`.
    pub fn new(weights: Weights, window: usize, negatives: usize) -> Self {
        Self {
            weights,
            in_layers: vec![Embedding::default(); 2 * window],
            ns_loss: NegativeSamplingLoss::new(negatives),
            h: Matrix::zeros(0, 0),
            dh: Matrix::zeros(0, 0),
            gradients: Gradients::new(),
        }
    }

    fn mean(&self) -> f32 {
        1.0 / self.in_layers.len() as f32
    }
}

impl Model for CBOW {
    fn forward(&mut self, batch: &Batch, columns: &mut dyn Columns) -> Result<f64, Stopped> {
        let mean = self.mean();
        self.h.reset(batch.size, self.weights.w_in.cols());
        for (i, layer) in self.in_layers.iter_mut().enumerate() {
            layer.forward(&self.weights.w_in, batch.inputs.column(i), &mut self.h);
        }
        kernels().scale(self.h.chunks_mut(), mean);
        self.ns_loss.forward(&self.weights.w_out, &self.h, &batch.outputs, 0, columns)
    }

    fn backward(&mut self, batch: &Batch) {
        let (cols, mean) = (self.h.cols(), self.mean());
        self.gradients.dw_in.reset(batch.inputs.unique().len(), cols);
        self.gradients.dw_out.reset(batch.outputs.unique().len(), cols);
        self.dh.reset(batch.size, cols);
        self.ns_loss.backward(&self.weights.w_out, &self.h, &mut self.dh, &mut self.gradients.dw_out);
        kernels().scale(self.dh.chunks_mut(), mean);
        for layer in &self.in_layers {
            layer.backward(&self.dh, &mut self.gradients.dw_in);
        }
    }

    fn weights(&self) -> &Weights {
        &self.weights
    }

    fn weights_and_gradients(&mut self) -> (&mut Weights, &mut Gradients) {
        (&mut self.weights, &mut self.gradients)
    }

    fn into_weights(self: Box<Self>) -> Weights {
        self.weights
    }

    fn gradients(&self) -> &Gradients {
        &self.gradients
    }
}
