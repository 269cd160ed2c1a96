//! The trainer: goes through the corpus, epoch after epoch, and stops when asked.

use super::clock::Clock;
use super::examples::{Examples, Scratch};
use super::learner::Learner;
use super::shares::{copy_columns, shares, take_columns};
use super::state::{AdamState, LossPoint, Progress, TrainerState};
use super::steps::{self, Books, Plan};
use super::team::{self, Turn};
use crate::{
    Adam, AllColumns, Config, Field, Lookup, Optimizer, OptimizerKind, Parameter, Parameters, UnigramSampler, Weights,
    Wiring,
};
use rapidvec::config::ConfigError;
use rapidvec::error::TrainError;
use rapidvec::{Error, Result};
use rapidvec_core::{Matrix, Purpose, Rng, WordId};
use std::ops::Range;

/// Why [`TextbookTrainer::run`] returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// All epochs are done.
    Finished,
    /// An epoch is done, and there is another.
    EpochEnd,
    /// The caller asked for it.
    Asked,
}

/// Trains the textbook's models.
///
/// ```
/// use crate::{Pause, TextbookTrainer};
/// let ids: Vec<u32> = (0..2_000).map(|i| (i * i % 101) % 20).collect();
/// let mut counts = vec![0; 20];
/// ids.iter().for_each(|&id| counts[id as usize] += 1);
/// let config = rapidvec_textbook::Config { epochs: 2, vector_size: 10, window: 2, ..rapidvec_textbook::Config::textbook() };
/// let mut trainer = TextbookTrainer::new(&config, &ids, &counts, 0)?;
/// while trainer.run(|_| false, |point| println!("loss {:.2}", point.loss))? != Pause::Finished {}
/// assert_eq!(trainer.weights().w_in.rows(), 20);
/// # Ok::<(), rapidvec_textbook::Error>(())
/// ```
pub struct TextbookTrainer<'a> {
    config: Config,
    vocab_size: usize,
    examples: Examples<'a>,
    sampler: UnigramSampler,
    /// Of `w_in` and of `w_out`.
    optimizers: [Optimizer; 2],
    learners: Vec<Learner>,
    /// Columns of each learner.
    shares: Vec<Range<usize>>,
    turns: [Turn; 2],
    /// Order of the examples in the epoch it was made for.
    order: (Option<u64>, Vec<u32>),
    clock: Clock,
}

impl<'a> TextbookTrainer<'a> {
    /// A trainer with the chapter's random first weights. `ids` is the corpus, `counts[id]` how often each word occurs in
    /// it; `threads` 0 takes all cores. The number of threads changes the speed, never a bit of the result.
    ///
    /// # Errors
    /// If a setting is out of range, the corpus is shorter than a window, or the vocabulary too small for the negatives.
    pub fn new(config: &Config, ids: &'a [WordId], counts: &[u64], threads: usize) -> Result<Self> {
        config.validate()?;
        let weights = Weights::random(counts.len(), config.vector_size, config.seed);
        let state = TrainerState {
            step: 0,
            seconds: 0.0,
            loss_sum: 0.0,
            loss_count: 0,
            history: Vec::new(),
            w_in: weights.w_in.to_vec(),
            w_out: weights.w_out.to_vec(),
            adam: None,
        };
        Self::build(config, ids, counts, threads, state)
    }

