//! The trainer: goes through the corpus, epoch after epoch, until the end or until it is stopped.

use super::batches::{Batches, Examples};
use super::clock::Clock;
use super::learner::{Learner, Side};
use super::state::{AdamState, LossPoint, Progress, TrainerState};
use crate::{Adam, Batch, BatchLayout, Config, Field, Lookup, Optimizer, OptimizerKind, UnigramSampler, Weights};
use rapidvec::config::ConfigError;
use rapidvec::error::TrainError;
use rapidvec::{Error, Result};
use rapidvec_core::{Matrix, Purpose, Rng, WordId};
use std::sync::Arc;

/// Why [`TextbookTrainer::run`] returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// All epochs are done.
    Finished,
    /// An epoch is done, and there is another.
    EpochEnd,
    /// The caller stopped it.
    Asked,
}

/// Trains the textbook's models.
///
/// ```
/// use rapidvec_textbook::{Config, Pause, TextbookTrainer};
/// let ids: Vec<u32> = (0..2_000).map(|i| (i * i % 101) % 20).collect();
/// let mut counts = vec![0; 20];
/// ids.iter().for_each(|&id| counts[id as usize] += 1);
/// let config = Config { epochs: 2, vector_size: 10, window: 2, ..Config::textbook() };
/// let mut trainer = TextbookTrainer::new(&config, &ids, &counts, 0)?;
/// while trainer.run(|_| false, |point| println!("loss {:.2}", point.loss))? != Pause::Finished {}
/// assert_eq!(trainer.weights().w_in.rows(), 20);
/// # Ok::<(), rapidvec_textbook::Error>(())
/// ```
pub struct TextbookTrainer {
    pub(super) config: Config,
    pub(super) vocab_size: usize,
    pub(super) batches: Batches,
    pub(super) learner: Learner,
    pub(super) clock: Clock,
}

impl TextbookTrainer {
    /// A trainer with the chapter's random first weights. `ids` is the corpus, `counts[id]` how often each word occurs in
    /// it; 0 `threads` means one for each core. The number of threads changes the speed, never a bit of the result.
    ///
    /// # Errors
    /// If a setting is out of range, the corpus is shorter than a window, or the vocabulary too small for the negatives.
    pub fn new(config: &Config, ids: &[WordId], counts: &[u64], threads: usize) -> Result<Self> {
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
        Self::build(config, ids.into(), counts, threads, state)
    }

