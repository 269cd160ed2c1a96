//! The numbers of a matrix without padding, in the matrix's own memory.
//!
//! Other programs expect a matrix of R x C numbers as R C contiguous numbers. The rows are moved together in place, so that a
//! large matrix is handed over without a copy; the memory that becomes free behind them returns to the system.
#![allow(unsafe_code)]

use super::Matrix;
use crate::chunk::{Chunk, LANES};
use crate::kernels::large_pages;
use std::ops::{Deref, DerefMut};

/// The R x C numbers of a [`Matrix`], row after row without padding, in its memory: [`Matrix::close_rows`] makes it.
///
/// It dereferences to the `rows * cols` numbers, the first of which is aligned to 64 bytes. Their address does not change as
/// long as it lives, even if it is moved.
///
/// ```
/// use rapidvec_core::Matrix;
///
/// let mut closed = Matrix::from_rows(2, 3, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).close_rows();
/// assert_eq!(closed[..], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// closed[3] = 7.0;
/// assert_eq!(closed.open_rows().row(1), [7.0, 5.0, 6.0]);
/// ```
#[derive(Debug)]
pub struct ClosedRows {
    rows: usize,
    cols: usize,
    /// The chunks of the matrix; the numbers are in the first of them.
    data: Vec<Chunk>,
}

impl Matrix {
    /// Moves the rows together in place, without padding, so that others can borrow the numbers.
    pub fn close_rows(self) -> ClosedRows {
        ClosedRows::new(self)
    }
}

impl ClosedRows {
    fn new(matrix: Matrix) -> Self {
        let Matrix { rows, cols, width, mut data } = matrix;
        let stride = width * LANES;
        let numbers = numbers_mut(&mut data);
        for row in 1..if stride == cols { 0 } else { rows } {
            numbers.copy_within(row * stride..row * stride + cols, row * cols);
        }
        large_pages::discard(&mut data[(rows * cols).div_ceil(LANES)..]);
        Self { rows, cols, data }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// The matrix again, in the same memory.
    pub fn open_rows(self) -> Matrix {
        let Self { rows, cols, mut data } = self;
        let width = cols.div_ceil(LANES);
        let stride = width * LANES;
        let numbers = numbers_mut(&mut data);
        for row in (0..if stride == cols { 0 } else { rows }).rev() {
            numbers.copy_within(row * cols..(row + 1) * cols, row * stride);
            // The rows before this one are not moved yet and end at `row * cols` at the latest.
            numbers[row * stride + cols..(row + 1) * stride].fill(0.0);
        }
        Matrix { rows, cols, width, data }
    }
}

impl Deref for ClosedRows {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &numbers(&self.data)[..self.rows * self.cols]
    }
}

impl DerefMut for ClosedRows {
    fn deref_mut(&mut self) -> &mut [f32] {
        let length = self.rows * self.cols;
        &mut numbers_mut(&mut self.data)[..length]
    }
}

/// A chunk consists of its numbers only.
const _: () = assert!(size_of::<Chunk>() == LANES * size_of::<f32>());

fn numbers(chunks: &[Chunk]) -> &[f32] {
    // SAFETY: a chunk is `LANES` numbers without padding, by `repr(C)` and the size asserted above; the borrow is passed on.
    unsafe { std::slice::from_raw_parts(chunks.as_ptr().cast(), chunks.len() * LANES) }
}

fn numbers_mut(chunks: &mut [Chunk]) -> &mut [f32] {
    // SAFETY: as above; any f32 may be in a chunk.
    unsafe { std::slice::from_raw_parts_mut(chunks.as_mut_ptr().cast(), chunks.len() * LANES) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: usize, cols: usize) -> Matrix {
        Matrix::from_rows(rows, cols, &(0..rows * cols).map(|i| i as f32 + 0.5).collect::<Vec<_>>())
    }

    #[test]
    fn rows_are_closed_and_opened_in_the_same_memory() {
        for (rows, cols) in [(0, 5), (1, 1), (3, 15), (4, 16), (5, 17), (7, 100), (100_000, 100), (9, 0)] {
            let open = matrix(rows, cols);
            let (expected, place) = (open.clone(), open.chunks().as_ptr().cast::<f32>());
            let closed = open.close_rows();
            assert_eq!((closed.rows(), closed.cols(), closed.as_ptr()), (rows, cols, place));
            assert!(closed[..] == expected.to_vec()[..] && place.cast::<Chunk>().is_aligned(), "{rows} x {cols}");
            let open = closed.open_rows();
            assert!(open == expected && open.chunks().as_ptr().cast() == place, "{rows} x {cols}");
        }
    }

    #[test]
    fn what_others_write_is_in_the_matrix_and_padding_is_zero_again() {
        let mut closed = matrix(30, 33).close_rows();
        closed.iter_mut().for_each(|x| *x = -*x);
        let open = closed.open_rows();
        let expected: Vec<f32> = matrix(30, 33).to_vec().iter().map(|x| -x).collect();
        assert_eq!(open.to_vec(), expected);
        assert!(open.chunks().chunks(3).all(|row| row[2].0[1..] == [0.0; 15]));
    }

    #[test]
    fn other_threads_may_have_it() {
        fn travels<T: Send + Sync + 'static>(_: &T) {}
        travels(&matrix(1, 1).close_rows());
    }
}
