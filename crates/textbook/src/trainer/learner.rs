//! One training step: forward, loss, backward, update, on as many threads as there are shards.

use super::shard::{Shard, column_shares, copy_columns, take_columns};
use super::workers::{Job, Pace, Worker};
use crate::{Batch, BatchLayout, Config, Field, Optimizer, Parameter, Parameters, SigmoidWithLoss, Weights};
use rapidvec::error::TrainError;
use rapidvec_core::Matrix;
use std::any::Any;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

/// One of a model's two matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// `w_in`.
    In,
    /// `w_out`.
    Out,
}

impl Side {
    fn of(self, parameters: &Parameters) -> &Parameter {
        match self {
            Side::In => &parameters.w_in,
            Side::Out => &parameters.w_out,
        }
    }

    fn of_mut(self, parameters: &mut Parameters) -> &mut Parameter {
        match self {
            Side::In => &mut parameters.w_in,
            Side::Out => &mut parameters.w_out,
        }
    }
}

/// A model and the way it is updated.
pub struct Learner {
    vocab_size: usize,
    vector_size: usize,
    /// In the order of their columns. The last, which is the smallest, is trained on the calling thread.
    shards: Vec<Shard>,
    /// One for each of the other shards, or none.
    workers: Vec<Worker>,
    pace: Pace,
    /// For each prediction one for the true word and one for each negative, as in the chapter's `NegativeSamplingLoss`.
    loss_layers: Vec<Vec<SigmoidWithLoss>>,
    /// Scores, then their gradients: for each prediction, for each of its words, for each example.
    scores: Arc<Vec<f32>>,
    max_grad: Option<f32>,
}

impl Learner {
    /// The model that `config` describes, starting from `weights`, on `threads` threads (0: one for each core). If threads
    /// cannot be started, it trains on the calling thread alone.
    pub fn new(config: &Config, weights: &Weights, threads: usize) -> Self {
        let shares = column_shares(config.vector_size, threads);
        let own = shares.last().map_or(1, Range::len);
        let shards: Vec<_> = shares.into_iter().map(|columns| Shard::new(config, weights, columns)).collect();
        let workers = (1..shards.len()).map(|_| Worker::spawn()).collect::<Result<_, _>>().unwrap_or_default();
        let predictions = BatchLayout::of(config).predictions();
        Self {
            vocab_size: weights.w_in.rows(),
            vector_size: config.vector_size,
            shards,
            workers,
            pace: Pace::new((config.vector_size - own) as f64 / own as f64),
            loss_layers: vec![vec![SigmoidWithLoss::default(); config.negatives + 1]; predictions],
            scores: Arc::default(),
            max_grad: config.max_grad,
        }
    }

    /// The first half of a step: the mean loss of a batch before the update.
    ///
    /// # Errors
    /// [`TrainError::Worker`] if a thread panicked.
    pub fn forward(&mut self, batch: &Arc<Batch>) -> Result<f64, TrainError> {
        self.on_all_shards(Job::Forward(batch.clone()), |shard| shard.forward(batch), true)?;
        let scores = Arc::make_mut(&mut self.scores);
        scores.clear();
        scores.resize(batch.outputs.ids().len(), 0.0);
        self.shards.iter().for_each(|shard| shard.add_scores(scores));
        Ok(losses(&mut self.loss_layers, scores))
    }

    /// The second half: gradients and update. `prepare` makes the next batch, if there is one, while the workers are busy.
    /// Adam's update is left to the step that reads a row next.
    ///
    /// # Errors
    /// [`TrainError::Worker`] if a thread panicked.
    pub fn backward(
        &mut self,
        batch: &Arc<Batch>,
        prepare: impl FnOnce() -> Option<Arc<Batch>>,
    ) -> Result<Option<Arc<Batch>>, TrainError> {
        let scores: &mut Vec<f32> = Arc::make_mut(&mut self.scores);
        gradients(&self.loss_layers, scores);
        let dscores = self.scores.clone();
        let own = |shard: &mut Shard| {
            let next = prepare();
            next.iter().for_each(|next| shard.prefetch_next(next));
            shard.backward(&dscores);
            next
        };
        let next = self.on_all_shards(Job::Backward(dscores.clone()), own, false)?;
        if let Some(max_grad) = self.max_grad {
            self.clip_and_update(batch, max_grad)?;
        }
        Ok(next)
    }

