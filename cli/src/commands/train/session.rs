//! Training under way: epochs, checkpoints, the end, or a stop before it.
#![forbid(unsafe_code)]

use super::args::Args;
use super::ending::{self, Ask, Outputs};
use super::log::Log;
use super::plot::{self, Curve};
use super::signals::Signals;
use crate::output::{Interrupted, Language, Progress, message, say};
use anyhow::Context;
use quickvec::checkpoint::{self, CorpusRecord, HeldOutLoss, Run, Storage};
use quickvec::corpus::Corpus;
use quickvec::error::TrainError;
use quickvec::nn::{Pause, Trainer};
use quickvec::{Config, Error, Vocabulary};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// One of the two ways to save a run.
type Save = fn(&Path, &Run, &Trainer) -> Result<(), Error>;

/// A run that is ready to start.
pub struct Session<'a> {
    pub args: &'a Args,
    pub config: &'a Config,
    pub record: &'a CorpusRecord,
    pub vocabulary: &'a Vocabulary,
    pub storage: Storage,
    pub held_out: Vec<HeldOutLoss>,
    pub valid: Option<Corpus>,
    /// Whether a resumed run has to be told its corpus again.
    pub corpus_again: bool,
    pub trainer: Trainer<'a>,
    pub outputs: Outputs,
    /// The last good checkpoint, and its step.
    pub saved: Option<(PathBuf, u64)>,
    pub signals: &'a Signals,
}

impl Session<'_> {
    /// Trains to the end, or until a signal; saves; shows what was learned.
    pub fn run(mut self) -> anyhow::Result<()> {
        let log = self.outputs.log.as_deref().map(|path| Log::create(path, self.trainer.history())).transpose()?;
        let log = RefCell::new(log);
        let finished = self.train(&log)?;
        // Before the model: a finished one is not gone on with, so that rows lost then would be lost for good.
        let logged = log.into_inner().map_or(Ok(()), Log::finish);
        if finished {
            self.save_finished()?;
        } else {
            self.save_checkpoint(|text| say(text)).context("stopped, but the checkpoint could not be saved")?;
        }
        if let Some(path) = &self.outputs.plot {
            plot::draw(path, &Curve::of_textbook(&self.trainer, &self.held_out))?;
        }
        logged?;
        if finished { ending::show(&self.outputs.model, Ask::of(self.args, true)) } else { Err(self.stopped()) }
    }

    /// Whether training came to its end.
    fn train(&mut self, log: &RefCell<Option<Log>>) -> anyhow::Result<bool> {
        let language = self.args.lang.unwrap_or_else(Language::of_locale);
        let progress = Progress::new(self.args.progress, language, self.trainer.progress());
        let mut last_try = Instant::now();
        loop {
            let before = self.trainer.progress().step;
            let pause = self.train_on(&progress, log, last_try)?;
            // A trainer that was finished before has no epoch to end.
            if pause != Pause::Asked && self.trainer.progress().step > before {
                self.epoch_end(&progress);
            }
            if pause == Pause::Finished {
                return Ok(true);
            }
            if self.signals.stop() {
                return Ok(false);
            }
            if self.is_due(last_try) {
                if let Err(error) = self.save_checkpoint(|text| progress.tell(text)) {
                    // There may be room again in a while; what was learned is still in memory.
                    progress.tell(&format!(
                        "warning: the checkpoint could not be saved, training goes on: {}",
                        message(&error)
                    ));
                }
                last_try = Instant::now();
            }
        }
    }

    fn is_due(&self, last_try: Instant) -> bool {
        let every = self.args.checkpoint_every;
        !every.is_zero() && last_try.elapsed() >= every
    }

    fn train_on(
        &mut self,
        progress: &Progress,
        log: &RefCell<Option<Log>>,
        last_try: Instant,
    ) -> anyhow::Result<Pause> {
        let every = self.args.checkpoint_every;
        let (signals, start) = (self.signals, self.trainer.progress().step);
        let pause = |now: quickvec::nn::Progress| {
            progress.step(now.step);
            log.borrow_mut().iter_mut().for_each(Log::tick);
            // At least a step between two checkpoints, however often they shall be.
            signals.stop() || now.step > start && !every.is_zero() && last_try.elapsed() >= every
        };
        let paused = self.trainer.run(pause, |point| {
            progress.point(point);
            log.borrow_mut().iter_mut().for_each(|log| log.row(point));
        });
        paused.map_err(|error| self.failed(error))
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

    fn describe(&self) -> Run<'_> {
        Run {
            config: self.config,
            corpus: self.record,
            vocabulary: self.vocabulary,
            storage: self.storage,
            held_out: &self.held_out,
        }
    }

    fn save_checkpoint(&mut self, tell: impl Fn(&str)) -> anyhow::Result<()> {
        self.save(checkpoint::save_checkpoint, tell)?;
        self.saved = Some((self.outputs.model.clone(), self.trainer.progress().step));
        Ok(())
    }

    fn save_finished(&mut self) -> anyhow::Result<()> {
        let save: Save = if self.storage.keep_state { checkpoint::save_checkpoint } else { checkpoint::save_model };
        let saved = self.save(save, |text| say(text));
        saved.with_context(|| format!("training is done, but the model could not be saved{}", self.last_checkpoint()))
    }

    /// Saves in half precision where it was asked for and every weight fits, else in single: nothing learned is lost.
    fn save(&mut self, save: Save, tell: impl Fn(&str)) -> Result<(), Error> {
        let saved = save(&self.outputs.model, &self.describe(), &self.trainer);
        ending::in_single_precision(saved, &mut self.storage, tell)
            .unwrap_or_else(|| save(&self.outputs.model, &self.describe(), &self.trainer))
    }

    fn failed(&self, error: TrainError) -> anyhow::Error {
        anyhow::anyhow!("{error}{}", self.last_checkpoint())
    }

    fn last_checkpoint(&self) -> String {
        match &self.saved {
            Some((path, step)) => format!("; the last checkpoint, after step {step}, is in {}", path.display()),
            None => "; nothing was saved".to_owned(),
        }
    }

    /// Tells how to go on.
    fn stopped(&self) -> anyhow::Error {
        let progress = self.trainer.progress();
        let iterations = progress.iterations as u64;
        say(format_args!(
            "stopped after {} epochs and {} of {iterations} iterations; saved {}\nto go on: {}",
            progress.epochs_done(),
            progress.step % iterations,
            self.outputs.model.display(),
            ending::resume_command(self.args, &self.outputs, self.corpus_again)
        ));
        Interrupted.into()
    }
}
