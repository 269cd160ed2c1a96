//! A run from its start, or from a checkpoint, to its end: epochs, held-out loss, checkpoints, the finished model.

mod keeper;
mod pretrained;
mod series;
#[cfg(test)]
mod tests;

pub(crate) use keeper::Keeper;
pub use keeper::{CHECKPOINT_INTERVAL, Checkpoints};
pub use pretrained::Pretrained;
pub use series::Runs;
use series::Series;

use crate::checkpoint::{self, Checkpoint, CorpusRecord, HeldOutLoss, RecordOf, Run, Storage};
use crate::corpus::{Corpus, check_memory};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::observer::{EpochEnd, Observer};
use crate::progress::{LossPoint, Progress, epoch_loss};
use crate::trainer::{Stopped, TrainError, Trainer, Until};
use rapidvec_core::atomic_file::Existing;
use rapidvec_core::{Vocabulary, WordId};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// A loss this many times that of guessing means that training diverged.
const DIVERGED: f64 = 2.0;

/// A training run.
///
/// ```
/// use rapidvec::corpus::{Corpus, CorpusOptions};
/// use rapidvec::{Config, CpuTrainer, Session};
///
/// let text = "the king and the queen\nthe man and the woman\n".repeat(200);
/// let corpus = Corpus::from_text("tale", &text, &CorpusOptions::default())?;
/// let mut session = Session::<CpuTrainer>::start(&Config::skip_gram().vector_size(10), &corpus, 1)?;
/// session.run(&mut ())?;
/// let model = session.into_model()?;
/// assert_eq!(model.vectors().most_similar("king", 2)?.len(), 2);
/// # Ok::<(), rapidvec::Error>(())
/// ```
#[derive(Debug)]
pub struct Session<T: Trainer> {
    trainer: T,
    vocabulary: Arc<Vocabulary>,
    record: CorpusRecord,
    storage: Storage,
    held_out_text: Option<Corpus>,
    held_out: Vec<HeldOutLoss>,
    keeper: Option<Keeper>,
    series: Option<Series<T>>,
}

impl<T: Trainer> Session<T> {
    /// A run on `corpus` from random weights. `threads` 0 means one per core.
    ///
    /// # Errors
    /// [`TrainError::OutOfMemory`] if it does not fit; otherwise as [`Trainer::new`].
    pub fn start(config: &T::Config, corpus: &Corpus, threads: usize) -> Result<Self> {
        Self::with_vocabulary(config, corpus, corpus.counted_vocabulary(), threads)
    }

    /// A run that continues `model` on `corpus`, which was read with the words of both and their added counts:
    /// [`Pretrained::extended_by`]. Words of the model start from its vectors, new ones from random.
    ///
    /// # Errors
    /// As [`start`](Self::start) and [`init_from`](Self::init_from).
    pub fn update(config: &T::Config, corpus: &Corpus, model: &Pretrained, threads: usize) -> Result<(Self, Started)> {
        let mut session = Self::with_vocabulary(config, corpus, Arc::clone(corpus.vocabulary()), threads)?;
        let started = session.init_from(model)?;
        Ok((session, started))
    }

    /// Several runs on `corpus`, one after the other, whose seeds are that of `config` and the ones after it. Each is rotated onto the mean of
    /// all until that settles; the model is the mean. The text is that of the corpus: it is not read again.
    ///
    /// ```
    /// use rapidvec::corpus::{Corpus, CorpusOptions};
    /// use rapidvec::{Config, CpuTrainer, Runs, Session};
    ///
    /// let text = "the king and the queen\nthe man and the woman\n".repeat(200);
    /// let corpus = Corpus::from_text("tale", &text, &CorpusOptions::default())?;
    /// let config = Config::skip_gram().vector_size(4);
    /// let mut session = Session::<CpuTrainer>::start_runs(&config, Runs::of(3).keep(true), &corpus, 1)?;
    /// session.run(&mut ())?;
    /// assert_eq!(session.into_model()?.vectors().run_rows().len(), 3);
    /// # Ok::<(), rapidvec::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`TrainError::Unsupported`] for settings whose runs cannot be averaged; [`ConfigError`](crate::ConfigError) for a number of runs out of
    /// range; [`MeasureError::FewShared`](crate::error::MeasureError) for fewer words than numbers per vector; otherwise as [`start`](Self::start).
    pub fn start_runs(config: &T::Config, runs: Runs, corpus: &Corpus, threads: usize) -> Result<Self> {
        let vocabulary = corpus.counted_vocabulary();
        let series = Series::start(runs, config, corpus, vocabulary.len(), threads)?;
        let more = series.memory(vocabulary.len());
        check_memory(Self::memory_needed(config, corpus, threads).saturating_add(more), 0)?;
        let session = Self::with_vocabulary(config, corpus, vocabulary, threads)?;
        Ok(Self { series: Some(series), ..session })
    }

