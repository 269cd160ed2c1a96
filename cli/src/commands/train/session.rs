//! Training under way: epochs, checkpoints, the end, or a stop before it.

use super::ending::{self, Ask};
use super::keeping::Keeping;
use super::log::Log;
use super::plot::{self, Curve};
use crate::output::{Language, Progress};
use rapidvec::checkpoint::{CorpusRecord, HeldOutLoss, Storage};
use rapidvec::corpus::LineCorpus;
use rapidvec::{Error, Vocabulary};
use rapidvec_textbook::checkpoint::Run;
use rapidvec_textbook::{Config as TextbookConfig, Pause, TextbookTrainer};
use std::cell::RefCell;
use std::path::Path;

/// One of the two ways to save a run.
type Save = fn(&Path, &Run, &TextbookTrainer) -> Result<(), Error>;

/// A run that is ready to start.
pub struct Session<'a> {
    pub keeping: Keeping<'a>,
    pub config: &'a TextbookConfig,
    pub record: &'a CorpusRecord,
    pub vocabulary: &'a Vocabulary,
    pub held_out: Vec<HeldOutLoss>,
    pub valid: Option<LineCorpus>,
    pub trainer: TextbookTrainer<'a>,
}

impl Session<'_> {
    /// Trains to the end, or until a signal; saves; shows what was learned.
    pub fn run(mut self) -> anyhow::Result<()> {
        let path = self.keeping.outputs.log.as_deref();
        let log = path.map(|path| Log::create(path, self.trainer.history())).transpose()?;
        let log = RefCell::new(log);
        let finished = self.train(&log)?;
        // Before the model: a finished one is not gone on with, so that rows lost then would be lost for good.
        let logged = log.into_inner().map_or(Ok(()), Log::finish);
        if finished {
            let save: Save = if self.keeping.keeps_state() {
                rapidvec_textbook::checkpoint::save_checkpoint
            } else {
                rapidvec_textbook::checkpoint::save_model
            };
            self.keeping.finish(|path, storage| self.save(save, path, storage))?;
        } else {
            self.keeping.stop_at(self.step(), |path, storage| self.checkpoint(path, storage))?;
        }
        if let Some(path) = &self.keeping.outputs.plot {
            plot::draw(path, &Curve::of_textbook(&self.trainer, &self.held_out))?;
        }
        logged?;
        if finished {
            ending::show(&self.keeping.outputs.model, Ask::of(self.keeping.args, true))
        } else {
            Err(self.stopped())
        }
    }

    /// Whether training came to its end.
    fn train(&mut self, log: &RefCell<Option<Log>>) -> anyhow::Result<bool> {
        let args = self.keeping.args;
        let language = Language::current();
        let progress = Progress::new(args.progress, language, self.trainer.progress());
        loop {
            let before = self.step();
            let pause = self.train_on(&progress, log)?;
            // A trainer that was finished before has no epoch to end.
            if pause != Pause::Asked && self.step() > before {
                self.epoch_end(&progress);
            }
            if pause == Pause::Finished {
                return Ok(true);
            }
            if self.keeping.signals.stop() {
                return Ok(false);
            }
            let save = |path: &Path, storage| self.checkpoint(path, storage);
            self.keeping.checkpoint_if_due(self.step(), |text| progress.tell(text), save);
        }
    }

    fn train_on(&mut self, progress: &Progress, log: &RefCell<Option<Log>>) -> anyhow::Result<Pause> {
        let (keeping, start) = (&self.keeping, self.trainer.progress().step);
        let pause = |now: rapidvec_textbook::Progress| {
            progress.step(now.step);
            log.borrow_mut().iter_mut().for_each(Log::tick);
            keeping.wants_pause(now.step - start)
        };
        let paused = self.trainer.run(pause, |point| {
            progress.point(point);
            log.borrow_mut().iter_mut().for_each(|log| log.row(point));
        });
        paused.map_err(|error| keeping.failed(&error.into()))
    }

    fn epoch_end(&mut self, progress: &Progress) {
        let epoch = self.trainer.progress().epochs_done();
        let loss = match &self.valid {
            Some(valid) if self.held_out.last().is_none_or(|last| last.epoch < epoch) => {
                self.trainer.held_out_loss(&valid.ids)
            }
            _ => None,
        };
        self.held_out.extend(loss.map(|loss| HeldOutLoss { epoch, loss }));
        progress.epoch_end(self.trainer.history().last(), loss.map(|loss| (epoch, loss)));
    }

    fn step(&self) -> u64 {
        self.trainer.progress().step
    }

    fn save(&self, save: Save, path: &Path, storage: Storage) -> Result<(), Error> {
        let Self { config, record, vocabulary, held_out, trainer, .. } = self;
        save(path, &Run { config, corpus: record, vocabulary, storage, held_out }, trainer)
    }

    fn checkpoint(&self, path: &Path, storage: Storage) -> Result<(), Error> {
        self.save(rapidvec_textbook::checkpoint::save_checkpoint, path, storage)
    }

    fn stopped(&self) -> anyhow::Error {
        let progress = self.trainer.progress();
        let iterations = progress.iterations as u64;
        let (epochs, rest) = (progress.epochs_done(), progress.step % iterations);
        self.keeping.stopped_after(format_args!("{epochs} epochs and {rest} of {iterations} iterations"))
    }
}
