//! The flags that only the fast trainer has, and what all flags mean for an `Config`.

use super::super::args::{Args, Settings};
use crate::commands::reading::{Reading, same};
use crate::output::UsageError;
use clap::ValueEnum;
use rapidvec::config::ContextSum;
use rapidvec::corpus::CorpusOptions;
use rapidvec::{Config, ModelKind};
use std::path::PathBuf;

/// The settings that only the fast trainer has.
#[derive(Debug, Default, Clone, clap::Args)]
#[command(next_help_heading = "Settings of --recipe word2vec")]
pub struct EngineSettings {
    /// Leave out words seen less often [default: 5]
    #[arg(long, value_name = "N", allow_negative_numbers = true, conflicts_with = "vocab")]
    pub min_count: Option<u64>,

    /// Leave out at random words more frequent than this share of the text; 0: none [default: 0.001]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub subsample: Option<f64>,

    /// Size of a step at the end, on a straight line from the start [default: a ten-thousandth of --learning-rate]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub min_learning_rate: Option<f32>,

    /// Predict words by a path through a Huffman tree instead of against negatives
    #[arg(long)]
    pub hierarchical_softmax: bool,

    /// Make every window as wide as --window, instead of drawing its width
    #[arg(long)]
    pub fixed_window: bool,

    /// Go through the text as it stands in every epoch, instead of in pieces of some 2,000 words in random order
    #[arg(long)]
    pub no_shuffle: bool,

    /// How cbow joins the words around [default: mean]
    #[arg(long, value_enum)]
    pub context_sum: Option<Context>,

    /// Start from the vectors of this file, in any format, for the words that it has
    #[arg(long, value_name = "FILE")]
    pub init: Option<PathBuf>,

    /// Keep the vectors that --init brings as they are
    #[arg(long, requires = "init", conflicts_with = "update")]
    pub freeze: bool,

    /// Train this model on with the text, whose new words are added to it
    #[arg(long, value_name = "MODEL", conflicts_with_all = ["init", "vocab"])]
    pub update: Option<PathBuf>,

    /// Take these words (a file that rapidvec vocab wrote) instead of counting
    #[arg(long, value_name = "FILE")]
    pub vocab: Option<PathBuf>,

    /// Different words that are kept while counting, about; when there are many more, the rarest are forgotten, and it is told
    /// [default: 50000000]
    #[arg(long, value_name = "N", allow_negative_numbers = true, conflicts_with = "vocab")]
    pub max_vocab: Option<usize>,

    /// Folder for what of the text does not fit the memory [default: the system's]
    #[arg(long, value_name = "FOLDER")]
    pub temporary_folder: Option<PathBuf>,

    /// Take these kernels instead of the best of this CPU
    #[arg(long, value_enum)]
    pub kernel: Option<Kernel>,
}

/// As `rapidvec::config::ContextSum`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Context {
    Mean,
    Sum,
}

/// The names that `rapidvec::cpu::CpuTrainer::use_kernels` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kernel {
    /// Plain Rust, for any CPU
    Scalar,
    /// 256-bit registers with fused multiply-add
    Avx2,
    /// 512-bit registers
    Avx512,
    /// 128-bit registers of 64-bit ARM
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

impl Context {
    fn kind(self) -> ContextSum {
        match self {
            Context::Mean => ContextSum::Mean,
            Context::Sum => ContextSum::Sum,
        }
    }
}

impl EngineSettings {
    /// A flag that was given, if one was.
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

    /// How a text is counted and encoded.
    pub fn count_options(&self, reading: &Reading, min_count: u64, threads: usize) -> CorpusOptions {
        let default = CorpusOptions::default();
        let max_vocab = self.max_vocab.unwrap_or(default.max_vocab);
        let options = default.min_count(min_count).max_vocab(max_vocab).threads(threads);
        reading.options(options).temporary_folder(self.temporary_folder.clone())
    }
}

/// The settings of `base`, or word2vec's, with those given in their place.
pub fn config(args: &Args, base: Option<Config>) -> Config {
    let (common, own) = (&args.settings, &args.engine);
    let model = common.model.map(|model| model.kind());
    let base = base.unwrap_or_else(|| Config::new(model.unwrap_or(ModelKind::Cbow)));
    let hierarchical_softmax = own.hierarchical_softmax || base.hierarchical_softmax && common.negatives.is_none();
    let default_negatives = if hierarchical_softmax { 0 } else { base.negatives };
    let learning_rate = common.learning_rate.unwrap_or(base.learning_rate);
    let min = if common.learning_rate.is_some() { learning_rate * 1e-4 } else { base.min_learning_rate };
    let mut config = base;
    config.model = model.unwrap_or(config.model);
    config.vector_size = common.vector_size.unwrap_or(config.vector_size);
    config.window = common.window.unwrap_or(config.window);
    config.dynamic_window &= !own.fixed_window;
    config.context_sum = own.context_sum.map_or(config.context_sum, Context::kind);
    config.negatives = common.negatives.unwrap_or(default_negatives);
    config.power = common.power.unwrap_or(config.power);
    config.hierarchical_softmax = hierarchical_softmax;
    config.subsample = own.subsample.unwrap_or(config.subsample);
    config.shuffle &= !own.no_shuffle;
    config.epochs = common.epochs.unwrap_or(config.epochs);
    config.learning_rate = learning_rate;
    config.min_learning_rate = own.min_learning_rate.unwrap_or(min);
    config.seed = common.seed.unwrap_or(config.seed);
    config
}

/// Refuses flags that contradict a checkpoint's settings. `epochs` may differ.
pub fn check_against(args: &Args, config: &Config) -> Result<(), UsageError> {
    let (common, own) = (&args.settings, &args.engine);
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
        Some((flag, _)) => Err(UsageError(format!("--{flag} begins a run; it has no place where one goes on"))),
        None => Ok(()),
    }
}
