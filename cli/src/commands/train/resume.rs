//! Continues a run where another stopped.

use super::args::Args;
use super::device::{self, Chosen};
use super::flags::Flags;
use super::outputs;
use super::run::{self, Run};
use super::signals::Signals;
use super::start::read_held_out;
use crate::commands::corpus::Choice;
use crate::commands::named::Named;
use crate::commands::text_args::same;
use crate::commands::vocab_args;
use crate::output::{UsageError, messages, note, say, shown};
use anyhow::Context;
use rapidvec::checkpoint::{Checkpoint, SavedConfig, Summary};
use rapidvec::corpus::{Corpus, CorpusError, CorpusOptions};
use rapidvec::error::{Error, TrainError};
use rapidvec::vectors::format::open_model;
use rapidvec::vectors::format::safetensors::ModelFile;
use rapidvec::{CpuTrainer, Session};
use rapidvec_textbook::TextbookTrainer;
use std::path::Path;
use std::sync::Arc;

/// Resumes from the checkpoint at `path`.
pub fn run(args: &Args, path: &Path, signals: &Signals) -> anyhow::Result<()> {
    let cannot = || messages::cannot_resume(path.display());
    let model = open_model(path).with_context(cannot)?;
    let summary = Summary::of(&model).map_err(Error::from).with_context(cannot)?;
    match &summary.config {
        Some(config) if config.is_of::<TextbookTrainer>() => match device::choose(args, false)? {
            Chosen::Cpu => resume::<TextbookTrainer>(args, path, model, &summary, config, signals),
            #[cfg(feature = "gpu")]
            Chosen::Gpu => resume::<rapidvec_gpu::GpuTextbookTrainer>(args, path, model, &summary, config, signals),
        },
        Some(config) => match device::choose(args, has_tree(config))? {
            Chosen::Cpu => resume::<CpuTrainer>(args, path, model, &summary, config, signals),
            #[cfg(feature = "gpu")]
            Chosen::Gpu => resume::<rapidvec_gpu::GpuTrainer>(args, path, model, &summary, config, signals),
        },
        None => Err(no_state(path)),
    }
}

/// Whether a checkpoint of the word2vec trainer is of a run with hierarchical softmax.
fn has_tree(config: &SavedConfig) -> bool {
    config.settings::<CpuTrainer>().is_ok_and(|config| config.hierarchical_softmax)
}

fn no_state(path: &Path) -> anyhow::Error {
    let error = anyhow::Error::new(Error::from(TrainError::NoState)).context(messages::cannot_resume(path.display()));
    let message = format!("{}; {}", shown(&error), messages::use_update());
    error.context(message)
}

fn resume<T: Flags>(
    args: &Args,
    path: &Path,
    model: ModelFile,
    summary: &Summary,
    saved: &SavedConfig,
    signals: &Signals,
) -> anyhow::Result<()> {
    let cannot = || messages::cannot_resume(path.display());
    check_flags::<T>(args, summary, &saved.settings::<T>().map_err(Error::from).with_context(cannot)?)?;
    if is_finished(args, summary) {
        say(messages::finished_already(path.display()) + &further(path, summary));
        return Ok(());
    }
    if !summary.has_state {
        return Err(no_state(path));
    }
    let checkpoint = Checkpoint::of(model).with_context(cannot)?;
    if args.half && !checkpoint.storage().half {
        return Err(UsageError(messages::half_contradicts()).into());
    }
    if checkpoint.storage().one_thread && args.threads == 0 {
        note(messages::one_thread_again());
        return resume_from::<T>(&Args { threads: 1, ..args.clone() }, path, &checkpoint, signals);
    }
    resume_from::<T>(args, path, &checkpoint, signals)
}

