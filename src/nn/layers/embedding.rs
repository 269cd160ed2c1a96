//! Embedding: rows of a matrix by their number, instead of a product with one-hot vectors.
//!
//! `out[b] = w[ids[b]]`, and backward `dw[ids[b]] += dout[b]`: a row that was taken twice gets both gradients (assigning
//! instead of adding is the mistake the chapter warns of). The book, section 4.1.
#![forbid(unsafe_code)]

use crate::math::Matrix;
use crate::math::kernels::kernels;
use crate::nn::Rows;

/// Takes rows of a V x D matrix.
#[derive(Debug, Clone, Default)]
pub struct Embedding {
    slots: Vec<u32>,
}

impl Embedding {
    /// Adds `w[ids[b]]` to row `b` of `out` (B x D). With `out` zero this is the chapter's forward; CBOW adds up several.
    ///
    /// # Panics
    /// If a shape or an id is out of range.
    pub fn forward(&mut self, w: &Matrix, rows: Rows, out: &mut Matrix) {
        assert_eq!((out.rows(), out.cols()), (rows.ids.len(), w.cols()), "out is B x D");
        self.slots.clear();
        self.slots.extend_from_slice(rows.slots);
        kernels().add_rows(w.chunks(), w.width(), rows.ids, out.chunks_mut());
    }

    /// Adds row `b` of `dout` (B x D) to the gradient row of the word it was taken from.
    ///
    /// # Panics
    /// If `dw` has not a row for each slot.
    pub fn backward(&self, dout: &Matrix, dw: &mut Matrix) {
        kernels().scatter_add(dw.chunks_mut(), dout.width(), &self.slots, dout.chunks());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::check::{assert_close, central_difference, random_matrix, row_index, weighted_sum};

    #[test]
    fn takes_rows() {
        let w = Matrix::from_rows(7, 3, &(0..21).map(|i| i as f32).collect::<Vec<_>>());
        let index = row_index(7, &[1, 0, 3, 0]);
        let mut out = Matrix::zeros(4, 3);
        Embedding::default().forward(&w, index.column(0), &mut out);
        // The chapter's own example.
        assert_eq!(out.to_vec(), [3., 4., 5., 0., 1., 2., 9., 10., 11., 0., 1., 2.]);
    }

    #[test]
    fn repeated_ids_accumulate_in_the_gradient() {
        let index = row_index(3, &[2, 0, 2]);
        let (w, mut out, mut dw) = (Matrix::zeros(3, 2), Matrix::zeros(3, 2), Matrix::zeros(2, 2));
        let mut layer = Embedding::default();
        layer.forward(&w, index.column(0), &mut out);
        layer.backward(&Matrix::from_rows(3, 2, &[1., 2., 10., 20., 100., 200.]), &mut dw);
        assert_eq!(index.unique(), [2, 0]);
        assert_eq!(dw.to_vec(), [101., 202., 10., 20.]);
    }

    #[test]
    fn backward_matches_central_differences() {
        let (w, dout) = (random_matrix(5, 19, 1), random_matrix(4, 19, 2));
        let index = row_index(5, &[1, 4, 1, 0]);
        let mut layer = Embedding::default();
        let forward = |layer: &mut Embedding, w: &Matrix| {
            let mut out = Matrix::zeros(4, 19);
            layer.forward(w, index.column(0), &mut out);
            out
        };
        forward(&mut layer, &w);
        let mut dw = Matrix::zeros(3, 19);
        layer.backward(&dout, &mut dw);
        let expected = central_difference(&w, |w| weighted_sum(&forward(&mut Embedding::default(), w), &dout));
        assert_close(&index_rows(&expected, index.unique()), &dw, 1e-2);
        assert!(expected.row(2).iter().all(|&x| x == 0.0), "a row that was not taken has no gradient");
    }

    fn index_rows(matrix: &Matrix, ids: &[u32]) -> Matrix {
        let rows: Vec<f32> = ids.iter().flat_map(|&id| matrix.row(id as usize)).collect();
        Matrix::from_rows(ids.len(), matrix.cols(), &rows)
    }
}