    fn with_vocabulary(
        config: &T::Config,
        corpus: &Corpus,
        vocabulary: Arc<Vocabulary>,
        threads: usize,
    ) -> Result<Self> {
        T::validate(config)?;
        check_memory(Self::memory_needed(config, corpus, threads), 0)?;
        let trainer = T::new(config, corpus, vocabulary.counts(), threads)?;
        let storage = Storage { one_thread: threads == 1, ..Storage::default() };
        Ok(Self {
            trainer,
            vocabulary,
            record: CorpusRecord::of(corpus),
            storage,
            held_out_text: None,
            held_out: Vec::new(),
            keeper: None,
            series: None,
        })
    }

    /// A run that continues where `checkpoint` was saved, on the same corpus with the same settings; only the number of
    /// epochs may differ.
    ///
    /// # Errors
    /// As [`start`](Self::start) and [`Checkpoint::trainer`].
    pub fn resume(checkpoint: &Checkpoint, config: &T::Config, corpus: &Corpus, threads: usize) -> Result<Self> {
        T::validate(config)?;
        check_memory(Self::memory_needed(config, corpus, threads), 0)?;
        let storage = checkpoint.storage();
        let series = Series::resume(checkpoint, config, corpus, threads)?;
        Ok(Self {
            trainer: checkpoint.trainer(config, corpus, threads)?,
            vocabulary: Arc::new(checkpoint.vocabulary().clone()),
            record: checkpoint.corpus.clone(),
            storage: Storage { one_thread: storage.one_thread && threads == 1, ..storage },
            held_out_text: None,
            held_out: checkpoint.held_out().to_vec(),
            keeper: None,
            series,
        })
    }

    /// An estimate of the bytes that training takes, without the corpus and the vocabulary.
    pub fn memory_needed(config: &T::Config, corpus: &Corpus, threads: usize) -> u64 {
        let words = corpus.vocabulary();
        T::memory_needed(config, words.len(), corpus.ids().len(), threads) + T::memory_of_words(config, words, threads)
    }

    /// Starts the words that `vectors` has from its vectors. The output vectors are taken too where they belong to words in both.
    ///
    /// # Errors
    /// [`TrainError::VectorSize`] if the sizes differ.
    pub fn init_from(&mut self, vectors: &Pretrained) -> Result<Started> {
        Ok(vectors.start(&mut self.trainer, &self.vocabulary)?)
    }

    /// Keeps the vectors of these words as they are; they still help to train the others.
    ///
    /// # Errors
    /// [`TrainError::Unsupported`] if the trainer cannot do that.
    pub fn freeze(&mut self, ids: &[WordId]) -> Result<()> {
        Ok(self.trainer.freeze(ids)?)
    }

    /// Trains in the space of `model`: the output vectors of the words that both have are its own, and are not trained. Input vectors learn what
    /// predicts them, so that the vectors of runs on different texts can be compared as they are (Di Carlo, Bianchi and Palmonari 2019,
    /// "Training Temporal Word Embeddings with a Compass"). Returns the words that the model does not have; they are trained as usual.
    ///
    /// # Errors
    /// [`TrainError::VectorSize`], [`TrainError::NoCompass`] without output vectors of words, [`TrainError::NothingShared`];
    /// [`TrainError::Unsupported`] if the trainer cannot do that.
    pub fn follow(&mut self, model: &Pretrained) -> Result<Vec<WordId>> {
        Ok(model.lead(&mut self.trainer, &self.vocabulary)?)
    }

