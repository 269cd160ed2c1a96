//! Every kernel in plain Rust: what the other instruction sets must equal, bit for bit.
//!
//! All functions are `inline(always)`, so that they are compiled anew with the registers of whoever calls them.
#![forbid(unsafe_code)]

use crate::math::{Chunk, LANES, PANEL_CHUNKS};

/// The first moment's decay in Adam.
pub const BETA1: f64 = 0.9;
/// The second moment's decay in Adam.
pub const BETA2: f64 = 0.999;
/// What keeps Adam from dividing by zero: the book's 1e-7.
pub const EPSILON: f32 = 1e-7;

/// What the steps that a row missed come to, as `nn::optimizers` derives it. Does not depend on the column.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CatchUp {
    /// Sum of the steps' weights; 0 if nothing was missed.
    pub m0: f32,
    /// Their second central moment.
    pub m2: f32,
    /// Their third central moment.
    pub m3: f32,
    /// Epsilon as it looks from the middle of the missed steps.
    pub epsilon: f32,
    /// What is left of the first moment.
    pub decay_m: f32,
    /// What is left of the second moment.
    pub decay_v: f32,
}

#[inline(always)]
fn row(x: &[Chunk], n: usize, i: u32) -> &[Chunk] {
    &x[i as usize * n..][..n]
}

#[inline(always)]
fn row_mut(x: &mut [Chunk], n: usize, i: u32) -> &mut [Chunk] {
    &mut x[i as usize * n..][..n]
}

#[inline(always)]
fn add(a: &mut Chunk, b: &Chunk) {
    for i in 0..LANES {
        a.0[i] += b.0[i];
    }
}

#[inline(always)]
fn add_scaled(a: &mut Chunk, factor: f32, b: &Chunk) {
    for i in 0..LANES {
        a.0[i] += factor * b.0[i];
    }
}

#[inline(always)]
pub(super) fn add_rows(w: &[Chunk], n: usize, ids: &[u32], out: &mut [Chunk]) {
    for (out, &id) in out.chunks_exact_mut(n).zip(ids) {
        for (out, w) in out.iter_mut().zip(row(w, n, id)) {
            add(out, w);
        }
    }
}

#[inline(always)]
pub(super) fn scatter_add(dw: &mut [Chunk], n: usize, slots: &[u32], dout: &[Chunk]) {
    for (dout, &slot) in dout.chunks_exact(n).zip(slots) {
        for (dw, dout) in row_mut(dw, n, slot).iter_mut().zip(dout) {
            add(dw, dout);
        }
    }
}

/// The sum of sixteen numbers as a tree: halves onto each other, four times.
#[inline(always)]
fn sum(x: &Chunk) -> f32 {
    let eight: [f32; 8] = std::array::from_fn(|i| x.0[i] + x.0[i + 8]);
    let four: [f32; 4] = std::array::from_fn(|i| eight[i] + eight[i + 4]);
    (four[0] + four[2]) + (four[1] + four[3])
}

#[inline(always)]
pub(super) fn dot_rows(w: &[Chunk], n: usize, ids: &[u32], h: &[Chunk], out: &mut [f32], stride: usize) {
    for (b, (h, &id)) in h.chunks_exact(n).zip(ids).enumerate() {
        let panels = h.chunks(PANEL_CHUNKS).zip(row(w, n, id).chunks(PANEL_CHUNKS));
        for (p, (h, w)) in panels.enumerate() {
            let mut lanes = Chunk::ZERO;
            for (h, w) in h.iter().zip(w) {
                for i in 0..LANES {
                    lanes.0[i] += h.0[i] * w.0[i];
                }
            }
            out[p * stride + b] = sum(&lanes);
        }
    }
}

#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub(super) fn dot_rows_backward(
    w: &[Chunk],
    n: usize,
    ids: &[u32],
    slots: &[u32],
    h: &[Chunk],
    dscores: &[f32],
    dh: &mut [Chunk],
    dw: &mut [Chunk],
) {
    let rows = h.chunks_exact(n).zip(dh.chunks_exact_mut(n));
    for (((h, dh), &dscore), (&id, &slot)) in rows.zip(dscores).zip(ids.iter().zip(slots)) {
        let w = row(w, n, id);
        let dw = row_mut(dw, n, slot);
        for c in 0..n {
            add_scaled(&mut dh[c], dscore, &w[c]);
            add_scaled(&mut dw[c], dscore, &h[c]);
        }
    }
}

#[inline(always)]
pub(super) fn scale(x: &mut [Chunk], factor: f32) {
    for chunk in x {
        for i in 0..LANES {
            chunk.0[i] *= factor;
        }
    }
}

#[inline(always)]
pub(super) fn add_panels(partial: &[f32], scores: &mut [f32]) {
    for panel in partial.chunks_exact(scores.len().max(1)) {
        for (score, part) in scores.iter_mut().zip(panel) {
            *score += part;
        }
    }
}

