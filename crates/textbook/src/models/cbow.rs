//! CBOW: from the words around to the word between them.
//!
//! `h = 1/2w Σ_c w_in[contexts[c]]`, then [`NegativeSamplingLoss`] of the target given h. The book, section 4.3.

use super::{Model, Parameters};
use crate::{Columns, Embedding, NegativeSamplingLoss, Stopped};
use rapidvec_core::{Matrix, WordId};

/// Continuous bag of words.
#[derive(Debug, Clone)]
pub struct CBOW {
    parameters: Parameters,
    in_layer: Embedding,
    ns_loss: NegativeSamplingLoss,
    h: Matrix,
    dh: Matrix,
}

impl CBOW {
    /// A model over `parameters` with `window` words on each side and K `negatives`.
    pub fn new(parameters: Parameters, window: usize, negatives: usize) -> Self {
        Self {
            parameters,
            in_layer: Embedding::mean_of(2 * window),
            ns_loss: NegativeSamplingLoss::new(negatives),
            h: Matrix::zeros(0, 0),
            dh: Matrix::zeros(0, 0),
        }
    }
}

impl Model for CBOW {
    fn forward(&mut self, inputs: &[WordId], outputs: &[WordId], columns: &mut dyn Columns) -> Result<f64, Stopped> {
        self.in_layer.forward(&self.parameters.w_in, inputs, &mut self.h);
        self.ns_loss.forward(&self.parameters.w_out, &self.h, outputs, columns)
    }

    fn backward(&mut self) {
        self.dh.reset(self.h.rows(), self.h.cols());
        self.ns_loss.backward(&mut self.parameters.w_out, &self.h, &mut self.dh);
        self.in_layer.backward(&self.dh, &mut self.parameters.w_in);
    }

    fn descend(&mut self, learning_rate: f32) {
        self.dh.reset(self.h.rows(), self.h.cols());
        self.ns_loss.backward_to_h(&self.parameters.w_out, &mut self.dh);
        self.ns_loss.descend(&mut self.parameters.w_out, &self.h, learning_rate);
        self.in_layer.descend(&self.dh, &mut self.parameters.w_in, learning_rate);
    }

    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn parameters_mut(&mut self) -> &mut Parameters {
        &mut self.parameters
    }
}
