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

/// What one row's gradient and the steps that the row then missed come to, as `nn::optimizers` derives it. Does not depend
/// on the column.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Settlement {
    /// Sum of the steps' weights; 0 if there is nothing to settle.
    pub m0: f32,
    /// Their second central moment.
    pub m2: f32,
    /// Their third central moment.
    pub m3: f32,
    /// Epsilon as it looks from the middle of the steps.
    pub epsilon: f32,
    /// What is left of the first moment.
    pub decay_m: f32,
    /// What is left of the second moment.
    pub decay_v: f32,
}

/// How a table is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Chunks in a field.
    pub n: usize,
    /// Chunks from the start of a row to the start of the next: 2 n with `w` and `dw`, 4 n with `m` and `v` too.
    pub stride: usize,
}

impl Shape {
    #[inline(always)]
    fn row(self, table: &[Chunk], id: u32) -> &[Chunk] {
        &table[id as usize * self.stride..][..self.stride]
    }

    #[inline(always)]
    fn row_mut(self, table: &mut [Chunk], id: u32) -> &mut [Chunk] {
        &mut table[id as usize * self.stride..][..self.stride]
    }
}

/// Columns are worked on in blocks of this many chunks, whose running sums stay in registers.
const BLOCK: usize = 4;

/// Words scored at a time.
const WORDS: usize = 2;

/// Rows to fetch ahead of their use.
const AHEAD: usize = 12;

/// Calls `$body::<N>($from, ...)` for each block of N chunks, starting at chunk `$from` of a row of `$n`.
macro_rules! for_each_block {
    ($n:expr, $body:ident($($arg:expr),*)) => {
        for from in (0..$n).step_by(BLOCK) {
            match $n - from {
                1 => $body::<1>(from, $($arg),*),
                2 => $body::<2>(from, $($arg),*),
                3 => $body::<3>(from, $($arg),*),
                _ => $body::<BLOCK>(from, $($arg),*),
            }
        }
    };
}

/// Runs `$body` for each chunk `$c` of a block of `$N`, without a loop: in a loop over a few chunks LLVM makes vectors of
/// the numbers at the same place in each, instead of the sixteen in one, and gathers them at ten times the cost.
macro_rules! for_each_chunk {
    ($N:ident, $c:ident => $body:expr) => {
        for_each_chunk!(@ $N, $c => $body, 0, 1, 2, 3)
    };
    (@ $N:ident, $c:ident => $body:expr, $($i:literal),*) => {
        const { assert!($N <= BLOCK) };
        $(if $N > $i {
            let $c = $i;
            $body;
        })*
    };
}

/// The N chunks of a row from `from` on.
#[inline(always)]
fn block<const N: usize>(row: &[Chunk], from: usize) -> &[Chunk; N] {
    row[from..].first_chunk().expect("a block lies within its row")
}

#[inline(always)]
fn block_mut<const N: usize>(row: &mut [Chunk], from: usize) -> &mut [Chunk; N] {
    row[from..].first_chunk_mut().expect("a block lies within its row")
}

/// `factor b`, by value: LLVM makes single instructions of whole chunks that are not written in place.
#[inline(always)]
fn scaled(factor: f32, b: &Chunk) -> Chunk {
    Chunk(std::array::from_fn(|i| factor * b.0[i]))
}

#[inline(always)]
fn plus(a: &Chunk, b: &Chunk) -> Chunk {
    Chunk(std::array::from_fn(|i| a.0[i] + b.0[i]))
}

#[inline(always)]
fn plus_scaled(a: &Chunk, factor: f32, b: &Chunk) -> Chunk {
    Chunk(std::array::from_fn(|i| a.0[i] + factor * b.0[i]))
}

#[inline(always)]
fn plus_product(a: &Chunk, b: &Chunk, c: &Chunk) -> Chunk {
    Chunk(std::array::from_fn(|i| a.0[i] + b.0[i] * c.0[i]))
}

