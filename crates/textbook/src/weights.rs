//! The two matrices of a model.

use crate::{Config, OptimizerKind, Parameter};
use rapidvec_core::{Matrix, Purpose, Rng};

/// Standard deviation of the first weights, as in the chapter.
const FIRST_WEIGHTS: f64 = 0.01;

/// `w_in` and `w_out`, V x D each: for every word a vector as input and a vector as prediction.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Input rows: the word vectors that are kept.
    pub w_in: Matrix,
    /// Output rows.
    pub w_out: Matrix,
}

impl Weights {
    /// Zeros.
    pub fn zeros(vocab_size: usize, hidden_size: usize) -> Self {
        Self { w_in: Matrix::zeros(vocab_size, hidden_size), w_out: Matrix::zeros(vocab_size, hidden_size) }
    }

    /// The chapter's initial weights: independent normal numbers with standard deviation 0.01.
    pub fn random(vocab_size: usize, hidden_size: usize, seed: u64) -> Self {
        let mut weights = Self::zeros(vocab_size, hidden_size);
        let mut row = vec![0.0; hidden_size];
        for i in 0..vocab_size {
            Rng::stream(seed, Purpose::InputWeights, i as u64).fill_normal(&mut row, FIRST_WEIGHTS);
            weights.w_in.set_row(i, &row);
            Rng::stream(seed, Purpose::OutputWeights, i as u64).fill_normal(&mut row, FIRST_WEIGHTS);
            weights.w_out.set_row(i, &row);
        }
        weights
    }
}

/// The two matrices during training, or some of their columns.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// Input rows.
    pub w_in: Parameter,
    /// Output rows.
    pub w_out: Parameter,
}

impl Parameters {
    /// These weights with gradients, and with moments if `moments` is set.
    pub fn of(weights: &Weights, moments: bool) -> Self {
        Self { w_in: Parameter::of(&weights.w_in, moments), w_out: Parameter::of(&weights.w_out, moments) }
    }

    /// These weights alone.
    pub fn of_weights(weights: &Weights) -> Self {
        Self { w_in: Parameter::of_weights(&weights.w_in), w_out: Parameter::of_weights(&weights.w_out) }
    }

    /// These weights with the gradients and moments that training by `config` needs.
    pub fn for_training(weights: &Weights, config: &Config) -> Self {
        match (config.optimizer, config.max_grad) {
            (OptimizerKind::Adam, _) => Self::of(weights, true),
            (OptimizerKind::Sgd, Some(_)) => Self::of(weights, false),
            (OptimizerKind::Sgd, None) => Self::of_weights(weights),
        }
    }
}
