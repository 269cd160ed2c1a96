//! SigmoidWithLoss: is this the word, yes or no?
//!
//! For score x and label t in {0, 1}: `y = σ(x)`, loss `-t log y - (1 - t) log(1 - y)` averaged over the batch, gradient
//! `(y - t) / B`. The loss is computed from the score, `log(1 + e^-|x|) + max(∓x, 0)`, which is correct for any x, whereas
//! `log(σ(x))` may be -inf; the book avoids that by adding 1e-7. The book, section 4.2.

use rapidvec_core::kernels::kernels;

/// Sigmoid and binary cross entropy, with the same label for the whole batch.
#[derive(Debug, Clone, Default)]
pub struct SigmoidWithLoss {
    positive: bool,
    /// σ(score) of each example.
    probabilities: Vec<f32>,
}

impl SigmoidWithLoss {
    /// Mean loss over the B scores; `positive` is the label of all of them. The loss of no scores is 0.
    pub fn forward(&mut self, scores: &[f32], positive: bool) -> f64 {
        self.positive = positive;
        self.probabilities.resize(scores.len(), 0.0);
        kernels().sigmoid_with_loss(scores, positive, &mut self.probabilities) / scores.len().max(1) as f64
    }

    /// `dscores[b] = (σ(score[b]) - label) / B`.
    ///
    /// # Panics
    /// If `dscores` does not have B numbers.
    pub fn backward(&self, dscores: &mut [f32]) {
        assert_eq!(dscores.len(), self.probabilities.len(), "a gradient for each score");
        let label = if self.positive { 1.0 } else { 0.0 };
        let batch = dscores.len() as f32;
        for (dscore, probability) in dscores.iter_mut().zip(&self.probabilities) {
            *dscore = (probability - label) / batch;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{assert_close, central_difference, random_matrix};
    use rapidvec_core::Matrix;

    #[test]
    fn backward_matches_central_differences() {
        let scores = random_matrix(1, 21, 5);
        for positive in [true, false] {
            let mut layer = SigmoidWithLoss::default();
            layer.forward(&scores.to_vec(), positive);
            let mut dscores = vec![0.0; 21];
            layer.backward(&mut dscores);
            let loss = |x: &Matrix| SigmoidWithLoss::default().forward(&x.to_vec(), positive);
            assert_close(&central_difference(&scores, loss), &Matrix::from_rows(1, 21, &dscores), 1e-2);
        }
    }

    #[test]
    fn the_loss_of_a_hopeless_score_is_the_score() {
        assert_eq!(SigmoidWithLoss::default().forward(&[-1000.0], true), 1000.0);
        assert_eq!(SigmoidWithLoss::default().forward(&[1000.0], false), 1000.0);
        assert!(SigmoidWithLoss::default().forward(&[1000.0], true) < 1e-30);
    }

    #[test]
    fn the_loss_of_an_undecided_score_is_ln_2() {
        assert!((SigmoidWithLoss::default().forward(&[0.0; 3], true) - std::f64::consts::LN_2).abs() < 1e-7);
    }
}