    /// Clips all gradients together: `rate = max_grad / (√Σ dw² + 1e-6)`; if it is below 1, `dw *= rate`. As the chapter's
    /// trainer does it.
    fn clip_and_update(&mut self, batch: &Arc<Batch>, max_grad: f32) -> Result<(), TrainError> {
        let mut squares = 0.0;
        self.shards.iter().for_each(|shard| shard.add_gradient_squares(batch, &mut squares));
        let rate = max_grad / (squares.sqrt() + 1e-6);
        let job = Job::ClipAndUpdate(batch.clone(), rate);
        self.on_all_shards(job, |shard| shard.clip_and_update(batch, rate), false)
    }

    /// Runs `job` on the workers' shards and `own` on the last one; `timed` says whether to measure how long that takes.
    fn on_all_shards<T>(&mut self, job: Job, own: impl FnOnce(&mut Shard) -> T, timed: bool) -> Result<T, TrainError> {
        if self.workers.is_empty() || self.pace.is_alone() {
            if timed && self.pace.is_alone() {
                self.pace.record_alone();
            }
            let (last, others) = self.shards.split_last_mut().expect("a model has a column");
            others.iter_mut().for_each(|shard| job.clone().run(shard));
            return Ok(own(last));
        }
        let mut last = self.shards.pop().expect("a model has a column");
        self.workers.iter().zip(self.shards.drain(..)).for_each(|(worker, shard)| worker.start(shard, job.clone()));
        drop(job);
        let started = Instant::now();
        let result = own(&mut last);
        let worked = started.elapsed();
        let mut panic: Option<Box<dyn Any + Send>> = None;
        for worker in &mut self.workers {
            let (shard, failed) = worker.finish();
            self.shards.push(shard);
            panic = panic.or(failed);
        }
        self.shards.push(last);
        if timed {
            self.pace.record(worked, started.elapsed() - worked);
        }
        panic.map_or(Ok(result), |panic| Err(TrainError::of_panic(panic.as_ref())))
    }

    /// How many threads train.
    pub fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// The weights with every step taken that `optimizers` (of `w_in` and of `w_out`) still have pending.
    pub fn weights(&self, optimizers: &[Optimizer; 2]) -> Weights {
        let mut whole = Weights::zeros(self.vocab_size, self.vector_size);
        for shard in &self.shards {
            let (Parameters { w_in, w_out }, from) = (shard.parameters(), shard.columns().start);
            copy_columns(&w_in.settled(&optimizers[0]), &mut whole.w_in, from);
            copy_columns(&w_out.settled(&optimizers[1]), &mut whole.w_out, from);
        }
        whole
    }

    /// A field of a matrix as it lies in memory, V x D row-major; zeros for a field that is not kept.
    pub fn get(&self, side: Side, field: Field) -> Vec<f32> {
        let mut whole = Matrix::zeros(self.vocab_size, self.vector_size);
        for shard in &self.shards {
            if let Some(part) = side.of(shard.parameters()).get(field) {
                copy_columns(&part, &mut whole, shard.columns().start);
            }
        }
        whole.to_vec()
    }

    /// Overwrites a field of a matrix with V x D numbers.
    ///
    /// # Panics
    /// For a field that is not kept.
    pub fn set(&mut self, side: Side, field: Field, numbers: &[f32]) {
        let whole = Matrix::from_rows(self.vocab_size, self.vector_size, numbers);
        for shard in &mut self.shards {
            let part = take_columns(&whole, shard.columns());
            side.of_mut(shard.parameters_mut()).set(field, &part);
        }
    }

    /// Overwrites the weights of row `id` with D numbers; no step is pending for it afterwards.
    ///
    /// # Panics
    /// If there is no such row, or `row` has another length.
    pub fn set_weights(&mut self, side: Side, id: u32, row: &[f32]) {
        assert_eq!(row.len(), self.vector_size, "one row");
        for shard in &mut self.shards {
            let columns = shard.columns().clone();
            side.of_mut(shard.parameters_mut()).set_row(id as usize, &row[columns]);
        }
    }

    #[cfg(test)]
    pub(super) fn shards_mut(&mut self) -> &mut [Shard] {
        &mut self.shards
    }
}

/// The summed mean losses of all predictions.
fn losses(loss_layers: &mut [Vec<SigmoidWithLoss>], scores: &[f32]) -> f64 {
    let mut loss = 0.0;
    let size = scores.len() / loss_layers.len();
    for (layers, scores) in loss_layers.iter_mut().zip(scores.chunks_exact(size)) {
        let words = scores.chunks_exact(size / layers.len());
        loss += layers.iter_mut().zip(words).enumerate().map(|(k, (layer, s))| layer.forward(s, k == 0)).sum::<f64>();
    }
    loss
}

