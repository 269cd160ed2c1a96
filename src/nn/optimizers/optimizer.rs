//! One optimizer or the other, behind the same three calls: plan, catch up, step.
#![forbid(unsafe_code)]

use super::{Adam, Moments, SGD};
use crate::config::{Config, OptimizerKind};
use crate::math::kernels::plain::CatchUp;
use crate::nn::{Batch, Gradients, Weights};

/// What one step needs to know beside the gradients; the same for every column.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Size of the step.
    pub rate: f32,
    /// For Adam: what each row of `batch.inputs.unique()` missed.
    pub missed_in: Vec<CatchUp>,
    /// For Adam: what each row of `batch.outputs.unique()` missed.
    pub missed_out: Vec<CatchUp>,
}

/// The clock of an optimizer.
#[derive(Debug, Clone)]
pub enum Optimizer {
    /// Plain gradient descent.
    Sgd(SGD),
    /// Adam.
    Adam(Box<Adam>),
}

impl Optimizer {
    /// The optimizer that `config` asks for, before its first step.
    pub fn new(config: &Config, vocab_size: usize) -> Self {
        match config.optimizer {
            OptimizerKind::Sgd => Self::Sgd(SGD { learning_rate: config.learning_rate }),
            OptimizerKind::Adam => Self::Adam(Box::new(Adam::new(config.learning_rate, vocab_size))),
        }
    }

    /// What the next step on `batch` needs; counts that step as done.
    pub fn plan(&mut self, batch: &Batch, plan: &mut Plan) {
        match self {
            Self::Sgd(sgd) => sgd.plan(plan),
            Self::Adam(adam) => adam.plan(batch, plan),
        }
    }
}

/// What an optimizer keeps beside the weights, for the columns of one thread.
#[derive(Debug, Clone, PartialEq)]
pub enum OptimizerState {
    /// Nothing.
    Sgd,
    /// Moments.
    Adam(Box<Moments>),
}

impl OptimizerState {
    /// The state before the first step, for two V x `cols` matrices.
    pub fn new(kind: OptimizerKind, vocab_size: usize, cols: usize) -> Self {
        match kind {
            OptimizerKind::Sgd => Self::Sgd,
            OptimizerKind::Adam => Self::Adam(Box::new(Moments::zeros(vocab_size, cols))),
        }
    }

    /// Brings the rows that `batch` reads up to date.
    pub fn catch_up(&mut self, weights: &mut Weights, batch: &Batch, plan: &Plan) {
        if let Self::Adam(moments) = self {
            moments.catch_up(weights, batch, plan);
        }
    }

    /// Takes the step that `plan` describes.
    pub fn step(&mut self, weights: &mut Weights, gradients: &Gradients, batch: &Batch, plan: &Plan) {
        match self {
            Self::Sgd => SGD::step(weights, gradients, batch, plan),
            Self::Adam(moments) => moments.step(weights, gradients, batch, plan),
        }
    }
}
