//! A run of several processes, from its start, or from a checkpoint, to its end.
//!
//! All processes go through the same *rounds*. In a round each trains for a while, they tell each other how far they are, and their
//! matrices are made equal ([`sync`](super::sync)). Checkpoints are saved by the first process, after a round in which all rows were made
//! equal; they have the position of each process. A process that has finished its part takes part in the rounds until all have.
//!
//! The learning rate follows from what all have done when a round begins, and from then on from what this process does, as if all that are
//! at work were as fast.

use super::error::GangError;
use super::gang::Gang;
use super::plan::SyncPlan;
use super::standing::{All, Standing};
use super::state::{GangState, Resumed};
use super::sync::{Bases, Now, tell_weights};
use super::text::SharedText;
use super::watch::Watch;
use crate::checkpoint::{CorpusRecord, RecordOf, Run, StateWriter, Storage, write_run};
use crate::config::Config;
use crate::corpus::{Corpus, check_memory};
use crate::cpu::{CpuTrainer, Share};
use crate::error::{Error, Result};
use crate::observer::{EpochEnd, Observer, SaveEvent};
use crate::progress::{LossPoint, Progress, Until, epoch_loss};
use crate::session::{Checkpoints, Keeper, check_loss};
use crate::trainer::{Stopped, TrainError, Trainer};
use rapidvec_core::Vocabulary;
use rapidvec_core::atomic_file::Existing;
use serde_json::Value;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The approximate number of points of the loss history in an epoch.
const POINTS: u64 = 100;

/// What a process spent its time on.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Costs {
    /// Training.
    pub training: Duration,
    /// Waiting for the others to finish the same.
    pub waiting: Duration,
    /// Making matrices equal.
    pub synchronising: Duration,
    /// Rounds, and those in which all rows were made equal.
    pub rounds: [u64; 2],
    /// Bytes sent.
    pub sent: u64,
}

/// One process of a run.
#[derive(Debug)]
pub struct GangSession {
    gang: Gang,
    trainer: CpuTrainer,
    bases: Bases,
    ids: u64,
    vocabulary: Arc<Vocabulary>,
    record: CorpusRecord,
    storage: Storage,
    keeper: Option<Keeper>,
    plan: SyncPlan,
    round: u64,
    all: All,
    history: Vec<LossPoint>,
    /// The losses of all when the last point was recorded.
    recorded: (f64, u64),
    seconds: f64,
    wants_stop: bool,
    /// Epochs whose end the observer knows.
    epochs_shown: usize,
    costs: Costs,
}

impl GangSession {
    /// A run from random weights, which are the same in all processes.
    ///
    /// # Errors
    /// As [`Session::start`](crate::Session::start), in all processes if one of them fails; [`GangError`].
    pub fn start(mut gang: Gang, text: SharedText, config: &Config, threads: usize, plan: SyncPlan) -> Result<Self> {
        let SharedText { corpus, record, .. } = text;
        let vocabulary = match &record.given_vocabulary {
            true => corpus.counted_vocabulary(),
            false => Arc::clone(corpus.vocabulary()),
        };
        let trainer = trainer(config, &corpus, &vocabulary, threads);
        let trainer = gang.agree(trainer)?;
        let storage = Storage { one_thread: threads == 1, ..Storage::default() };
        Self::begin(gang, trainer, &corpus, vocabulary, record, storage, plan)
    }

    /// A run that continues where a checkpoint was saved. All processes have been [told](Resumed::tell) what is in it, and have read their
    /// parts of the text again, with its words.
    ///
    /// # Errors
    /// As [`Session::resume`](crate::Session::resume), in all processes if one of them fails; [`GangError`].
    pub fn resume(mut gang: Gang, text: SharedText, resumed: Resumed, threads: usize) -> Result<Self> {
        let Resumed { config, vocabulary, record, storage, state, checkpoint } = resumed;
        let checkpoint = checkpoint.as_ref();
        let rank = gang.seat().rank;
        let same = record.check_same(&text.record);
        let trainer = same.map_err(Error::from).and_then(|()| {
            let mut trainer = trainer(&config, &text.corpus, &vocabulary, threads)?;
            trainer.continue_from(state.states.get(rank).unwrap_or(&Value::Null))?;
            checkpoint.map_or(Ok(()), |checkpoint| trainer.load_weights(&checkpoint.state()))?;
            Ok(trainer)
        });
        let mut trainer = gang.agree(trainer)?;
        tell_weights(&mut gang, &mut trainer)?;
        let storage = Storage { one_thread: storage.one_thread && threads == 1, ..storage };
        let mut session = Self::begin(gang, trainer, &text.corpus, vocabulary, record, storage, state.plan)?;
        (session.round, session.recorded, session.seconds) = (state.round, state.recorded, state.seconds);
        if let Some(checkpoint) = checkpoint {
            session.history = checkpoint.state().history()?;
        }
        session.history = session.gang.tell("the loss history", Some(&session.history))?;
        session.epochs_shown = session.all.epochs();
        Ok(session)
    }