    /// A trainer that goes on where another stopped, with the same corpus and configuration (`epochs` may differ).
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`TrainError::Mismatch`] if `state` does not fit the corpus or the configuration.
    pub fn resume(
        config: &Config,
        ids: &'a [WordId],
        counts: &[u64],
        threads: usize,
        state: TrainerState,
    ) -> Result<Self> {
        config.validate()?;
        check_state(config, counts.len(), &state)?;
        Self::build(config, ids, counts, threads, state)
    }

    fn build(config: &Config, ids: &'a [WordId], counts: &[u64], threads: usize, state: TrainerState) -> Result<Self> {
        let wiring = Wiring::of(config);
        if ids.len() < 2 * config.window + 1 || u32::try_from(ids.len()).is_err() {
            return Err(corpus_size_error(config, ids.len()));
        }
        if let Some(&id) = ids.iter().find(|&&id| id as usize >= counts.len()) {
            return Err(mismatch("words below id", counts.len(), id).into());
        }
        let examples = Examples::new(ids, wiring);
        let sampler = UnigramSampler::new(counts, config.power, config.negatives)?;
        let clock = Clock::new(config, examples.len(), &state);
        let steps = clock.progress().steps();
        if steps >= u64::from(u32::MAX) {
            let got = format!("{} with {} iterations each", config.epochs, clock.iterations);
            let expected = "few enough for 4294967294 iterations in all";
            return Err(ConfigError::OutOfRange { name: "epochs", expected, got }.into());
        }
        if clock.step > steps {
            return Err(mismatch("steps of at most", steps, clock.step).into());
        }
        let vocab_size = counts.len();
        let shares = shares(config.vector_size, threads);
        let learners = shares.iter().map(|columns| learner(config, vocab_size, &state, columns)).collect();
        let optimizers = optimizers(config, vocab_size, state);
        let turns = [(); 2].map(|()| team::turn(vocab_size));
        let config = config.clone();
        let order = (None, Vec::new());
        Ok(Self { config, vocab_size, examples, sampler, optimizers, learners, shares, turns, order, clock })
    }

    /// Trains until the end of the epoch, or until `pause`, which is asked before every batch, says so. `on_loss` is told
    /// the average loss every 20 iterations.
    ///
    /// # Errors
    /// [`TrainError::Diverged`] if the loss is no finite number, [`TrainError::Worker`] if a thread failed; the weights are
    /// then of no use, and the state must not be saved.
    pub fn run(
        &mut self,
        mut pause: impl FnMut(Progress) -> bool,
        mut on_loss: impl FnMut(&LossPoint),
    ) -> Result<Pause, TrainError> {
        if self.progress().is_finished() {
            return Ok(Pause::Finished);
        }
        self.shuffle();
        let Self { config, examples, sampler, optimizers, learners, turns, order, clock, .. } = self;
        let plan = Plan {
            examples: *examples,
            sampler,
            order: &order.1,
            seed: config.seed,
            batch_size: clock.batch_size,
            iterations: clock.iterations,
            first_step: clock.step,
        };
        let first = clock.step;
        clock.start();
        let books = Books { clock, optimizers, pause: &mut pause, on_loss: &mut on_loss };
        let outcome = steps::run(plan, books, learners, turns);
        self.clock.stop();
        outcome?;
        Ok(match self.progress() {
            progress if progress.is_finished() => Pause::Finished,
            progress if progress.step > first && self.clock.iteration() == 0 => Pause::EpochEnd,
            _ => Pause::Asked,
        })
    }

    /// The order of the examples depends on the seed and the epoch alone.
    fn shuffle(&mut self) {
        let epoch = self.clock.epoch();
        if self.order.0 != Some(epoch) {
            self.order = (Some(epoch), self.examples.shuffled(self.config.seed, epoch));
        }
    }

    /// How far training is.
    pub fn progress(&self) -> Progress {
        self.clock.progress()
    }

    /// Seconds of training so far, over all runs.
    pub fn seconds(&self) -> f64 {
        self.clock.seconds()
    }

    /// All average losses so far.
    pub fn history(&self) -> &[LossPoint] {
        &self.clock.history
    }

    /// Threads in use.
    pub fn threads(&self) -> usize {
        self.learners.len()
    }

    /// Examples in a batch: as configured, or all there are if those are fewer.
    pub fn batch_size(&self) -> usize {
        self.clock.batch_size
    }

    /// The weights as dense Adam would have them now.
    pub fn weights(&self) -> Weights {
        let mut whole = Weights::zeros(self.vocab_size, self.config.vector_size);
        for (learner, columns) in self.learners.iter().zip(&self.shares) {
            let Parameters { w_in, w_out } = learner.model().parameters();
            let [of_w_in, of_w_out] = &self.optimizers;
            copy_columns(&w_in.settled(of_w_in), &mut whole.w_in, columns.start);
            copy_columns(&w_out.settled(of_w_out), &mut whole.w_out, columns.start);
        }
        whole
    }

    /// Everything needed to go on later.
    pub fn state(&self) -> TrainerState {
        let w_in = |field| self.gather(field, |parameters| &parameters.w_in);
        let w_out = |field| self.gather(field, |parameters| &parameters.w_out);
        let adam = match &self.optimizers {
            [Optimizer::Adam(of_w_in), Optimizer::Adam(of_w_out)] => Some(AdamState {
                last_in: of_w_in.last_updates().to_vec(),
                last_out: of_w_out.last_updates().to_vec(),
                dw_in: w_in(Field::Gradient),
                dw_out: w_out(Field::Gradient),
                m_in: w_in(Field::FirstMoment),
                v_in: w_in(Field::SecondMoment),
                m_out: w_out(Field::FirstMoment),
                v_out: w_out(Field::SecondMoment),
            }),
            _ => None,
        };
        TrainerState {
            step: self.clock.step,
            seconds: self.clock.seconds(),
            loss_sum: self.clock.loss_sum,
            loss_count: self.clock.loss_count,
            history: self.clock.history.clone(),
            w_in: w_in(Field::Weight),
            w_out: w_out(Field::Weight),
            adam,
        }
    }

    /// A whole matrix, V x D row-major, from every learner's columns.
    fn gather(&self, field: Field, part: impl Fn(&Parameters) -> &Parameter) -> Vec<f32> {
        let mut whole = Matrix::zeros(self.vocab_size, self.config.vector_size);
        for (learner, columns) in self.learners.iter().zip(&self.shares) {
            if let Some(part) = part(learner.model().parameters()).get(field) {
                copy_columns(&part, &mut whole, columns.start);
            }
        }
        whole.to_vec()
    }

    /// The mean loss on other text, whose `ids` are of this vocabulary, with negatives that depend on the seed alone.
    /// `None` if it is shorter than a window, or longer than 2^32 tokens. Changes nothing.
    ///
    /// # Panics
    /// If an id is not of this vocabulary.
    pub fn held_out_loss(&self, ids: &[WordId]) -> Option<f64> {
        if ids.len() < 2 * self.config.window + 1 || u32::try_from(ids.len()).is_err() {
            return None;
        }
        let examples = Examples::new(ids, Wiring::of(&self.config));
        let all: Vec<u32> = (0..examples.len() as u32).collect();
        let config = Config { optimizer: OptimizerKind::Sgd, ..self.config.clone() };
        let mut learner = Learner::new(&config, Parameters::of_weights(&self.weights()));
        let mut rng = Rng::stream(self.config.seed, Purpose::HeldOut, 0);
        let (mut inputs, mut outputs) = (Lookup::new(self.vocab_size), Lookup::new(self.vocab_size));
        let mut scratch = Scratch::default();
        let mut total = 0.0;
        for some in all.chunks(self.config.batch_size) {
            examples.inputs(some, &mut scratch, &mut inputs);
            examples.outputs(some, &self.sampler, &mut rng, &mut scratch, &mut outputs);
            let loss = learner.forward(&inputs, &outputs, &mut AllColumns).ok()?;
            total += loss * some.len() as f64;
        }
        Some(total / all.len() as f64)
    }
}

