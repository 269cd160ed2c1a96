//! Embedding: takes rows of a matrix by their number, instead of multiplying it by one-hot vectors.
//!
//! `out[b] = factor Σ_c w[ids[b][c]]`, and backward `dw[ids[b][c]] += factor dout[b]`: a row that was taken twice gets
//! both gradients (assigning instead of adding is the mistake the chapter warns of). With one id for each example and
//! factor 1 it is the [chapter's layer](crate::chapter::Embedding); the mean of CBOW's 2w layers is one layer here,
//! with 2w ids for each example. The book, section 4.1.

use crate::{Field, Parameter};
use rapidvec_core::kernels::kernels;
use rapidvec_core::{Matrix, WordId};

/// Takes rows of a V x D matrix.
#[derive(Debug, Clone)]
pub struct Embedding {
    per_example: usize,
    factor: f32,
    ids: Vec<WordId>,
}

impl Embedding {
    /// The chapter's layer: one row for each example, unscaled.
    pub fn new() -> Self {
        Self::sum_of(1, 1.0)
    }

    /// The mean of `per_example` rows for each example.
    pub fn mean_of(per_example: usize) -> Self {
        Self::sum_of(per_example, 1.0 / per_example as f32)
    }

    fn sum_of(per_example: usize, factor: f32) -> Self {
        Self { per_example, factor, ids: Vec::new() }
    }

    /// Makes `out` the B x D matrix of the rows taken; `ids` lists the ids of example 0, then of example 1, and so on.
    ///
    /// # Panics
    /// If an id is not a row of `w`.
    pub fn forward(&mut self, w: &Parameter, ids: &[WordId], out: &mut Matrix) {
        self.ids.clear();
        self.ids.extend_from_slice(ids);
        out.reset(ids.len() / self.per_example, w.cols());
        kernels().sum_rows(w.chunks(), w.shape(), ids, self.per_example, self.factor, out.chunks_mut());
    }

    /// Adds `dout` (B x D) to the gradient of every row taken.
    ///
    /// # Panics
    /// If the shapes are not those of `forward`, or `w` keeps no gradients.
    pub fn backward(&self, dout: &Matrix, w: &mut Parameter) {
        self.add(dout, w, Field::Gradient, self.factor);
    }

    /// `w -= learning_rate dw` in one pass, without storing `dw`.
    ///
    /// # Panics
    /// If the shapes are not those of `forward`.
    pub fn fused_step(&self, dout: &Matrix, w: &mut Parameter, learning_rate: f32) {
        self.add(dout, w, Field::Weight, -learning_rate * self.factor);
    }

    /// `field[ids[b][c]] += factor dout[b]`.
    fn add(&self, dout: &Matrix, w: &mut Parameter, field: Field, factor: f32) {
        assert_eq!((dout.rows() * self.per_example, dout.cols()), (self.ids.len(), w.cols()), "dout is B x D");
        let (table, to) = w.destination(field, self.ids.len());
        kernels().scatter_rows(table, to, &self.ids, self.per_example, factor, dout.chunks());
    }
}

impl Default for Embedding {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{assert_close, central_difference, random_matrix, weighted_sum};

    fn forward(layer: &mut Embedding, w: &Matrix, ids: &[WordId]) -> Matrix {
        let mut out = Matrix::zeros(0, 0);
        layer.forward(&Parameter::of(w, false), ids, &mut out);
        out
    }

    #[test]
    fn takes_rows() {
        let w = Matrix::from_rows(7, 3, &(0..21).map(|i| i as f32).collect::<Vec<_>>());
        // The chapter's own example.
        let out = forward(&mut Embedding::new(), &w, &[1, 0, 3, 0]);
        assert_eq!(out.to_vec(), [3., 4., 5., 0., 1., 2., 9., 10., 11., 0., 1., 2.]);
        let out = forward(&mut Embedding::mean_of(2), &w, &[1, 0, 3, 0]);
        assert_eq!(out.to_vec(), [1.5, 2.5, 3.5, 4.5, 5.5, 6.5]);
    }

    #[test]
    fn repeated_ids_accumulate_in_the_gradient() {
        let (mut layer, mut w) = (Embedding::new(), Parameter::zeros(3, 2, false));
        forward(&mut layer, &Matrix::zeros(3, 2), &[2, 0, 2]);
        layer.backward(&Matrix::from_rows(3, 2, &[1., 2., 10., 20., 100., 200.]), &mut w);
        assert_eq!(w.get(Field::Gradient).unwrap().to_vec(), [10., 20., 0., 0., 101., 202.]);
    }

    #[test]
    fn backward_matches_central_differences() {
        for (mut layer, batch) in [(Embedding::new(), 6), (Embedding::mean_of(3), 2)] {
            let (w, dout, ids) = (random_matrix(5, 83, 1), random_matrix(batch, 83, 2), [1, 4, 1, 0, 0, 4]);
            forward(&mut layer, &w, &ids);
            let mut parameter = Parameter::of(&w, false);
            layer.backward(&dout, &mut parameter);
            let dw = parameter.get(Field::Gradient).unwrap();
            let expected = central_difference(&w, |w| weighted_sum(&forward(&mut layer.clone(), w, &ids), &dout));
            assert_close(&expected, &dw, 1e-2);
            assert!(dw.row(2).iter().all(|&x| x == 0.0), "a row that was not taken has no gradient");
        }
    }
}
