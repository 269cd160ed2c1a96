//! The fast trainer's step against the chapter's plain layers: same window, weights and negatives, same new weights.
//!
//! SkipGram is compared with an `Embedding` and a `NegativeSamplingLoss` over one example for each context; CBOW with an
//! `Embedding` for each context, whose outputs are averaged or summed. For hierarchical softmax, which the chapter does not have,
//! an `EmbeddingDot` scores each node of a path and a `SigmoidWithLoss` takes it with its label. Two conventions differ and are
//! converted here: the chapter averages its loss over the batch where word2vec sums it, and word2vec gives each context of CBOW
//! the whole gradient of their mean, not a share.
#![allow(clippy::unwrap_used)] // helpers of tests are tests
#![allow(unsafe_code)] // rows are handed to kernels as pointers

use rapidvec_core::kernels::window::{Labels, RowPtr, Scratch, Step, WindowKernels};
use rapidvec_core::{LANES, Matrix, Purpose, Rng};
use rapidvec_textbook::chapter::{self, Embedding, EmbeddingDot, NegativeSamplingLoss, SigmoidWithLoss};

const RATE: f32 = 0.3;

/// Rows of `w_in` and of `w_out`, and the ids of one window.
struct Window {
    w_in: Matrix,
    w_out: Matrix,
    contexts: Vec<u32>,
    targets: Vec<u32>,
    /// The target's labels: for negative sampling the true word's, then those of its negatives.
    labels: Vec<bool>,
    tree: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    SkipGram,
    Mean,
    Sum,
}

impl Window {
    fn new(contexts: usize, negatives: usize, size: usize) -> Self {
        let rows = 3 * (contexts + negatives + 1);
        let [w_in, w_out] = [1, 2].map(|seed| random(rows, size, seed));
        let mut ids: Vec<u32> = (0..rows as u32).collect();
        Rng::stream(size as u64, Purpose::Shuffle, 0).shuffle(&mut ids);
        let (contexts, rest) = ids.split_at(contexts);
        let labels = (0..=negatives).map(|target| target == 0).collect();
        Self { w_in, w_out, contexts: contexts.to_vec(), targets: rest[..=negatives].to_vec(), labels, tree: false }
    }

    /// The same as a path of a tree, left and right as it comes.
    fn of_path(contexts: usize, nodes: usize, size: usize) -> Self {
        let mut window = Self::new(contexts, nodes - 1, size);
        let mut rng = Rng::stream(nodes as u64, Purpose::Negatives, size as u64);
        window.labels.iter_mut().for_each(|label| *label = rng.below(2) == 0);
        window.tree = true;
        window
    }

    /// The step by the chapter's layers: new weights and the summed loss.
    fn by_layers(&self, way: Way) -> (Matrix, Matrix, f64) {
        let (w_in, w_out) = (plain(&self.w_in), plain(&self.w_out));
        let [mut dw_in, mut dw_out] = [&w_in, &w_out].map(|w| chapter::Matrix::zeros(w.rows(), w.cols()));
        let contexts: Vec<usize> = self.contexts.iter().map(|&id| id as usize).collect();
        let positions =
            if way == Way::SkipGram { vec![contexts] } else { contexts.iter().map(|&id| vec![id]).collect() };
        let mut in_layers = vec![Embedding::default(); positions.len()];
        let mut h = chapter::Matrix::zeros(positions[0].len(), w_in.cols());
        in_layers.iter_mut().zip(&positions).for_each(|(layer, idx)| h += &layer.forward(&w_in, idx));
        if way == Way::Mean {
            h *= 1.0 / positions.len() as f32;
        }
        let (dh, loss) =
            if self.tree { self.tree_loss(&w_out, &h, &mut dw_out) } else { self.loss(&w_out, &h, &mut dw_out) };
        in_layers.iter().for_each(|layer| layer.backward(&dh, &mut dw_in));
        let batch = h.rows() as f32;
        (moved(&w_in, &dw_in, batch), moved(&w_out, &dw_out, batch), f64::from(loss * batch))
    }

    /// Forward and backward of negative sampling.
    fn loss(
        &self,
        w_out: &chapter::Matrix,
        h: &chapter::Matrix,
        dw_out: &mut chapter::Matrix,
    ) -> (chapter::Matrix, f32) {
        let words: Vec<_> = self.targets.iter().map(|&id| vec![id as usize; h.rows()]).collect();
        let mut ns_loss = NegativeSamplingLoss::new(words.len() - 1);
        let loss = ns_loss.forward(w_out, h, &words[0], &words[1..]);
        (ns_loss.backward(dw_out), loss)
    }

