//! Training under way: epochs, checkpoints, the end, or a stop before it.

use super::super::ending::{self, Ask};
use super::super::keeping::Keeping;
use super::super::log::{EngineRow, Log};
use super::super::plot::{self, Curve};
use super::progress::Shown;
use crate::commands::corpus::is_data_set;
use crate::output::{Language, note};
use rapidvec::checkpoint::{CorpusRecord, HeldOutLoss, Run, Storage, save_checkpoint, save_model};
use rapidvec::corpus::Corpus;
use rapidvec::{
    Config, CpuTrainer, Error, LossPoint, Observer, Progress, Stopped, Trainer, Until, Vocabulary, epoch_loss,
};
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::path::Path;

/// One of the two ways to save a run.
type Save = fn(&Path, &Run, &CpuTrainer) -> Result<(), Error>;

/// A run that is ready to start.
pub struct EngineSession<'a> {
    pub keeping: Keeping<'a>,
    pub config: &'a Config,
    pub record: &'a CorpusRecord,
    pub vocabulary: &'a Vocabulary,
    pub held_out: Vec<HeldOutLoss>,
    pub valid: Option<Corpus>,
    pub trainer: CpuTrainer,
}

/// Watches by two closures.
struct Closures<P, L> {
    pause: P,
    loss: L,
}

impl<P: FnMut(&Progress) -> bool, L: FnMut(&LossPoint)> Observer for Closures<P, L> {
    fn progress(&mut self, now: &Progress) -> ControlFlow<()> {
        if (self.pause)(now) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn loss(&mut self, point: &LossPoint) {
        (self.loss)(point);
    }
}

impl EngineSession<'_> {
    /// Trains to the end, or until a signal; saves; shows what was learned.
    pub fn run(mut self) -> anyhow::Result<()> {
        self.score()?; // of an epoch whose end was the last that was done
        let rows = EngineRow::all(self.trainer.history(), &self.held_out);
        let log = self.keeping.outputs.log.as_deref().map(|path| Log::create(path, &rows)).transpose()?;
        let log = RefCell::new(log);
        let finished = self.train(&log)?;
        // Before the model: a finished one is not gone on with, so that rows lost then would be lost for good.
        let logged = log.into_inner().map_or(Ok(()), Log::finish);
        if finished {
            let save: Save = if self.keeping.keeps_state() { save_checkpoint } else { save_model };
            self.keeping.finish(|path, storage| self.save(save, path, storage))?;
        } else {
            self.keeping.stop_at(self.step(), |path, storage| self.checkpoint(path, storage))?;
        }
        if let Some(path) = &self.keeping.outputs.plot {
            plot::draw(path, &Curve::of_engine(&self.trainer, &self.held_out))?;
        }
        logged?;
        if !finished {
            return Err(self.stopped());
        }
        let ask = Ask::of(self.keeping.args, is_data_set(&self.record.sources));
        let model = self.keeping.outputs.model.clone();
        drop(self); // the matrices: the model is about to be mapped
        ending::show(&model, ask)
    }

    /// Whether training came to its end.
    fn train(&mut self, log: &RefCell<Option<Log>>) -> anyhow::Result<bool> {
        let args = self.keeping.args;
        let language = Language::current();
        let shown = Shown::new(args.progress, language, self.trainer.progress());
        loop {
            let (pause, last) = self.train_on(&shown, log)?;
            if let Some(last) = last {
                self.epoch_end(&last, &shown, log)?;
            }
            if pause == Stopped::Finished {
                self.tell_if_nothing_was_learned();
                self.tell_if_it_went_astray();
                return Ok(true);
            }
            if self.keeping.signals.stop() {
                return Ok(false);
            }
            let save = |path: &Path, storage| self.checkpoint(path, storage);
            self.keeping.checkpoint_if_due(self.step(), |text| shown.tell(text), save);
        }
    }