    /// Replaces what the model says about its text, such as where it came from.
    pub fn describe_corpus(&mut self, record: CorpusRecord) {
        self.record = record;
    }

    /// Scores `text`, encoded with [`vocabulary`](Self::vocabulary), after each epoch; at once if an epoch has just ended and was
    /// not scored yet.
    ///
    /// # Errors
    /// [`TrainError::Worker`] if a thread failed.
    pub fn set_held_out(&mut self, text: Corpus, observer: &mut dyn Observer) -> Result<()> {
        self.held_out_text = Some(text);
        self.score(observer).map(drop)
    }

    /// Saves the run: checkpoints while it trains and when it is stopped, the model at its end.
    pub fn set_checkpoints(&mut self, policy: Checkpoints) {
        self.storage.half |= policy.half;
        self.storage.keep_state |= policy.keep_state;
        self.keeper = Some(Keeper::new(policy));
    }

    /// The words, with the counts that training uses.
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    /// The trainer.
    pub fn trainer(&self) -> &T {
        &self.trainer
    }

    /// The trainer, for settings of its own.
    pub fn trainer_mut(&mut self) -> &mut T {
        &mut self.trainer
    }

    /// The losses on held-out text so far.
    pub fn held_out(&self) -> &[HeldOutLoss] {
        &self.held_out
    }

    /// The last file that was saved, and the block of the run that it holds.
    pub fn saved(&self) -> Option<(&Path, u64)> {
        self.keeper.as_ref()?.saved()
    }

    /// The run now, from 1, and how many there are, if the model is to be the mean of several.
    pub fn run_of_runs(&self) -> Option<(usize, usize)> {
        self.series.as_ref().map(Series::place)
    }

    /// An estimate of the bytes that several runs take in addition to one.
    pub fn memory_of_runs(&self) -> u64 {
        self.series.as_ref().map_or(0, |series| series.memory(self.vocabulary.len()))
    }

    /// Trains to the end of the last epoch, or until the observer stops it; saves as [`set_checkpoints`](Self::set_checkpoints) says.
    /// A run that was stopped can be continued by calling this again.
    ///
    /// # Errors
    /// [`TrainError::Diverged`] at the end of the epoch where the loss is worse than guessing, and
    /// [`TrainError::NothingTrained`] at the end of the run; the last checkpoint stays as it is. [`TrainError::Worker`];
    /// any error of saving the model or the last checkpoint. Trouble with an earlier checkpoint only goes to the observer.
    pub fn run(&mut self, observer: &mut dyn Observer) -> Result<Stopped> {
        self.run_until(Until::End, observer)
    }

