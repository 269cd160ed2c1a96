//! Turns scores into gradients and sums their loss, cheaply and exactly.
//!
//! With `y` the score of a true word or minus that of a negative, the loss is
//!
//! `log(1 + e^-y) = max(-y, 0) + log(1 + e^-|y|)`
//!
//! and `e^-|y|` is needed for the gradient anyway. The first part is added up; the second is the logarithm of a product whose
//! factors lie in 1 to 2, so that sixty of them are multiplied in f32 before one logarithm is taken in f64.

use crate::{Chunk, LANES};

/// The number of factors up to 2 that a lane can take before it is folded; sixteen lanes of 2^60 fit an f64.
const MAX_FACTORS: u32 = 60;

/// Scores this far from 0 have no gradient.
const CERTAIN: f32 = 6.0;

/// A sum of losses, `Σ log(1 + e^-y)`.
#[derive(Debug, Clone)]
pub struct LossSum {
    linear: [f32; LANES],
    product: [f32; LANES],
    factors: u32,
    total: f64,
}

impl Default for LossSum {
    fn default() -> Self {
        Self { linear: [0.0; LANES], product: [1.0; LANES], factors: 0, total: 0.0 }
    }
}

impl LossSum {
    /// Returns the sum so far and resets it to 0. It is not finite if a score was not.
    pub fn take(&mut self) -> f64 {
        self.fold();
        std::mem::take(&mut self.total)
    }

    fn fold(&mut self) {
        let linear: f64 = self.linear.iter().map(|&x| f64::from(x)).sum();
        let product: f64 = self.product.iter().map(|&x| f64::from(x)).product();
        *self = Self { total: self.total + linear + libm::log(product), ..Self::default() };
    }
}

/// `score_i` becomes `rate (label_i - σ(score_i))`, 0 if the score is certain; the losses are added to `loss`. Labels are 1 or 0,
/// or negative for lanes that hold no score. `FMA`: whether the calling code may use fused multiply-add.
///
/// Every choice is one between two numbers, so that compilers keep the lanes in registers of numbers.
#[inline(always)]
pub(super) fn gradients<const FMA: bool>(
    Chunk(scores): &mut Chunk,
    labels: &[f32; LANES],
    rate: f32,
    loss: &mut LossSum,
) {
    for lane in 0..LANES {
        let (score, label) = (scores[lane], labels[lane]);
        let e = exp_of_minus::<FMA>(score.abs());
        let against = if label > 0.5 { -score } else { score };
        let linear = if against > 0.0 { against } else { 0.0 };
        loss.linear[lane] += if label >= 0.0 { linear } else { 0.0 };
        loss.product[lane] *= if label >= 0.0 { 1.0 + e } else { 1.0 };
        let sigmoid = (if score >= 0.0 { 1.0 } else { e }) / (1.0 + e);
        let gradient = if score.abs() < CERTAIN { rate * (label - sigmoid) } else { 0.0 };
        scores[lane] = if label >= 0.0 { gradient } else { 0.0 };
    }
    loss.factors += 1;
    if loss.factors == MAX_FACTORS {
        loss.fold();
    }
}

/// `e^-x` for x >= 0, to 2e-7 relative; for NaN, NaN. Cody and Waite's reduction and a polynomial, so it needs no
/// table and can be vectorised.
#[inline(always)]
fn exp_of_minus<const FMA: bool>(x: f32) -> f32 {
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    /// 1.5 * 2^23: adding and subtracting it rounds to a whole number.
    const ROUND: f32 = 12_582_912.0;
    let fma = |a: f32, b: f32, c: f32| if FMA { a.mul_add(b, c) } else { a * b + c };
    let x = if x > 87.0 { 87.0 } else { x };
    let shifted = fma(x, -std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = fma(n, -LN2_LOW, fma(n, -LN2_HIGH, -x));
    let mut p = 1.0 / 720.0;
    for c in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        p = fma(p, r, c);
    }
    // The low bits of `shifted` are n: move them into the exponent. n is from -126 to 0.
    p * f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_right_to_seven_digits() {
        check_exponential::<true>();
        check_exponential::<false>();
    }

    fn check_exponential<const FUSED: bool>() {
        for i in 0..=87_000 {
            let x = i as f32 / 1000.0;
            let right = (-f64::from(x)).exp();
            let error = (f64::from(exp_of_minus::<FUSED>(x)) - right).abs() / right;
            assert!(error < 3e-7, "e^-{x}: {error}");
        }
        assert!(exp_of_minus::<FUSED>(f32::INFINITY) < 1e-37);
        assert!(exp_of_minus::<FUSED>(f32::NAN).is_nan());
    }

    fn one(score: f32, label: f32) -> (f32, f64) {
        let (mut scores, mut loss) = (Chunk([score; LANES]), LossSum::default());
        let mut labels = [-1.0; LANES];
        labels[0] = label;
        gradients::<true>(&mut scores, &labels, 0.5, &mut loss);
        assert_eq!(scores.0[1], 0.0, "only the first has a label");
        (scores.0[0], loss.take())
    }

    #[test]
    fn gradient_and_loss_are_those_of_the_logistic_function() {
        for score in [-40.0f32, -8.0, -5.9, -1.0, -1e-3, 0.0, 1e-3, 1.0, 5.9, 8.0, 40.0] {
            for label in [0.0f32, 1.0] {
                let (gradient, loss) = one(score, label);
                let x = f64::from(score);
                let y = if label == 1.0 { x } else { -x };
                let expected_loss = (-y).max(0.0) + (-y.abs()).exp().ln_1p();
                // f32 keeps 1 + e to 1.2e-7.
                assert!((loss - expected_loss).abs() < 2e-7 * (1.0 + expected_loss), "{score} {label}: {loss}");
                let expected = if x.abs() >= 6.0 { 0.0 } else { 0.5 * (f64::from(label) - 1.0 / (1.0 + (-x).exp())) };
                assert!((f64::from(gradient) - expected).abs() < 2e-7, "{score} {label}: {gradient}");
            }
        }
    }

    #[test]
    fn padding_contributes_nothing_even_where_it_is_nan() {
        let mut scores = Chunk([f32::NAN; LANES]);
        scores.0[0] = 1.0;
        let mut labels = [-1.0; LANES];
        labels[0] = 1.0;
        let mut loss = LossSum::default();
        gradients::<true>(&mut scores, &labels, 1.0, &mut loss);
        assert!(scores.0[1..].iter().all(|&g| g == 0.0) && loss.take().is_finite());
    }

    #[test]
    fn a_nan_score_shows_in_the_loss() {
        assert!(!one(f32::NAN, 1.0).1.is_finite());
        assert!(!one(f32::NEG_INFINITY, 1.0).1.is_finite());
    }

    #[test]
    fn long_sums_lose_no_precision() {
        let (mut loss, mut expected) = (LossSum::default(), 0.0);
        for i in 0..100_000 {
            let score = ((i * 7919 % 2003) as f32 - 1001.0) / 200.0;
            gradients::<true>(&mut Chunk([score; LANES]), &[1.0; LANES], 1.0, &mut loss);
            expected += 16.0 * ((-f64::from(score)).max(0.0) + (-f64::from(score).abs()).exp().ln_1p());
        }
        assert!((loss.take() / expected - 1.0).abs() < 1e-6);
        assert_eq!(loss.take(), 0.0);
    }
}
