//! One optimizer or the other, for one matrix.
#![forbid(unsafe_code)]

use super::Adam;
use crate::config::{Config, OptimizerKind};
use crate::nn::Lookup;

/// What an optimizer knows about a matrix beside its numbers: nothing, or Adam's clock.
#[derive(Debug, Clone)]
pub enum Optimizer {
    /// Plain gradient descent.
    Sgd,
    /// Adam.
    Adam(Box<Adam>),
}

impl Optimizer {
    /// The optimizer that `config` asks for, before its first step, for a matrix of `vocab_size` rows.
    pub fn new(config: &Config, vocab_size: usize) -> Self {
        match config.optimizer {
            OptimizerKind::Sgd => Self::Sgd,
            OptimizerKind::Adam => Self::Adam(Box::new(Adam::new(config.learning_rate, vocab_size))),
        }
    }

    /// Writes into `lookup` what its rows have to settle before the next step; counts that step as done.
    pub fn plan(&mut self, lookup: &mut Lookup) {
        if let Self::Adam(adam) = self {
            adam.plan(lookup);
        }
    }
}
