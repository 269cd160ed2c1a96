//! One training step: forward, loss, backward, update, on as many threads as there are shards.

use super::shard::{Shard, column_shares, copy_columns, take_columns};
use super::workers::{Job, Pace, Shared, Worker, lock};
use crate::{Batch, BatchLayout, Config, Field, Optimizer, Parameter, Parameters, SigmoidWithLoss, Weights};
use rapidvec::error::TrainError;
use rapidvec_core::Matrix;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};
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
    /// This matrix of the two.
    pub fn of(self, parameters: &Parameters) -> &Parameter {
        match self {
            Side::In => &parameters.w_in,
            Side::Out => &parameters.w_out,
        }
    }

    /// This matrix of the two, to write.
    pub fn of_mut(self, parameters: &mut Parameters) -> &mut Parameter {
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
    shards: Vec<Shared>,
    /// One for each of the other shards, or none.
    workers: Vec<Worker>,
    pace: Pace,
    /// Whether the workers have already got the forward pass of the next batch.
    is_ahead: bool,
    /// For each prediction, one for the true word and one for each negative, as in the chapter's `NegativeSamplingLoss`.
    loss_layers: Vec<Vec<SigmoidWithLoss>>,
    /// Scores, then their gradients: for each prediction, for each of its words, for each example.
    scores: Arc<Vec<f32>>,
    /// Those that the trainer has not asked for yet.
    pub(super) losses: Vec<f64>,
    max_grad: Option<f32>,
}

impl Learner {
    /// The model that `config` describes, starting from `weights`, on `threads` threads (0: one for each core). If threads
    /// cannot be started, it trains on the calling thread alone.
    pub fn new(config: &Config, weights: &Weights, threads: usize) -> Self {
        let shares = column_shares(config.vector_size, threads);
        let own = shares.last().map_or(1, Range::len);
        let shard = |columns| Arc::new(Mutex::new(Shard::new(config, weights, columns)));
        let shards: Vec<Shared> = shares.into_iter().map(shard).collect();
        let others = shards.iter().take(shards.len() - 1);
        let workers = others.map(|shard| Worker::spawn(shard.clone())).collect::<Result<_, _>>().unwrap_or_default();
        let predictions = BatchLayout::of(config).predictions();
        Self {
            vocab_size: weights.w_in.rows(),
            vector_size: config.vector_size,
            shards,
            workers,
            pace: Pace::new((config.vector_size - own) as f64 / own as f64),
            is_ahead: false,
            loss_layers: vec![vec![SigmoidWithLoss::default(); config.negatives + 1]; predictions],
            scores: Arc::default(),
            losses: Vec::new(),
            max_grad: config.max_grad,
        }
    }

    /// The first half of a step: the mean loss of a batch before the update. If `backward` returned a batch, it must be that one.
    ///
    /// # Errors
    /// [`TrainError::Worker`] if a thread panicked.
    pub fn forward(&mut self, batch: &Arc<Batch>) -> Result<f64, TrainError> {
        let job = Job::Forward(batch.clone());
        let is_ahead = std::mem::take(&mut self.is_ahead);
        if !is_ahead {
            self.start(&job);
        }
        self.run_here(job);
        self.finish()?;
        // The first forward pass is half a step: too short to compare others with.
        match is_ahead {
            true => self.pace.end_step(),
            false => self.pace.begin_step(),
        }
        let scores = Arc::make_mut(&mut self.scores);
        scores.clear();
        scores.resize(batch.outputs.ids().len(), 0.0);
        self.shards.iter().for_each(|shard| lock(shard).add_scores(scores));
        Ok(losses(&mut self.loss_layers, scores))
    }

    /// The second half: gradients and update. `prepare` makes the next batch, if there is one, while the workers are busy; they
    /// continue with it. Adam updates a row when it is read next.
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
        let mut job = Job::Backward(self.scores.clone());
        self.start(&job);
        let next = prepare();
        if let Some(max_grad) = self.max_grad {
            self.run_here(job);
            self.finish()?;
            job = Job::ClipAndUpdate(batch.clone(), self.clip_rate(batch, max_grad));
            self.start(&job);
        }
        if let Some(next) = &next {
            self.start(&Job::Forward(next.clone()));
            self.is_ahead = true;
            self.own().prefetch_next(next);
        }
        self.run_here(job);
        if next.is_none() {
            self.finish()?;
        }
        Ok(next)
    }

    /// All gradients are clipped together, as in the chapter: `rate = max_grad / (√Σ dw² + 1e-6)`; if it is below 1,
    /// `dw *= rate`.
    fn clip_rate(&self, batch: &Batch, max_grad: f32) -> f32 {
        let mut squares = 0.0;
        self.shards.iter().for_each(|shard| lock(shard).add_gradient_squares(batch, &mut squares));
        max_grad / (squares.sqrt() + 1e-6)
    }

    /// Gives `job` to the workers.
    fn start(&mut self, job: &Job) {
        if !self.pace.is_alone() {
            self.workers.iter_mut().for_each(|worker| worker.start(job.clone()));
        }
    }

    /// Runs `job` on the last shard, and on all others if there are no workers for them.
    fn run_here(&mut self, job: Job) {
        let started = Instant::now();
        if self.workers.is_empty() || self.pace.is_alone() {
            let (_, others) = self.shards.split_last().expect("a model has a column");
            others.iter().for_each(|shard| job.clone().run(&mut lock(shard)));
        }
        job.run(&mut self.own());
        self.pace.worked += started.elapsed().as_secs_f64();
    }

    /// Waits until the workers have finished all jobs.
    fn finish(&mut self) -> Result<(), TrainError> {
        let started = Instant::now();
        // All are waited for before a panic is reported.
        let outcomes: Vec<_> = self.workers.iter_mut().map(Worker::finish).collect();
        self.pace.waited += started.elapsed().as_secs_f64();
        let outcome: Result<(), _> = outcomes.into_iter().collect();
        outcome.map_err(|panic| TrainError::of_panic(panic.as_ref()))
    }

    /// The shard of the calling thread.
    fn own(&self) -> MutexGuard<'_, Shard> {
        lock(self.shards.last().expect("a model has a column"))
    }

    /// The number of threads that train.
    pub fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// The weights after all steps that are pending in `optimizers` (of `w_in` and of `w_out`).
    pub fn weights(&self, optimizers: &[Optimizer; 2]) -> Weights {
        let mut whole = Weights::zeros(self.vocab_size, self.vector_size);
        for shard in &self.shards {
            let shard = lock(shard);
            let (Parameters { w_in, w_out }, from) = (shard.parameters(), shard.columns().start);
            copy_columns(&w_in.settled(&optimizers[0]), &mut whole.w_in, from);
            copy_columns(&w_out.settled(&optimizers[1]), &mut whole.w_out, from);
        }
        whole
    }

    /// A field of a matrix as it is in memory, V x D row-major; zeros for a field that is not kept.
    pub fn get(&self, side: Side, field: Field) -> Vec<f32> {
        let mut whole = Matrix::zeros(self.vocab_size, self.vector_size);
        for shard in &self.shards {
            let shard = lock(shard);
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
        for shard in &self.shards {
            let mut shard = lock(shard);
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
        for shard in &self.shards {
            let mut shard = lock(shard);
            let columns = shard.columns().clone();
            side.of_mut(shard.parameters_mut()).set_row(id as usize, &row[columns]);
        }
    }

    #[cfg(test)]
    pub(super) fn shards(&self) -> &[Shared] {
        &self.shards
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
