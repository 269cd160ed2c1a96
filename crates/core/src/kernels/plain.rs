//! Every kernel in plain Rust: the definition that other instruction sets must equal, bit for bit.
//!
//! All functions are `inline(always)`, so that they are compiled for the instruction set of their caller.

mod loss;
mod optimize;

pub(super) use loss::sigmoid_with_loss;
pub use optimize::{BETA1, BETA2, EPSILON, Settlement};
pub(super) use optimize::{adam_settle, gradient_squares, scale_gradients, sgd_step};

use crate::{Chunk, LANES, PANEL_CHUNKS};

/// The layout of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Chunks in a field.
    pub n: usize,
    /// Chunks from the start of a row to the start of the next: n times the number of fields.
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

/// Where a kernel adds to rows, and what it prefetches.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'a> {
    /// Layout of the table.
    pub shape: Shape,
    /// The field that is added to: its first chunk in a row.
    pub at: usize,
    /// Rows of the same table to prefetch.
    pub next: &'a [u32],
}

impl<'a> Destination<'a> {
    /// An equal part of the next rows for each of `batch` examples.
    #[inline(always)]
    fn next_for_each(self, batch: usize) -> std::slice::Chunks<'a, u32> {
        self.next.chunks(self.next.len().div_ceil(batch.max(1)).max(1))
    }

    /// Prefetches N chunks of each field of rows `ids`.
    #[inline(always)]
    fn prefetch<const N: usize>(self, table: &[Chunk], ids: Option<&[u32]>, from: usize) {
        for &id in ids.unwrap_or_default() {
            for field in self.shape.row(table, id).chunks_exact(self.shape.n) {
                block::<N>(field, from).iter().for_each(super::prefetch);
            }
        }
    }

    /// N chunks of a row, to add to.
    #[inline(always)]
    fn block_mut<const N: usize>(self, table: &mut [Chunk], id: u32, from: usize) -> &mut [Chunk; N] {
        block_mut::<N>(self.shape.row_mut(table, id), self.at + from)
    }
}

/// Chunks in a block of columns, whose running sums stay in registers.
const BLOCK: usize = 4;

/// Words scored at a time.
const WORDS: usize = 2;

/// Rows to prefetch ahead of their use.
const AHEAD: usize = 6;

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

/// Runs `$body` for each chunk `$c` of a block of `$N`, without a loop: in a loop over a few chunks LLVM vectorises across
/// the chunks instead of within one, and gathers the numbers at ten times the cost.
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

/// `factor b`, by value: LLVM uses single instructions for whole chunks if they are not written in place.
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
pub(super) fn scatter_rows(table: &mut [Chunk], to: Destination, ids: &[u32], per: usize, factor: f32, dout: &[Chunk]) {
    for_each_block!(to.shape.n, scatter_rows_block(table, to, ids, per, factor, dout));
}

#[inline(always)]
fn scatter_rows_block<const N: usize>(
    from: usize,
    table: &mut [Chunk],
    to: Destination,
    ids: &[u32],
    per: usize,
    factor: f32,
    dout: &[Chunk],
) {
    let mut next = to.next_for_each(ids.len() / per);
    for (dout, ids) in dout.chunks_exact(to.shape.n).zip(ids.chunks_exact(per)) {
        to.prefetch::<N>(table, next.next(), from);
        let dout = block::<N>(dout, from);
        let mut scaled_dout = [Chunk::ZERO; N];
        for_each_chunk!(N, c => scaled_dout[c] = scaled(factor, &dout[c]));
        for &id in ids {
            let row = to.block_mut::<N>(table, id, from);
            for_each_chunk!(N, c => row[c] = plus(&row[c], &scaled_dout[c]));
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
            // Always the same number of words, so that all sums stay in registers; sums past the end are not written.
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
    table: &[Chunk],
    shape: Shape,
    ids: &[u32],
    per: usize,
    dscores: &[f32],
    dh: &mut [Chunk],
) {
    for_each_block!(shape.n, dot_rows_backward_block(table, shape, ids, per, dscores, dh));
}

#[inline(always)]
fn dot_rows_backward_block<const N: usize>(
    from: usize,
    table: &[Chunk],
    shape: Shape,
    ids: &[u32],
    per: usize,
    dscores: &[f32],
    dh: &mut [Chunk],
) {
    let batch = ids.len() / per;
    for (b, (dh, ids)) in dh.chunks_exact_mut(shape.n).zip(ids.chunks_exact(per)).enumerate() {
        let dh = block_mut::<N>(dh, from);
        let mut sum = *dh;
        for (k, &id) in ids.iter().enumerate() {
            let (w, dscore) = (block::<N>(shape.row(table, id), from), dscores[k * batch + b]);
            for_each_chunk!(N, c => sum[c] = plus_scaled(&sum[c], dscore, &w[c]));
        }
        for_each_chunk!(N, c => dh[c] = sum[c]);
    }
}

#[inline(always)]
pub(super) fn scatter_products(
    table: &mut [Chunk],
    to: Destination,
    ids: &[u32],
    per: usize,
    factor: f32,
    dscores: &[f32],
    h: &[Chunk],
) {
    for_each_block!(to.shape.n, scatter_products_block(table, to, ids, per, factor, dscores, h));
}

#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn scatter_products_block<const N: usize>(
    from: usize,
    table: &mut [Chunk],
    to: Destination,
    ids: &[u32],
    per: usize,
    factor: f32,
    dscores: &[f32],
    h: &[Chunk],
) {
    let batch = ids.len() / per;
    let mut next = to.next_for_each(batch);
    for (b, (h, ids)) in h.chunks_exact(to.shape.n).zip(ids.chunks_exact(per)).enumerate() {
        to.prefetch::<N>(table, next.next(), from);
        let h = block::<N>(h, from);
        for (k, &id) in ids.iter().enumerate() {
            let (row, d) = (to.block_mut::<N>(table, id, from), factor * dscores[k * batch + b]);
            for_each_chunk!(N, c => row[c] = plus_scaled(&row[c], d, &h[c]));
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
