//! One training step on the columns that one thread has.
#![forbid(unsafe_code)]

use crate::config::{Config, ModelKind};
use crate::nn::optimizers::clip_gradients;
use crate::nn::{Batch, CBOW, Columns, Model, OptimizerState, Plan, SkipGram, Stopped, Weights};

/// A model and its optimizer's state.
pub struct Learner {
    model: Box<dyn Model>,
    state: OptimizerState,
    max_grad: Option<f32>,
}

impl Learner {
    /// The model that `config` asks for, over some columns of the weights and the optimizer's state for the same columns.
    pub fn new(config: &Config, weights: Weights, state: OptimizerState) -> Self {
        let (window, negatives) = (config.window, config.negatives);
        let model: Box<dyn Model> = match config.model {
            ModelKind::Cbow => Box::new(CBOW::new(weights, window, negatives)),
            ModelKind::SkipGram => Box::new(SkipGram::new(weights, window, negatives)),
        };
        Self { model, state, max_grad: config.max_grad }
    }

    /// The first half of a step: the mean loss of `batch` before the update.
    ///
    /// # Errors
    /// [`Stopped`] if another thread gave up.
    pub fn forward(&mut self, batch: &Batch, plan: &Plan, columns: &mut dyn Columns) -> Result<f64, Stopped> {
        let (weights, _) = self.model.weights_and_gradients();
        self.state.catch_up(weights, batch, plan);
        self.model.forward(batch, columns)
    }

    /// The second half: gradients and update.
    ///
    /// # Errors
    /// [`Stopped`] if another thread gave up.
    pub fn backward(&mut self, batch: &Batch, plan: &Plan, columns: &mut dyn Columns) -> Result<(), Stopped> {
        self.model.backward(batch);
        let (weights, gradients) = self.model.weights_and_gradients();
        if let Some(max_grad) = self.max_grad {
            clip_gradients(gradients, max_grad, columns)?;
        }
        self.state.step(weights, gradients, batch, plan);
        Ok(())
    }

    /// The model, as the last step left it.
    pub fn model(&self) -> &dyn Model {
        self.model.as_ref()
    }

    /// The optimizer's state, as the last step left it.
    pub fn state(&self) -> &OptimizerState {
        &self.state
    }
}