    /// Trains until the end of the epoch, whose last point is then returned and waits for its held-out loss before it is logged; or until
    /// something else is to be done. A run that was over already has no such point.
    fn train_on(&mut self, shown: &Shown, log: &RefCell<Option<Log>>) -> anyhow::Result<(Stopped, Option<LossPoint>)> {
        let (keeping, start) = (&self.keeping, self.trainer.progress().block);
        let pause = |now: &Progress| {
            shown.now(now);
            log.borrow_mut().iter_mut().for_each(Log::tick);
            keeping.wants_pause(now.block - start)
        };
        let mut last: Option<LossPoint> = None;
        let row = |point: &LossPoint| {
            log.borrow_mut().iter_mut().for_each(|log| log.row(&EngineRow { point, held_out: None }))
        };
        let loss = |point: &LossPoint| {
            shown.point(point);
            last.replace(*point).iter().for_each(row);
        };
        let paused = self.trainer.run(Until::Epoch, &mut Closures { pause, loss });
        if !matches!(paused, Ok(Stopped::Reached | Stopped::Finished)) {
            last.take().iter().for_each(row);
        }
        paused.map(|pause| (pause, last)).map_err(|error| keeping.failed(&error))
    }

    fn epoch_end(&mut self, point: &LossPoint, shown: &Shown, log: &RefCell<Option<Log>>) -> anyhow::Result<()> {
        let epoch = point.epoch;
        epoch_loss(self.trainer.history(), epoch).iter().for_each(|&loss| shown.epoch(epoch, loss));
        let before = self.held_out.len();
        self.score()?;
        let scored = self.held_out.get(before);
        scored.iter().for_each(|held_out| shown.held_out(held_out.epoch, held_out.loss));
        let held_out = scored.map(|held_out| held_out.loss);
        log.borrow_mut().iter_mut().for_each(|log| log.row(&EngineRow { point, held_out }));
        Ok(())
    }

    /// The loss on other text of the epoch that has just ended, if one has and it is not known yet.
    fn score(&mut self) -> anyhow::Result<()> {
        let (progress, signals) = (self.trainer.progress(), self.keeping.signals);
        let (epoch, at_its_end) = (progress.epochs_done(), progress.is_epoch_end());
        let known = self.held_out.last().map_or(0, |last| last.epoch);
        let Some(valid) = self.valid.as_ref().filter(|_| at_its_end && epoch > known) else { return Ok(()) };
        if let Some(loss) = self
            .trainer
            .held_out_loss(valid, &mut Closures { pause: |_: &Progress| signals.stop(), loss: |_: &LossPoint| () })?
        {
            self.held_out.push(HeldOutLoss { epoch, loss });
        }
        Ok(())
    }

    /// A text of one-word lines trains nothing: that should not look like success.
    fn tell_if_nothing_was_learned(&self) {
        if self.trainer.history().iter().all(|point| point.pairs == 0) {
            note("no pair was trained: no line had two words left; the vectors are as random as they were");
        }
    }

    /// Training goes to its end also where it makes everything worse.
    fn tell_if_it_went_astray(&self) {
        let mut losses = self.trainer.history().iter().filter(|point| point.pairs > 0).map(|point| point.loss);
        let Some(first) = losses.next() else { return };
        let last = losses.next_back().unwrap_or(first);
        // Of a model that throws coins; a tree has as many as its paths are long.
        let coins = match self.config.hierarchical_softmax {
            true => f64::INFINITY,
            false => (1 + self.config.negatives) as f64 * std::f64::consts::LN_2,
        };
        if last > 2.0 * first {
            note(format_args!("the loss rose from {first:.4} to {last:.4}; try a lower --learning-rate"));
        } else if last > 2.0 * coins {
            note(format_args!("a loss of {last:.4} is worse than guessing ({coins:.4}); try a lower --learning-rate"));
        }
    }

    fn step(&self) -> u64 {
        self.trainer.progress().block
    }

    fn save(&self, save: Save, path: &Path, storage: Storage) -> Result<(), Error> {
        let Self { record, vocabulary, held_out, trainer, .. } = self;
        save(path, &Run { corpus: record, vocabulary, storage, held_out }, trainer)
    }

    fn checkpoint(&self, path: &Path, storage: Storage) -> Result<(), Error> {
        self.save(save_checkpoint, path, storage)
    }

    fn stopped(&self) -> anyhow::Error {
        let progress = self.trainer.progress();
        let done = progress.words as f64 / progress.total_words().max(1) as f64;
        self.keeping.stopped_after(format_args!("{:.1} % of {} epochs", 100.0 * done, progress.epochs))
    }
}