    /// As [`run`](Self::run), but only until `until`: [`Stopped::Reached`] if epochs are left then. Nothing is saved for that reason. Of
    /// several runs it ends at the end of the current one at the latest, unless `until` is the end.
    ///
    /// ```
    /// # use rapidvec::corpus::{Corpus, CorpusOptions};
    /// # use rapidvec::{Config, CpuTrainer, Session, Stopped, Until};
    /// # let text = "the king and the queen\nthe man and the woman\n".repeat(200);
    /// # let corpus = Corpus::from_text("tale", &text, &CorpusOptions::default())?;
    /// let config = Config::skip_gram().vector_size(10).epochs(2);
    /// let mut session = Session::<CpuTrainer>::start(&config, &corpus, 1)?;
    /// assert_eq!(session.run_until(Until::Epoch, &mut ())?, Stopped::Reached);
    /// assert_eq!(session.run_until(Until::Epoch, &mut ())?, Stopped::Finished);
    /// # Ok::<(), rapidvec::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_until(&mut self, until: Until, observer: &mut dyn Observer) -> Result<Stopped> {
        let mut goal = self.trainer.progress().block_of(until);
        self.tell_run(observer);
        loop {
            let (stopped, is_stopped) = self.train(goal, observer)?;
            let is_next = stopped == Stopped::Finished && self.next_run(observer)?;
            if is_next {
                goal = self.trainer.progress().block_of(until);
            } else if stopped == Stopped::Finished {
                self.save(observer, self.storage.keep_state)?;
                return Ok(Stopped::Finished);
            }
            if is_stopped {
                self.save(observer, true)?;
                return Ok(Stopped::Interrupted);
            }
            if self.trainer.progress().block >= goal || is_next && until != Until::End {
                return Ok(Stopped::Reached);
            }
            self.checkpoint_if_due(observer);
        }
    }

    /// Begins the next run of a series after one has ended, or makes the mean. Whether there is a next one.
    fn next_run(&mut self, observer: &mut dyn Observer) -> Result<bool> {
        self.check_trained()?;
        let Some(series) = &mut self.series else { return Ok(false) };
        let Some(next) = series.finish_run(&self.trainer, &self.vocabulary)? else { return Ok(false) };
        self.trainer = next;
        self.held_out.clear();
        self.tell_run(observer);
        Ok(true)
    }

    fn tell_run(&self, observer: &mut dyn Observer) {
        if let Some((run, runs)) = self.run_of_runs() {
            observer.run_begins(run, runs, &self.trainer.progress());
        }
    }

    /// Trains until block `goal`, the end of the epoch, until a checkpoint is due or until the observer stops it. Whether it did.
    fn train(&mut self, goal: u64, observer: &mut dyn Observer) -> Result<(Stopped, bool)> {
        let before = self.trainer.progress();
        let due = self.keeper.as_ref().and_then(Keeper::due);
        let mut watch = Watch { observer, due, first_block: before.block, is_stopped: false };
        let blocks = before.block_of(Until::Epoch).min(goal).saturating_sub(before.block);
        let stopped = self.trainer.run(Until::Blocks(blocks), &mut watch)?;
        let now = self.trainer.progress();
        if now.is_epoch_end() && now.block > before.block {
            self.epoch_end(&mut watch)?;
        }
        Ok((stopped, watch.is_stopped))
    }

    fn epoch_end(&mut self, watch: &mut Watch) -> Result<()> {
        self.check_loss()?;
        watch.due = None;
        let epoch = self.trainer.progress().epochs_done();
        let held_out = self.score(watch)?;
        let history = self.trainer.history();
        let loss = epoch_loss(history, epoch);
        watch.observer.epoch_end(&EpochEnd { epoch, loss, held_out, last: history.last().copied() });
        Ok(())
    }

    /// The loss on held-out text after the epoch that has just ended, unless it is known.
    fn score(&mut self, observer: &mut dyn Observer) -> Result<Option<f64>> {
        let now = self.trainer.progress();
        let epoch = now.epochs_done();
        let is_known = self.held_out.last().map_or(0, |last| last.epoch) >= epoch;
        let Some(text) = self.held_out_text.as_ref().filter(|_| now.is_epoch_end() && !is_known) else {
            return Ok(None);
        };
        let loss = self.trainer.held_out_loss(text, observer)?;
        self.held_out.extend(loss.map(|loss| HeldOutLoss { epoch, loss }));
        Ok(loss)
    }

    /// A model that nothing was trained on, or that is worse than guessing, is not worth saving.
    fn check_trained(&self) -> Result<(), TrainError> {
        if self.trainer.history().iter().all(|point| point.pairs == 0) {
            return Err(TrainError::NothingTrained);
        }
        self.check_loss()
    }

    /// Refuses a last loss that is worse than guessing.
    fn check_loss(&self) -> Result<(), TrainError> {
        check_loss(self.trainer.history(), self.trainer.guessing_loss())
    }

    /// Saves a checkpoint now, where [`set_checkpoints`](Self::set_checkpoints) says; nothing if it was not called.
    ///
    /// # Errors
    /// Any error of saving.
    pub fn checkpoint(&mut self, observer: &mut dyn Observer) -> Result<()> {
        self.save(observer, true)
    }

    fn checkpoint_if_due(&mut self, observer: &mut dyn Observer) {
        let due = self.keeper.as_ref().and_then(Keeper::due);
        if due.is_some_and(|due| Instant::now() >= due) {
            // A checkpoint of a run that diverged would replace a good one.
            let saved = self.check_loss().map_err(Error::from).and_then(|()| self.save(observer, true));
            if let Err(error) = saved {
                observer.saved(&crate::SaveEvent::Failed(&error));
            }
            self.keeper.iter_mut().for_each(Keeper::tried);
        }
    }

    /// Saves the run where its policy says, if it has one.
    fn save(&mut self, observer: &mut dyn Observer, with_state: bool) -> Result<()> {
        let Some(mut keeper) = self.keeper.take() else { return Ok(()) };
        let write = |path: &Path, existing: Existing, storage| self.write(path, existing, storage, with_state);
        let saved = keeper.save(self.storage, self.trainer.progress().block, &write, observer);
        self.keeper = Some(keeper);
        self.storage = saved?;
        Ok(())
    }

    /// Writes the run as it is now: the mean of several runs once they are finished, which has no state.
    fn write(&self, path: &Path, existing: Existing, storage: Storage, with_state: bool) -> Result<()> {
        let Self { trainer, vocabulary, record, held_out, series, .. } = self;
        let run = Run { vocabulary, corpus: record, storage, held_out };
        let Some(series) = series else { return checkpoint::write(path, existing, &run, trainer, with_state) };
        if let Some(mean) = &series.mean {
            return checkpoint::write_mean(path, existing, &run, trainer, &series.first, mean);
        }
        let state: &RecordOf<'_> = &|state| series.save(state);
        let (now, history) = (trainer.progress(), trainer.history());
        checkpoint::write_run(path, existing, &run, trainer, &now, history, with_state.then_some(state))
    }

    /// Writes the run to `path` as it is now, with the state that is needed to resume if `with_state`. A file there is replaced.
    ///
    /// # Errors
    /// As [`save_checkpoint`](crate::checkpoint::save_checkpoint).
    pub fn save_to(&self, path: &Path, with_state: bool) -> Result<()> {
        self.write(path, Existing::Replace, self.storage, with_state)
    }

    /// The model as it is now, in memory: the current run, or the mean of several once they are finished.
    ///
    /// # Errors
    /// [`FormatError`](crate::error::FormatError) if a weight is not finite.
    pub fn into_model(self) -> Result<Model> {
        let Self { trainer, vocabulary, record, held_out, series, .. } = self;
        match series.and_then(|series| Some((series.first, series.mean?))) {
            Some((config, mean)) => Model::of_mean(&trainer, &config, mean, vocabulary, &record, &held_out),
            None => Model::of(trainer, vocabulary, &record, &held_out),
        }
    }
}

