//! How the command line runs the word2vec trainer.

use super::args::{Args, Settings};
use super::display::Unit;
use super::flags::{Flags, threads};
use super::word2vec_settings::Recipe;
use crate::commands::corpus::note_punctuation;
use crate::commands::text_args::same;
use crate::commands::vocab_args;
use crate::output::{UsageError, messages, note, thousands};
use rapidvec::checkpoint::CorpusRecord;
use rapidvec::corpus::{Corpus, CorpusOptions};
use rapidvec::error::Error;
use rapidvec::vectors::format::Matrix;
use rapidvec::{Config, CpuTrainer, ModelKind, Trainer, Vocabulary};
use std::sync::Arc;

impl Flags for CpuTrainer {
    const UNIT: Unit = Unit::Words;

    fn of_flags(args: &Args, base: Option<Config>) -> Result<Config, UsageError> {
        let (common, own) = (&args.settings, &args.word2vec);
        let model = common.model;
        let mut config = base.unwrap_or_else(|| Config::new(model.unwrap_or(ModelKind::Cbow)));
        config.model = model.unwrap_or(config.model);
        if config.model == ModelKind::SkipGram && own.context_sum.is_some() {
            return Err(UsageError(messages::context_sum_needs_cbow()));
        }
        if config.model == ModelKind::SkipGram && own.position_weights {
            return Err(UsageError(messages::position_weights_need_cbow()));
        }
        config = match (own.hierarchical_softmax, common.negatives) {
            (true, Some(negatives)) => config.both_objectives(negatives),
            (true, None) => config.hierarchical_softmax(),
            (false, Some(negatives)) => config.negatives(negatives),
            (false, None) => config,
        };
        if config.subwords.is_none() || own.subwords {
            let ngrams = own.ngrams(config.subwords);
            config = config.subwords(ngrams);
        }
        if own.join_weight.is_some() && own.output_vectors.unwrap_or(config.output_vectors) != Matrix::Joined {
            return Err(UsageError(messages::join_weight_needs_joined("--output-vectors joined")));
        }
        if let Some(rate) = common.learning_rate {
            config = config.learning_rate(rate);
        }
        config.vector_size = common.vector_size.unwrap_or(config.vector_size);
        config.window = common.window.unwrap_or(config.window);
        config.dynamic_window &= !own.fixed_window;
        config.context_sum = own.context_sum.unwrap_or(config.context_sum);
        config.power = common.power.unwrap_or(config.power);
        config.subsample = own.subsample.unwrap_or(config.subsample);
        config.shuffle &= !own.no_shuffle;
        config.bootstrap |= own.bootstrap;
        config.position_weights |= own.position_weights;
        config.output_vectors = own.output_vectors.unwrap_or(config.output_vectors);
        config.join_weight = own.join_weight.unwrap_or(config.join_weight);
        config.epochs = common.epochs.unwrap_or(config.epochs);
        config.min_learning_rate = own.min_learning_rate.unwrap_or(config.min_learning_rate);
        config.seed = common.seed.unwrap_or(config.seed);
        Ok(config)
    }

    fn for_text(args: &Args, config: Config, text: &Corpus) -> anyhow::Result<Config> {
        let own = &args.word2vec;
        let (kept, words) = (text.report().kept, text.vocabulary().len());
        let Some(Recipe::Best) = own.recipe else {
            // Vectors that are started from may be trained already.
            let is_fresh = own.init.is_none() && own.update.is_none();
            if is_fresh && config.is_too_short(kept, words) {
                note(messages::too_short_to_learn(thousands(kept), thousands(words as u64), config.epochs));
            }
            return Ok(config);
        };
        let best = Config::best(args.settings.model.unwrap_or(config.model), kept, words);
        let config = Self::of_flags(args, Some(best))?;
        Self::validate(&config).map_err(Error::from)?;
        note(messages::recipe(method(&config), config.epochs, config.learning_rate, config.subsample));
        Ok(config)
    }

    fn with_epochs(config: Config, epochs: usize) -> Config {
        config.epochs(epochs)
    }

