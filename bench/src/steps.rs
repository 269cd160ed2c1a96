//! One training step in each of the forms that the chapter compares: forward, backward, update.
//!
//! | form | hidden vector | loss | cost grows with |
//! |---|---|---|---|
//! | [`OneHot`] | one-hot contexts (B x V) times `w_in` | softmax over V words | V, in both layers |
//! | [`EmbeddingSoftmax`] | mean of 2w rows of `w_in` | softmax over V words | V, in the output layer |
//! | [`NegativeSampling`] | mean of 2w rows of `w_in` | 1 + K yes-or-no questions | nothing but cache misses |
//!
//! All are CBOW, by the library's own layers, on one thread. Where weights are dense the update is plain SGD over the whole
//! matrix. Letters: V words, D columns, B examples, w words on each side, K negatives.

use crate::text::Examples;
use anyhow::Result;
use rapidvec::WordId;
use rapidvec_core::{LANES, Matrix, Purpose, Rng};
use rapidvec_textbook::Config as TextbookConfig;
use rapidvec_textbook::{
    Batch, BatchLayout, Embedding, Learner, Lookup, MatMul, Optimizer, Parameter, SGD, SoftmaxWithLoss, UnigramSampler,
    Weights,
};
use std::sync::Arc;

/// A step that can be timed.
pub trait Step {
    /// Prepares the input of a step, which is not part of its time. `next` is the batch of the step after this one.
    fn prepare(&mut self, examples: Examples, next: Examples);

    /// Forward, backward, update on the examples that `prepare` saw last; the mean loss before the update.
    ///
    /// # Errors
    /// If the layers could not finish the step.
    fn run(&mut self) -> Result<f64>;
}

/// The upper half of both dense forms: a score for every word, and which of them is the target.
struct SoftmaxOutput {
    /// D x V.
    w_out: Matrix,
    target: Vec<WordId>,
    rate: f32,
}

impl SoftmaxOutput {
    fn new(weights: &Weights, rate: f32) -> Self {
        Self { w_out: transposed(&weights.w_out), target: Vec::new(), rate }
    }

    /// Learns from `h` (B x D); the loss, and the gradient of `h`.
    fn step(&mut self, h: Matrix) -> (f64, Matrix) {
        let (layer, scores) = MatMul::forward(h, &self.w_out);
        let (softmax, loss) = SoftmaxWithLoss::forward(scores, &self.target);
        let (dh, dw_out) = layer.backward(&self.w_out, &softmax.backward());
        descend(&mut self.w_out, &dw_out, self.rate);
        (loss, dh)
    }
}

/// Chapter 3: a product with one-hot vectors, then softmax.
pub struct OneHot {
    w_in: Matrix,
    output: SoftmaxOutput,
    /// B x V; the mean of 2w one-hot vectors.
    x: Matrix,
}

impl OneHot {
    /// A model that starts from `weights`.
    pub fn new(weights: &Weights, rate: f32) -> Self {
        Self { w_in: weights.w_in.clone(), output: SoftmaxOutput::new(weights, rate), x: Matrix::zeros(0, 0) }
    }
}

impl Step for OneHot {
    fn prepare(&mut self, examples: Examples, _: Examples) {
        self.output.target = examples.target.to_vec();
        self.x = one_hot_means(examples, self.w_in.rows());
    }

    fn run(&mut self) -> Result<f64> {
        let x = std::mem::replace(&mut self.x, Matrix::zeros(0, 0));
        let (layer, h) = MatMul::forward(x, &self.w_in);
        let (loss, dh) = self.output.step(h);
        let (_, dw_in) = layer.backward(&self.w_in, &dh);
        descend(&mut self.w_in, &dw_in, self.output.rate);
        Ok(loss)
    }
}

/// Section 4.1: rows instead of products, still softmax.
pub struct EmbeddingSoftmax {
    w_in: Parameter,
    layer: Embedding,
    output: SoftmaxOutput,
    contexts: Vec<WordId>,
}

