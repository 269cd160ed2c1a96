//! The trainer: trains on the corpus, epoch after epoch, until the end or until it is stopped.

use super::batches::{Batches, Examples};
use super::clock::Clock;
use super::engine::Engine;
use super::learner::{Learner, Side};
use super::memory;
use crate::{Batch, BatchLayout, Config, Field, Lookup, Optimizer, OptimizerKind, UnigramSampler, Weights};
use rapidvec::checkpoint::{StateReader, StateWriter};
use rapidvec::corpus::Corpus;
use rapidvec::{ConfigError, Error, LossPoint, Observer, Progress, Result, Stopped, TrainError, Trainer, Until};
use rapidvec_core::{Purpose, Rng, WordId};
use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

/// Trains the textbook's models. The number of threads changes the speed, never a bit of the result.
///
/// ```
/// use rapidvec::corpus::{Corpus, CorpusOptions};
/// use rapidvec::{Trainer, Until};
/// use rapidvec_textbook::{Config, TextbookTrainer};
///
/// let text = "you say goodbye and i say hello .\n".repeat(50);
/// let corpus = Corpus::from_text("book", &text, &CorpusOptions::textbook())?;
/// let config = Config { epochs: 2, vector_size: 10, window: 2, ..Config::textbook() };
/// let mut trainer = TextbookTrainer::new(&config, &corpus, corpus.counts(), 0)?;
/// trainer.run(Until::End, &mut ())?;
/// assert_eq!(trainer.weights().input.rows(), 8);
/// # Ok::<(), rapidvec::Error>(())
/// ```
pub type TextbookTrainer = TextbookTrainerOn<Learner>;

/// The trainer, wherever its steps run: it draws the batches, counts the steps and keeps the losses, so that a run started
/// on one device resumes on another.
pub struct TextbookTrainerOn<E> {
    pub(super) config: Config,
    pub(super) vocab_size: usize,
    pub(super) batches: Batches,
    pub(super) learner: E,
    pub(super) clock: Clock,
}

impl<E: Engine> TextbookTrainerOn<E> {
    /// Examples in a batch: as configured, or all if there are fewer.
    pub fn batch_size(&self) -> usize {
        self.clock.batch_size
    }

    /// The same trainer elsewhere: its model, its optimizers and its place in the corpus. `threads` as in [`Trainer::new`].
    ///
    /// # Errors
    /// [`Error::Device`] if the device cannot be used.
    pub fn on<F: Engine>(self, threads: usize) -> Result<TextbookTrainerOn<F>> {
        let Self { config, vocab_size, batches, learner, clock } = self;
        let weights = Weights::zeros(vocab_size, config.vector_size);
        let mut moved = F::new(&of_batches(&config, clock.batch_size), &weights, threads)?;
        for (side, field) in fields_kept(&config) {
            moved.set(side, field, &learner.get(side, field));
        }
        Ok(TextbookTrainerOn { config, vocab_size, batches, learner: moved, clock })
    }

    /// Trains until step `end`, or until `proceed`, which is called after every step, returns false. `on_loss` is called when a point
    /// of the history is complete.
    fn train(
        &mut self,
        end: u64,
        proceed: &mut dyn FnMut(&Clock) -> bool,
        on_loss: &mut dyn FnMut(&Clock),
    ) -> Result<()> {
        self.clock.start();
        let outcome = self.train_steps(end, proceed, on_loss);
        self.clock.stop();
        outcome
    }

    fn train_steps(
        &mut self,
        end: u64,
        proceed: &mut dyn FnMut(&Clock) -> bool,
        on_loss: &mut dyn FnMut(&Clock),
    ) -> Result<()> {
        let Self { batches, learner, clock, .. } = self;
        let mut next = (clock.step < end).then(|| make(batches, clock));
        while let Some(batch) = next {
            learner.forward(&batch)?;
            if clock.count_step() {
                record(learner, clock)?;
                on_loss(clock);
            }
            let is_last = !proceed(clock) || clock.step >= end;
            next = learner.backward(&batch, || (!is_last).then(|| make(batches, clock)))?;
        }
        record(learner, clock)?;
        learner.pause()
    }