fn resume_from<T: Flags>(args: &Args, path: &Path, checkpoint: &Checkpoint, signals: &Signals) -> anyhow::Result<()> {
    let begun = checkpoint.summary.trained.as_ref().map_or(0, |trained| trained.begun());
    let mut config = checkpoint.config::<T>().with_context(|| messages::cannot_resume(path.display()))?;
    if let Some(epochs) = args.settings.epochs {
        check_begun(epochs, begun)?;
        config = T::with_epochs(config, epochs);
        T::validate(&config).map_err(Error::from)?;
    }
    let record = &checkpoint.corpus;
    let choice = Choice::parse(if args.corpus.is_empty() { &record.sources } else { &args.corpus })?;
    let output = args.output.clone().unwrap_or_else(|| path.to_owned());
    check_can_be_read_again(args, &choice)?;
    outputs::check(args, &output, &choice, true).map_err(where_it_was)?;
    let vocabulary = Arc::new(checkpoint.vocabulary().clone());
    let options = args.reading.with_phrases_again(T::reread_options(args, record, &vocabulary), record)?;
    let corpus = read_again(args, &choice, &options)?;
    let held_out = read_held_out::<T>(args, &config, &options, &vocabulary)?;
    let session = Session::<T>::resume(checkpoint, &config, &corpus, args.threads)?;
    let corpus_again = choice.is_stdin() || !args.corpus.is_empty();
    let resumed = Some((path.to_owned(), session.trainer().progress().block));
    run::run(session, &corpus, &config, Run { args, signals, output, held_out, corpus_again, resumed })
}

fn check_flags<T: Flags>(args: &Args, summary: &Summary, config: &T::Config) -> anyhow::Result<()> {
    let other = args.settings.trainer.filter(|trainer| trainer.name() != T::NAME);
    let other = other.map(|trainer| format!("trainer {}", trainer.name()));
    if let Some(flag) = other.or(T::foreign(args).map(str::to_owned)) {
        return Err(UsageError(messages::flag_of_other_checkpoint(flag, T::NAME)).into());
    }
    T::check_against(args, config)?;
    if let Some(corpus) = &summary.corpus {
        same("min-count", args.word2vec.min_count, corpus.min_count)?;
        if let Some(max_vocab) = corpus.max_vocab {
            same("max-vocab", args.word2vec.max_vocab, max_vocab)?;
        }
        args.reading.check_against(&corpus.options())?;
    }
    Ok(())
}

/// Whether the model was saved at the end of all requested epochs.
fn is_finished(args: &Args, summary: &Summary) -> bool {
    let (Some(config), Some(trained)) = (&summary.config, &summary.trained) else { return false };
    let epochs = config.epochs().unwrap_or(0) as usize;
    args.settings.epochs.is_none_or(|given| given == epochs) && trained.epochs >= epochs
}

fn further(path: &Path, summary: &Summary) -> String {
    match (summary.has_state, summary.config.as_ref().and_then(SavedConfig::epochs)) {
        (true, Some(epochs)) => messages::continues_with(path.display(), epochs * 2),
        _ => messages::needs_state(),
    }
}

/// Rejects an end before the current position.
fn check_begun(epochs: usize, begun: u64) -> Result<(), UsageError> {
    if (epochs as u64) < begun {
        return Err(UsageError(messages::epochs_begun(epochs, begun)));
    }
    Ok(())
}

fn read_again(args: &Args, choice: &Choice, options: &CorpusOptions) -> anyhow::Result<Corpus> {
    vocab_args::read(choice, &args.reading, options).map_err(where_it_was)
}

/// Rejects standard input from a terminal, where no text is coming.
fn check_can_be_read_again(args: &Args, choice: &Choice) -> Result<(), UsageError> {
    if choice.is_stdin() && args.corpus.is_empty() {
        return Err(UsageError(messages::text_came_from_stdin()));
    }
    Ok(())
}

/// Explains where a missing text was expected.
fn where_it_was(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref() {
        Some(Error::Corpus(CorpusError::Missing { path })) => UsageError(messages::text_is_gone(path.display())).into(),
        _ => error,
    }
}