#[inline(always)]
pub(super) fn sum_rows(table: &[Chunk], shape: Shape, ids: &[u32], per: usize, factor: f32, out: &mut [Chunk]) {
    for_each_block!(shape.n, sum_rows_block(table, shape, ids, per, factor, out));
}

#[inline(always)]
fn sum_rows_block<const N: usize>(
    from: usize,
    table: &[Chunk],
    shape: Shape,
    ids: &[u32],
    per: usize,
    factor: f32,
    out: &mut [Chunk],
) {
    for (out, ids) in out.chunks_exact_mut(shape.n).zip(ids.chunks_exact(per)) {
        let mut sum = [Chunk::ZERO; N];
        for &id in ids {
            let w = block::<N>(shape.row(table, id), from);
            for_each_chunk!(N, c => sum[c] = plus(&sum[c], &w[c]));
        }
        let out = block_mut::<N>(out, from);
        for_each_chunk!(N, c => out[c] = scaled(factor, &sum[c]));
    }
}

#[inline(always)]
pub(super) fn scatter_rows(table: &mut [Chunk], shape: Shape, ids: &[u32], per: usize, factor: f32, dout: &[Chunk]) {
    for_each_block!(shape.n, scatter_rows_block(table, shape, ids, per, factor, dout));
}

#[inline(always)]
fn scatter_rows_block<const N: usize>(
    from: usize,
    table: &mut [Chunk],
    shape: Shape,
    ids: &[u32],
    per: usize,
    factor: f32,
    dout: &[Chunk],
) {
    for (dout, ids) in dout.chunks_exact(shape.n).zip(ids.chunks_exact(per)) {
        let dout = block::<N>(dout, from);
        let mut scaled_dout = [Chunk::ZERO; N];
        for_each_chunk!(N, c => scaled_dout[c] = scaled(factor, &dout[c]));
        for &id in ids {
            let dw = block_mut::<N>(shape.row_mut(table, id), shape.n + from);
            for_each_chunk!(N, c => dw[c] = plus(&dw[c], &scaled_dout[c]));
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

/// One level of [`sum`] for two chunks made of groups of `W` numbers: groups of `W / 2` sums, first of `a`, then of `b`.
#[inline(always)]
fn fold<const W: usize>(a: &Chunk, b: &Chunk) -> Chunk {
    let half = W / 2;
    let source = |i: usize| (i % (LANES / 2)) / half * W + i % half;
    Chunk(std::array::from_fn(|i| {
        let x = if i < LANES / 2 { a } else { b };
        x.0[source(i)] + x.0[source(i) + half]
    }))
}

/// [`sum`] of each of four chunks: two levels shared, the last two as written there.
#[inline(always)]
fn sums(x: &[Chunk; 4]) -> [f32; 4] {
    let fours = fold::<8>(&fold::<16>(&x[0], &x[1]), &fold::<16>(&x[2], &x[3]));
    std::array::from_fn(|i| {
        let four = &fours.0[4 * i..][..4];
        (four[0] + four[2]) + (four[1] + four[3])
    })
}

#[inline(always)]
pub(super) fn dot_rows(
    table: &[Chunk],
    shape: Shape,
    ids: &[u32],
    per: usize,
    h: &[Chunk],
    out: &mut [f32],
    stride: usize,
) {
    for_each_block!(shape.n, dot_rows_block(table, shape, ids, per, h, out, stride));
}

#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn dot_rows_block<const N: usize>(
    from: usize,
    table: &[Chunk],
    shape: Shape,
    ids: &[u32],
    per: usize,
    h: &[Chunk],
    out: &mut [f32],
    stride: usize,
) {
    let batch = ids.len() / per;
    for (b, (h, ids)) in h.chunks_exact(shape.n).zip(ids.chunks_exact(per)).enumerate() {
        let h = block::<N>(h, from);
        for (k, ids) in ids.chunks(WORDS).enumerate() {
            // Always as many words, so that all sums stay in registers; those past the end are not written.
            let mut lanes = [Chunk::ZERO; 2 * WORDS];
            for i in 0..WORDS {
                let id = ids[i.min(ids.len() - 1)];
                let w = block::<N>(shape.row(table, id), from);
                for_each_chunk!(N, c => {
                    let lanes = &mut lanes[2 * i + c / PANEL_CHUNKS];
                    *lanes = plus_product(lanes, &h[c], &w[c]);
                });
            }
            let sums = sums(&lanes);
            for i in 0..ids.len() {
                let score = from / PANEL_CHUNKS * stride + (k * WORDS + i) * batch + b;
                out[score] = sums[2 * i];
                if N > PANEL_CHUNKS {
                    out[score + stride] = sums[2 * i + 1];
                }
            }
        }
    }
}

#[inline(always)]
pub(super) fn dot_rows_backward(
    table: &mut [Chunk],
    shape: Shape,
    ids: &[u32],
    per: usize,
    h: &[Chunk],
    dscores: &[f32],
    dh: &mut [Chunk],
) {
    for_each_block!(shape.n, dot_rows_backward_block(table, shape, ids, per, h, dscores, dh));
}

#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn dot_rows_backward_block<const N: usize>(
    from: usize,
    table: &mut [Chunk],
    shape: Shape,
    ids: &[u32],
    per: usize,
    h: &[Chunk],
    dscores: &[f32],
    dh: &mut [Chunk],
) {
    let batch = ids.len() / per;
    let rows = h.chunks_exact(shape.n).zip(dh.chunks_exact_mut(shape.n));
    for (b, ((h, dh), ids)) in rows.zip(ids.chunks_exact(per)).enumerate() {
        let (h, dh) = (block::<N>(h, from), block_mut::<N>(dh, from));
        let mut sum = *dh;
        for (k, &id) in ids.iter().enumerate() {
            let dscore = dscores[k * batch + b];
            let (w, dw) = shape.row_mut(table, id).split_at_mut(shape.n);
            let (w, dw) = (block::<N>(w, from), block_mut::<N>(dw, from));
            for_each_chunk!(N, c => sum[c] = plus_scaled(&sum[c], dscore, &w[c]));
            for_each_chunk!(N, c => dw[c] = plus_scaled(&dw[c], dscore, &h[c]));
        }
        for_each_chunk!(N, c => dh[c] = sum[c]);
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
pub(super) fn sgd_step(table: &mut [Chunk], shape: Shape, ids: &[u32], rate: f32) {
    for &id in ids {
        let (w, rest) = shape.row_mut(table, id).split_at_mut(shape.n);
        for (w, dw) in w.iter_mut().zip(rest) {
            *w = plus_scaled(w, -rate, dw);
            *dw = Chunk::ZERO;
        }
    }
}

/// Adam's step of each row on the gradient it had, and the steps that the row missed since, all at once:
/// `m += (1 - β1)(g - m)`, `v += (1 - β2)(g² - v)`, `w -= m / den (M0 + y² (M2 - y M3))` with `den = √v + ε u0` and
/// `y = ε / den`; then `m` and `v` decay and the gradient is zero, ready for the next.
#[inline(always)]
pub(super) fn adam_settle(table: &mut [Chunk], shape: Shape, ids: &[u32], settlements: &[Settlement]) {
    for (i, (&id, settlement)) in ids.iter().zip(settlements).enumerate() {
        if let Some(&next) = ids.get(i + AHEAD) {
            super::prefetch_row(table, shape, next);
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
pub(super) fn scale_gradients(table: &mut [Chunk], shape: Shape, ids: &[u32], factor: f32) {
    for &id in ids {
        for chunk in &mut shape.row_mut(table, id)[shape.n..][..shape.n] {
            *chunk = scaled(factor, chunk);
        }
    }
}

#[inline(always)]
pub(super) fn gradient_squares(table: &[Chunk], shape: Shape, ids: &[u32], out: &mut [f64]) {
    for &id in ids {
        let gradient = &shape.row(table, id)[shape.n..][..shape.n];
        for (out, panel) in out.iter_mut().zip(gradient.chunks(PANEL_CHUNKS)) {
            for chunk in panel {
                *out += f64::from(sum(&Chunk(chunk.0.map(|x| x * x))));
            }
        }
    }
}
