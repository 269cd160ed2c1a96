//! A matrix in training: for each row its weights and, if they are kept, their gradient and the optimizer's moments.
//!
//! A training step reads and writes all of that for a few rows out of many. So it is stored together, row by row,
//! on [large pages](rapidvec_core::kernels::large_pages) if the system has them: one place in memory for a word, not four.
//! Only what the optimizer needs is kept: unless gradients are clipped, SGD's step is fused with the backward pass, and a
//! row is its weights alone, half the memory to read.

use crate::Optimizer;
use rapidvec_core::kernels::plain::{Destination, Settlement, Shape};
use rapidvec_core::kernels::{kernels, large_pages, prefetch_pages, prefetch_rows};
use rapidvec_core::{Chunk, LANES, Matrix, WordId};

/// Rows that [`Parameter::settled`] processes at a time.
const SETTLED_AT_ONCE: usize = 1024;

/// A field of a [`Parameter`]'s rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The weights.
    Weight = 0,
    /// Their gradient, from `backward` until an optimizer has used it; Adam uses it when the row is read next. Otherwise zero.
    /// Not kept if the step is fused with the backward pass.
    Gradient = 1,
    /// Adam's first moment.
    FirstMoment = 2,
    /// Adam's second moment.
    SecondMoment = 3,
}

/// A V x D matrix of weights, with gradients and moments if the optimizer needs them.
#[derive(Debug, Clone)]
pub struct Parameter {
    rows: usize,
    cols: usize,
    /// Chunks in a field of a row.
    width: usize,
    fields: usize,
    data: Vec<Chunk>,
    /// Rows of the next step, if they are known, and how many of them have been prefetched.
    next: Vec<WordId>,
    prefetched: usize,
}

impl Parameter {
    /// Zeros, with gradients, and with moments if `moments` is set.
    pub fn zeros(rows: usize, cols: usize, moments: bool) -> Self {
        Self::with_fields(rows, cols, if moments { 4 } else { 2 })
    }

    /// These weights, everything else zero.
    pub fn of(weights: &Matrix, moments: bool) -> Self {
        Self::filled(weights, if moments { 4 } else { 2 })
    }

    /// These weights and nothing else: for a matrix that is only read, or that is updated by fused steps.
    pub fn of_weights(weights: &Matrix) -> Self {
        Self::filled(weights, 1)
    }

    fn filled(weights: &Matrix, fields: usize) -> Self {
        let mut parameter = Self::with_fields(weights.rows(), weights.cols(), fields);
        parameter.set(Field::Weight, weights);
        parameter
    }

    fn with_fields(rows: usize, cols: usize, fields: usize) -> Self {
        let width = cols.div_ceil(LANES);
        Self {
            rows,
            cols,
            width,
            fields,
            data: large_pages::zeros(rows * width * fields),
            next: Vec::new(),
            prefetched: 0,
        }
    }

    /// V.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// D, without padding.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// The layout of rows and fields in [`chunks`](Self::chunks).
    pub fn shape(&self) -> Shape {
        Shape { n: self.width, stride: self.stride() }
    }

    fn stride(&self) -> usize {
        self.width * self.fields
    }

    /// How many fields are kept: the first ones of [`Field`].
    pub fn fields(&self) -> usize {
        self.fields
    }

    /// Whether moments are kept.
    pub fn has_moments(&self) -> bool {
        self.fields == 4
    }

    /// Everything, row after row, in each row field after field.
    pub fn chunks(&self) -> &[Chunk] {
        &self.data
    }

    /// Everything, mutable. Padding must stay zero.
    pub fn chunks_mut(&mut self) -> &mut [Chunk] {
        &mut self.data
    }

    /// Everything, and how a kernel adds to one field of it. The kernel visits `count` rows and prefetches as many of those that
    /// [`prefetch_next`](Self::prefetch_next) named.
    ///
    /// # Panics
    /// If that field is not kept.
    pub(super) fn destination(&mut self, field: Field, count: usize) -> (&mut [Chunk], Destination<'_>) {
        let (shape, at) = (self.shape(), self.offset(field).expect("kernels add to fields that are kept"));
        let start = self.prefetched;
        self.prefetched = self.next.len().min(start + count);
        (&mut self.data, Destination { shape, at, next: &self.next[start..self.prefetched] })
    }

    /// Names the rows that the next step reads. Kernels prefetch them while they add to others, so that they are in the cache when
    /// that step begins. This does not change any number.
    ///
    /// # Panics
    /// If one is not a row of the matrix.
    pub(super) fn prefetch_next(&mut self, rows: &[WordId]) {
        self.next.clear();
        self.next.extend_from_slice(rows);
        self.prefetched = 0;
        prefetch_pages(&self.data, self.shape(), rows);
    }

    /// Prefetches rows that are about to be read, unless [`prefetch_next`](Self::prefetch_next) named them.
    pub(super) fn fetch(&mut self, rows: &[WordId]) {
        if self.next != rows {
            prefetch_rows(&self.data, self.shape(), rows);
        }
        self.next.clear();
        self.prefetched = 0;
    }

