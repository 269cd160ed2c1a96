//! The flags of the word2vec trainer.

use super::args::{Args, Settings};
use super::display::Unit;
use super::flags::{Flags, threads};
use crate::commands::corpus::note_punctuation;
use crate::commands::text_args::same;
use crate::commands::vocab_args;
use crate::output::{UsageError, messages, thousands};
use clap::ValueEnum;
use rapidvec::checkpoint::CorpusRecord;
use rapidvec::config::ContextSum;
use rapidvec::corpus::{Corpus, CorpusOptions};
use rapidvec::{Config, CpuTrainer, ModelKind, Trainer, Vocabulary};
use std::path::PathBuf;
use std::sync::Arc;

/// Settings that only the word2vec trainer has.
#[derive(Debug, Default, Clone, clap::Args)]
#[command(next_help_heading = "Settings of --trainer word2vec")]
pub struct Word2vecSettings {
    /// Drop words seen fewer than N times [default: 5]
    #[arg(long, value_name = "N", value_parser = crate::commands::numbers::count::<u64>, allow_negative_numbers = true)]
    #[arg(conflicts_with = "vocab")]
    pub min_count: Option<u64>,

    /// Skip words above this share of the text at random; 0: off [default: 0.001]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub subsample: Option<f64>,

    /// Use hierarchical softmax: alone, or with --negatives both at once
    #[arg(long, hide_short_help = true)]
    pub hierarchical_softmax: bool,

    /// Final learning rate [default: a ten-thousandth of --learning-rate]
    #[arg(long, value_name = "X", allow_negative_numbers = true, hide_short_help = true)]
    pub min_learning_rate: Option<f32>,

    /// Use the full --window everywhere instead of a random width
    #[arg(long, hide_short_help = true)]
    pub fixed_window: bool,

    /// Train in the order of the text instead of a shuffled one
    #[arg(long, hide_short_help = true)]
    pub no_shuffle: bool,

    /// Combine the context vectors of cbow by mean or sum [default: mean]
    #[arg(long, value_enum, value_name = "HOW", hide_short_help = true, hide_possible_values = true)]
    pub context_sum: Option<Context>,

    /// Start from the vectors in this file, in any format
    #[arg(long, value_name = "FILE")]
    pub init: Option<PathBuf>,

    /// Keep the vectors from --init as they are
    #[arg(long, requires = "init", conflicts_with = "update", hide_short_help = true)]
    pub freeze: bool,

    /// Continue training this model, adding the text's new words
    #[arg(long, value_name = "MODEL", conflicts_with_all = ["init", "vocab"])]
    pub update: Option<PathBuf>,

    /// Train these words (a file written by rapidvec vocab)
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub vocab: Option<PathBuf>,

    /// Drop the rarest words when counting more than N [default: 50m]
    #[arg(long, value_name = "N", value_parser = crate::commands::numbers::count::<usize>, allow_negative_numbers = true)]
    #[arg(conflicts_with = "vocab", hide_short_help = true)]
    pub max_vocab: Option<usize>,

    /// Folder for text that exceeds memory [default: the system's]
    #[arg(long, value_name = "FOLDER", hide_short_help = true)]
    pub temporary_folder: Option<PathBuf>,

    /// Kernels: scalar, avx2, avx512 or neon [default: the CPU's best]
    #[arg(long, value_enum, value_name = "NAME", hide_short_help = true, hide_possible_values = true)]
    pub kernel: Option<Kernel>,
}

/// As `rapidvec::config::ContextSum`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Context {
    Mean,
    Sum,
}

impl Context {
    fn kind(self) -> ContextSum {
        match self {
            Context::Mean => ContextSum::Mean,
            Context::Sum => ContextSum::Sum,
        }
    }
}

/// The names that `CpuTrainer::use_kernels` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kernel {
    Scalar,
    Avx2,
    Avx512,
    Neon,
}

impl Kernel {
    pub fn name(self) -> &'static str {
        match self {
            Kernel::Scalar => "scalar",
            Kernel::Avx2 => "avx2",
            Kernel::Avx512 => "avx512",
            Kernel::Neon => "neon",
        }
    }
}

