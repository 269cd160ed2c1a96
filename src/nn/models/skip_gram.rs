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
    in_layer: Embedding,
    loss_layers: Vec<NegativeSamplingLoss>,
    negatives: usize,
    h: Matrix,
    dh: Matrix,
    gradients: Gradients,
}

impl SkipGram {
    /// A model over `weights` with `window` words on each side and K `negatives` for each of them.
    pub fn new(weights: Weights, window: usize, negatives: usize) -> Self {
        Self {
            weights,
            in_layer: Embedding::default(),
            loss_layers: vec![NegativeSamplingLoss::new(negatives); 2 * window],
            negatives,
            h: Matrix::zeros(0, 0),
            dh: Matrix::zeros(0, 0),
            gradients: Gradients::new(),
        }
    }
}

impl Model for SkipGram {
    fn forward(&mut self, batch: &Batch, columns: &mut dyn Columns) -> Result<f64, Stopped> {
        self.h.reset(batch.size, self.weights.w_in.cols());
        self.in_layer.forward(&self.weights.w_in, batch.inputs.column(0), &mut self.h);
        let mut loss = 0.0;
        for (position, layer) in self.loss_layers.iter_mut().enumerate() {
            let first = position * (self.negatives + 1);
            loss += layer.forward(&self.weights.w_out, &self.h, &batch.outputs, first, columns)?;
        }
        Ok(loss)
    }

    fn backward(&mut self, batch: &Batch) {
        let cols = self.h.cols();
        self.gradients.dw_in.reset(batch.inputs.unique().len(), cols);
        self.gradients.dw_out.reset(batch.outputs.unique().len(), cols);
        self.dh.reset(batch.size, cols);
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

    fn into_weights(self: Box<Self>) -> Weights {
        self.weights
    }

    fn gradients(&self) -> &Gradients {
        &self.gradients
    }
}