    fn begin(
        mut gang: Gang,
        trainer: CpuTrainer,
        corpus: &Corpus,
        vocabulary: Arc<Vocabulary>,
        record: CorpusRecord,
        storage: Storage,
        plan: SyncPlan,
    ) -> Result<Self> {
        let ids = corpus.ids().len() as u64;
        let all = All(gang.share("the start", &Standing::of(&trainer, ids))?);
        let [whole, words] = all.text(Trainer::config(&trainer).epochs);
        let length = words as f64 / whole.saturating_sub(words).max(1) as f64;
        let uses = trainer.uses(vocabulary.counts(), length, whole);
        let mut session = Self {
            bases: Bases::of(&mut gang, &trainer, uses, all.ids())?,
            gang,
            trainer,
            ids,
            vocabulary,
            record,
            storage,
            keeper: None,
            plan,
            round: 0,
            all,
            history: Vec::new(),
            recorded: (0.0, 0),
            seconds: 0.0,
            wants_stop: false,
            epochs_shown: 0,
            costs: Costs::default(),
        };
        session.share_work();
        Ok(session)
    }

    /// Replaces what the model says about its text, such as where it came from.
    pub fn describe_corpus(&mut self, record: CorpusRecord) {
        self.record = record;
    }

    /// Saves the run: checkpoints while it trains and when it is stopped, the model at its end. Only the first process does.
    pub fn set_checkpoints(&mut self, policy: Checkpoints) {
        self.storage.half |= policy.half;
        self.storage.keep_state |= policy.keep_state;
        self.keeper = self.gang.is_first().then(|| Keeper::new(policy));
    }

    /// The words, with the counts of the whole text.
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    /// The name of the whole text.
    pub fn corpus_name(&self) -> &str {
        &self.record.name
    }

    /// The trainer of this process.
    pub fn trainer(&self) -> &CpuTrainer {
        &self.trainer
    }

    /// The trainer of this process, for settings of its own.
    pub fn trainer_mut(&mut self) -> &mut CpuTrainer {
        &mut self.trainer
    }

    /// The processes.
    pub fn gang(&self) -> &Gang {
        &self.gang
    }

    /// What this process spent its time on so far.
    pub fn costs(&self) -> Costs {
        Costs { sent: self.gang.bytes_sent(), ..self.costs }
    }

    /// The losses of all processes so far.
    pub fn history(&self) -> &[LossPoint] {
        &self.history
    }

    /// The last file that was saved, and the block of the run that it holds.
    pub fn saved(&self) -> Option<(&Path, u64)> {
        self.keeper.as_ref()?.saved()
    }

    /// How far all processes are.
    pub fn progress(&self) -> Progress {
        let last = self.history.iter().rev().find(|point| point.pairs > 0).map(|point| point.loss);
        self.all.progress(&self.trainer.progress(), self.seconds, last)
    }

    /// Trains to the end of the last epoch, or until the observer of any process stops it; saves as
    /// [`set_checkpoints`](Self::set_checkpoints) says. All processes call this. Unless time decides when ([`Period::Seconds`](super::Period::Seconds)), a run that is stopped trains on until
    /// the next round in which all rows are made equal.
    ///
    /// # Errors
    /// As [`Session::run`](crate::Session::run); [`GangError`] if another process fails or is gone. The run cannot be continued then, but
    /// from its last checkpoint.
    pub fn run(&mut self, observer: &mut dyn Observer) -> Result<Stopped> {
        while !self.all.is_finished() {
            let started = Instant::now();
            let outcome = self.train(observer);
            self.costs.training += started.elapsed();
            let (stop, due) = self.round(outcome)?;
            self.seconds += started.elapsed().as_secs_f64();
            self.record(observer)?;
            if self.all.is_finished() {
                break;
            }
            if stop || due {
                self.save(observer, stop)?;
            }
            if stop {
                self.wants_stop = false;
                return Ok(Stopped::Interrupted);
            }
        }
        self.finish(observer)
    }