impl Word2vecSettings {
    /// The first flag given.
    pub fn given(&self) -> Option<&'static str> {
        let given = [
            ("min-count", self.min_count.is_some()),
            ("subsample", self.subsample.is_some()),
            ("min-learning-rate", self.min_learning_rate.is_some()),
            ("hierarchical-softmax", self.hierarchical_softmax),
            ("fixed-window", self.fixed_window),
            ("no-shuffle", self.no_shuffle),
            ("context-sum", self.context_sum.is_some()),
            ("init", self.init.is_some()),
            ("update", self.update.is_some()),
            ("vocab", self.vocab.is_some()),
            ("max-vocab", self.max_vocab.is_some()),
            ("temporary-folder", self.temporary_folder.is_some()),
            ("kernel", self.kernel.is_some()),
        ];
        given.into_iter().find(|(_, given)| *given).map(|(flag, _)| flag)
    }
}

impl Flags for CpuTrainer {
    const UNIT: Unit = Unit::Words;

    fn of_flags(args: &Args, base: Option<Config>) -> Result<Config, UsageError> {
        let (common, own) = (&args.settings, &args.word2vec);
        let model = common.model.map(|model| model.kind());
        let mut config = base.unwrap_or_else(|| Config::new(model.unwrap_or(ModelKind::Cbow)));
        config.model = model.unwrap_or(config.model);
        if config.model == ModelKind::SkipGram && own.context_sum.is_some() {
            let help = "--context-sum needs --model cbow: skipgram does not combine context vectors";
            return Err(UsageError(help.into()));
        }
        config = match (own.hierarchical_softmax, common.negatives) {
            (true, Some(negatives)) => config.both_objectives(negatives),
            (true, None) => config.hierarchical_softmax(),
            (false, Some(negatives)) => config.negatives(negatives),
            (false, None) => config,
        };
        if let Some(rate) = common.learning_rate {
            config = config.learning_rate(rate);
        }
        config.vector_size = common.vector_size.unwrap_or(config.vector_size);
        config.window = common.window.unwrap_or(config.window);
        config.dynamic_window &= !own.fixed_window;
        config.context_sum = own.context_sum.map_or(config.context_sum, Context::kind);
        config.power = common.power.unwrap_or(config.power);
        config.subsample = own.subsample.unwrap_or(config.subsample);
        config.shuffle &= !own.no_shuffle;
        config.epochs = common.epochs.unwrap_or(config.epochs);
        config.min_learning_rate = own.min_learning_rate.unwrap_or(config.min_learning_rate);
        config.seed = common.seed.unwrap_or(config.seed);
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
        same("model", model.map(|model| model.kind()), config.model)?;
        same("window", *window, config.window)?;
        same("vector-size", *vector_size, config.vector_size)?;
        same("negatives", *negatives, config.negatives)?;
        same("power", *power, config.power)?;
        same("learning-rate", *learning_rate, config.learning_rate)?;
        same("seed", *seed, config.seed)?;
        same("subsample", own.subsample, config.subsample)?;
        same("min-learning-rate", own.min_learning_rate, config.min_learning_rate)?;
        same("context-sum", own.context_sum.map(Context::kind), config.context_sum)?;
        same("hierarchical-softmax", own.hierarchical_softmax.then_some(true), config.hierarchical_softmax)?;
        same("fixed-window", own.fixed_window.then_some(true), !config.dynamic_window)?;
        same("no-shuffle", own.no_shuffle.then_some(true), !config.shuffle)?;
        let fixed = [("init", own.init.is_some()), ("update", own.update.is_some()), ("vocab", own.vocab.is_some())];
        match fixed.iter().find(|(_, given)| *given) {
            Some((flag, _)) => Err(UsageError(format!("--{flag} cannot be combined with --resume"))),
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
        let kernel = args.word2vec.kernel;
        Ok(kernel.map_or(Ok(()), |kernel| self.use_kernels(kernel.name()))?)
    }

    fn describe(&self, corpus: &Corpus) -> String {
        let config = Trainer::config(self);
        let [kept, words] = [corpus.report().kept, corpus.vocabulary().len() as u64].map(thousands);
        let objective = match (config.hierarchical_softmax, config.negatives) {
            (true, 0) => messages::hierarchical_softmax(),
            (false, negatives) => messages::negatives(negatives),
            (true, negatives) => format!("{}, {}", messages::hierarchical_softmax(), messages::negatives(negatives)),
        };
        let Config { model, vector_size, .. } = config;
        let (method, kernels) = (format!("{model}, {objective}"), self.kernels());
        messages::word2vec_run(corpus.name(), kept, words, method, vector_size, threads(self), kernels)
    }
}