    fn foreign(args: &Args) -> Option<&'static str> {
        args.textbook.given()
    }

    fn check_against(args: &Args, config: &Config) -> Result<(), UsageError> {
        let (common, own) = (&args.settings, &args.word2vec);
        let Settings { model, window, vector_size, negatives, power, learning_rate, seed, .. } = common;
        same("model", *model, config.model)?;
        same("window", *window, config.window)?;
        same("vector-size", *vector_size, config.vector_size)?;
        same("negatives", *negatives, config.negatives)?;
        same("power", *power, config.power)?;
        same("learning-rate", *learning_rate, config.learning_rate)?;
        same("seed", *seed, config.seed)?;
        same("subsample", own.subsample, config.subsample)?;
        same("min-learning-rate", own.min_learning_rate, config.min_learning_rate)?;
        same("context-sum", own.context_sum, config.context_sum)?;
        same("hierarchical-softmax", own.hierarchical_softmax.then_some(true), config.hierarchical_softmax)?;
        same("fixed-window", own.fixed_window.then_some(true), !config.dynamic_window)?;
        same("no-shuffle", own.no_shuffle.then_some(true), !config.shuffle)?;
        same("subwords", own.subwords.then_some(true), config.subwords.is_some())?;
        let ngrams = config.subwords.unwrap_or_default();
        same("min-n", own.min_n, ngrams.min_n)?;
        same("max-n", own.max_n, ngrams.max_n)?;
        same("buckets", own.buckets, ngrams.buckets)?;
        same("subword-units", own.subword_units, ngrams.units)?;
        same("position-weights", own.position_weights.then_some(true), config.position_weights)?;
        same("output-vectors", own.output_vectors, config.output_vectors)?;
        same("join-weight", own.join_weight, config.join_weight)?;
        let fixed = [("init", own.init.is_some()), ("update", own.update.is_some()), ("vocab", own.vocab.is_some())];
        let fixed = fixed.into_iter().chain([("recipe", own.recipe.is_some())]);
        match fixed.into_iter().find(|(_, given)| *given) {
            Some((flag, _)) => Err(UsageError(messages::argument_conflict(format_args!("--{flag}"), "--resume"))),
            None => Ok(()),
        }
    }

    fn corpus_options(args: &Args) -> CorpusOptions {
        let own = &args.word2vec;
        let default = CorpusOptions::default();
        let (min_count, max_vocab) = (default.min_count, default.max_vocab);
        args.reading
            .options(default)
            .min_count(own.min_count.unwrap_or(min_count))
            .max_vocab(own.max_vocab.unwrap_or(max_vocab))
            .threads(args.threads)
            .temporary_folder(own.temporary_folder.clone())
    }

    fn reread_options(args: &Args, record: &CorpusRecord, vocabulary: &Arc<Vocabulary>) -> CorpusOptions {
        let folder = args.word2vec.temporary_folder.clone();
        record.count_options(vocabulary, args.threads).temporary_folder(folder)
    }

    fn report_reading(name: &str, options: &CorpusOptions, corpus: &Corpus) {
        vocab_args::print_counts(name, options, corpus.report());
        note_punctuation(name, corpus.vocabulary(), corpus.report());
    }

    fn apply(&mut self, args: &Args) -> rapidvec::Result<()> {
        let kernel = args.word2vec.kernel.as_deref();
        Ok(kernel.map_or(Ok(()), |kernel| self.use_kernels(kernel))?)
    }

    fn describe(&self, corpus: &Corpus) -> String {
        let config = Trainer::config(self);
        let [kept, words] = [corpus.report().kept, corpus.vocabulary().len() as u64].map(thousands);
        let (method, size, kernels) = (method(config), config.vector_size, self.kernels());
        messages::word2vec_run(corpus.name(), kept, words, method, size, threads(self), kernels)
    }
}

/// `skipgram, 5 negatives`
pub fn method(config: &Config) -> String {
    let objective = match (config.hierarchical_softmax, config.negatives) {
        (true, 0) => messages::hierarchical_softmax(),
        (false, negatives) => messages::negatives(negatives),
        (true, negatives) => format!("{}, {}", messages::hierarchical_softmax(), messages::negatives(negatives)),
    };
    let ngrams = config.subwords.map(|ngrams| {
        let [min, max] = [ngrams.min_n, ngrams.max_n];
        format!(", {}", messages::ngrams(min, max, ngrams.units))
    });
    let positions = if config.position_weights { format!(", {}", messages::position_weights()) } else { String::new() };
    let vectors = match config.output_vectors {
        Matrix::Input => String::new(),
        Matrix::Output => format!(", {}", messages::output_vectors()),
        Matrix::Joined => format!(", {}", messages::joined_vectors(config.join_weight)),
    };
    format!("{}, {objective}{}{positions}{vectors}", config.model, ngrams.unwrap_or_default())
}
