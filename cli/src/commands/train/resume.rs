//! A run that goes on where another stopped.

use super::args::{Args, Recipe};
use super::begin::{Prepared, check_outputs};
use super::corpus::Choice;
use super::engine;
use super::keeping::Keeping;
use super::session::Session;
use super::signals::Signals;
use crate::commands::counting;
use crate::output::{UsageError, say};
use anyhow::Context;
use rapidvec::CpuTrainer;
use rapidvec::checkpoint;
use rapidvec::checkpoint::CorpusRecord;
use rapidvec::checkpoint::Summary;
use rapidvec::corpus::{Corpus, CorpusError};
use rapidvec::error::Error;
use rapidvec::vectors::format::safetensors::ModelFile;
use rapidvec_textbook::checkpoint::Checkpoint;
use rapidvec_textbook::{Config as TextbookConfig, TextbookTrainer};
use std::path::Path;

/// Goes on from the checkpoint at `path`.
pub fn run(args: &Args, path: &Path, signals: &Signals) -> anyhow::Result<()> {
    let cannot = || format!("cannot go on from {}", path.display());
    let summary =
        Summary::of(&ModelFile::open(path).with_context(cannot)?).map_err(Error::from).with_context(cannot)?;
    if summary.config.as_ref().is_some_and(|config| config.is_of::<CpuTrainer>()) {
        return engine::resume(args, path, &summary, signals);
    }
    check_flags(args, &summary)?;
    if is_finished(args, &summary) {
        say(format_args!("{} is a finished model: nothing is left to do{}", path.display(), further(path, &summary)));
        return Ok(());
    }
    let checkpoint = rapidvec_textbook::checkpoint::load(path).with_context(cannot)?;
    go_on(args, path, checkpoint, signals)
}

fn go_on(args: &Args, path: &Path, checkpoint: Checkpoint, signals: &Signals) -> anyhow::Result<()> {
    let Checkpoint { config, corpus: record, storage, iterations, held_out, state, .. } = checkpoint;
    let config = TextbookConfig { epochs: epochs(args, &config, state.step, iterations)?, ..config };
    config.validate().map_err(Error::from)?;
    if args.half && !storage.half {
        let help = "--half contradicts the checkpoint, which is in single precision; leave it out, or train anew";
        return Err(UsageError(help.into()).into());
    }
    let choice = Choice::parse(if args.corpus.is_empty() { &record.sources } else { &args.corpus })?;
    let output = args.output.clone().unwrap_or_else(|| path.to_owned());
    check_outputs(args, &output, &choice, true)?;
    let corpus = read_again(args, &choice, &record)?;
    let matrices = if state.adam.is_some() { 8 } else { 2 };
    let prepared = Prepared::new(args, &config, &record.options(), &corpus, matrices * 4 * state.w_in.len() as u64)?;
    let step = state.step;
    let ids = corpus.ids().to_vec();
    let trainer = TextbookTrainer::resume(&config, &ids, corpus.counts(), args.threads, state)?;
    prepared.tell(&config, &corpus, &trainer);
    signals.training_begins();
    let storage = checkpoint::Storage { keep_state: storage.keep_state || args.keep_state, ..storage };
    let corpus_again = choice.is_stdin() || !args.corpus.is_empty();
    Session {
        keeping: Keeping::new(args, signals, output, storage, corpus_again).resumed(path, step),
        config: &config,
        record: &record,
        vocabulary: corpus.vocabulary(),
        held_out,
        valid: prepared.valid,
        trainer,
    }
    .run()
}

fn check_flags(args: &Args, summary: &Summary) -> anyhow::Result<()> {
    if let Some(config) = &summary.config {
        args.settings.check_against(&config.settings_of("textbook").map_err(Error::from)?)?;
    }
    let word2vec = args.settings.recipe.filter(|recipe| *recipe == Recipe::Word2vec).map(|_| "recipe word2vec");
    if let Some(flag) = word2vec.or(args.engine.given()) {
        return Err(
            UsageError(format!("--{flag} is no setting of the textbook's trainer, which made the checkpoint")).into()
        );
    }
    if let Some(corpus) = &summary.corpus {
        args.reading.check_against(&corpus.options())?;
    }
    Ok(())
}

/// Whether all that was asked for was done when the model was saved.
pub fn is_finished(args: &Args, summary: &Summary) -> bool {
    let (Some(config), Some(trained)) = (&summary.config, &summary.trained) else { return false };
    let epochs = config.epochs().unwrap_or(0) as usize;
    args.settings.epochs.is_none_or(|given| given == epochs) && trained.epochs >= epochs
}

pub fn further(path: &Path, summary: &Summary) -> String {
    match (summary.has_state, summary.config.as_ref().and_then(|config| config.epochs())) {
        (true, Some(epochs)) => format!("; --resume {} --epochs {} goes further", path.display(), epochs * 2),
        _ => "; a model can be trained further if it is made with --keep-state".to_owned(),
    }
}

/// The epochs to do in all: no fewer than were begun.
fn epochs(args: &Args, config: &TextbookConfig, step: u64, iterations: usize) -> Result<usize, UsageError> {
    check_begun(args, step.div_ceil(iterations as u64))?;
    Ok(args.settings.epochs.unwrap_or(config.epochs))
}

/// Refuses to end before where training is.
pub fn check_begun(args: &Args, begun: u64) -> Result<(), UsageError> {
    match args.settings.epochs {
        Some(asked) if (asked as u64) < begun => {
            Err(UsageError(format!("--epochs {asked} is less than the {begun} that were begun already")))
        }
        _ => Ok(()),
    }
}

/// The same text, or an error.
fn read_again(args: &Args, choice: &Choice, record: &CorpusRecord) -> anyhow::Result<Corpus> {
    check_can_be_read_again(args, choice)?;
    let corpus = counting::read(choice, &args.reading, &record.options()).map_err(where_it_was)?;
    record.check(&corpus).map_err(Error::from)?;
    Ok(corpus)
}

/// Refuses to wait for a text on standard input that nobody was told to give.
pub fn check_can_be_read_again(args: &Args, choice: &Choice) -> Result<(), UsageError> {
    if choice.is_stdin() && args.corpus.is_empty() {
        let help =
            "the corpus came from standard input: give the same text again, on standard input with - or as a file";
        return Err(UsageError(help.into()));
    }
    Ok(())
}

/// Says of a text that is missing what may have become of it.
pub fn where_it_was(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref() {
        Some(Error::Corpus(CorpusError::Missing { path })) => UsageError(format!(
            "there is no corpus {} here, which is how it was named when training began; go to the folder of that run, or give \
             its name after --resume FILE",
            path.display()
        ))
        .into(),
        _ => error,
    }
}