/// Replaces the scores by their gradients.
fn gradients(loss_layers: &[Vec<SigmoidWithLoss>], scores: &mut [f32]) {
    let size = scores.len() / loss_layers.len();
    for (layers, scores) in loss_layers.iter().zip(scores.chunks_exact_mut(size)) {
        let words = scores.chunks_exact_mut(size / layers.len());
        layers.iter().zip(words).for_each(|(layer, scores)| layer.backward(scores));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{assert_close, random_matrix};
    use crate::{Lookup, OptimizerKind};
    use rapidvec::ModelKind;

    const V: usize = 6;
    const DIM: usize = 83;

    fn config(model: ModelKind, max_grad: Option<f32>) -> Config {
        let negatives = if model == ModelKind::Cbow { 2 } else { 1 };
        let optimizer = OptimizerKind::Sgd;
        Config {
            model,
            optimizer,
            vector_size: DIM,
            window: 1,
            negatives,
            learning_rate: 0.7,
            max_grad,
            ..Config::textbook()
        }
    }

    /// Three examples, and words in nearly all of them: rows are read and updated several times.
    fn batch(config: &Config) -> Arc<Batch> {
        let mut batch = Batch { inputs: Lookup::new(V), outputs: Lookup::new(V) };
        let (contexts, target) = ([0, 1, 1, 1, 4, 0], [2, 3, 0]);
        let negatives = [3, 0, 1, 0, 3, 2];
        let layout = BatchLayout::of(config);
        layout.inputs(&contexts, &target, &mut batch.inputs);
        layout.outputs(&contexts, &target, &negatives, &mut batch.outputs);
        batch.inputs.list_unique();
        batch.outputs.list_unique();
        Arc::new(batch)
    }

    fn first() -> Weights {
        Weights { w_in: random_matrix(V, DIM, 1), w_out: random_matrix(V, DIM, 2) }
    }

    /// How far the weights move in one step.
    fn moved(config: &Config, threads: usize) -> [Matrix; 2] {
        let (mut learner, batch) = (Learner::new(config, &first(), threads), batch(config));
        learner.forward(&batch).unwrap();
        learner.backward(&batch, || None).unwrap();
        [(Side::In, first().w_in), (Side::Out, first().w_out)].map(|(side, first)| {
            let now = learner.get(side, Field::Weight);
            let difference: Vec<f32> = now.iter().zip(first.to_vec()).map(|(a, b)| a - b).collect();
            Matrix::from_rows(V, DIM, &difference)
        })
    }

    #[test]
    fn a_fused_step_is_a_backward_pass_and_an_update() {
        for model in [ModelKind::Cbow, ModelKind::SkipGram] {
            let stored = moved(&config(model, Some(1e9)), 1);
            let fused = moved(&config(model, None), 1);
            // A few roundings of weights near 1, over steps near 0.1.
            stored.iter().zip(&fused).for_each(|(expected, got)| assert_close(expected, got, 1e-5));
        }
    }

    #[test]
    fn gradients_that_are_too_long_are_scaled_to_the_limit() {
        for model in [ModelKind::Cbow, ModelKind::SkipGram] {
            let whole = moved(&config(model, Some(1e9)), 2);
            let clipped = moved(&config(model, Some(0.5)), 2);
            let squares = |w: &Matrix| w.to_vec().iter().map(|&x| f64::from(x).powi(2)).sum::<f64>();
            let norm = (squares(&whole[0]) + squares(&whole[1])).sqrt() / 0.7;
            assert!(norm > 0.6, "nothing is clipped: {norm}");
            for (whole, clipped) in whole.iter().zip(&clipped) {
                let expected: Vec<f32> = whole.to_vec().iter().map(|x| x * (0.5 / norm) as f32).collect();
                assert_close(&Matrix::from_rows(V, DIM, &expected), clipped, 1e-4);
            }
        }
    }

    #[test]
    fn prefetching_changes_no_bit() {
        for model in [ModelKind::Cbow, ModelKind::SkipGram] {
            let config = config(model, None);
            let batch = batch(&config);
            let after_three_steps = |next: Option<&Arc<Batch>>| {
                let mut learner = Learner::new(&config, &first(), 1);
                for _ in 0..3 {
                    learner.forward(&batch).unwrap();
                    learner.backward(&batch, || next.cloned()).unwrap();
                }
                [Side::In, Side::Out].map(|side| learner.get(side, Field::Weight))
            };
            assert_eq!(after_three_steps(None), after_three_steps(Some(&batch)));
        }
    }
}