fn learner(config: &Config, vocab_size: usize, state: &TrainerState, columns: &Range<usize>) -> Learner {
    let take = |numbers: &[f32]| take_columns(numbers, vocab_size, config.vector_size, columns);
    let weights = Weights { w_in: take(&state.w_in), w_out: take(&state.w_out) };
    let mut parameters = Parameters::for_training(&weights, config);
    if let Some(adam) = &state.adam {
        let Parameters { w_in, w_out } = &mut parameters;
        w_in.set(Field::Gradient, &take(&adam.dw_in));
        w_in.set(Field::FirstMoment, &take(&adam.m_in));
        w_in.set(Field::SecondMoment, &take(&adam.v_in));
        w_out.set(Field::Gradient, &take(&adam.dw_out));
        w_out.set(Field::FirstMoment, &take(&adam.m_out));
        w_out.set(Field::SecondMoment, &take(&adam.v_out));
    }
    Learner::new(config, parameters)
}

fn optimizers(config: &Config, vocab_size: usize, state: TrainerState) -> [Optimizer; 2] {
    let Some(adam) = state.adam else {
        return [(); 2].map(|()| Optimizer::new(config, vocab_size));
    };
    // `build` made sure that steps are 32 bits.
    let step = state.step as u32;
    [adam.last_in, adam.last_out].map(|last| Optimizer::Adam(Box::new(Adam::resume(config.learning_rate, step, last))))
}