    /// Forward and backward of hierarchical softmax.
    fn tree_loss(
        &self,
        w_out: &chapter::Matrix,
        h: &chapter::Matrix,
        dw_out: &mut chapter::Matrix,
    ) -> (chapter::Matrix, f32) {
        let (mut dh, mut loss) = (chapter::Matrix::zeros(h.rows(), h.cols()), 0.0);
        for (&node, &label) in self.targets.iter().zip(&self.labels) {
            let (mut embed_dot, mut sigmoid) = (EmbeddingDot::default(), SigmoidWithLoss::default());
            let scores = embed_dot.forward(w_out, h, &vec![node as usize; h.rows()]);
            loss += sigmoid.forward(&scores, if label { 1.0 } else { 0.0 });
            dh += &embed_dot.backward(&sigmoid.backward(), dw_out);
        }
        (dh, loss)
    }

    fn by_engine(&self, way: Way, kernels: &WindowKernels) -> (Matrix, Matrix, f64) {
        let (mut w_in, mut w_out) = (self.w_in.clone(), self.w_out.clone());
        let columns = w_in.cols();
        let (contexts, targets) = (rows(&mut w_in, &self.contexts), rows(&mut w_out, &self.targets));
        let mut labels = Labels::default();
        labels.set(self.labels.iter().copied());
        let mut scratch = Scratch::new(targets.len(), columns);
        let step = Step { contexts: &contexts, targets: &targets, labels: &labels, columns, rate: RATE, ahead: &[] };
        // SAFETY: the rows are those of two matrices that live on, and this thread alone has them.
        unsafe {
            match way {
                Way::SkipGram => kernels.skip_gram(&step, &mut scratch),
                Way::Mean => kernels.cbow(&step, 1.0 / contexts.len() as f32, &mut scratch),
                Way::Sum => kernels.cbow(&step, 1.0, &mut scratch),
            }
        }
        (w_in, w_out, scratch.loss.take())
    }
}

/// Small enough that no score is beyond ±6, where the trainer does not learn.
fn random(rows: usize, size: usize, seed: u64) -> Matrix {
    let mut numbers = vec![0.0; rows * size];
    Rng::stream(seed, Purpose::InputWeights, size as u64).fill_normal(&mut numbers, 0.6 / (size as f64).sqrt());
    Matrix::from_rows(rows, size, &numbers)
}

/// `w - RATE batch dw`.
fn moved(w: &chapter::Matrix, dw: &chapter::Matrix, batch: f32) -> Matrix {
    let numbers: Vec<f32> = w.numbers().iter().zip(dw.numbers()).map(|(w, dw)| w - RATE * batch * dw).collect();
    Matrix::from_rows(w.rows(), w.cols(), &numbers)
}

fn plain(matrix: &Matrix) -> chapter::Matrix {
    chapter::Matrix::new(matrix.cols(), matrix.to_vec())
}

fn rows(matrix: &mut Matrix, ids: &[u32]) -> Vec<RowPtr> {
    let stride = matrix.width() * LANES;
    let start = matrix.chunks_mut().as_mut_ptr().cast::<f32>();
    ids.iter().map(|&id| start.wrapping_add(id as usize * stride)).collect()
}

fn assert_equal(what: &str, expected: &Matrix, got: &Matrix) {
    for (row, (expected, got)) in (0..expected.rows()).map(|i| (i, (expected.row(i), got.row(i)))) {
        for (a, b) in expected.iter().zip(&got) {
            // Sums of up to 130 products of numbers around 1, and the exponential: some 1e-7 each.
            assert!((a - b).abs() <= 4e-6 * (1.0 + a.abs()), "{what}, row {row}: layers {a}, engine {b}");
        }
    }
}

fn compare(window: &Window) {
    for way in [Way::SkipGram, Way::Mean, Way::Sum] {
        let (w_in, w_out, loss) = window.by_layers(way);
        assert_ne!(w_in, window.w_in);
        for kernels in WindowKernels::all() {
            let (contexts, targets, size) = (window.contexts.len(), window.targets.len(), w_in.cols());
            let tree = if window.tree { "a path of " } else { "" };
            let what =
                format!("{}: {way:?}, {contexts} contexts, {tree}{targets} targets, size {size}", kernels.name());
            let (got_in, got_out, got_loss) = window.by_engine(way, &kernels);
            assert_equal(&format!("{what}, w_in"), &w_in, &got_in);
            assert_equal(&format!("{what}, w_out"), &w_out, &got_out);
            assert!((got_loss / loss - 1.0).abs() < 1e-5, "{what}: loss {got_loss}, layers {loss}");
        }
    }
}

#[test]
fn every_kernel_equals_the_layers_for_vector_sizes_1_to_130() {
    for size in 1..=130 {
        compare(&Window::new(1 + size % 10, 5, size));
        compare(&Window::of_path(1 + size % 10, 1 + size % 20, size));
    }
}

#[test]
fn every_kernel_equals_the_layers_for_any_window_and_number_of_negatives() {
    for contexts in 1..=16 {
        for negatives in [1, 2, 5, 6, 10, 15, 20] {
            compare(&Window::new(contexts, negatives, 40));
            compare(&Window::of_path(contexts, negatives, 40));
        }
    }
}
