//! What the command line needs of a trainer: its flags, how its text is read, how its run is shown.

use super::args::Args;
use super::display::Unit;
use crate::output::{UsageError, messages};
use rapidvec::checkpoint::CorpusRecord;
use rapidvec::corpus::{Corpus, CorpusOptions};
use rapidvec::{Trainer, Vocabulary};
use std::sync::Arc;

/// A trainer that `rapidvec train` can run.
pub trait Flags: Trainer {
    /// The unit of its progress.
    const UNIT: Unit;

    /// The settings given by flags; the others are those of `base` or the defaults.
    ///
    /// # Errors
    /// Flags that exclude each other.
    fn of_flags(args: &Args, base: Option<Self::Config>) -> Result<Self::Config, UsageError>;

    /// The settings for this text: those of the recipe, if it was asked for, under the other flags; otherwise the same.
    ///
    /// # Errors
    /// As [`of_flags`](Self::of_flags), and settings out of range.
    fn for_text(args: &Args, config: Self::Config, text: &Corpus) -> anyhow::Result<Self::Config> {
        let _ = (args, text);
        Ok(config)
    }

    /// The same settings for another number of epochs.
    fn with_epochs(config: Self::Config, epochs: usize) -> Self::Config;

    /// The first flag given that this trainer does not have.
    fn foreign(args: &Args) -> Option<&'static str>;

    /// Rejects flags that contradict the settings of a checkpoint.
    fn check_against(args: &Args, config: &Self::Config) -> Result<(), UsageError>;

    /// How a text is read.
    fn corpus_options(args: &Args) -> CorpusOptions;

    /// How a checkpoint's text is read again.
    fn reread_options(args: &Args, record: &CorpusRecord, vocabulary: &Arc<Vocabulary>) -> CorpusOptions;

    /// Prints what reading dropped, cut or replaced.
    fn report_reading(name: &str, options: &CorpusOptions, corpus: &Corpus);

    /// Rejects held-out text that cannot be scored.
    fn check_held_out(config: &Self::Config, text: &Corpus) -> rapidvec::Result<()> {
        let _ = (config, text);
        Ok(())
    }

    /// Applies the flags that are not part of the settings.
    fn apply(&mut self, args: &Args) -> rapidvec::Result<()> {
        let _ = args;
        Ok(())
    }

    /// The line before training starts.
    fn describe(&self, corpus: &Corpus) -> String;
}

/// `2 threads`
pub fn threads(trainer: &impl Trainer) -> String {
    messages::threads(trainer.threads())
}