    /// The mean loss on other text; `None` if it is shorter than a window, or if `proceed`, which is called before every batch,
    /// returns false.
    fn loss_on(&self, ids: &[WordId], proceed: &mut dyn FnMut() -> bool) -> Result<Option<f64>> {
        if ids.len() < 2 * self.config.window + 1 || u32::try_from(ids.len()).is_err() {
            return Ok(None);
        }
        let mut examples = Examples::new(ids.into(), BatchLayout::of(&self.config));
        let all: Vec<u32> = (0..examples.len() as u32).collect();
        let config = Config { optimizer: OptimizerKind::Sgd, max_grad: None, ..self.config.clone() };
        let config = of_batches(&config, all.len().min(self.config.batch_size));
        let mut learner = self.learner.evaluator(&config, &self.learner.weights(&self.batches.optimizers))?;
        let mut rng = Rng::stream(self.config.seed, Purpose::HeldOut, 0);
        let lookup = || Lookup::new(self.vocab_size);
        let mut batch = Arc::new(Batch { inputs: lookup(), outputs: lookup() });
        for some in all.chunks(self.config.batch_size) {
            if !proceed() {
                return Ok(None);
            }
            examples.fill(Arc::make_mut(&mut batch), some, &self.batches.sampler, &mut rng);
            learner.forward(&batch)?;
        }
        let sizes = all.chunks(self.config.batch_size).map(|some| some.len() as f64);
        let total: f64 = learner.losses()?.into_iter().zip(sizes).map(|(loss, size)| loss * size).sum();
        Ok(Some(total / all.len() as f64).filter(|loss| loss.is_finite()))
    }
}

impl<E: Engine> Trainer for TextbookTrainerOn<E> {
    type Config = Config;
    const NAME: &'static str = "textbook";

    /// `corpus` has an id for every token, line ends included: read it with [`CorpusOptions::textbook`].
    ///
    /// [`CorpusOptions::textbook`]: rapidvec::corpus::CorpusOptions
    fn new(config: &Config, corpus: &Corpus, counts: &[u64], threads: usize) -> Result<Self> {
        config.validate()?;
        let (ids, vocab_size) = (corpus.ids().to_vec(), counts.len());
        if ids.len() < 2 * config.window + 1 || u32::try_from(ids.len()).is_err() {
            return Err(corpus_size_error(config, ids.len()));
        }
        if let Some(at) = ids.iter().position(|&id| id as usize >= vocab_size) {
            return Err(TrainError::UnknownId { at, words: vocab_size, got: ids[at] }.into());
        }
        let examples = Examples::new(ids.into(), BatchLayout::of(config));
        let sampler = UnigramSampler::new(counts, config.power, config.negatives)?;
        let clock = Clock::new(config, examples.len());
        check_steps(config, &clock)?;
        let weights = Weights::random(vocab_size, config.vector_size, config.seed);
        let learner = E::new(&of_batches(config, clock.batch_size), &weights, threads)?;
        let optimizers = [(); 2].map(|()| Optimizer::new(config, vocab_size));
        let batches = Batches::new(config, vocab_size, examples, sampler, optimizers);
        Ok(Self { config: config.clone(), vocab_size, batches, learner, clock })
    }

    fn memory_needed(config: &Config, words: usize, ids: usize, _threads: usize) -> u64 {
        memory::estimate(config, words, ids)
    }

    fn validate(config: &Config) -> Result<(), ConfigError> {
        config.validate()
    }

    fn vector_size(config: &Config) -> usize {
        config.vector_size
    }

    fn run(&mut self, until: Until, observer: &mut dyn Observer) -> Result<Stopped> {
        let now = self.clock.progress();
        if now.is_finished() {
            return Ok(Stopped::Finished);
        }
        let end = match until {
            Until::Blocks(blocks) => now.block.saturating_add(blocks),
            Until::Epoch => (now.epochs_done() as u64 + 1) * now.blocks_per_epoch,
            Until::End => now.total_blocks(),
        };
        let end = end.min(now.total_blocks());
        let observer = RefCell::new(observer);
        self.train(end, &mut |clock| observer.borrow_mut().progress(&clock.progress()).is_continue(), &mut |clock| {
            clock.points.last().iter().for_each(|point| observer.borrow_mut().loss(point))
        })?;
        Ok(match self.clock.progress() {
            now if now.is_finished() => Stopped::Finished,
            now if now.block >= end => Stopped::Reached,
            _ => Stopped::Interrupted,
        })
    }

    fn config(&self) -> &Config {
        &self.config
    }

    fn threads(&self) -> usize {
        self.learner.threads()
    }

    fn device(&self) -> Option<String> {
        self.learner.device()
    }

    fn progress(&self) -> Progress {
        self.clock.progress()
    }

    /// (K + 1) log 2 for each prediction, since every score is 0.
    fn guessing_loss(&self) -> Option<f64> {
        let questions = BatchLayout::of(&self.config).predictions() * (self.config.negatives + 1);
        Some(questions as f64 * std::f64::consts::LN_2)
    }