/// `e^-a` for `a >= 0`, to 2 units in the last place; below `e^-87` it is `e^-87`.
///
/// `-a = k ln 2 + r` with |r| <= ln 2 / 2; `e^r` by its Taylor polynomial of degree 7, `2^k` by writing the exponent.
#[inline(always)]
fn exp_negative(a: f32) -> f32 {
    // Adding and subtracting 1.5 2^23 leaves the nearest whole number.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    // Written so that NaN stays NaN.
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

/// `σ(x)` and `-log σ(x)` without ever forming the exponential of a large number.
#[inline(always)]
fn sigmoid_and_loss(x: f32) -> (f32, f32) {
    let e = exp_negative(x.abs());
    let large = 1.0 / (1.0 + e);
    let probability = if x >= 0.0 { large } else { e * large };
    (probability, ln_1_plus(e) - if x < 0.0 { x } else { 0.0 })
}

#[inline(always)]
fn sigmoid_chunk(scores: &[f32; LANES], sign: f32, probabilities: &mut [f32; LANES]) -> [f32; LANES] {
    let mut losses = [0.0; LANES];
    for i in 0..LANES {
        // σ(-x) = 1 - σ(x), and the loss of a negative is -log σ(-x).
        let (p, loss) = sigmoid_and_loss(sign * scores[i]);
        probabilities[i] = if sign > 0.0 { p } else { 1.0 - p };
        losses[i] = loss;
    }
    losses
}

#[inline(always)]
pub(super) fn sigmoid_with_loss(scores: &[f32], positive: bool, probabilities: &mut [f32]) -> f64 {
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

#[inline(always)]
pub(super) fn sgd_step(w: &mut [Chunk], n: usize, ids: &[u32], grads: &[Chunk], rate: f32) {
    for (grad, &id) in grads.chunks_exact(n).zip(ids) {
        for (w, grad) in row_mut(w, n, id).iter_mut().zip(grad) {
            add_scaled(w, -rate, grad);
        }
    }
}

/// The steps that rows `ids` missed since each was last updated, all at once:
/// `w -= m / den (M0 + y² (M2 - y M3))` with `den = √v + ε u0`, `y = ε / den`; then `m` and `v` decay.
#[inline(always)]
pub(super) fn adam_catch_up(
    w: &mut [Chunk],
    m: &mut [Chunk],
    v: &mut [Chunk],
    n: usize,
    ids: &[u32],
    missed: &[CatchUp],
) {
    for (&id, missed) in ids.iter().zip(missed) {
        if missed.m0 == 0.0 {
            continue;
        }
        let (w, m, v) = (row_mut(w, n, id), row_mut(m, n, id), row_mut(v, n, id));
        for ((w, m), v) in w.iter_mut().zip(m).zip(v) {
            for i in 0..LANES {
                let den = v.0[i].sqrt() + missed.epsilon;
                let inverse = 1.0 / den;
                let y = EPSILON * inverse;
                w.0[i] -= m.0[i] * inverse * (missed.m0 + y * y * (missed.m2 - y * missed.m3));
                m.0[i] *= missed.decay_m;
                v.0[i] *= missed.decay_v;
            }
        }
    }
}

/// One step of Adam (Kingma and Ba 2015, section 2, its last form) with `rate = α √(1 - β2^t) / (1 - β1^t)`:
/// `m += (1 - β1)(g - m)`, `v += (1 - β2)(g² - v)`, `w -= rate m / (√v + ε)`.
#[inline(always)]
pub(super) fn adam_step(
    w: &mut [Chunk],
    m: &mut [Chunk],
    v: &mut [Chunk],
    n: usize,
    ids: &[u32],
    grads: &[Chunk],
    rate: f32,
) {
    const RISE_M: f32 = (1.0 - BETA1) as f32;
    const RISE_V: f32 = (1.0 - BETA2) as f32;
    for (g, &id) in grads.chunks_exact(n).zip(ids) {
        let (w, m, v) = (row_mut(w, n, id), row_mut(m, n, id), row_mut(v, n, id));
        for ((w, g), (m, v)) in w.iter_mut().zip(g).zip(m.iter_mut().zip(v)) {
            for i in 0..LANES {
                m.0[i] += RISE_M * (g.0[i] - m.0[i]);
                v.0[i] += RISE_V * (g.0[i] * g.0[i] - v.0[i]);
                w.0[i] -= rate * m.0[i] / (v.0[i].sqrt() + EPSILON);
            }
        }
    }
}

#[inline(always)]
pub(super) fn squares(x: &[Chunk], n: usize, out: &mut [f64]) {
    for row in x.chunks_exact(n) {
        for (out, panel) in out.iter_mut().zip(row.chunks(PANEL_CHUNKS)) {
            for chunk in panel {
                let mut lanes = Chunk::ZERO;
                for i in 0..LANES {
                    lanes.0[i] = chunk.0[i] * chunk.0[i];
                }
                *out += f64::from(sum(&lanes));
            }
        }
    }
}
