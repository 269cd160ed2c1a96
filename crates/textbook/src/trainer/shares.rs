//! Which columns of the matrices each thread has.

use rapidvec_core::{LANES, Matrix, PANEL_CHUNKS, threads_of};
use std::ops::Range;

/// Whole panels, spread evenly over `threads` threads (0: all cores), or fewer where there are not so many panels. The
/// last share is the smallest.
pub(super) fn shares(vector_size: usize, threads: usize) -> Vec<Range<usize>> {
    const PANEL: usize = PANEL_CHUNKS * LANES;
    let panels = vector_size.div_ceil(PANEL);
    let threads = threads_of(threads).min(panels);
    let end = |t: usize| ((panels * (t + 1)).div_ceil(threads) * PANEL).min(vector_size);
    (0..threads).map(|t| if t == 0 { 0..end(0) } else { end(t - 1)..end(t) }).collect()
}

/// Columns `columns` of a `rows` x `cols` matrix.
pub(super) fn take_columns(numbers: &[f32], rows: usize, cols: usize, columns: &Range<usize>) -> Matrix {
    let mut part = Matrix::zeros(rows, columns.len());
    for (i, row) in numbers.chunks_exact(cols).enumerate() {
        part.set_row(i, &row[columns.clone()]);
    }
    part
}

/// Writes `part` into columns `from..` of `whole`; `from` is a multiple of a panel.
pub(super) fn copy_columns(part: &Matrix, whole: &mut Matrix, from: usize) {
    let (n, width) = (part.width(), whole.width());
    for (whole, part) in whole.chunks_mut().chunks_exact_mut(width).zip(part.chunks().chunks_exact(n)) {
        whole[from / LANES..][..n].copy_from_slice(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_cover_all_columns_once() {
        for vector_size in [1, 16, 31, 32, 33, 64, 100, 300, 1000] {
            for threads in 1..=12 {
                let shares = shares(vector_size, threads);
                assert_eq!((shares[0].start, shares[shares.len() - 1].end), (0, vector_size));
                assert!(shares.windows(2).all(|pair| pair[0].end == pair[1].start));
                assert!(shares.iter().all(|share| !share.is_empty()), "{vector_size} {threads}: {shares:?}");
                assert!(shares.len() <= threads);
            }
        }
    }

    #[test]
    fn columns_come_apart_and_together() {
        let numbers: Vec<f32> = (0..300).map(|i| i as f32).collect();
        let mut whole = Matrix::zeros(3, 100);
        for share in shares(100, 3) {
            copy_columns(&take_columns(&numbers, 3, 100, &share), &mut whole, share.start);
        }
        assert_eq!(whole.to_vec(), numbers);
    }
}
