//! EmbeddingDot: the score of a word, its row of `w_out` times the hidden vector.
//!
//! `score[b][k] = h[b] · w_out[ids[b][k]]`; backward `dh[b] += dscore[b][k] w_out[ids[b][k]]` and
//! `dw_out[ids[b][k]] += dscore[b][k] h[b]`. The [chapter](crate::chapter::EmbeddingDot) has one such layer for the true word
//! and one for each negative; here one layer scores all the words of an example while its hidden vector is in registers. The
//! book, section 4.2: an Embedding and a product instead of the whole of `h W_out`.
//!
//! A score is the sum of its panels' parts (32 columns each), added in order: threads that own different columns of a model
//! get the same bits as one thread that owns all of them.

use crate::{Field, Parameter};
use rapidvec_core::kernels::kernels;
use rapidvec_core::{Matrix, WordId, panels};

/// Scores some words for each example.
#[derive(Debug, Clone)]
pub struct EmbeddingDot {
    per_example: usize,
    ids: Vec<WordId>,
    panels: Vec<f32>,
}

impl EmbeddingDot {
    /// A layer that scores `per_example` words for each example.
    pub fn new(per_example: usize) -> Self {
        Self { per_example, ids: Vec::new(), panels: Vec::new() }
    }

    /// The scores: first of the first word of each example, then of the second word of each, and so on. `h` is B x D, `ids`
    /// lists the words of example 0, then of example 1, and so on.
    ///
    /// # Panics
    /// If a shape or an id is out of range.
    pub fn forward(&mut self, w_out: &Parameter, h: &Matrix, ids: &[WordId], scores: &mut [f32]) {
        self.forward_panels(w_out, h, ids);
        scores.fill(0.0);
        self.add_scores(scores);
    }

    /// The part of the scores that each panel of columns contributes, kept for [`add_scores`](Self::add_scores): `w_out` and
    /// `h` may be some of a model's columns.
    ///
    /// # Panics
    /// As [`forward`](Self::forward).
    pub(crate) fn forward_panels(&mut self, w_out: &Parameter, h: &Matrix, ids: &[WordId]) {
        assert_eq!((h.rows() * self.per_example, h.cols()), (ids.len(), w_out.cols()), "h is B x D");
        self.ids.clear();
        self.ids.extend_from_slice(ids);
        self.panels.resize(panels(h.width()) * ids.len(), 0.0);
        let (w, shape) = (w_out.chunks(), w_out.shape());
        kernels().dot_rows(w, shape, ids, self.per_example, h.chunks(), &mut self.panels, ids.len());
    }

    /// Adds each panel's part to `scores`, in the order of the columns.
    ///
    /// # Panics
    /// If `scores` does not have a score for each word.
    pub(crate) fn add_scores(&self, scores: &mut [f32]) {
        assert_eq!(scores.len(), self.ids.len(), "a score for each word");
        kernels().add_panels(&self.panels, scores);
    }

    /// Adds to `dh` (B x D) and to the gradients of the words scored. `dscores` is in the order of `scores`; `h` and the weights
    /// are those of `forward`.
    ///
    /// # Panics
    /// If a shape is out of range, or `w_out` keeps no gradients.
    pub fn backward(&self, w_out: &mut Parameter, h: &Matrix, dscores: &[f32], dh: &mut Matrix) {
        self.backward_to_h(w_out, dscores, dh);
        self.backward_to_w(w_out, h, dscores);
    }

    /// Adds to `dh` (B x D) alone; the weights are those of `forward`.
    ///
    /// # Panics
    /// If a shape is out of range.
    pub fn backward_to_h(&self, w_out: &Parameter, dscores: &[f32], dh: &mut Matrix) {
        assert_eq!((dh.rows() * self.per_example, dh.cols()), (dscores.len(), w_out.cols()), "dh is B x D");
        assert_eq!(dscores.len(), self.ids.len(), "a gradient for each score");
        let (w, shape, dh) = (w_out.chunks(), w_out.shape(), dh.chunks_mut());
        kernels().dot_rows_backward(w, shape, &self.ids, self.per_example, dscores, dh);
    }

    /// Adds only to the gradients of the words scored; `h` is that of `forward`.
    ///
    /// # Panics
    /// If a shape is out of range, or `w_out` keeps no gradients.
    pub fn backward_to_w(&self, w_out: &mut Parameter, h: &Matrix, dscores: &[f32]) {
        self.add_products(w_out, Field::Gradient, 1.0, h, dscores);
    }

    /// `w_out -= learning_rate dw_out` in one pass, without storing `dw_out`. Call
    /// [`backward_to_h`](Self::backward_to_h) first: it needs the weights from before the step.
    ///
    /// # Panics
    /// If a shape is out of range.
    pub fn fused_step(&self, w_out: &mut Parameter, h: &Matrix, dscores: &[f32], learning_rate: f32) {
        self.add_products(w_out, Field::Weight, -learning_rate, h, dscores);
    }

    /// `field[ids[b][k]] += factor dscore[b][k] h[b]`.
    fn add_products(&self, w_out: &mut Parameter, field: Field, factor: f32, h: &Matrix, dscores: &[f32]) {
        assert_eq!((h.rows() * self.per_example, h.cols()), (self.ids.len(), w_out.cols()), "h is B x D");
        assert_eq!(dscores.len(), self.ids.len(), "a gradient for each score");
        let (table, to) = w_out.destination(field, self.ids.len());
        kernels().scatter_products(table, to, &self.ids, self.per_example, factor, dscores, h.chunks());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{assert_close, central_difference, random_matrix};

    const IDS: [u32; 4] = [1, 3, 1, 0];
    const DSCORES: [f32; 4] = [0.5, -1.0, 2.0, 0.25];

    fn scores(layer: &mut EmbeddingDot, w_out: &Matrix, h: &Matrix) -> Vec<f32> {
        let mut scores = vec![0.0; IDS.len()];
        layer.forward(&Parameter::of(w_out, false), h, &IDS, &mut scores);
        scores
    }

    #[test]
    fn scores_are_products_in_columns() {
        let (w_out, h) = (Matrix::from_rows(4, 1, &[1., 2., 3., 4.]), Matrix::from_rows(2, 1, &[10., 100.]));
        assert_eq!(scores(&mut EmbeddingDot::new(2), &w_out, &h), [20., 200., 40., 100.]);
    }

    #[test]
    fn backward_matches_central_differences() {
        for (per_example, dim) in [(1, 37), (2, 83), (4, 5)] {
            let (w_out, h) = (random_matrix(4, dim, 1), random_matrix(4 / per_example, dim, 2));
            let loss = |w_out: &Matrix, h: &Matrix| -> f64 {
                let scores = scores(&mut EmbeddingDot::new(per_example), w_out, h);
                scores.iter().zip(DSCORES).map(|(&s, d)| f64::from(s) * f64::from(d)).sum()
            };
            let mut layer = EmbeddingDot::new(per_example);
            scores(&mut layer, &w_out, &h);
            let (mut dh, mut parameter) = (Matrix::zeros(h.rows(), dim), Parameter::of(&w_out, false));
            layer.backward(&mut parameter, &h, &DSCORES, &mut dh);
            let dw = parameter.get(Field::Gradient).unwrap();
            assert_close(&central_difference(&h, |h| loss(&w_out, h)), &dh, 1e-2);
            assert_close(&central_difference(&w_out, |w| loss(w, &h)), &dw, 1e-2);
        }
    }
}
