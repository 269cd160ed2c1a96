//! The part of a model that one thread trains: some columns of every row.
//!
//! In a step everything but the scores treats each column independently. So a thread owns some columns, as a [`Shard`], and
//! runs the layers on them; in each step the shards' parts of the scores are added once, in the order of the columns, so the
//! bits do not depend on the number of threads. Without threads there is one shard.

use crate::layers::{Embedding, EmbeddingDot};
use crate::optimizers::settle;
use crate::{Batch, Config, Lookup, OptimizerKind, Parameter, Parameters, SGD, Weights};
use rapidvec::ModelKind;
use rapidvec_core::kernels::kernels;
use rapidvec_core::{LANES, Matrix, PANEL_CHUNKS, panels, threads_of};
use std::ops::Range;

/// When steps are taken.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Update {
    /// SGD: in the backward pass, without storing gradients.
    Fused,
    /// SGD on clipped gradients: after the norm of all of them is known.
    AfterClipping,
    /// Adam: when the row is read next.
    Lazy,
}

/// Some columns of a model, with the layers that run on them.
pub(super) struct Shard {
    columns: Range<usize>,
    parameters: Parameters,
    in_layer: Embedding,
    /// One for each prediction: CBOW has 1, SkipGram 2w.
    dot_layers: Vec<EmbeddingDot>,
    h: Matrix,
    dh: Matrix,
    update: Update,
    sgd: SGD,
}

impl Shard {
    /// The columns `columns` of a model that starts from `weights`.
    pub(super) fn new(config: &Config, weights: &Weights, columns: Range<usize>) -> Self {
        let some =
            Weights { w_in: take_columns(&weights.w_in, &columns), w_out: take_columns(&weights.w_out, &columns) };
        let (in_layer, predictions) = match config.model {
            ModelKind::Cbow => (Embedding::mean_of(2 * config.window), 1),
            ModelKind::SkipGram => (Embedding::new(), 2 * config.window),
        };
        Self {
            columns,
            parameters: Parameters::for_training(&some, config),
            in_layer,
            dot_layers: vec![EmbeddingDot::new(config.negatives + 1); predictions],
            h: Matrix::zeros(0, 0),
            dh: Matrix::zeros(0, 0),
            update: match (config.optimizer, config.max_grad) {
                (OptimizerKind::Adam, _) => Update::Lazy,
                (OptimizerKind::Sgd, Some(_)) => Update::AfterClipping,
                (OptimizerKind::Sgd, None) => Update::Fused,
            },
            sgd: SGD { learning_rate: config.learning_rate },
        }
    }

    /// These columns of the matrices.
    pub(super) fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    pub(super) fn parameters_mut(&mut self) -> &mut Parameters {
        &mut self.parameters
    }

    /// Which columns of the model these are.
    pub(super) fn columns(&self) -> &Range<usize> {
        &self.columns
    }

    /// Computes `h`, and this shard's part of the scores for [`add_scores`](Self::add_scores).
    pub(super) fn forward(&mut self, batch: &Batch) {
        let Parameters { w_in, w_out } = &mut self.parameters;
        for (w, lookup) in [(&mut *w_in, &batch.inputs), (&mut *w_out, &batch.outputs)] {
            match self.update {
                Update::Lazy => settle(w, lookup.unique(), lookup.settlements()),
                // With Adam, settling the rows brings them into the cache.
                Update::Fused | Update::AfterClipping => w.fetch(lookup.ids()),
            }
        }
        self.in_layer.forward(w_in, batch.inputs.ids(), &mut self.h);
        let ids = batch.outputs.ids();
        let size = ids.len() / self.dot_layers.len();
        for (layer, ids) in self.dot_layers.iter_mut().zip(ids.chunks_exact(size)) {
            layer.forward_panels(w_out, &self.h, ids);
        }
    }

    /// Adds this shard's part to the scores of all predictions.
    pub(super) fn add_scores(&self, scores: &mut [f32]) {
        let size = scores.len() / self.dot_layers.len();
        self.dot_layers.iter().zip(scores.chunks_exact_mut(size)).for_each(|(layer, scores)| layer.add_scores(scores));
    }

