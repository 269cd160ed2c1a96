//! The CPU trainer's step against the textbook's layers: same window, weights and negatives, same new weights.
//!
//! SkipGram is compared with an `Embedding` and a `NegativeSamplingLoss` over one example for each context; CBOW with an
//! `Embedding` that takes the mean, or that mean times the number of contexts. For hierarchical softmax, which the textbook
//! lacks, its `EmbeddingDot` scores the nodes of a path and a `SigmoidWithLoss` takes each of them with its own label. Two conventions
//! differ and are reconciled here: the textbook averages its loss over the batch where word2vec adds up, and word2vec gives each
//! context of CBOW the whole gradient of their mean, not a share.
#![allow(clippy::unwrap_used)] // helpers of tests are tests
#![allow(unsafe_code)] // rows are handed to kernels as pointers

use rapidvec_core::kernels::window::{Labels, RowPtr, Scratch, Step, WindowKernels};
use rapidvec_core::{LANES, Matrix, Purpose, Rng};
use rapidvec_textbook::{AllColumns, Embedding, EmbeddingDot, Field, NegativeSamplingLoss, Parameter, SigmoidWithLoss};

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

    /// The step by the textbook's layers: new weights and the summed loss.
    fn by_layers(&self, way: Way) -> (Matrix, Matrix, f64) {
        let (mut w_in, mut w_out) = (Parameter::of(&self.w_in, false), Parameter::of(&self.w_out, false));
        let n = self.contexts.len();
        let mut embedding = if way == Way::SkipGram { Embedding::new() } else { Embedding::mean_of(n) };
        let (mut h, mut dh) = (Matrix::zeros(0, 0), Matrix::zeros(0, 0));
        embedding.forward(&w_in, &self.contexts, &mut h);
        if way == Way::Sum {
            h = Matrix::from_rows(1, h.cols(), &h.row(0).iter().map(|x| x * n as f32).collect::<Vec<_>>());
        }
        dh.reset(h.rows(), h.cols());
        let loss = if self.tree {
            self.tree_loss(&mut w_out, &h, &mut dh)
        } else {
            let mut ns_loss = NegativeSamplingLoss::new(self.targets.len() - 1);
            let loss = ns_loss.forward(&w_out, &h, &self.targets.repeat(h.rows()), &mut AllColumns).unwrap();
            ns_loss.backward(&mut w_out, &h, &mut dh);
            loss
        };
        embedding.backward(&dh, &mut w_in);
        let batch = h.rows() as f32;
        let share = if way == Way::SkipGram { 1.0 } else { n as f32 };
        (moved(&w_in, batch * share), moved(&w_out, batch), loss * f64::from(batch))
    }

    /// Forward and backward of hierarchical softmax.
    fn tree_loss(&self, w_out: &mut Parameter, h: &Matrix, dh: &mut Matrix) -> f64 {
        let mut embed_dot = EmbeddingDot::new(self.targets.len());
        let mut scores = vec![0.0; self.targets.len() * h.rows()];
        embed_dot.forward(w_out, h, &self.targets.repeat(h.rows()), &mut AllColumns, &mut scores).unwrap();
        let mut loss = 0.0;
        for (scores, &label) in scores.chunks_exact_mut(h.rows()).zip(&self.labels) {
            let mut layer = SigmoidWithLoss::default();
            loss += layer.forward(scores, label);
            layer.backward(scores);
        }
        embed_dot.backward(w_out, h, &scores, dh);
        loss
    }

    fn by_engine(&self, way: Way, kernels: &WindowKernels) -> (Matrix, Matrix, f64) {
        let (mut w_in, mut w_out) = (self.w_in.clone(), self.w_out.clone());
        let chunks = w_in.width();
        let (contexts, targets) = (rows(&mut w_in, &self.contexts), rows(&mut w_out, &self.targets));
        let mut labels = Labels::default();
        labels.set(self.labels.iter().copied());
        let mut scratch = Scratch::new(targets.len(), chunks);
        let step = Step { contexts: &contexts, targets: &targets, labels: &labels, chunks, rate: RATE };
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

/// `w - RATE share dw`.
fn moved(parameter: &Parameter, share: f32) -> Matrix {
    let [w, dw] = [Field::Weight, Field::Gradient].map(|field| parameter.get(field).unwrap());
    let numbers: Vec<f32> = w.to_vec().iter().zip(dw.to_vec()).map(|(w, dw)| w - RATE * share * dw).collect();
    Matrix::from_rows(w.rows(), w.cols(), &numbers)
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
