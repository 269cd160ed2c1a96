//! What is kept of a run, and when: checkpoints, the model, and what is said of them at the end. The same for both trainers.

use super::args::Args;
use super::ending::{Outputs, resume_command};
use super::signals::Signals;
use crate::output::{Interrupted, message, say};
use anyhow::Context;
use rapidvec::Error;
use rapidvec::checkpoint::Storage;
use rapidvec::vectors::error::FormatError;
use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Where a run is kept, and when that was done last.
pub struct Keeping<'a> {
    pub args: &'a Args,
    pub outputs: Outputs,
    pub signals: &'a Signals,
    /// Whether a resumed run has to be told its corpus again.
    corpus_again: bool,
    storage: Cell<Storage>,
    /// The last good checkpoint, and its step.
    saved: RefCell<Option<(PathBuf, u64)>>,
    last_try: Cell<Instant>,
}

impl<'a> Keeping<'a> {
    /// Of a run that starts now, whose model goes to `model`.
    pub fn new(args: &'a Args, signals: &'a Signals, model: PathBuf, storage: Storage, corpus_again: bool) -> Self {
        let outputs = Outputs { model, log: args.log.clone(), plot: args.plot.clone() };
        let (storage, last_try) = (Cell::new(storage), Cell::new(Instant::now()));
        Self { args, outputs, signals, corpus_again, storage, saved: RefCell::default(), last_try }
    }

    /// Of a run that goes on where the checkpoint at `path`, after step `step`, left off.
    pub fn resumed(self, path: &Path, step: u64) -> Self {
        self.saved.replace(Some((path.to_owned(), step)));
        self
    }

    /// Whether a finished model has the trainer's state.
    pub fn keeps_state(&self) -> bool {
        self.storage.get().keep_state
    }

    /// Whether training has something else to do after so many steps on end: the user wants an end, or a checkpoint is due. At least a step
    /// is between two checkpoints, however often they shall be.
    pub fn wants_pause(&self, steps: u64) -> bool {
        self.signals.stop() || steps > 0 && self.is_due()
    }

    fn is_due(&self) -> bool {
        let every = self.args.checkpoint_every;
        !every.is_zero() && self.last_try.get().elapsed() >= every
    }

    /// Makes a checkpoint if one is due. Where that fails it is told and training goes on: there may be room again in a while, and
    /// what was learned is still in memory.
    pub fn checkpoint_if_due(
        &self,
        step: u64,
        tell: impl Fn(&str),
        save: impl Fn(&Path, Storage) -> Result<(), Error>,
    ) {
        if !self.is_due() {
            return;
        }
        if let Err(error) = self.checkpoint(step, &tell, save) {
            let reason = message(&error.into());
            tell(&format!("warning: the checkpoint could not be saved, training goes on: {reason}"));
        }
        self.last_try.set(Instant::now());
    }

    /// Makes the checkpoint of a run that was stopped at step `step`.
    pub fn stop_at(&self, step: u64, save: impl Fn(&Path, Storage) -> Result<(), Error>) -> anyhow::Result<()> {
        let saved = self.checkpoint(step, |text| say(text), save);
        saved.context("stopped, but the checkpoint could not be saved")
    }

    fn checkpoint(
        &self,
        step: u64,
        tell: impl Fn(&str),
        save: impl Fn(&Path, Storage) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.save(tell, save)?;
        self.saved.replace(Some((self.outputs.model.clone(), step)));
        Ok(())
    }

    /// Saves the finished model.
    pub fn finish(&self, save: impl Fn(&Path, Storage) -> Result<(), Error>) -> anyhow::Result<()> {
        let saved = self.save(|text| say(text), save);
        saved.with_context(|| format!("training is done, but the model could not be saved{}", self.last_checkpoint()))
    }

    /// In half precision where it was asked for and every weight fits; else in single, from now on: a model in twice the space is
    /// better than none.
    fn save(&self, tell: impl Fn(&str), save: impl Fn(&Path, Storage) -> Result<(), Error>) -> Result<(), Error> {
        let storage = self.storage.get();
        match save(&self.outputs.model, storage) {
            Err(Error::Format(FormatError::HalfOverflow { word, got })) if storage.half => {
                tell(&format!(
                    "note: the vector of `{word}` holds {got}, but half precision ends at 65504: \
                     saved in single precision, as if without --half"
                ));
                let single = Storage { half: false, ..storage };
                self.storage.set(single);
                save(&self.outputs.model, single)
            }
            saved => saved,
        }
    }

    /// Why training failed, and what is left.
    pub fn failed(&self, error: &Error) -> anyhow::Error {
        anyhow::anyhow!("{error}{}", self.last_checkpoint())
    }

    fn last_checkpoint(&self) -> String {
        match &*self.saved.borrow() {
            Some((path, step)) => format!("; the last checkpoint, after step {step}, is in {}", path.display()),
            None => "; nothing was saved".to_owned(),
        }
    }

    /// Tells how to go on with a run that was stopped after so much.
    pub fn stopped_after(&self, done: impl Display) -> anyhow::Error {
        let model = self.outputs.model.display();
        let command = resume_command(self.args, &self.outputs, self.corpus_again);
        say(format_args!("stopped after {done}; saved {model}\nto go on: {command}"));
        Interrupted.into()
    }
}