    /// One field of all rows, copied out; `None` for a field that is not kept.
    pub fn get(&self, field: Field) -> Option<Matrix> {
        let from = self.offset(field)?;
        let mut matrix = Matrix::zeros(self.rows, self.cols);
        let rows = matrix.chunks_mut().chunks_exact_mut(self.width.max(1));
        for (to, row) in rows.zip(self.data.chunks_exact(self.stride().max(1))) {
            to.copy_from_slice(&row[from..][..self.width]);
        }
        Some(matrix)
    }

    /// Overwrites one field of all rows.
    ///
    /// # Panics
    /// If the shapes differ, or for a field that is not kept.
    pub fn set(&mut self, field: Field, matrix: &Matrix) {
        assert_eq!((matrix.rows(), matrix.cols()), (self.rows, self.cols), "V x D");
        let from = self.offset(field).expect("only fields that are kept are set");
        let (width, stride) = (self.width, self.stride());
        let rows = self.data.chunks_exact_mut(stride.max(1));
        for (row, new) in rows.zip(matrix.chunks().chunks_exact(width.max(1))) {
            row[from..][..width].copy_from_slice(new);
        }
    }

    /// Overwrites the weights of row `i`. Its gradient and moments, if there are any, become zero.
    pub fn set_row(&mut self, i: usize, numbers: &[f32]) {
        let row = &mut self.data[i * self.width * self.fields..][..self.width * self.fields];
        row.fill(Chunk::ZERO);
        for (chunk, part) in row.iter_mut().zip(numbers.chunks(LANES)) {
            chunk.0[..part.len()].copy_from_slice(part);
        }
    }

    /// The weights of row `i`.
    pub fn row(&self, i: usize) -> Vec<f32> {
        let chunks = &self.data[i * self.stride()..][..self.width];
        chunks.iter().flat_map(|chunk| chunk.0).take(self.cols).collect()
    }

    /// The weights after all steps that are pending in `optimizer`. `self` is not changed.
    ///
    /// # Panics
    /// If `optimizer` belongs to another matrix.
    pub fn settled(&self, optimizer: &Optimizer) -> Matrix {
        let mut whole = Matrix::zeros(self.rows, self.cols);
        let Optimizer::Adam(adam) = optimizer else {
            return self.get(Field::Weight).unwrap_or(whole);
        };
        // A few rows at a time: a copy of all fields would take as much memory again.
        let settlements = adam.settlements_of_all_rows();
        let mut some = Self::with_fields(SETTLED_AT_ONCE, self.cols, self.fields);
        let ids: Vec<WordId> = (0..SETTLED_AT_ONCE as WordId).collect();
        let rows = self.data.chunks(SETTLED_AT_ONCE * self.stride());
        let whole_rows = whole.chunks_mut().chunks_mut(SETTLED_AT_ONCE * self.width);
        for ((rows, whole), settlements) in rows.zip(whole_rows).zip(settlements.chunks(SETTLED_AT_ONCE)) {
            some.data[..rows.len()].copy_from_slice(rows);
            settle(&mut some, &ids[..settlements.len()], settlements);
            for (to, row) in whole.chunks_exact_mut(self.width).zip(some.data.chunks_exact(some.stride())) {
                to.copy_from_slice(&row[..self.width]);
            }
        }
        whole
    }

    fn offset(&self, field: Field) -> Option<usize> {
        let field = field as usize;
        (field < self.fields).then_some(field * self.width)
    }
}

/// Takes the pending steps of rows `ids`; afterwards their gradients are zero.
///
/// # Panics
/// If the matrix has no moments, or not every row has a settlement.
pub fn settle(w: &mut Parameter, ids: &[WordId], settlements: &[Settlement]) {
    assert!(w.has_moments() && ids.len() == settlements.len(), "Adam keeps moments, and a settlement for each row");
    let shape = w.shape();
    kernels().adam_settle(w.chunks_mut(), shape, ids, settlements);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_do_not_touch_each_other() {
        let fields = [Field::Weight, Field::Gradient, Field::FirstMoment, Field::SecondMoment];
        let matrix = |i: usize| Matrix::from_rows(3, 19, &(0..57).map(|x| (100 * i + x) as f32).collect::<Vec<_>>());
        let mut parameter = Parameter::zeros(3, 19, true);
        for (i, field) in fields.into_iter().enumerate() {
            parameter.set(field, &matrix(i));
        }
        for (i, field) in fields.into_iter().enumerate() {
            assert_eq!(parameter.get(field), Some(matrix(i)));
        }
        assert_eq!(parameter.row(1), matrix(0).row(1));
        assert_eq!(Parameter::zeros(3, 19, false).get(Field::FirstMoment), None);
    }

    #[test]
    fn weights_can_be_kept_alone() {
        let weights = Matrix::from_rows(3, 19, &(0..57).map(|x| x as f32).collect::<Vec<_>>());
        let parameter = Parameter::of_weights(&weights);
        assert_eq!(parameter.chunks().len(), weights.chunks().len());
        assert_eq!(parameter.get(Field::Weight), Some(weights));
        assert_eq!(parameter.get(Field::Gradient), None);
    }
}
