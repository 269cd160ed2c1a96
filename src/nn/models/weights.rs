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

/// The gradients of both matrices, V x D each, of which only the rows of the last batch mean anything to a model.
///
/// `backward` adds to those rows, so they have to be zero before: an optimizer that has used a row's gradient makes it
/// zero. Adam does so when the row is next needed, and until then finds there the gradient of the row's last step.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradients {
    /// Of `w_in`.
    pub dw_in: Matrix,
    /// Of `w_out`.
    pub dw_out: Matrix,
}

impl Gradients {
    /// Zeros.
    pub fn zeros(vocab_size: usize, hidden_size: usize) -> Self {
        Self { dw_in: Matrix::zeros(vocab_size, hidden_size), dw_out: Matrix::zeros(vocab_size, hidden_size) }
    }

    /// Zeros in the shape of `weights`.
    pub fn of(weights: &Weights) -> Self {
        Self::zeros(weights.w_in.rows(), weights.w_in.cols())
    }
}