/// Refuses a last loss that is worse than guessing.
pub(crate) fn check_loss(history: &[LossPoint], guessing: Option<f64>) -> Result<(), TrainError> {
    let mut points = history.iter().filter(|point| point.pairs > 0);
    let Some(first) = points.next() else { return Ok(()) };
    let last = points.next_back().unwrap_or(first);
    let limit = DIVERGED * guessing.unwrap_or(10.0 * first.loss);
    if last.loss > limit {
        return Err(TrainError::Diverged { epoch: last.epoch, block: last.block, loss: last.loss });
    }
    Ok(())
}

/// The words that start from known vectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// Their ids.
    pub ids: Vec<WordId>,
    /// Whether the output vectors were left out, because they belong to the nodes of a tree here or there.
    pub without_output: bool,
}

/// Stops training for a checkpoint, and remembers whether the observer stopped it.
struct Watch<'o> {
    observer: &'o mut dyn Observer,
    due: Option<Instant>,
    first_block: u64,
    is_stopped: bool,
}

impl Observer for Watch<'_> {
    fn progress(&mut self, now: &Progress) -> ControlFlow<()> {
        self.is_stopped |= self.observer.progress(now).is_break();
        // At least one block is between two checkpoints, however short the interval.
        let is_due = now.block > self.first_block && self.due.is_some_and(|due| Instant::now() >= due);
        if self.is_stopped || is_due { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn loss(&mut self, point: &LossPoint) {
        self.observer.loss(point);
    }
}
