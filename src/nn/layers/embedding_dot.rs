//! EmbeddingDot: the score of one word for each example, its row times the hidden vector.
//!
//! `score[b] = h[b] · w_out[ids[b]]`; backward `dh[b] += dscore[b] w_out[ids[b]]` and `dw_out[ids[b]] += dscore[b] h[b]`.
//! The book, section 4.2: an Embedding and a product instead of the whole of `h W_out`.
#![forbid(unsafe_code)]

use crate::math::Matrix;
use crate::math::kernels::kernels;
use crate::nn::Rows;
use crate::words::WordId;

/// Scores one word for each example.
#[derive(Debug, Clone, Default)]
pub struct EmbeddingDot {
    ids: Vec<WordId>,
    slots: Vec<u32>,
}

impl EmbeddingDot {
    /// Writes `h[b] · w_out[ids[b]]` over the columns of panel `p` to `partial[p * stride + b]`: add up the panels (see
    /// [`Columns`](crate::nn::Columns)) to have the scores. `h` is B x D.
    ///
    /// # Panics
    /// If a shape or an id is out of range.
    pub fn forward(&mut self, w_out: &Matrix, h: &Matrix, rows: Rows, partial: &mut [f32], stride: usize) {
        assert_eq!((h.rows(), h.cols()), (rows.ids.len(), w_out.cols()), "h is B x D");
        self.ids.clear();
        self.ids.extend_from_slice(rows.ids);
        self.slots.clear();
        self.slots.extend_from_slice(rows.slots);
        kernels().dot_rows(w_out.chunks(), w_out.width(), rows.ids, h.chunks(), partial, stride);
    }

    /// Adds to `dh` (B x D) and to the gradient rows of the words scored; `dscores` has B numbers, `w_out` and `h` are what
    /// `forward` saw.
    ///
    /// # Panics
    /// If a shape is out of range.
    pub fn backward(&self, w_out: &Matrix, h: &Matrix, dscores: &[f32], dh: &mut Matrix, dw_out: &mut Matrix) {
        assert_eq!((dh.rows(), dscores.len()), (h.rows(), h.rows()), "dh is B x D, dscores has B numbers");
        let (w, n) = (w_out.chunks(), w_out.width());
        let (dh, dw) = (dh.chunks_mut(), dw_out.chunks_mut());
        kernels().dot_rows_backward(w, n, &self.ids, &self.slots, h.chunks(), dscores, dh, dw);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::panels;
    use crate::nn::check::{assert_close, central_difference, random_matrix, row_index};
    use crate::nn::{AllColumns, Columns};

    const DIM: usize = 37;
    const IDS: [u32; 4] = [1, 3, 1, 0];

    fn scores(layer: &mut EmbeddingDot, w_out: &Matrix, h: &Matrix) -> Vec<f32> {
        let index = row_index(4, &IDS);
        let mut partial = vec![0.0; panels(h.width()) * IDS.len()];
        layer.forward(w_out, h, index.column(0), &mut partial, IDS.len());
        let mut scores = vec![0.0; IDS.len()];
        AllColumns.sum(&partial, &mut scores).unwrap();
        scores
    }

    #[test]
    fn backward_matches_central_differences() {
        let (w_out, h, dscores) = (random_matrix(4, DIM, 1), random_matrix(4, DIM, 2), [0.5, -1.0, 2.0, 0.25]);
        let loss = |w_out: &Matrix, h: &Matrix| -> f64 {
            let scores = scores(&mut EmbeddingDot::default(), w_out, h);
            scores.iter().zip(dscores).map(|(&s, d)| f64::from(s) * f64::from(d)).sum()
        };
        let mut layer = EmbeddingDot::default();
        scores(&mut layer, &w_out, &h);
        let (mut dh, mut dw) = (Matrix::zeros(4, DIM), Matrix::zeros(3, DIM));
        layer.backward(&w_out, &h, &dscores, &mut dh, &mut dw);
        assert_close(&central_difference(&h, |h| loss(&w_out, h)), &dh, 1e-2);
        let dense = central_difference(&w_out, |w| loss(w, &h));
        let rows: Vec<f32> = [1, 3, 0].into_iter().flat_map(|i| dense.row(i)).collect();
        assert_close(&Matrix::from_rows(3, DIM, &rows), &dw, 1e-2);
    }
}
