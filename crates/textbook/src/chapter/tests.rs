//! The plain layers against central differences and against the fast layers.

use super::*;
use crate::{Batch, BatchLayout, Config, Field, Learner, Lookup, OptimizerKind, Side, Weights};
use rapidvec::ModelKind;
use rapidvec_core::{Purpose, Rng};
use std::sync::Arc;

/// Standard normal numbers times `scale`, different for each `index`.
fn random(rows: usize, cols: usize, scale: f64, index: u64) -> Matrix {
    let mut numbers = vec![0.0; rows * cols];
    Rng::stream(3, Purpose::InputWeights, index).fill_normal(&mut numbers, scale);
    Matrix::new(cols, numbers)
}

/// Equal up to `tolerance` of the norm of `expected`, which must not be zero.
fn assert_close(expected: &[f32], got: &[f32], tolerance: f64) {
    let norm = |numbers: &mut dyn Iterator<Item = f32>| numbers.map(|x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    assert_eq!(expected.len(), got.len());
    let size = norm(&mut expected.iter().copied());
    let off = norm(&mut expected.iter().zip(got).map(|(a, b)| a - b)) / size;
    assert!(size > 0.0 && off <= tolerance, "relative error {off:e}\nexpected {expected:?}\ngot {got:?}");
}

/// `(f(x + s) - f(x - s)) / 2s` for each number x in turn, s = 0.01.
fn central_difference(at: &Matrix, mut f: impl FnMut(&Matrix) -> f32) -> Vec<f32> {
    const STEP: f32 = 1e-2;
    let mut shifted = |i: usize, by: f32| {
        let mut moved = at.clone();
        moved.numbers_mut()[i] += by;
        f64::from(f(&moved))
    };
    (0..at.numbers().len()).map(|i| ((shifted(i, STEP) - shifted(i, -STEP)) / (2.0 * f64::from(STEP))) as f32).collect()
}

fn weighted_sum(out: &[f32], weights: &[f32]) -> f32 {
    out.iter().zip(weights).map(|(a, b)| a * b).sum()
}

#[test]
fn embedding_takes_the_rows_of_the_books_example() {
    let w = Matrix::new(3, (0..21).map(|i| i as f32).collect());
    let out = Embedding::default().forward(&w, &[1, 0, 3, 0]);
    assert_eq!(out.numbers(), [3., 4., 5., 0., 1., 2., 9., 10., 11., 0., 1., 2.]);
}

#[test]
fn embedding_adds_the_gradients_of_a_row_taken_twice() {
    let (mut layer, mut dw) = (Embedding::default(), Matrix::zeros(3, 2));
    layer.forward(&Matrix::zeros(3, 2), &[2, 0, 2]);
    layer.backward(&Matrix::new(2, vec![1., 2., 10., 20., 100., 200.]), &mut dw);
    assert_eq!(dw.numbers(), [10., 20., 0., 0., 101., 202.]);
}

#[test]
fn embedding_backward_matches_central_differences() {
    let (w, dout, idx) = (random(5, 7, 1.0, 1), random(6, 7, 1.0, 2), [1, 4, 1, 0, 0, 4]);
    let (mut layer, mut dw) = (Embedding::default(), Matrix::zeros(5, 7));
    layer.forward(&w, &idx);
    layer.backward(&dout, &mut dw);
    let loss = |w: &Matrix| weighted_sum(Embedding::default().forward(w, &idx).numbers(), dout.numbers());
    assert_close(&central_difference(&w, loss), dw.numbers(), 1e-2);
}

#[test]
fn embedding_dot_backward_matches_central_differences() {
    let (w, h, idx, dout) = (random(4, 5, 1.0, 1), random(3, 5, 1.0, 2), [1, 3, 1], [0.5, -1.0, 2.0]);
    let (mut layer, mut dw) = (EmbeddingDot::default(), Matrix::zeros(4, 5));
    layer.forward(&w, &h, &idx);
    let dh = layer.backward(&dout, &mut dw);
    let loss = |w: &Matrix, h: &Matrix| weighted_sum(&EmbeddingDot::default().forward(w, h, &idx), &dout);
    assert_close(&central_difference(&h, |h| loss(&w, h)), dh.numbers(), 1e-2);
    assert_close(&central_difference(&w, |w| loss(w, &h)), dw.numbers(), 1e-2);
}

#[test]
fn sigmoid_with_loss_backward_matches_central_differences() {
    let x = random(1, 21, 1.0, 5);
    for t in [0.0, 1.0] {
        let mut layer = SigmoidWithLoss::default();
        layer.forward(x.numbers(), t);
        let loss = |x: &Matrix| SigmoidWithLoss::default().forward(x.numbers(), t);
        assert_close(&central_difference(&x, loss), &layer.backward(), 1e-2);
    }
}

#[test]
fn sigmoid_with_loss_is_right_for_any_score() {
    assert_eq!(SigmoidWithLoss::default().forward(&[-1000.0], 1.0), 1000.0);
    assert_eq!(SigmoidWithLoss::default().forward(&[1000.0], 0.0), 1000.0);
    assert!((SigmoidWithLoss::default().forward(&[0.0; 3], 1.0) - std::f32::consts::LN_2).abs() < 1e-6);
}

#[test]
fn negative_sampling_loss_backward_matches_central_differences() {
    let (w, h) = (random(5, 6, 1.0, 1), random(2, 6, 1.0, 2));
    let (target, negatives) = ([0, 2], [vec![1, 3], vec![3, 4]]);
    let loss = |w: &Matrix, h: &Matrix| NegativeSamplingLoss::new(2).forward(w, h, &target, &negatives);
    let (mut layer, mut dw) = (NegativeSamplingLoss::new(2), Matrix::zeros(5, 6));
    layer.forward(&w, &h, &target, &negatives);
    let dh = layer.backward(&mut dw);
    assert_close(&central_difference(&h, |h| loss(&w, h)), dh.numbers(), 1e-2);
    assert_close(&central_difference(&w, |w| loss(w, &h)), dw.numbers(), 1e-2);
}

#[test]
fn the_sampler_draws_by_the_probabilities_of_the_fast_one() {
    let counts = [16, 81, 1, 1, 4, 9];
    let corpus: Vec<usize> = (0..6).flat_map(|id| vec![id; counts[id]]).collect();
    let mut sampler = UnigramSampler::new(&corpus, 0.75, 3, 1);
    let fast = crate::UnigramSampler::new(&counts.map(|count| count as u64), 0.75, 3).unwrap();
    let negatives = sampler.get_negative_sample(&[4; 50_000]);
    let p = fast.word_p();
    for id in 0..6 {
        let drawn = negatives[0].iter().filter(|&&negative| negative == id).count() as f64 / 50_000.0;
        let expected = if id == 4 { 0.0 } else { p[id] / (1.0 - p[4]) };
        assert!((drawn - expected).abs() < 0.01, "{id}: {drawn} {expected}"); // over four standard deviations
    }
    for ((&first, &second), &third) in negatives[0].iter().zip(&negatives[1]).zip(&negatives[2]) {
        let mut words = [4, first, second, third];
        words.sort_unstable();
        assert!(words.windows(2).all(|pair| pair[0] != pair[1]), "{words:?}");
    }
}

#[test]
fn contexts_are_the_words_around_the_target() {
    let (contexts, target) = create_contexts_target(&[0, 1, 2, 3, 4, 5], 1);
    assert_eq!((contexts, target), (vec![vec![0, 1, 2, 3], vec![2, 3, 4, 5]], vec![1, 2, 3, 4]));
}

const V: usize = 12;
const D: usize = 37;
const WINDOW: usize = 2;
const NEGATIVES: usize = 3;
const BATCH: usize = 6;
const STEPS: u64 = 8;

/// A batch for both: `contexts[c][b]`, `target[b]`, and `negatives[c][k][b]` for each prediction.
struct PlainBatch {
    contexts: Vec<Vec<usize>>,
    target: Vec<usize>,
    negatives: Vec<Vec<Vec<usize>>>,
}

impl PlainBatch {
    fn random(predictions: usize, step: u64) -> Self {
        let mut rng = Rng::stream(9, Purpose::Negatives, step);
        let mut words = || (0..BATCH).map(|_| rng.below(V as u32) as usize).collect::<Vec<_>>();
        let contexts = (0..2 * WINDOW).map(|_| words()).collect();
        let target = words();
        let negatives = (0..predictions).map(|_| (0..NEGATIVES).map(|_| words()).collect()).collect();
        Self { contexts, target, negatives }
    }

    /// The same as the fast layers take it: contexts are B x 2w, negatives predictions x B x K.
    fn for_fast_layers(&self) -> [Vec<u32>; 3] {
        let transposed = |columns: &[Vec<usize>]| -> Vec<u32> {
            (0..BATCH).flat_map(|b| columns.iter().map(move |column| column[b] as u32)).collect()
        };
        let target = self.target.iter().map(|&id| id as u32).collect();
        let negatives = self.negatives.iter().flat_map(|negatives| transposed(negatives)).collect();
        [transposed(&self.contexts), target, negatives]
    }
}

/// Either model, so that one test serves both.
enum Plain {
    Cbow(CBOW),
    SkipGram(SkipGram),
}

impl Plain {
    fn new(kind: ModelKind, w_in: Matrix, w_out: Matrix) -> Self {
        let sampler = UnigramSampler::new(&(0..V).collect::<Vec<_>>(), 0.75, NEGATIVES, 1);
        match kind {
            ModelKind::Cbow => Self::Cbow(CBOW::new(w_in, w_out, WINDOW, NEGATIVES, sampler)),
            ModelKind::SkipGram => Self::SkipGram(SkipGram::new(w_in, w_out, WINDOW, NEGATIVES, sampler)),
        }
    }

    fn forward(&mut self, batch: &PlainBatch) -> f32 {
        match self {
            Self::Cbow(model) => model.forward_with(&batch.contexts, &batch.target, &batch.negatives[0]),
            Self::SkipGram(model) => model.forward_with(&batch.contexts, &batch.target, &batch.negatives),
        }
    }

    fn model(&mut self) -> &mut dyn Model {
        match self {
            Self::Cbow(model) => model,
            Self::SkipGram(model) => model,
        }
    }
}

/// Losses, gradients and weights after each step agree with the fast layers'.
fn assert_same_training(model: ModelKind, optimizer: OptimizerKind) {
    let learning_rate = if optimizer == OptimizerKind::Adam { 0.01 } else { 0.5 };
    // A limit that is never reached: clipping is on the way, but changes nothing.
    let config = Config {
        model,
        optimizer,
        vector_size: D,
        window: WINDOW,
        negatives: NEGATIVES,
        batch_size: BATCH,
        learning_rate,
        max_grad: Some(1e6),
        ..Config::textbook()
    };
    let (w_in, w_out) = (random(V, D, 0.5, 1), random(V, D, 0.5, 2));
    let fast = |w: &Matrix| rapidvec_core::Matrix::from_rows(V, D, w.numbers());
    let weights = Weights { w_in: fast(&w_in), w_out: fast(&w_out) };
    let mut learner = Learner::new(&config, &weights, 2);
    let mut optimizers = [(); 2].map(|()| crate::Optimizer::new(&config, V));
    let layout = BatchLayout::of(&config);

    let mut plain = Plain::new(model, w_in, w_out);
    let (mut adam, mut sgd) = (Adam::new(learning_rate), SGD { lr: learning_rate });
    for step in 0..STEPS {
        let batch = PlainBatch::random(layout.predictions(), step);
        let [contexts, target, negatives] = batch.for_fast_layers();
        let mut fast = Batch { inputs: Lookup::new(V), outputs: Lookup::new(V) };
        layout.inputs(&contexts, &target, &mut fast.inputs);
        layout.outputs(&contexts, &target, &negatives, &mut fast.outputs);
        optimizers[0].plan(&mut fast.inputs);
        optimizers[1].plan(&mut fast.outputs);
        let fast = Arc::new(fast);
        let expected = learner.forward(&fast).unwrap();
        learner.backward(&fast, || None).unwrap();

        let loss = f64::from(plain.forward(&batch));
        assert!((loss - expected).abs() < 1e-5 * expected, "step {step}: {loss} {expected}");
        plain.model().backward();
        if step == 0 && optimizer == OptimizerKind::Adam {
            for ((_, dw), side) in plain.model().params_and_grads().into_iter().zip([Side::In, Side::Out]) {
                assert_close(&learner.get(side, Field::Gradient), dw.numbers(), 1e-5);
            }
        }
        match optimizer {
            OptimizerKind::Adam => adam.update(plain.model().params_and_grads()),
            OptimizerKind::Sgd => sgd.update(plain.model().params_and_grads()),
        }
        let Weights { w_in, w_out } = learner.weights(&optimizers);
        for ((w, _), expected) in plain.model().params_and_grads().into_iter().zip([w_in, w_out]) {
            assert_close(&expected.to_vec(), w.numbers(), 1e-4);
        }
    }
}

#[test]
fn cbow_learns_what_the_fast_layers_learn() {
    assert_same_training(ModelKind::Cbow, OptimizerKind::Adam);
    assert_same_training(ModelKind::Cbow, OptimizerKind::Sgd);
}

#[test]
fn skip_gram_learns_what_the_fast_layers_learn() {
    assert_same_training(ModelKind::SkipGram, OptimizerKind::Adam);
    assert_same_training(ModelKind::SkipGram, OptimizerKind::Sgd);
}

#[test]
fn training_lowers_the_loss() {
    let corpus: Vec<usize> = (0..400).map(|i| i * i % 101 % V).collect();
    let (contexts, target) = create_contexts_target(&corpus, WINDOW);
    let sampler = UnigramSampler::new(&corpus, 0.75, NEGATIVES, 1);
    let model = CBOW::new(random(V, 10, 0.01, 1), random(V, 10, 0.01, 2), WINDOW, NEGATIVES, sampler);
    let mut losses = Vec::new();
    let mut trainer = Trainer { model, optimizer: Adam::new(0.02) };
    trainer.fit(&contexts, &target, 20, 20, |_, loss| losses.push(loss));
    assert!(losses.len() == 20 && losses[19] < 0.8 * losses[0], "{losses:?}");
}
