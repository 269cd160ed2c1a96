//! One training step on the columns that one thread has.
#![forbid(unsafe_code)]

use crate::config::{Config, ModelKind, OptimizerKind};
use crate::math::Matrix;
use crate::nn::optimizers::{clip_gradients, settle, settle_rows};
use crate::nn::{
    Batch, CBOW, Columns, Field, Model, Optimizer, Parameter, Parameters, Plan, SGD, SkipGram, Stopped, Weights,
};
use crate::words::WordId;

/// A model and the way it is updated.
pub struct Learner {
    model: Box<dyn Model>,
    optimizer: OptimizerKind,
    max_grad: Option<f32>,
}

impl Learner {
    /// The model that `config` asks for, over all columns of its parameters or some.
    pub fn new(config: &Config, parameters: Parameters) -> Self {
        let (window, negatives) = (config.window, config.negatives);
        let model: Box<dyn Model> = match config.model {
            ModelKind::Cbow => Box::new(CBOW::new(parameters, window, negatives)),
            ModelKind::SkipGram => Box::new(SkipGram::new(parameters, window, negatives)),
        };
        Self { model, optimizer: config.optimizer, max_grad: config.max_grad }
    }

    /// The first half of a step: the mean loss of `batch` before the update.
    ///
    /// # Errors
    /// [`Stopped`] if another thread gave up.
    pub fn forward(&mut self, batch: &Batch, plan: &Plan, columns: &mut dyn Columns) -> Result<f64, Stopped> {
        if self.optimizer == OptimizerKind::Adam {
            settle(self.model.parameters_mut(), batch, plan);
        }
        self.model.forward(batch, columns)
    }

    /// The second half: gradients and update. Adam's update is left to the step that next reads a row.
    ///
    /// # Errors
    /// [`Stopped`] if another thread gave up.
    pub fn backward(&mut self, batch: &Batch, plan: &Plan, columns: &mut dyn Columns) -> Result<(), Stopped> {
        self.model.backward();
        if let Some(max_grad) = self.max_grad {
            clip_gradients(self.model.parameters_mut(), batch, max_grad, columns)?;
        }
        if self.optimizer == OptimizerKind::Sgd {
            SGD::step(self.model.parameters_mut(), batch, plan);
        }
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
        let Parameters { w_in, w_out } = self.model.parameters();
        let Optimizer::Adam(adam) = optimizer else {
            return Weights { w_in: weight(w_in), w_out: weight(w_out) };
        };
        let all: Vec<WordId> = (0..w_in.rows() as WordId).collect();
        let settled = |w: &Parameter, settlements: &[_]| {
            let mut w = w.clone();
            settle_rows(&mut w, &all, settlements);
            weight(&w)
        };
        let (inputs, outputs) = adam.plan_for_all_rows();
        Weights { w_in: settled(w_in, &inputs), w_out: settled(w_out, &outputs) }
    }
}

fn weight(w: &Parameter) -> Matrix {
    w.get(Field::Weight).expect("every parameter has weights")
}
