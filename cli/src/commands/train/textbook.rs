//! How the command line runs the textbook trainer, on the CPU and on a graphics card.

use super::args::{Args, Settings};
use super::display::Unit;
use super::flags::{Flags, threads};
use crate::commands::corpus;
use crate::commands::text_args::same;
use crate::output::{UsageError, messages, note, thousands};
use rapidvec::checkpoint::CorpusRecord;
use rapidvec::corpus::{Corpus, CorpusOptions};
use rapidvec::error::TrainError;
use rapidvec::{ModelKind, Trainer, Vocabulary};
use rapidvec_textbook::{Config, Engine, TextbookTrainerOn};
use std::sync::Arc;

impl<E: Engine> Flags for TextbookTrainerOn<E> {
    const UNIT: Unit = Unit::Iterations;

    fn of_flags(args: &Args, base: Option<Config>) -> Result<Config, UsageError> {
        let (common, own) = (&args.settings, &args.textbook);
        let base = base.unwrap_or_else(Config::textbook);
        let optimizer = own.optimizer.unwrap_or(base.optimizer);
        Ok(Config {
            model: common.model.unwrap_or(base.model),
            optimizer,
            vector_size: common.vector_size.unwrap_or(base.vector_size),
            window: common.window.unwrap_or(base.window),
            negatives: common.negatives.unwrap_or(base.negatives),
            power: common.power.unwrap_or(base.power),
            epochs: common.epochs.unwrap_or(base.epochs),
            batch_size: own.batch_size.unwrap_or(base.batch_size),
            learning_rate: common.learning_rate.unwrap_or(optimizer.default_learning_rate()),
            max_grad: own.max_grad.or(base.max_grad),
            seed: common.seed.unwrap_or(base.seed),
        })
    }

    fn with_epochs(config: Config, epochs: usize) -> Config {
        Config { epochs, ..config }
    }

    fn foreign(args: &Args) -> Option<&'static str> {
        args.word2vec.given()
    }

    fn check_against(args: &Args, config: &Config) -> Result<(), UsageError> {
        let Settings { model, window, vector_size, negatives, power, learning_rate, seed, .. } = &args.settings;
        same("model", *model, config.model)?;
        same("optimizer", args.textbook.optimizer, config.optimizer)?;
        same("batch-size", args.textbook.batch_size, config.batch_size)?;
        same("window", *window, config.window)?;
        same("vector-size", *vector_size, config.vector_size)?;
        same("negatives", *negatives, config.negatives)?;
        same("power", *power, config.power)?;
        same("learning-rate", *learning_rate, config.learning_rate)?;
        let clipped = config.max_grad.map_or_else(|| "off".to_owned(), |norm| norm.to_string());
        same("max-grad", args.textbook.max_grad.map(|given| given.to_string()), clipped)?;
        same("seed", *seed, config.seed)
    }

    fn corpus_options(args: &Args) -> CorpusOptions {
        args.reading.options(CorpusOptions::textbook()).threads(args.threads)
    }

    fn reread_options(_: &Args, record: &CorpusRecord, _: &Arc<Vocabulary>) -> CorpusOptions {
        record.options()
    }

    fn report_reading(name: &str, _: &CorpusOptions, corpus: &Corpus) {
        corpus::print_notes(name, corpus.report());
    }

    fn check_held_out(config: &Config, text: &Corpus) -> rapidvec::Result<()> {
        let (tokens, window) = (text.ids().len(), config.window);
        if tokens < 2 * window + 1 { Err(TrainError::CorpusTooShort { tokens, window }.into()) } else { Ok(()) }
    }

    fn describe(&self, corpus: &Corpus) -> String {
        let config = Trainer::config(self);
        let examples = corpus.ids().len() - 2 * config.window;
        let pairs = match config.model {
            ModelKind::Cbow => examples,
            ModelKind::SkipGram => examples * 2 * config.window,
        };
        let [tokens, words, pairs] =
            [corpus.ids().len(), corpus.vocabulary().len(), pairs].map(|n| thousands(n as u64));
        let Config { model, negatives, vector_size, .. } = config;
        if self.batch_size() < config.batch_size {
            let (used, wanted) = (self.batch_size(), config.batch_size);
            note(messages::small_batches(used, wanted));
        }
        let method = format!("{model}, {}", messages::negatives(negatives));
        let place = self.device().unwrap_or_else(|| threads(self));
        messages::textbook_run(corpus.name(), tokens, words, pairs, method, vector_size, place)
    }
}