    /// A trainer that resumes where another stopped, with the same corpus and configuration (`epochs` may differ).
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`TrainError::Mismatch`] if `state` does not fit the corpus or the configuration.
    pub fn resume(
        config: &Config,
        ids: &[WordId],
        counts: &[u64],
        threads: usize,
        state: TrainerState,
    ) -> Result<Self> {
        config.validate()?;
        check_state(config, counts.len(), &state)?;
        Self::build(config, ids.into(), counts, threads, state)
    }

    fn build(config: &Config, ids: Arc<[WordId]>, counts: &[u64], threads: usize, state: TrainerState) -> Result<Self> {
        let vocab_size = counts.len();
        if ids.len() < 2 * config.window + 1 || u32::try_from(ids.len()).is_err() {
            return Err(corpus_size_error(config, ids.len()));
        }
        if let Some(&id) = ids.iter().find(|&&id| id as usize >= vocab_size) {
            return Err(mismatch("words below id", vocab_size, id).into());
        }
        let examples = Examples::new(ids, BatchLayout::of(config));
        let sampler = UnigramSampler::new(counts, config.power, config.negatives)?;
        let clock = Clock::new(config, examples.len(), &state);
        check_steps(config, &clock)?;
        let learner = learner(config, vocab_size, threads, &state);
        let batches = Batches::new(config, vocab_size, examples, sampler, optimizers(config, vocab_size, state));
        Ok(Self { config: config.clone(), vocab_size, batches, learner, clock })
    }

    /// Trains until the end of the epoch, or until `stop`, which is called before every batch, returns true. `on_loss` gets
    /// the average loss every 20 iterations.
    ///
    /// # Errors
    /// [`TrainError::Diverged`] if the loss is not finite, [`TrainError::Worker`] if a thread panicked; the weights are then
    /// unusable, and the state must not be saved.
    pub fn run(
        &mut self,
        mut stop: impl FnMut(Progress) -> bool,
        mut on_loss: impl FnMut(&LossPoint),
    ) -> Result<Pause, TrainError> {
        if self.progress().is_finished() {
            return Ok(Pause::Finished);
        }
        let first = self.clock.step;
        if !stop(self.progress()) {
            let end = (self.clock.epoch() + 1) * self.clock.iterations as u64;
            self.train(end, &mut |clock| !stop(clock.progress()), &mut |clock| {
                clock.history.last().iter().for_each(|point| on_loss(point));
            })?;
        }
        Ok(match self.progress() {
            progress if progress.is_finished() => Pause::Finished,
            progress if progress.step > first && self.clock.iteration() == 0 => Pause::EpochEnd,
            _ => Pause::Asked,
        })
    }

    /// Trains until step `end`, or until `goes_on`, which is called after every step, returns false. `on_loss` is called when a point
    /// of the history is complete.
    pub(super) fn train(
        &mut self,
        end: u64,
        goes_on: &mut dyn FnMut(&Clock) -> bool,
        on_loss: &mut dyn FnMut(&Clock),
    ) -> Result<(), TrainError> {
        self.clock.start();
        let outcome = self.train_steps(end, goes_on, on_loss);
        self.clock.stop();
        outcome
    }

    fn train_steps(
        &mut self,
        end: u64,
        goes_on: &mut dyn FnMut(&Clock) -> bool,
        on_loss: &mut dyn FnMut(&Clock),
    ) -> Result<(), TrainError> {
        let Self { batches, learner, clock, .. } = self;
        let mut next = (clock.step < end).then(|| make(batches, clock));
        while let Some(batch) = next {
            let loss = learner.forward(&batch)?;
            if !loss.is_finite() {
                let (epoch, block) = (clock.epoch() as usize + 1, clock.iteration() as u64 + 1);
                return Err(TrainError::Diverged { epoch, block, loss });
            }
            if clock.record(loss) {
                on_loss(clock);
            }
            let is_last = !goes_on(clock) || clock.step >= end;
            next = learner.backward(&batch, || (!is_last).then(|| make(batches, clock)))?;
        }
        Ok(())
    }

    /// How far training has come.
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
        self.learner.threads()
    }

    /// Examples in a batch: as configured, or all there are if those are fewer.
    pub fn batch_size(&self) -> usize {
        self.clock.batch_size
    }

    /// The weights as dense Adam would have them now.
    pub fn weights(&self) -> Weights {
        self.learner.weights(&self.batches.optimizers)
    }

    /// Everything needed to resume later.
    pub fn state(&self) -> TrainerState {
        let get = |side, field| self.learner.get(side, field);
        let adam = match &self.batches.optimizers {
            [Optimizer::Adam(of_w_in), Optimizer::Adam(of_w_out)] => Some(AdamState {
                last_in: of_w_in.last_updates().to_vec(),
                last_out: of_w_out.last_updates().to_vec(),
                dw_in: get(Side::In, Field::Gradient),
                dw_out: get(Side::Out, Field::Gradient),
                m_in: get(Side::In, Field::FirstMoment),
                v_in: get(Side::In, Field::SecondMoment),
                m_out: get(Side::Out, Field::FirstMoment),
                v_out: get(Side::Out, Field::SecondMoment),
            }),
            _ => None,
        };
        TrainerState {
            step: self.clock.step,
            seconds: self.clock.seconds(),
            loss_sum: self.clock.loss_sum,
            loss_count: self.clock.loss_count,
            history: self.clock.history.clone(),
            w_in: get(Side::In, Field::Weight),
            w_out: get(Side::Out, Field::Weight),
            adam,
        }
    }

    /// The mean loss on other text, whose `ids` are of this vocabulary, with negatives that depend on the seed alone.
    /// `None` if it is shorter than a window, or longer than 2^32 tokens. Changes nothing.
    ///
    /// # Panics
    /// If an id is not of this vocabulary.
    pub fn held_out_loss(&self, ids: &[WordId]) -> Option<f64> {
        self.loss_on(ids, &mut || true).unwrap_or(None)
    }

    /// The same; `None` also if `goes_on`, which is called before every batch, returns false.
    pub(super) fn loss_on(&self, ids: &[WordId], goes_on: &mut dyn FnMut() -> bool) -> Result<Option<f64>, TrainError> {
        if ids.len() < 2 * self.config.window + 1 || u32::try_from(ids.len()).is_err() {
            return Ok(None);
        }
        let mut examples = Examples::new(ids.into(), BatchLayout::of(&self.config));
        let all: Vec<u32> = (0..examples.len() as u32).collect();
        let config = Config { optimizer: OptimizerKind::Sgd, max_grad: None, ..self.config.clone() };
        let mut learner = Learner::new(&config, &self.weights(), 1);
        let mut rng = Rng::stream(self.config.seed, Purpose::HeldOut, 0);
        let lookup = || Lookup::new(self.vocab_size);
        let mut batch = Arc::new(Batch { inputs: lookup(), outputs: lookup() });
        let mut total = 0.0;
        for some in all.chunks(self.config.batch_size) {
            if !goes_on() {
                return Ok(None);
            }
            examples.fill(Arc::make_mut(&mut batch), some, &self.batches.sampler, &mut rng);
            total += learner.forward(&batch)? * some.len() as f64;
        }
        Ok(Some(total / all.len() as f64).filter(|loss| loss.is_finite()))
    }
}

