//! A run that goes on where another stopped.

use super::super::args::{Args, Recipe};
use super::super::begin::check_outputs;
use super::super::keeping::Keeping;
use super::super::resume::{check_begun, check_can_be_read_again, further, is_finished, where_it_was};
use super::super::signals::Signals;
use super::begin::{check_fits, read_valid, tell};
use super::session::EngineSession;
use super::settings;
use crate::commands::corpus::Choice;
use crate::commands::counting;
use crate::commands::reading::same;
use crate::output::{UsageError, note, say};
use anyhow::Context;
use rapidvec::checkpoint::{Checkpoint, CorpusRecord, Storage, Summary};
use rapidvec::corpus::{Corpus, CorpusOptions};
use rapidvec::error::Error;
use rapidvec::{CpuTrainer, Trainer};
use std::path::Path;
use std::sync::Arc;

/// Goes on from the checkpoint at `path`.
pub fn resume(args: &Args, path: &Path, summary: &Summary, signals: &Signals) -> anyhow::Result<()> {
    check_flags(args, summary)?;
    if is_finished(args, summary) {
        say(format_args!("{} is a finished model: nothing is left to do{}", path.display(), further(path, summary)));
        return Ok(());
    }
    let checkpoint = Checkpoint::open(path).with_context(|| format!("cannot go on from {}", path.display()))?;
    if args.half && !checkpoint.storage().half {
        let help = "--half contradicts the checkpoint, which is in single precision; leave it out, or train anew";
        return Err(UsageError(help.into()).into());
    }
    if checkpoint.storage().one_thread && args.threads == 0 {
        note("goes on with 1 thread, as it began, so that the result repeats to the bit (--threads N takes more)");
        return go_on(&Args { threads: 1, ..args.clone() }, path, checkpoint, signals);
    }
    go_on(args, path, checkpoint, signals)
}

fn go_on(args: &Args, path: &Path, checkpoint: Checkpoint, signals: &Signals) -> anyhow::Result<()> {
    let mut config = checkpoint.config::<CpuTrainer>()?;
    config.epochs = args.settings.epochs.unwrap_or(config.epochs);
    let (record, vocabulary) = (checkpoint.corpus.clone(), Arc::new(checkpoint.vocabulary().clone()));
    let (storage, held_out) = (checkpoint.storage(), checkpoint.held_out().to_vec());
    config.validate().map_err(Error::from)?;
    let choice = Choice::parse(if args.corpus.is_empty() { &record.sources } else { &args.corpus })?;
    let output = args.output.clone().unwrap_or_else(|| path.to_owned());
    check_outputs(args, &output, &choice, true)?;
    check_can_be_read_again(args, &choice)?;
    let vocabulary = Arc::new(vocabulary);
    let options =
        record.count_options(&vocabulary, args.threads).temporary_folder(args.engine.temporary_folder.clone());
    let sentences = read_again(args, &choice, &options, &record)?;
    check_begun(args, checkpoint.summary.trained.as_ref().map_or(0, |trained| trained.begun()))?;
    check_fits(args, &config, &vocabulary, &sentences, 0)?;
    let mut trainer: CpuTrainer = checkpoint.trainer(&config, &sentences, args.threads)?;
    let step = trainer.progress().block;
    if let Some(kernel) = args.engine.kernel {
        trainer.use_kernels(kernel.name()).map_err(Error::from)?;
    }
    let valid = read_valid(args, &options, &vocabulary)?;
    tell(&config, &sentences, &vocabulary, &trainer);
    signals.training_begins();
    let storage = Storage {
        keep_state: storage.keep_state || args.keep_state,
        one_thread: storage.one_thread && args.threads == 1,
        ..storage
    };
    let corpus_again = choice.is_stdin() || !args.corpus.is_empty();
    EngineSession {
        keeping: Keeping::new(args, signals, output, storage, corpus_again).resumed(path, step),
        config: &config,
        record: &record,
        vocabulary: &vocabulary,
        held_out,
        valid,
        trainer,
    }
    .run()
}

fn check_flags(args: &Args, summary: &Summary) -> anyhow::Result<()> {
    let textbook = args.settings.recipe.filter(|recipe| *recipe == Recipe::Textbook).map(|_| "recipe textbook");
    if let Some(flag) = textbook.or(args.settings.of_textbook()) {
        return Err(UsageError(format!("--{flag} is nothing to the fast trainer, which made the checkpoint")).into());
    }
    if let Some(config) = &summary.config {
        settings::check_against(args, &config.settings::<CpuTrainer>().map_err(Error::from)?)?;
    }
    if let Some(corpus) = &summary.corpus {
        same("min-count", args.engine.min_count, corpus.min_count)?;
        if let Some(max_vocab) = corpus.max_vocab {
            same("max-vocab", args.engine.max_vocab, max_vocab)?;
        }
        args.reading.check_against(&corpus.options())?;
    }
    Ok(())
}

/// The same text, or an error.
fn read_again(args: &Args, choice: &Choice, options: &CorpusOptions, record: &CorpusRecord) -> anyhow::Result<Corpus> {
    let sentences = counting::read(choice, &args.reading, options).map_err(where_it_was)?;
    record.check(&sentences).map_err(Error::from)?;
    Ok(sentences)
}
