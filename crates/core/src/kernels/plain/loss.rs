//! The sigmoid and its loss, sixteen scores at a time.

use crate::LANES;

/// `e^-a` for `a >= 0`, to 2 units in the last place; below `e^-87` it is `e^-87`.
///
/// `-a = k ln 2 + r` with |r| <= ln 2 / 2; `e^r` by its Taylor polynomial of degree 7, `2^k` by writing the exponent.
#[inline(always)]
fn exp_negative(a: f32) -> f32 {
    // Adding and subtracting 1.5 2^23 leaves the nearest whole number.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    // In this form NaN stays NaN.
    let x = -(if a > 87.0 { 87.0 } else { a });
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let k = rounded - ROUND;
    let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
    let mut p = 1.0 / 5040.0;
    for c in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        p = p * r + c;
    }
    // The low bits of `rounded` are k in two's complement.
    let exponent = (rounded.to_bits().wrapping_add(127)) << 23;
    p * f32::from_bits(exponent)
}

/// `ln(1 + e)` for `e` in [0, 1]: `2 artanh(z)` with `z = e / (2 + e)`, at most 1/3. Relative error below 3e-7.
#[inline(always)]
fn ln_1_plus(e: f32) -> f32 {
    let z = e / (2.0 + e);
    let zz = z * z;
    let mut p = 1.0 / 17.0;
    for c in [1.0 / 15.0, 1.0 / 13.0, 1.0 / 11.0, 1.0 / 9.0, 1.0 / 7.0, 1.0 / 5.0, 1.0 / 3.0, 1.0] {
        p = p * zz + c;
    }
    2.0 * z * p
}

/// `σ(x)` and `-log σ(sign x)` without ever forming the exponential of a large number, or 1 minus a number near 1.
#[inline(always)]
fn sigmoid_and_loss(x: f32, sign: f32) -> (f32, f32) {
    let e = exp_negative(x.abs());
    let large = 1.0 / (1.0 + e);
    let probability = if x >= 0.0 { large } else { e * large };
    let wrong = -sign * x;
    (probability, ln_1_plus(e) + if wrong > 0.0 { wrong } else { 0.0 })
}

#[inline(always)]
fn sigmoid_chunk(scores: &[f32; LANES], sign: f32, probabilities: &mut [f32; LANES]) -> [f32; LANES] {
    let mut losses = [0.0; LANES];
    for i in 0..LANES {
        (probabilities[i], losses[i]) = sigmoid_and_loss(scores[i], sign);
    }
    losses
}

#[inline(always)]
pub(in crate::kernels) fn sigmoid_with_loss(scores: &[f32], positive: bool, probabilities: &mut [f32]) -> f64 {
    let sign = if positive { 1.0 } else { -1.0 };
    let mut total = [0.0f64; LANES];
    for (scores, probabilities) in scores.chunks(LANES).zip(probabilities.chunks_mut(LANES)) {
        let (mut x, mut y) = ([0.0; LANES], [0.0; LANES]);
        x[..scores.len()].copy_from_slice(scores);
        let losses = sigmoid_chunk(&x, sign, &mut y);
        probabilities.copy_from_slice(&y[..probabilities.len()]);
        for (total, &loss) in total.iter_mut().zip(&losses[..scores.len()]) {
            *total += f64::from(loss);
        }
    }
    total.iter().sum()
}