    fn history(&self) -> &[LossPoint] {
        &self.clock.points
    }

    /// The weights include all steps that are pending with Adam, as in dense Adam.
    fn weights(&self) -> rapidvec::Weights<'_> {
        let Weights { w_in, w_out } = self.learner.weights(&self.batches.optimizers);
        rapidvec::Weights { input: Cow::Owned(w_in), output: Cow::Owned(w_out) }
    }

    fn set_input(&mut self, id: WordId, row: &[f32]) {
        self.learner.set_weights(Side::In, id, row);
    }

    fn set_output(&mut self, row_id: u32, row: &[f32]) {
        self.learner.set_weights(Side::Out, row_id, row);
    }

    /// Its negatives depend on the seed alone.
    fn held_out_loss(&mut self, text: &Corpus, observer: &mut dyn Observer) -> Result<Option<f64>> {
        let now = self.clock.progress();
        self.loss_on(&text.ids().to_vec(), &mut || observer.progress(&now).is_continue())
    }

    fn save_state<'a>(&'a self, out: &mut StateWriter<'a>) -> Result<()> {
        self.write_state(out)
    }

    fn load_state(&mut self, from: &StateReader) -> Result<()> {
        self.read_state(from)
    }
}

/// The batch of the next step of `clock`.
fn make(batches: &mut Batches, clock: &Clock) -> Arc<Batch> {
    batches.make(clock.step, clock.epoch(), clock.iteration())
}

/// The settings of a model whose batches have no more examples than this.
fn of_batches(config: &Config, batch_size: usize) -> Config {
    Config { batch_size, ..config.clone() }
}

/// What a model keeps from one step to the next: its weights, and with Adam gradients and moments.
fn fields_kept(config: &Config) -> impl Iterator<Item = (Side, Field)> + use<> {
    let fields: &[Field] = match config.optimizer {
        OptimizerKind::Sgd => &[Field::Weight],
        OptimizerKind::Adam => &[Field::Weight, Field::Gradient, Field::FirstMoment, Field::SecondMoment],
    };
    [Side::In, Side::Out].into_iter().flat_map(|side| fields.iter().map(move |&field| (side, field)))
}

/// Takes the losses that are not known yet; waits for them.
fn record(learner: &mut impl Engine, clock: &mut Clock) -> Result<()> {
    learner.losses()?.into_iter().try_for_each(|loss| clock.record(loss)).map_err(Error::from)
}

/// Adam counts its steps in 32 bits.
fn check_steps(config: &Config, clock: &Clock) -> Result<()> {
    let steps = clock.progress().total_blocks();
    if steps >= u64::from(u32::MAX) {
        let got = format!("{} with {} iterations each", config.epochs, clock.iterations);
        let expected = "few enough for 4294967294 iterations in all";
        return Err(ConfigError::OutOfRange { name: "epochs", expected, got }.into());
    }
    Ok(())
}

fn corpus_size_error(config: &Config, tokens: usize) -> Error {
    if tokens < 2 * config.window + 1 {
        return TrainError::CorpusTooShort { tokens, window: config.window }.into();
    }
    ConfigError::OutOfRange { name: "max-tokens", expected: "at most 4294967295", got: tokens.to_string() }.into()
}

#[cfg(test)]
mod tests {
    use super::super::workers::lock;
    use super::*;

    /// Waits for no thread that will not come back (gensim's issues 347 and 1701).
    #[test]
    fn a_thread_that_panics_ends_the_run_with_its_reason() {
        let trainer = |words: u32| {
            let text: String = (0..2_000u32).map(|i| format!("w{} ", i * i % 101 % words)).collect();
            let corpus = Corpus::from_text("text", &text, &rapidvec::corpus::CorpusOptions::textbook()).unwrap();
            let config = Config { vector_size: 100, window: 2, epochs: 1, ..Config::textbook() };
            TextbookTrainer::new(&config, &corpus, corpus.counts(), 3).unwrap()
        };
        let (small, mut trainer) = (trainer(8), trainer(20));
        assert_eq!(trainer.threads(), 3);
        // Its rows end before those that the others read.
        let [of_trainer, of_small] = [&trainer, &small].map(|trainer| &trainer.learner.shards()[0]);
        std::mem::swap(&mut *lock(of_trainer), &mut *lock(of_small));
        let error = trainer.run(Until::End, &mut ()).unwrap_err();
        assert!(matches!(&error, Error::Train(TrainError::Worker(reason)) if reason.contains("index")), "{error}");
    }
}
