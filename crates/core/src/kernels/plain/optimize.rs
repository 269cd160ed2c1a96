//! How gradients change weights: the steps of SGD and of Adam, and clipping.

use super::{AHEAD, Shape, plus_scaled, scaled, sum};
use crate::kernels::prefetch_row;
use crate::{Chunk, LANES, PANEL_CHUNKS};

/// The first moment's decay in Adam.
pub const BETA1: f64 = 0.9;
/// The second moment's decay in Adam.
pub const BETA2: f64 = 0.999;
/// Keeps Adam from dividing by zero: the book's 1e-7.
pub const EPSILON: f32 = 1e-7;

/// The combined effect of a row's gradient and of the steps that the row then missed, derived in the textbook crate's lazy
/// Adam. It does not depend on the column.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Settlement {
    /// Sum of the steps' weights; 0 if there is nothing to settle.
    pub m0: f32,
    /// Their second central moment.
    pub m2: f32,
    /// Their third central moment.
    pub m3: f32,
    /// Epsilon relative to the middle of the steps.
    pub epsilon: f32,
    /// What is left of the first moment.
    pub decay_m: f32,
    /// What is left of the second moment.
    pub decay_v: f32,
}

#[inline(always)]
pub(in crate::kernels) fn sgd_step(table: &mut [Chunk], shape: Shape, ids: &[u32], rate: f32) {
    for &id in ids {
        let (w, rest) = shape.row_mut(table, id).split_at_mut(shape.n);
        for (w, dw) in w.iter_mut().zip(rest) {
            *w = plus_scaled(w, -rate, dw);
            *dw = Chunk::ZERO;
        }
    }
}

/// Adam's step of each row with its last gradient, and the steps that the row has missed since, all at once:
/// `m += (1 - β1)(g - m)`, `v += (1 - β2)(g² - v)`, `w -= m / den (M0 + y² (M2 - y M3))` with `den = √v + ε u0` and
/// `y = ε / den`; then `m` and `v` decay and the gradient is zero, ready for the next.
#[inline(always)]
pub(in crate::kernels) fn adam_settle(table: &mut [Chunk], shape: Shape, ids: &[u32], settlements: &[Settlement]) {
    for (i, (&id, settlement)) in ids.iter().zip(settlements).enumerate() {
        if let Some(&next) = ids.get(i + AHEAD) {
            prefetch_row(table, shape, next);
        }
        if settlement.m0 == 0.0 {
            continue;
        }
        let (w, rest) = shape.row_mut(table, id).split_at_mut(shape.n);
        let (dw, rest) = rest.split_at_mut(shape.n);
        let (m, v) = rest.split_at_mut(shape.n);
        for ((w, dw), (m, v)) in w.iter_mut().zip(dw).zip(m.iter_mut().zip(v)) {
            settle(w, dw, m, v, settlement);
        }
    }
}

#[inline(always)]
fn settle(w: &mut Chunk, dw: &mut Chunk, m: &mut Chunk, v: &mut Chunk, settlement: &Settlement) {
    const RISE_M: f32 = (1.0 - BETA1) as f32;
    const RISE_V: f32 = (1.0 - BETA2) as f32;
    let &Settlement { m0, m2, m3, epsilon, decay_m, decay_v } = settlement;
    for i in 0..LANES {
        let g = dw.0[i];
        let moment = m.0[i] + RISE_M * (g - m.0[i]);
        let variance = v.0[i] + RISE_V * (g * g - v.0[i]);
        let inverse = 1.0 / (variance.sqrt() + epsilon);
        let y = EPSILON * inverse;
        w.0[i] -= moment * inverse * (m0 + y * y * (m2 - y * m3));
        m.0[i] = moment * decay_m;
        v.0[i] = variance * decay_v;
    }
    *dw = Chunk::ZERO;
}

#[inline(always)]
pub(in crate::kernels) fn scale_gradients(table: &mut [Chunk], shape: Shape, ids: &[u32], factor: f32) {
    for &id in ids {
        for chunk in &mut shape.row_mut(table, id)[shape.n..][..shape.n] {
            *chunk = scaled(factor, chunk);
        }
    }
}

#[inline(always)]
pub(in crate::kernels) fn gradient_squares(table: &[Chunk], shape: Shape, ids: &[u32], out: &mut [f64]) {
    for &id in ids {
        let gradient = &shape.row(table, id)[shape.n..][..shape.n];
        for (out, panel) in out.iter_mut().zip(gradient.chunks(PANEL_CHUNKS)) {
            for chunk in panel {
                *out += f64::from(sum(&Chunk(chunk.0.map(|x| x * x))));
            }
        }
    }
}
