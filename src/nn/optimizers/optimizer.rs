//! One optimizer or the other, behind the same call: plan the next step.
#![forbid(unsafe_code)]

use super::{Adam, SGD};
use crate::config::{Config, OptimizerKind};
use crate::math::kernels::plain::Settlement;
use crate::nn::Batch;

/// What one step needs to know beside the gradients; the same for every column.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Size of the step.
    pub rate: f32,
    /// For Adam: what each row of `batch.unique_inputs()` has to settle.
    pub inputs: Vec<Settlement>,
    /// For Adam: what each row of `batch.unique_outputs()` has to settle.
    pub outputs: Vec<Settlement>,
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
