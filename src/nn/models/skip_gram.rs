//! SkipGram: from a word to each of the words around it.
//!
//! `h = w_in[target]`, then for each of the 2w positions a [`NegativeSamplingLoss`] of the word there given h, with
//! negatives of its own; the losses are added. The book, section 4.3.
#![forbid(unsafe_code)]

use super::{Gradients, Model, Weights};
use crate::math::Matrix;
use crate::nn::{Batch, Columns, Embedding, NegativeSamplingLoss, Stopped};

/// The skip-gram model.
#[derive(Debug, Clone)]
pub struct SkipGram {
    weights: Weights,
    gradients: Gradients,
    in_layer: Embedding,
    loss_layers: Vec<NegativeSamplingLoss>,
    h: Matrix,
    dh: Matrix,
}

impl SkipGram {
    /// A model over `weights` with `window` words on each side and K `negatives` for each of them. Gradients start from
    /// `gradients`, which are zeros unless training goes on.
    pub fn new(weights: Weights, gradients: Gradients, window: usize, negatives: usize) -> Self {
        Self {
            weights,
            gradients,
            in_layer: Embedding::new(),
            loss_layers: vec![NegativeSamplingLoss::new(negatives); 2 * window],
            h: Matrix::zeros(0, 0),
            dh: Matrix::zeros(0, 0),
        }
    }
}

impl Model for SkipGram {
    fn forward(&mut self, batch: &Batch, columns: &mut dyn Columns) -> Result<f64, Stopped> {
        self.in_layer.forward(&self.weights.w_in, batch.inputs(), &mut self.h);
        let positions = batch.outputs().chunks_exact(batch.outputs().len() / self.loss_layers.len());
        let mut loss = 0.0;
        for (layer, ids) in self.loss_layers.iter_mut().zip(positions) {
            loss += layer.forward(&self.weights.w_out, &self.h, ids, columns)?;
        }
        Ok(loss)
    }

    fn backward(&mut self) {
        self.dh.reset(self.h.rows(), self.h.cols());
        for layer in &mut self.loss_layers {
            layer.backward(&self.weights.w_out, &self.h, &mut self.dh, &mut self.gradients.dw_out);
        }
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
