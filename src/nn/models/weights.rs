//! The two matrices of a model, and their gradients.
#![forbid(unsafe_code)]

use crate::math::{Matrix, Purpose, Rng};

/// Standard deviation of the first weights, as in the chapter.
const FIRST_WEIGHTS: f64 = 0.01;

/// `w_in` and `w_out`, V x D each: a vector for every word as context, and one as prediction.
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

    /// The chapter's start: independent normal numbers with standard deviation 0.01.
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

/// The gradient of each row that a batch touched: row `s` belongs to id `unique()[s]` of the batch's index.
#[derive(Debug, Clone)]
pub struct Gradients {
    /// Of the rows of `w_in` in `batch.inputs`.
    pub dw_in: Matrix,
    /// Of the rows of `w_out` in `batch.outputs`.
    pub dw_out: Matrix,
}

impl Gradients {
    /// None yet.
    pub fn new() -> Self {
        Self { dw_in: Matrix::zeros(0, 0), dw_out: Matrix::zeros(0, 0) }
    }
}

impl Default for Gradients {
    fn default() -> Self {
        Self::new()
    }
}
