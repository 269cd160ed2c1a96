//! One optimizer or the other, for one matrix.

use super::Adam;
use crate::{Config, Lookup, OptimizerKind};

/// An optimizer's state for one matrix, besides what is stored with the weights: nothing, or Adam's step counts.
#[derive(Debug, Clone)]
pub enum Optimizer {
    /// Plain gradient descent.
    Sgd {
        /// Whether gradients are clipped before the step, which takes a pass over the distinct rows.
        clips: bool,
    },
    /// Adam.
    Adam(Box<Adam>),
}

impl Optimizer {
    /// The optimizer of `config`, before its first step, for a matrix of `vocab_size` rows.
    pub fn new(config: &Config, vocab_size: usize) -> Self {
        match config.optimizer {
            OptimizerKind::Sgd => Self::Sgd { clips: config.max_grad.is_some() },
            OptimizerKind::Adam => Self::Adam(Box::new(Adam::new(config.learning_rate, vocab_size))),
        }
    }

    /// With Adam, the step of the last update of each row; 0 if there was none.
    pub fn last_updates(&self) -> &[u32] {
        match self {
            Self::Sgd { .. } => &[],
            Self::Adam(adam) => adam.last_updates(),
        }
    }

    /// Writes what the optimizer needs into `lookup`: its distinct rows, and their pending steps. Counts the next step as done.
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