impl EmbeddingSoftmax {
    /// A model with `window` words on each side that starts from `weights`.
    pub fn new(weights: &Weights, window: usize, rate: f32) -> Self {
        Self {
            w_in: Parameter::of(&weights.w_in, false),
            layer: Embedding::mean_of(2 * window),
            output: SoftmaxOutput::new(weights, rate),
            contexts: Vec::new(),
        }
    }
}

impl Step for EmbeddingSoftmax {
    fn prepare(&mut self, examples: Examples, _: Examples) {
        self.output.target = examples.target.to_vec();
        self.contexts = examples.contexts.to_vec();
    }

    fn run(&mut self) -> Result<f64> {
        let mut h = Matrix::zeros(0, 0);
        self.layer.forward(&self.w_in, &self.contexts, &mut h);
        let (loss, dh) = self.output.step(h);
        self.layer.backward(&dh, &mut self.w_in);
        // An id that comes twice is updated once: by then its gradient is zero.
        SGD { learning_rate: self.output.rate }.update(&mut self.w_in, &self.contexts);
        Ok(loss)
    }
}

/// Section 4.2: the step that rapidvec trains with. As in its trainer, negatives of the next step are drawn halfway through
/// this one, and the rows they name are fetched during the other half: the work of one step, of two batches.
pub struct NegativeSampling {
    learner: Learner,
    optimizers: [Optimizer; 2],
    sampler: UnigramSampler,
    rng: Rng,
    layout: BatchLayout,
    /// Of this step, and of the next.
    batches: [Arc<Batch>; 2],
    begun: bool,
    /// Examples of the next step.
    contexts: Vec<WordId>,
    target: Vec<WordId>,
    negatives: Vec<WordId>,
}

impl NegativeSampling {
    /// The model and optimizer of `config`, starting from `weights`; words occur `counts` times.
    ///
    /// # Errors
    /// If there are too few words to draw negatives from.
    pub fn new(config: &TextbookConfig, weights: &Weights, counts: &[u64]) -> Result<Self> {
        let lookup = || Lookup::new(counts.len());
        let config = &TextbookConfig { vector_size: weights.w_in.cols(), ..config.clone() };
        Ok(Self {
            learner: Learner::new(config, weights, 1),
            optimizers: [(); 2].map(|()| Optimizer::new(config, counts.len())),
            sampler: UnigramSampler::new(counts, config.power, config.negatives)?,
            rng: Rng::stream(config.seed, Purpose::Negatives, 0),
            layout: BatchLayout::of(config),
            batches: [(); 2].map(|()| Arc::new(Batch { inputs: lookup(), outputs: lookup() })),
            begun: false,
            contexts: Vec::new(),
            target: Vec::new(),
            negatives: Vec::new(),
        })
    }
}

impl NegativeSampling {
    fn take(&mut self, examples: Examples) {
        self.contexts.clear();
        self.contexts.extend_from_slice(examples.contexts);
        self.target.clear();
        self.target.extend_from_slice(examples.target);
    }

    /// Draws the negatives of the next step and lists the rows it reads.
    fn draw(&mut self) {
        let Batch { inputs, outputs } = Arc::make_mut(&mut self.batches[1]);
        self.layout.inputs(&self.contexts, &self.target, inputs);
        self.negatives.clear();
        self.sampler.sample_all_into(self.target.iter().copied(), &mut self.rng, &mut self.negatives);
        self.layout.outputs(&self.contexts, &self.target, &self.negatives, outputs);
        self.optimizers[0].plan(inputs);
        self.optimizers[1].plan(outputs);
    }
}

impl Step for NegativeSampling {
    fn prepare(&mut self, examples: Examples, next: Examples) {
        if !self.begun {
            self.begun = true;
            self.take(examples);
            self.draw();
        }
        self.take(next);
    }

    fn run(&mut self) -> Result<f64> {
        self.batches.swap(0, 1);
        let loss = self.learner.forward(&self.batches[0])?;
        self.draw();
        let next = self.batches[1].clone();
        self.learner.backward(&self.batches[0], || Some(next))?;
        Ok(loss)
    }
}

