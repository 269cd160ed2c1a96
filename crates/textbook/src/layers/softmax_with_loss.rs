//! SoftmaxWithLoss: one question with V answers, which the chapter replaces by negative sampling.
//!
//! For scores s (B x V) and true words t: `y = e^s / Σ e^s`, loss `-log y[t]` averaged over the batch, gradient
//! `(y - onehot(t)) / B`. The largest score is subtracted first, and the loss is computed from the scores, so that nothing
//! overflows. The book, chapter 3.

use rapidvec_core::{Matrix, WordId};

/// Softmax and cross entropy over the whole vocabulary.
#[derive(Debug, Clone)]
pub struct SoftmaxWithLoss {
    probabilities: Matrix,
    target: Vec<WordId>,
}

impl SoftmaxWithLoss {
    /// Mean loss of a batch; `scores` is B x V and becomes the probabilities, `target` has B ids below V.
    ///
    /// # Panics
    /// If the shapes differ or an id is out of range.
    pub fn forward(mut scores: Matrix, target: &[WordId]) -> (Self, f64) {
        assert_eq!(scores.rows(), target.len(), "a target for each row");
        let mut loss = 0.0;
        for (i, &target) in target.iter().enumerate() {
            let mut row = scores.row(i);
            let largest = row.iter().fold(f32::NEG_INFINITY, |a, &b| a.max(b));
            let score = row[target as usize] - largest;
            row.iter_mut().for_each(|s| *s = (*s - largest).exp());
            let total: f64 = row.iter().map(|&e| f64::from(e)).sum();
            loss += total.ln() - f64::from(score);
            row.iter_mut().for_each(|e| *e = (f64::from(*e) / total) as f32);
            scores.set_row(i, &row);
        }
        let mean = loss / target.len().max(1) as f64;
        (Self { probabilities: scores, target: target.to_vec() }, mean)
    }

    /// Gradient of the scores, B x V.
    pub fn backward(self) -> Matrix {
        let mut dscores = self.probabilities;
        let batch = self.target.len() as f32;
        for (i, &target) in self.target.iter().enumerate() {
            let mut row = dscores.row(i);
            row[target as usize] -= 1.0;
            row.iter_mut().for_each(|d| *d /= batch);
            dscores.set_row(i, &row);
        }
        dscores
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{assert_close, central_difference, random_matrix};

    #[test]
    fn backward_matches_central_differences() {
        let (scores, target) = (random_matrix(3, 7, 1), [2, 0, 6]);
        let (layer, _) = SoftmaxWithLoss::forward(scores.clone(), &target);
        let loss = |s: &Matrix| SoftmaxWithLoss::forward(s.clone(), &target).1;
        assert_close(&central_difference(&scores, loss), &layer.backward(), 1e-2);
    }

    #[test]
    fn large_scores_do_not_overflow() {
        let scores = Matrix::from_rows(1, 3, &[1000.0, 0.0, -1000.0]);
        assert!(SoftmaxWithLoss::forward(scores.clone(), &[0]).1 < 1e-6);
        assert_eq!(SoftmaxWithLoss::forward(scores, &[2]).1, 2000.0);
    }
}
