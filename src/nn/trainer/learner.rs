//! One training step on the columns that one thread has.
#![forbid(unsafe_code)]

use crate::config::{Config, ModelKind};
use crate::nn::optimizers::clip_gradients;
use crate::nn::{Batch, CBOW, Columns, Gradients, Model, Optimizer, OptimizerState, Plan, SkipGram, Stopped, Weights};
use crate::words::WordId;

/// A model and its optimizer's state.
pub struct Learner {
    model: Box<dyn Model>,
    state: OptimizerState,
    max_grad: Option<f32>,
}

impl Learner {
    /// The model that `config` asks for, over some columns of the weights, with the gradients and the optimizer's state of
    /// the same columns.
    pub fn new(config: &Config, weights: Weights, gradients: Gradients, state: OptimizerState) -> Self {
        let (window, negatives) = (config.window, config.negatives);
        let model: Box<dyn Model> = match config.model {
            ModelKind::Cbow => Box::new(CBOW::new(weights, gradients, window, negatives)),
            ModelKind::SkipGram => Box::new(SkipGram::new(weights, gradients, window, negatives)),
        };
        Self { model, state, max_grad: config.max_grad }
    }

    /// The first half of a step: the mean loss of `batch` before the update.
    ///
    /// # Errors
    /// [`Stopped`] if another thread gave up.
    pub fn forward(&mut self, batch: &Batch, plan: &Plan, columns: &mut dyn Columns) -> Result<f64, Stopped> {
        let (weights, gradients) = self.model.weights_and_gradients();
        self.state.settle(weights, gradients, batch, plan);
        self.model.forward(batch, columns)
    }

    /// The second half: gradients and update.
    ///
    /// # Errors
    /// [`Stopped`] if another thread gave up.
    pub fn backward(&mut self, batch: &Batch, plan: &Plan, columns: &mut dyn Columns) -> Result<(), Stopped> {
        self.model.backward();
        let (weights, gradients) = self.model.weights_and_gradients();
        if let Some(max_grad) = self.max_grad {
            clip_gradients(gradients, batch, max_grad, columns)?;
        }
        self.state.step(weights, gradients, batch, plan);
        Ok(())
    }

    /// The model, as the last step left it.
    pub fn model(&self) -> &dyn Model {
        self.model.as_ref()
    }

    /// The weights with every pending step taken. Changes nothing.
    ///
    /// # Panics
    /// If `optimizer` is of another vocabulary.
    pub fn settled_weights(&self, optimizer: &Optimizer) -> Weights {
        let mut weights = self.model.weights().clone();
        if let (Optimizer::Adam(adam), OptimizerState::Adam(moments)) = (optimizer, &self.state) {
            let all: Vec<WordId> = (0..weights.w_in.rows() as WordId).collect();
            let (inputs, outputs) = adam.plan_for_all_rows();
            let mut gradients = self.model.gradients().clone();
            moments.clone().settle_rows(&mut weights, &mut gradients, (&all, &inputs), (&all, &outputs));
        }
        weights
    }

    /// The optimizer's state, as the last step left it.
    pub fn state(&self) -> &OptimizerState {
        &self.state
    }
}