    /// Trains until the next round.
    fn train(&mut self, observer: &mut dyn Observer) -> Result<()> {
        let now = self.trainer.progress();
        let ids = (self.ids / now.blocks_per_epoch.max(1)).max(1);
        let words = self.plan.words(self.gang.seat().size);
        let until = words.map_or(Until::End, |words| Until::Blocks((words / ids).max(1)));
        let time = self.plan.time();
        let mut watch = Watch::new(observer, self.progress(), &now, self.all.at_work(), time);
        self.trainer.run(until, &mut watch)?;
        self.wants_stop |= watch.wants_stop();
        Ok(())
    }

    fn standing(&self) -> Standing {
        let due = self.keeper.as_ref().and_then(Keeper::due).is_some_and(|due| Instant::now() >= due);
        Standing { stop: self.wants_stop, due, ..Standing::of(&self.trainer, self.ids) }
    }

    /// Tells how far this process is, and makes matrices equal. Whether to stop, and whether a checkpoint is due.
    fn round(&mut self, outcome: Result<()>) -> Result<(bool, bool)> {
        let failed = outcome.as_ref().err().map(Error::to_string);
        let started = Instant::now();
        self.all = All(self.gang.share("progress", &Standing { failed, ..self.standing() })?);
        outcome?;
        self.costs.waiting += started.elapsed();
        for (worker, standing) in self.all.0.iter().enumerate() {
            if let Some(reason) = standing.failed.clone() {
                return Err(GangError::Worker { worker, reason }.into());
            }
        }
        self.round += 1;
        let (stop, due) = (self.all.0.iter().any(|standing| standing.stop), self.all.0[0].due);
        let rows = self.bases.rows();
        let planned = if self.all.is_finished() { rows } else { self.plan.reach(self.round, rows) };
        let is_full = planned == rows || self.plan.time().is_some() && (stop || due);
        let started = Instant::now();
        let now = Now { ids: self.all.ids(), rate: self.trainer.rate_when(self.all.done()[0]) };
        self.bases.synchronise(&mut self.gang, &mut self.trainer, if is_full { rows } else { planned }, now)?;
        self.share_work();
        self.costs.synchronising += started.elapsed();
        self.costs.rounds = [self.costs.rounds[0] + 1, self.costs.rounds[1] + u64::from(is_full)];
        Ok((stop && is_full, due && is_full))
    }

    /// Sets the learning rate from what all have done.
    fn share_work(&mut self) {
        let [done, each] = self.all.done();
        let worker = self.gang.seat().rank;
        let since = self.all.0[worker].ids[0];
        let each = each * self.all.at_work() as f64;
        self.trainer.set_share(Share { worker: worker as u64, done, since, each });
    }

    /// Records the losses of all, and tells the observer.
    fn record(&mut self, observer: &mut dyn Observer) -> Result<()> {
        let now = self.progress();
        let stretch = now.blocks_per_epoch.div_ceil(POINTS).max(1);
        let before = self
            .history
            .last()
            .map_or(0, |point| (point.epoch as u64).saturating_sub(1) * now.blocks_per_epoch + point.block);
        if now.block / stretch > before / stretch || self.all.is_finished() {
            let point = self.point(&now);
            self.history.push(point);
            observer.loss(&point);
        }
        // A process that has finished its part is asked here only.
        self.wants_stop |= observer.progress(&self.progress()).is_break();
        while self.epochs_shown < self.all.epochs() {
            check_loss(&self.history, self.trainer.guessing_loss())?;
            self.epochs_shown += 1;
            let (epoch, last) = (self.epochs_shown, self.history.last().copied());
            observer.epoch_end(&EpochEnd { epoch, loss: epoch_loss(&self.history, epoch), held_out: None, last });
        }
        Ok(())
    }

