//! Prefetches the rows of a later step.

use super::step::Step;
use crate::LANES;
use crate::kernels::prefetch::prefetch_line_to_write;
use std::ops::Range;

/// Prefetches part `part` of `parts` of the rows that come after this step.
#[inline(always)]
pub(super) fn prefetch_ahead(step: &Step, part: usize, parts: usize) {
    let (rows, chunks) = (step.ahead.len(), step.columns.div_ceil(LANES));
    step.ahead[rows * part / parts..rows * (part + 1) / parts].iter().for_each(|&row| prefetch(row, chunks));
}

/// Prefetches a row for writing. A hint: it changes no value, and any address is allowed.
#[inline(always)]
pub fn prefetch(row: *const f32, chunks: usize) {
    // Every window prefetches some seven rows; those of usual lengths without a loop.
    match chunks {
        4 => prefetch_chunks(row, 0..4),
        7 => prefetch_chunks(row, 0..7),
        _ => prefetch_chunks(row, 0..chunks),
    }
}

#[inline(always)]
fn prefetch_chunks(row: *const f32, chunks: Range<usize>) {
    chunks.for_each(|chunk| prefetch_line_to_write(row.wrapping_add(chunk * LANES).cast()));
}
