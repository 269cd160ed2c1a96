//! A dense matrix of f32 whose rows are made of aligned chunks of sixteen numbers.
//!
//! A row of `cols` numbers is padded with zeros to whole chunks, so every kernel is a loop over whole chunks without a
//! tail, and every chunk lies in one cache line. All operations keep the padding zero.

mod closed_rows;

pub use closed_rows::ClosedRows;

use crate::chunk::{Chunk, LANES};
use crate::kernels::large_pages;

/// A row-major matrix of f32, its rows padded with zeros to whole chunks.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    rows: usize,
    cols: usize,
    /// Chunks per row.
    width: usize,
    data: Vec<Chunk>,
}

impl Matrix {
    /// A `rows` x `cols` matrix of zeros; a large one is on large pages.
    ///
    /// # Panics
    /// If its bytes are more than an address can count. If the system refuses the memory, the process ends;
    /// [`check_room`](crate::memory::check_room) asks first.
    pub fn zeros(rows: usize, cols: usize) -> Self {
        let width = cols.div_ceil(LANES);
        Self { rows, cols, width, data: large_pages::zeros(chunks_of(rows, width)) }
    }

    /// From `rows` x `cols` numbers, row after row.
    ///
    /// # Panics
    /// If there are not `rows * cols` of them.
    pub fn from_rows(rows: usize, cols: usize, numbers: &[f32]) -> Self {
        assert_eq!(Some(numbers.len()), rows.checked_mul(cols), "a {rows} x {cols} matrix");
        let mut matrix = Self::zeros(rows, cols);
        matrix.copy_from(numbers);
        matrix
    }

    /// Number of rows.
    #[inline]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns, without padding.
    #[inline]
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Chunks in a row.
    #[inline]
    pub fn width(&self) -> usize {
        self.width
    }

    /// All chunks, row after row.
    #[inline]
    pub fn chunks(&self) -> &[Chunk] {
        &self.data
    }

    /// All chunks, mutable. Padding must stay zero.
    #[inline]
    pub fn chunks_mut(&mut self) -> &mut [Chunk] {
        &mut self.data
    }

    /// A copy of row `i`.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, i: usize) -> Vec<f32> {
        let mut row = Vec::with_capacity(self.cols);
        self.push_row(i, &mut row);
        row
    }

    /// Appends row `i` to `out`.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn push_row(&self, i: usize, out: &mut Vec<f32>) {
        for (c, chunk) in self.data[i * self.width..][..self.width].iter().enumerate() {
            out.extend_from_slice(&chunk.0[..LANES.min(self.cols - c * LANES)]);
        }
    }

    /// Overwrites row `i`.
    ///
    /// # Panics
    /// If `numbers` is not one row long, or there is no such row.
    pub fn set_row(&mut self, i: usize, numbers: &[f32]) {
        assert_eq!(numbers.len(), self.cols, "one row");
        let row = &mut self.data[i * self.width..][..self.width];
        for (chunk, part) in row.iter_mut().zip(numbers.chunks(LANES)) {
            chunk.0[..part.len()].copy_from_slice(part);
        }
    }

    /// All numbers without padding, row after row.
    pub fn to_vec(&self) -> Vec<f32> {
        let mut numbers = Vec::with_capacity(self.rows * self.cols);
        for i in 0..self.rows {
            self.push_row(i, &mut numbers);
        }
        numbers
    }

    /// Copies all numbers without padding to `out`, row after row.
    ///
    /// # Panics
    /// If `out` does not hold `rows * cols` numbers.
    pub fn copy_to(&self, out: &mut [f32]) {
        assert_eq!(out.len(), self.rows * self.cols, "a {} x {} matrix", self.rows, self.cols);
        let rows = self.data.chunks_exact(self.width.max(1));
        for (row, out) in rows.zip(out.chunks_exact_mut(self.cols.max(1))) {
            row.iter()
                .zip(out.chunks_mut(LANES))
                .for_each(|(chunk, part)| part.copy_from_slice(&chunk.0[..part.len()]));
        }
    }

    /// Overwrites all numbers, row after row.
    ///
    /// # Panics
    /// If `numbers` are not `rows * cols`.
    pub fn copy_from(&mut self, numbers: &[f32]) {
        assert_eq!(numbers.len(), self.rows * self.cols, "a {} x {} matrix", self.rows, self.cols);
        numbers.chunks_exact(self.cols.max(1)).enumerate().for_each(|(i, row)| self.set_row(i, row));
    }

    /// Resets it to a `rows` x `cols` matrix of zeros, keeping its memory.
    ///
    /// # Panics
    /// As [`zeros`](Self::zeros).
    pub fn reset(&mut self, rows: usize, cols: usize) {
        let width = cols.div_ceil(LANES);
        let chunks = chunks_of(rows, width);
        (self.rows, self.cols, self.width) = (rows, cols, width);
        self.data.clear();
        self.data.resize(chunks, Chunk::ZERO);
    }
}

/// The chunks of `rows` rows. Unchecked, the product would wrap in an optimised build, and the matrix be smaller than it says.
fn chunks_of(rows: usize, width: usize) -> usize {
    let chunks = rows.checked_mul(width).filter(|chunks| chunks.checked_mul(size_of::<Chunk>()).is_some());
    chunks.unwrap_or_else(|| panic!("a matrix of {rows} rows of {width} chunks is larger than any memory"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_survive_padding() {
        for cols in [1, 15, 16, 17, 100] {
            let numbers: Vec<f32> = (0..3 * cols).map(|i| i as f32).collect();
            let matrix = Matrix::from_rows(3, cols, &numbers);
            assert_eq!(matrix.to_vec(), numbers);
            assert_eq!(matrix.row(1), numbers[cols..2 * cols]);
            let mut copied = vec![-1.0; 3 * cols];
            matrix.copy_to(&mut copied);
            assert_eq!(copied, numbers);
            let mut other = Matrix::zeros(3, cols);
            other.copy_from(&numbers);
            assert_eq!(other, matrix);
        }
    }

    /// In an optimised build the product of the sizes would wrap, and rows would lie outside of the numbers.
    #[test]
    fn sizes_that_no_memory_holds_are_refused() {
        let refused = |run: &(dyn Fn() + std::panic::RefUnwindSafe)| std::panic::catch_unwind(run).is_err();
        for (rows, cols) in [(1 << 63, 32), (usize::MAX, 1), (1 << 58, 16), (2, usize::MAX)] {
            assert!(refused(&|| drop(Matrix::zeros(rows, cols))), "{rows} x {cols}");
            assert!(refused(&|| Matrix::zeros(1, 1).reset(rows, cols)), "{rows} x {cols}");
            assert!(refused(&|| drop(Matrix::from_rows(rows, cols, &[]))), "{rows} x {cols}");
        }
        assert!(refused(&|| drop(Matrix::zeros(3, 4).row(3))));
    }

    #[test]
    fn reset_leaves_zeros() {
        let mut matrix = Matrix::from_rows(1, 3, &[1.0, 2.0, 3.0]);
        matrix.reset(2, 20);
        assert_eq!(matrix, Matrix::zeros(2, 20));
    }
}