    fn point(&mut self, now: &Progress) -> LossPoint {
        let (loss, pairs) = self.all.loss();
        let before = std::mem::replace(&mut self.recorded, (loss, pairs));
        let (loss, pairs) = (loss - before.0, pairs - before.1);
        let each = now.blocks_per_epoch.max(1);
        let epoch = (now.block.saturating_sub(1) / each) as usize;
        LossPoint {
            epoch: epoch + 1,
            block: now.block - epoch as u64 * each,
            words: now.words.saturating_sub(epoch as u64 * now.words_per_epoch),
            seconds: self.seconds,
            loss: if pairs > 0 { loss / pairs as f64 } else { 0.0 },
            pairs,
            learning_rate: self.trainer.progress().learning_rate,
        }
    }

    /// Saves the model, if it is worth it.
    fn finish(&mut self, observer: &mut dyn Observer) -> Result<Stopped> {
        if self.history.iter().all(|point| point.pairs == 0) {
            return Err(TrainError::NothingTrained.into());
        }
        check_loss(&self.history, self.trainer.guessing_loss())?;
        let state = self.storage.keep_state.then(|| self.state()).transpose()?;
        let saved = self.write(observer, state);
        self.gang.agree(saved)?;
        Ok(Stopped::Finished)
    }

    /// Saves a checkpoint. If it is the last, all processes learn how that went; trouble with others only goes to the observer.
    fn save(&mut self, observer: &mut dyn Observer, is_last: bool) -> Result<()> {
        let state = self.state()?;
        let checked = check_loss(&self.history, self.trainer.guessing_loss()).map_err(Error::from);
        let saved = checked.and_then(|()| self.write(observer, Some(state)));
        self.keeper.iter_mut().for_each(Keeper::tried);
        match (is_last, saved) {
            (true, saved) => self.gang.agree(saved),
            (false, Err(error)) => {
                observer.saved(&SaveEvent::Failed(&error));
                Ok(())
            }
            (false, Ok(())) => Ok(()),
        }
    }

    /// Where all processes are, for the first one to save.
    fn state(&mut self) -> Result<Value> {
        let mut own = StateWriter::new(false);
        self.trainer.save_state(&mut own)?;
        let own = own.take_record();
        let states = self.gang.collect("its state", &own)?;
        let (workers, plan) = (self.gang.seat().size as u64, self.plan);
        let state =
            GangState { workers, plan, round: self.round, recorded: self.recorded, seconds: self.seconds, states };
        state.to_value()
    }

    fn write(&mut self, observer: &mut dyn Observer, state: Option<Value>) -> Result<()> {
        let progress = self.progress();
        let Self { trainer, vocabulary, record, storage, keeper, history, .. } = self;
        let Some(keeper) = keeper else { return Ok(()) };
        let state = state.map(|state| move |_: &mut StateWriter| Ok(state.clone()));
        let write = |path: &Path, existing: Existing, storage: Storage| {
            let run = Run { vocabulary, corpus: record, storage, held_out: &[] };
            let state = state.as_ref().map(|state| state as &RecordOf<'_>);
            write_run(path, existing, &run, trainer, &progress, history, state)
        };
        *storage = keeper.save(*storage, progress.block, &write, observer)?;
        Ok(())
    }
}

fn trainer(config: &Config, corpus: &Corpus, vocabulary: &Vocabulary, threads: usize) -> Result<CpuTrainer> {
    CpuTrainer::validate(config)?;
    let needed = memory_needed(config, corpus, threads);
    check_memory(needed, 0)?;
    CpuTrainer::new(config, corpus, vocabulary.counts(), threads)
}

/// An estimate of the bytes that training takes in one process, without the corpus and the vocabulary: as alone, and the matrices once more.
pub fn memory_needed(config: &Config, corpus: &Corpus, threads: usize) -> u64 {
    let (words, ids) = (corpus.vocabulary(), corpus.ids().len());
    let alone = |threads| {
        CpuTrainer::memory_needed(config, words.len(), ids, threads)
            + CpuTrainer::memory_of_words(config, words, threads)
    };
    alone(threads) + alone(1)
}

/// An observer for processes that show nothing: asks `stop` whether to stop.
pub struct StopIf<F>(pub F);

impl<F: FnMut() -> bool> Observer for StopIf<F> {
    fn progress(&mut self, _: &Progress) -> ControlFlow<()> {
        if (self.0)() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
