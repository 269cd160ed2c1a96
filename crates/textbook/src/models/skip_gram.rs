//! SkipGram: from a word to each of the words around it.
//!
//! `h = w_in[target]`, then for each of the 2w positions a [`NegativeSamplingLoss`] of the word there given h, with
//! negatives of its own; the losses are added. The book, section 4.3.

use super::{Model, Parameters};
use crate::{Columns, Embedding, NegativeSamplingLoss, Stopped};
use rapidvec_core::{Matrix, WordId};

/// The skip-gram model.
#[derive(Debug, Clone)]
pub struct SkipGram {
    parameters: Parameters,
    in_layer: Embedding,
    loss_layers: Vec<NegativeSamplingLoss>,
    h: Matrix,
    dh: Matrix,
}

impl SkipGram {
    /// A model over `parameters` with `window` words on each side and K `negatives` for each of them.
    pub fn new(parameters: Parameters, window: usize, negatives: usize) -> Self {
        Self {
            parameters,
            in_layer: Embedding::new(),
            loss_layers: vec![NegativeSamplingLoss::new(negatives); 2 * window],
            h: Matrix::zeros(0, 0),
            dh: Matrix::zeros(0, 0),
        }
    }
}

impl Model for SkipGram {
    fn forward(&mut self, inputs: &[WordId], outputs: &[WordId], columns: &mut dyn Columns) -> Result<f64, Stopped> {
        self.in_layer.forward(&self.parameters.w_in, inputs, &mut self.h);
        let positions = outputs.chunks_exact(outputs.len() / self.loss_layers.len());
        let mut loss = 0.0;
        for (layer, ids) in self.loss_layers.iter_mut().zip(positions) {
            loss += layer.forward(&self.parameters.w_out, &self.h, ids, columns)?;
        }
        Ok(loss)
    }

    fn backward(&mut self) {
        self.dh.reset(self.h.rows(), self.h.cols());
        for layer in &mut self.loss_layers {
            layer.backward(&mut self.parameters.w_out, &self.h, &mut self.dh);
        }
        self.in_layer.backward(&self.dh, &mut self.parameters.w_in);
    }

    fn descend(&mut self, learning_rate: f32) {
        self.dh.reset(self.h.rows(), self.h.cols());
        // All positions read the weights that `forward` saw, so the first may not step before the last has read.
        for layer in &mut self.loss_layers {
            layer.backward_to_h(&self.parameters.w_out, &mut self.dh);
        }
        for layer in &self.loss_layers {
            layer.descend(&mut self.parameters.w_out, &self.h, learning_rate);
        }
        self.in_layer.descend(&self.dh, &mut self.parameters.w_in, learning_rate);
    }

    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn parameters_mut(&mut self) -> &mut Parameters {
        &mut self.parameters
    }
}