/// The batch of the step that `clock` stands at.
fn make(batches: &mut Batches, clock: &Clock) -> Arc<Batch> {
    batches.make(clock.step, clock.epoch(), clock.iteration())
}

fn learner(config: &Config, vocab_size: usize, threads: usize, state: &TrainerState) -> Learner {
    let matrix = |numbers: &[f32]| Matrix::from_rows(vocab_size, config.vector_size, numbers);
    let weights = Weights { w_in: matrix(&state.w_in), w_out: matrix(&state.w_out) };
    let mut learner = Learner::new(config, &weights, threads);
    if let Some(adam) = &state.adam {
        learner.set(Side::In, Field::Gradient, &adam.dw_in);
        learner.set(Side::In, Field::FirstMoment, &adam.m_in);
        learner.set(Side::In, Field::SecondMoment, &adam.v_in);
        learner.set(Side::Out, Field::Gradient, &adam.dw_out);
        learner.set(Side::Out, Field::FirstMoment, &adam.m_out);
        learner.set(Side::Out, Field::SecondMoment, &adam.v_out);
    }
    learner
}

/// Adam counts its steps in 32 bits.
fn check_steps(config: &Config, clock: &Clock) -> Result<()> {
    let steps = clock.progress().steps();
    if steps >= u64::from(u32::MAX) {
        let got = format!("{} with {} iterations each", config.epochs, clock.iterations);
        let expected = "few enough for 4294967294 iterations in all";
        return Err(ConfigError::OutOfRange { name: "epochs", expected, got }.into());
    }
    if clock.step > steps {
        return Err(mismatch("steps of at most", steps, clock.step).into());
    }
    Ok(())
}

fn optimizers(config: &Config, vocab_size: usize, state: TrainerState) -> [Optimizer; 2] {
    let Some(adam) = state.adam else {
        return [(); 2].map(|()| Optimizer::new(config, vocab_size));
    };
    // `check_steps` made sure that steps fit 32 bits.
    let step = state.step as u32;
    [adam.last_in, adam.last_out].map(|last| Optimizer::Adam(Box::new(Adam::resume(config.learning_rate, step, last))))
}

fn corpus_size_error(config: &Config, tokens: usize) -> Error {
    if tokens < 2 * config.window + 1 {
        return TrainError::CorpusTooShort { tokens, window: config.window }.into();
    }
    ConfigError::OutOfRange { name: "max-tokens", expected: "at most 4294967295", got: tokens.to_string() }.into()
}

pub(super) fn mismatch(what: &'static str, expected: impl ToString, got: impl ToString) -> TrainError {
    TrainError::Mismatch { what, expected: expected.to_string(), got: got.to_string() }
}

/// Checks that a state has every number that will be read from it.
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

    /// Waits for no thread that will not come back (gensim's issues 347 and 1701).
    #[test]
    fn a_thread_that_panics_ends_the_run_with_its_reason() {
        let ids: Vec<WordId> = (0..2_000).map(|i| (i * i % 101) % 20).collect();
        let count = |id: u32| ids.iter().filter(|&&other| other == id).count() as u64;
        let counts: Vec<u64> = (0..20).map(count).collect();
        let config = Config { vector_size: 100, window: 2, epochs: 1, ..Config::textbook() };
        let few: Vec<WordId> = ids.iter().map(|id| id % 8).collect();
        let mut small = TextbookTrainer::new(&config, &few, &[1; 8], 3).unwrap();
        let mut trainer = TextbookTrainer::new(&config, &ids, &counts, 3).unwrap();
        assert_eq!(trainer.threads(), 3);
        // Its rows end before those that the others read.
        std::mem::swap(&mut trainer.learner.shards_mut()[0], &mut small.learner.shards_mut()[0]);
        let error = trainer.run(|_| false, |_| ()).unwrap_err();
        assert!(matches!(&error, TrainError::Worker(reason) if reason.contains("index")), "{error}");
    }
}
