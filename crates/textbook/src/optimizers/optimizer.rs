//! One optimizer or the other, for one matrix.

use super::Adam;
use crate::{Config, Lookup, OptimizerKind};

/// What an optimizer knows about a matrix beside its numbers: nothing, or Adam's clock.
#[derive(Debug, Clone)]
pub enum Optimizer {
    /// Plain gradient descent.
    Sgd {
        /// Whether gradients are clipped before the step, for which somebody has to go through the different rows.
        clips: bool,
    },
    /// Adam.
    Adam(Box<Adam>),
}

impl Optimizer {
    /// The optimizer that `config` asks for, before its first step, for a matrix of `vocab_size` rows.
    pub fn new(config: &Config, vocab_size: usize) -> Self {
        match config.optimizer {
            OptimizerKind::Sgd => Self::Sgd { clips: config.max_grad.is_some() },
            OptimizerKind::Adam => Self::Adam(Box::new(Adam::new(config.learning_rate, vocab_size))),
        }
    }

    /// Writes into `lookup` what the optimizer has to know about its rows: which they are, each once, and what they have to
    /// settle before the next step. Counts that step as done.
    pub fn plan(&mut self, lookup: &mut Lookup) {
        match self {
            Self::Sgd { clips: false } => {}
            Self::Sgd { clips: true } => lookup.list_unique(),
            Self::Adam(adam) => {
                lookup.list_unique();
                adam.plan(lookup);
            }
        }
    }
}