fn corpus_size_error(config: &Config, tokens: usize) -> Error {
    if tokens < 2 * config.window + 1 {
        return TrainError::CorpusTooShort { tokens, window: config.window }.into();
    }
    ConfigError::OutOfRange { name: "max-tokens", expected: "at most 4294967295", got: tokens.to_string() }.into()
}

fn mismatch(what: &'static str, expected: impl ToString, got: impl ToString) -> TrainError {
    TrainError::Mismatch { what, expected: expected.to_string(), got: got.to_string() }
}

/// A state must have a number for every place where one will be read.
fn check_state(config: &Config, vocab_size: usize, state: &TrainerState) -> Result<(), TrainError> {
    let numbers = vocab_size * config.vector_size;
    let mut matrices = vec![&state.w_in, &state.w_out];
    match (&state.adam, config.optimizer) {
        (Some(adam), OptimizerKind::Adam) => {
            matrices.extend([&adam.dw_in, &adam.dw_out, &adam.m_in, &adam.v_in, &adam.m_out, &adam.v_out]);
            for last in [&adam.last_in, &adam.last_out] {
                if last.len() != vocab_size {
                    return Err(mismatch("a vocabulary of", last.len(), vocab_size));
                }
                if let Some(late) = last.iter().find(|&&last| u64::from(last) > state.step) {
                    return Err(mismatch("updates until step", state.step, late));
                }
            }
        }
        (None, OptimizerKind::Sgd) => {}
        (Some(_), OptimizerKind::Sgd) => return Err(mismatch("optimizer", "adam", "sgd")),
        (None, OptimizerKind::Adam) => return Err(mismatch("optimizer", "sgd", "adam")),
    }
    match matrices.iter().find(|matrix| matrix.len() != numbers) {
        Some(matrix) => Err(mismatch("matrices of numbers", matrix.len(), numbers)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No thread is waited for that will not come (gensim's issues 347 and 1701).
    #[test]
    fn a_thread_that_panics_ends_the_run_with_its_reason() {
        let ids: Vec<WordId> = (0..2_000).map(|i| (i * i % 101) % 20).collect();
        let count = |id: u32| ids.iter().filter(|&&other| other == id).count() as u64;
        let counts: Vec<u64> = (0..20).map(count).collect();
        let config = Config { vector_size: 100, window: 2, epochs: 1, ..Config::textbook() };
        let few: Vec<WordId> = ids.iter().map(|id| id % 8).collect();
        let mut small = TextbookTrainer::new(&config, &few, &[1; 8], 3).unwrap();
        let mut trainer = TextbookTrainer::new(&config, &ids, &counts, 3).unwrap();
        assert_eq!(trainer.learners.len(), 3);
        // Its rows end before those that the others read.
        std::mem::swap(&mut trainer.learners[0], &mut small.learners[0]);
        let error = trainer.run(|_| false, |_| ()).unwrap_err();
        assert!(matches!(&error, TrainError::Worker(reason) if reason.contains("index")), "{error}");
    }
}