    /// Prefetches the rows of the next step while [`backward`](Self::backward) runs. No number changes. Adam and clipped gradients do not
    /// prefetch: with gradients and moments, the rows of two steps would evict each other from the cache.
    pub(super) fn prefetch_next(&mut self, next: &Batch) {
        if self.update == Update::Fused {
            self.parameters.w_in.prefetch_next(next.inputs.ids());
            self.parameters.w_out.prefetch_next(next.outputs.ids());
        }
    }

    /// The gradients of the last batch of `forward`, or the step itself if gradients need not be stored.
    pub(super) fn backward(&mut self, dscores: &[f32]) {
        self.dh.reset(self.h.rows(), self.h.cols());
        let Parameters { w_in, w_out } = &mut self.parameters;
        let size = dscores.len() / self.dot_layers.len();
        let layers = || self.dot_layers.iter().zip(dscores.chunks_exact(size));
        // All predictions read the weights of `forward`, so all gradients of h are computed before the first step.
        layers().for_each(|(layer, dscores)| layer.backward_to_h(w_out, dscores, &mut self.dh));
        if self.update == Update::Fused {
            let rate = self.sgd.learning_rate;
            layers().for_each(|(layer, dscores)| layer.fused_step(w_out, &self.h, dscores, rate));
            self.in_layer.fused_step(&self.dh, w_in, rate);
        } else {
            layers().for_each(|(layer, dscores)| layer.backward_to_w(w_out, &self.h, dscores));
            self.in_layer.backward(&self.dh, w_in);
        }
    }

    /// Adds the squares of the batch's gradients to `sum`, panel after panel.
    pub(super) fn add_gradient_squares(&self, batch: &Batch, sum: &mut f32) {
        let mut squares = vec![0.0f64; panels(self.h.width())];
        for (w, lookup) in self.sides(batch) {
            kernels().gradient_squares(w.chunks(), w.shape(), lookup.unique(), &mut squares);
        }
        squares.iter().for_each(|&squares| *sum += squares as f32);
    }

    /// Scales the batch's gradients by `rate` if that is below 1; with SGD, takes the step.
    pub(super) fn clip_and_update(&mut self, batch: &Batch, rate: f32) {
        let Parameters { w_in, w_out } = &mut self.parameters;
        for (w, lookup) in [(w_in, &batch.inputs), (w_out, &batch.outputs)] {
            let shape = w.shape();
            if rate < 1.0 {
                kernels().scale_gradients(w.chunks_mut(), shape, lookup.unique(), rate);
            }
            if self.update == Update::AfterClipping {
                self.sgd.update(w, lookup.unique());
            }
        }
    }

    fn sides<'a>(&'a self, batch: &'a Batch) -> [(&'a Parameter, &'a Lookup); 2] {
        [(&self.parameters.w_in, &batch.inputs), (&self.parameters.w_out, &batch.outputs)]
    }
}

/// The columns of each of `threads` shards (0: as many as there are cores): whole panels, spread evenly, and fewer shards than
/// threads if there are not enough panels. The last share is the smallest.
pub(super) fn column_shares(vector_size: usize, threads: usize) -> Vec<Range<usize>> {
    const PANEL: usize = PANEL_CHUNKS * LANES;
    let panels = vector_size.div_ceil(PANEL);
    let threads = threads_of(threads).min(panels);
    let end = |t: usize| ((panels * (t + 1)).div_ceil(threads) * PANEL).min(vector_size);
    (0..threads).map(|t| if t == 0 { 0..end(0) } else { end(t - 1)..end(t) }).collect()
}

/// Columns `columns` of a matrix.
pub(super) fn take_columns(whole: &Matrix, columns: &Range<usize>) -> Matrix {
    let mut part = Matrix::zeros(whole.rows(), columns.len());
    (0..whole.rows()).for_each(|i| part.set_row(i, &whole.row(i)[columns.clone()]));
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
                let shares = column_shares(vector_size, threads);
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
        let (matrix, mut whole) = (Matrix::from_rows(3, 100, &numbers), Matrix::zeros(3, 100));
        for share in column_shares(100, 3) {
            copy_columns(&take_columns(&matrix, &share), &mut whole, share.start);
        }
        assert_eq!(whole.to_vec(), numbers);
    }
}
