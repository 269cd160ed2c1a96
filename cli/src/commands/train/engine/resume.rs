//! A run that goes on where another stopped.

use super::super::args::{Args, Recipe};
use super::super::begin::check_outputs;
use super::super::keeping::Keeping;
use super::super::resume::{check_begun, check_can_be_read_again, further, where_it_was};
use super::super::signals::Signals;
use super::begin::{check_fits, read_valid, tell};
use super::session::EngineSession;
use super::settings;
use crate::commands::corpus::Choice;
use crate::commands::counting;
use crate::commands::reading::same;
use crate::output::{UsageError, note, say};
use anyhow::Context;
use rapidvec::Config;
use rapidvec::checkpoint::{CorpusRecord, EngineCheckpoint, Storage, load_engine};
use rapidvec::corpus::{Corpus, CorpusOptions};
use rapidvec::cpu::CpuTrainer;
use rapidvec::error::Error;
use rapidvec_textbook::checkpoint::Summary;
use std::path::Path;
use std::sync::Arc;

/// Goes on from the checkpoint at `path`.
pub fn resume(args: &Args, path: &Path, summary: &Summary, signals: &Signals) -> anyhow::Result<()> {
    check_flags(args, summary)?;
    if is_finished(args, summary) {
        say(format_args!("{} is a finished model: nothing is left to do{}", path.display(), further(path, summary)));
        return Ok(());
    }
    let checkpoint = load_engine(path).with_context(|| format!("cannot go on from {}", path.display()))?;
    if args.half && !checkpoint.storage.half {
        let help = "--half contradicts the checkpoint, which is in single precision; leave it out, or train anew";
        return Err(UsageError(help.into()).into());
    }
    if checkpoint.storage.one_thread && args.threads == 0 {
        note("goes on with 1 thread, as it began, so that the result repeats to the bit (--threads N takes more)");
        return go_on(&Args { threads: 1, ..args.clone() }, path, checkpoint, signals);
    }
    go_on(args, path, checkpoint, signals)
}

fn go_on(args: &Args, path: &Path, checkpoint: EngineCheckpoint, signals: &Signals) -> anyhow::Result<()> {
    let EngineCheckpoint { config, corpus: record, vocabulary, storage, held_out, state, frozen, w_in, w_out } =
        checkpoint;
    let config = Config { epochs: args.settings.epochs.unwrap_or(config.epochs), ..config };
    config.validate().map_err(Error::from)?;
    let choice = Choice::parse(if args.corpus.is_empty() { &record.sources } else { &args.corpus })?;
    let output = args.output.clone().unwrap_or_else(|| path.to_owned());
    check_outputs(args, &output, &choice, true)?;
    check_can_be_read_again(args, &choice)?;
    let vocabulary = Arc::new(vocabulary);
    let options = record
        .count_options(&vocabulary, config.min_count, args.threads)
        .temporary_folder(args.engine.temporary_folder.clone());
    let sentences = read_again(args, &choice, &options, &record)?;
    check_begun(args, state.words.div_ceil(sentences.report().kept.max(1)))?;
    let held = [&w_in, &w_out].map(|matrix| 4 * (matrix.rows() * matrix.cols()) as u64).iter().sum();
    check_fits(args, &config, &vocabulary, &sentences, held)?;
    let step = state.block;
    let (ids, counts) = (sentences.ids(), vocabulary.counts());
    let mut trainer = CpuTrainer::resume(&config, ids, counts, args.threads, state, w_in, w_out)?;
    trainer.freeze(frozen);
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
    if let Some(config) = &summary.engine {
        settings::check_against(args, config)?;
    }
    if let Some(corpus) = &summary.corpus {
        if let Some(max_vocab) = corpus.max_vocab {
            same("max-vocab", args.engine.max_vocab, max_vocab)?;
        }
        args.reading.check_against(&corpus.options())?;
    }
    Ok(())
}

/// Whether all that was asked for was done when the model was saved.
fn is_finished(args: &Args, summary: &Summary) -> bool {
    let (Some(config), Some(trained)) = (&summary.engine, &summary.engine_trained) else { return false };
    let nothing_new = args.settings.epochs.is_none_or(|epochs| epochs == config.epochs);
    nothing_new && trained.epochs >= config.epochs
}

/// The same text, or an error.
fn read_again(args: &Args, choice: &Choice, options: &CorpusOptions, record: &CorpusRecord) -> anyhow::Result<Corpus> {
    let sentences = counting::read(choice, &args.reading, options).map_err(where_it_was)?;
    record.check_sentences(&sentences).map_err(Error::from)?;
    Ok(sentences)
}
