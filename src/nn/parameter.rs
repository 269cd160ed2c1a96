//! A matrix that is learned: for each row its weights, their gradient, and what the optimizer keeps beside them.
//!
//! A training step reads and writes all of that for a few rows out of many. So it lies together, row by row, on
//! [large pages](crate::math::kernels::large_pages) where the system has them: one place in memory for a word, not four.
#![forbid(unsafe_code)]

use crate::math::kernels::large_pages;
use crate::math::kernels::plain::Shape;
use crate::math::{Chunk, LANES, Matrix};
use crate::nn::Optimizer;
use crate::nn::optimizers::settle;
use crate::words::WordId;

/// Rows that [`Parameter::settled`] works on at a time.
const SETTLED_AT_ONCE: usize = 1024;

/// What a row of a [`Parameter`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The weights.
    Weight = 0,
    /// Their gradient, as `backward` left it. Zero again once an optimizer has used it; Adam uses it when the row is next
    /// read.
    Gradient = 1,
    /// Adam's first moment.
    FirstMoment = 2,
    /// Adam's second moment.
    SecondMoment = 3,
}

/// A V x D matrix of weights with gradients, and with moments if an optimizer wants them.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    rows: usize,
    cols: usize,
    /// Chunks in a field of a row.
    width: usize,
    fields: usize,
    data: Vec<Chunk>,
}

impl Parameter {
    /// Zeros, with room for moments if `moments` says so.
    pub fn zeros(rows: usize, cols: usize, moments: bool) -> Self {
        let (width, fields) = (cols.div_ceil(LANES), if moments { 4 } else { 2 });
        Self { rows, cols, width, fields, data: large_pages::zeros(rows * width * fields) }
    }

    /// These weights, everything else zero.
    pub fn of(weights: &Matrix, moments: bool) -> Self {
        let mut parameter = Self::zeros(weights.rows(), weights.cols(), moments);
        parameter.set(Field::Weight, weights);
        parameter
    }

    /// V.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// D, without padding.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// How rows and fields lie in [`chunks`](Self::chunks).
    pub fn shape(&self) -> Shape {
        Shape { n: self.width, stride: self.stride() }
    }

    fn stride(&self) -> usize {
        self.width * self.fields
    }

    /// Whether there is room for moments.
    pub fn has_moments(&self) -> bool {
        self.fields == 4
    }

    /// Everything, row after row, in each row field after field.
    pub fn chunks(&self) -> &[Chunk] {
        &self.data
    }

    /// Everything, to write. Padding must stay zero.
    pub fn chunks_mut(&mut self) -> &mut [Chunk] {
        &mut self.data
    }

    /// One field of all rows, copied out; `None` for moments that are not kept.
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
    /// If the shapes differ, or for moments that are not kept.
    pub fn set(&mut self, field: Field, matrix: &Matrix) {
        assert_eq!((matrix.rows(), matrix.cols()), (self.rows, self.cols), "V x D");
        let from = self.offset(field).expect("moments are set where they are kept");
        let (width, stride) = (self.width, self.stride());
        let rows = self.data.chunks_exact_mut(stride.max(1));
        for (row, new) in rows.zip(matrix.chunks().chunks_exact(width.max(1))) {
            row[from..][..width].copy_from_slice(new);
        }
    }

    /// The weights of row `i`.
    pub fn row(&self, i: usize) -> Vec<f32> {
        let chunks = &self.data[i * self.stride()..][..self.width];
        chunks.iter().flat_map(|chunk| chunk.0).take(self.cols).collect()
    }

    /// The weights with every step taken that `optimizer` still has pending. Changes nothing.
    ///
    /// # Panics
    /// If `optimizer` is of another matrix.
    pub fn settled(&self, optimizer: &Optimizer) -> Matrix {
        let mut whole = Matrix::zeros(self.rows, self.cols);
        let Optimizer::Adam(adam) = optimizer else {
            return self.get(Field::Weight).unwrap_or(whole);
        };
        // A few rows at a time: a copy of all fields would take as much memory again.
        let settlements = adam.settlements_of_all_rows();
        let mut some = Self::zeros(SETTLED_AT_ONCE, self.cols, true);
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
}