/// For each example the mean of its contexts' one-hot vectors, B x V.
fn one_hot_means(examples: Examples, vocab_size: usize) -> Matrix {
    let per_example = examples.contexts.len() / examples.target.len();
    let mut x = Matrix::zeros(examples.target.len(), vocab_size);
    let width = x.width();
    for (row, contexts) in x.chunks_mut().chunks_exact_mut(width).zip(examples.contexts.chunks_exact(per_example)) {
        for &id in contexts {
            row[id as usize / LANES].0[id as usize % LANES] += 1.0 / per_example as f32;
        }
    }
    x
}

fn transposed(matrix: &Matrix) -> Matrix {
    let mut out = Matrix::zeros(matrix.cols(), matrix.rows());
    let width = out.width();
    for i in 0..matrix.rows() {
        for (j, number) in matrix.row(i).into_iter().enumerate() {
            out.chunks_mut()[j * width + i / LANES].0[i % LANES] = number;
        }
    }
    out
}

/// `w -= rate dw`, all of it.
fn descend(w: &mut Matrix, dw: &Matrix, rate: f32) {
    for (w, dw) in w.chunks_mut().iter_mut().zip(dw.chunks()) {
        for (w, dw) in w.0.iter_mut().zip(dw.0) {
            *w -= rate * dw;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Pool, zipf_counts};
    use rapidvec_textbook::OptimizerKind;

    const V: usize = 83;

    fn losses(step: &mut dyn Step, steps: usize) -> Vec<f64> {
        let pool = Pool::draw(&zipf_counts(V), 4, 10, 2);
        let run = |i| {
            step.prepare(pool.batch(i), pool.batch(i + 1));
            step.run().unwrap()
        };
        (0..steps).map(run).collect()
    }

    fn config(optimizer: OptimizerKind) -> TextbookConfig {
        TextbookConfig { window: 2, optimizer, learning_rate: 1.0, ..TextbookConfig::textbook() }
    }

    #[test]
    fn an_embedding_computes_what_one_hot_products_compute() {
        // From weights of 0.01 the loss starts to fall only slowly.
        const STEPS: usize = 150;
        let weights = Weights::random(V, 20, 1);
        let products = losses(&mut OneHot::new(&weights, 1.0), STEPS);
        let rows = losses(&mut EmbeddingSoftmax::new(&weights, 2, 1.0), STEPS);
        for (a, b) in products.iter().zip(&rows) {
            assert!((a - b).abs() < 1e-4 * a, "{a} {b}");
        }
        assert!((products[0] - (V as f64).ln()).abs() < 0.01, "small weights: every word is as likely");
        assert!(products[STEPS - 1] < 0.9 * products[0], "it learns: {products:?}");
    }

    #[test]
    fn negative_sampling_learns_with_both_optimizers() {
        let weights = Weights::random(V, 20, 1);
        for (optimizer, learning_rate) in [(OptimizerKind::Sgd, 1.0), (OptimizerKind::Adam, 0.01)] {
            let config = TextbookConfig { learning_rate, ..config(optimizer) };
            let mut step = NegativeSampling::new(&config, &weights, &zipf_counts(V)).unwrap();
            let losses = losses(&mut step, 80);
            assert!((losses[0] - 6.0 * std::f64::consts::LN_2).abs() < 0.01, "six predictions by an untrained model");
            assert!(losses[79] < 0.9 * losses[0], "it learns: {losses:?}");
        }
    }

    #[test]
    fn one_hot_means_add_up_to_one() {
        let examples = Examples { contexts: &[3, 80, 3, 3], target: &[1, 2] };
        let x = one_hot_means(examples, V);
        assert_eq!((x.row(0)[3], x.row(0)[80], x.row(1)[3]), (0.5, 0.5, 1.0));
        assert_eq!(x.to_vec().iter().sum::<f32>(), 2.0);
    }
}
