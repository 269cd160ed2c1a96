//! The flags of the word2vec trainer.

use crate::commands::named::{Named, named};
use crate::commands::numbers::{count, count_in};
use crate::commands::open::join_weight;
use rapidvec::config::ContextSum;
use rapidvec::vectors::format::Matrix;
use rapidvec::vectors::format::safetensors::MAX_RUNS;
use rapidvec::{NGrams, Units};
use std::path::PathBuf;

/// The names that `CpuTrainer::use_kernels` takes.
const KERNELS: [&str; 4] = ["scalar", "avx2", "avx512", "neon"];

/// Settings that only the word2vec trainer has.
#[derive(Debug, Default, Clone, clap::Args)]
#[command(next_help_heading = "Settings of --trainer word2vec")]
pub struct Word2vecSettings {
    /// Use the settings that are best for this text: best
    #[arg(long, value_parser = named::<Recipe>(), value_name = "NAME", hide_possible_values = true)]
    #[arg(conflicts_with_all = ["update", "subwords", "hierarchical_softmax"])]
    pub recipe: Option<Recipe>,

    /// Drop words seen fewer than N times [default: 5]
    #[arg(long, value_name = "N", value_parser = count::<u64>, allow_negative_numbers = true)]
    #[arg(conflicts_with = "vocab")]
    pub min_count: Option<u64>,

    /// Skip words above this share at random; 0: off [default: 0.001]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub subsample: Option<f64>,

    /// Use hierarchical softmax, alone or together with --negatives
    #[arg(long, hide_short_help = true)]
    pub hierarchical_softmax: bool,

    /// Decay to this rate [default: --learning-rate / 10,000]
    #[arg(long, value_name = "X", allow_negative_numbers = true, hide_short_help = true)]
    pub min_learning_rate: Option<f32>,

    /// Use the full --window everywhere instead of a random width
    #[arg(long, hide_short_help = true)]
    pub fixed_window: bool,

    /// Train in the order of the text instead of a shuffled one
    #[arg(long, hide_short_help = true)]
    pub no_shuffle: bool,

    /// Combine the contexts of cbow by mean or sum [default: mean]
    #[arg(long, value_parser = named::<ContextSum>(), value_name = "HOW", hide_short_help = true, hide_possible_values = true)]
    pub context_sum: Option<ContextSum>,

    /// Compose vectors of letter n-grams, for unknown words too
    #[arg(long)]
    pub subwords: bool,

    /// Length of the shortest n-gram [default: 3]
    #[arg(long, value_name = "N", value_parser = count::<usize>, allow_negative_numbers = true)]
    #[arg(requires = "subwords", hide_short_help = true)]
    pub min_n: Option<usize>,

    /// Length of the longest n-gram [default: 6]
    #[arg(long, value_name = "N", value_parser = count::<usize>, allow_negative_numbers = true)]
    #[arg(requires = "subwords", hide_short_help = true)]
    pub max_n: Option<usize>,

    /// Number of rows that all n-grams share [default: 2m]
    #[arg(long, value_name = "N", value_parser = count::<usize>, allow_negative_numbers = true)]
    #[arg(requires = "subwords", hide_short_help = true)]
    pub buckets: Option<usize>,

    /// Units of n-grams: letters, or jamo for Korean [default: letters]
    #[arg(long, value_parser = named::<Units>(), value_name = "UNITS", hide_possible_values = true)]
    #[arg(requires = "subwords", hide_short_help = true)]
    pub subword_units: Option<Units>,

    /// Learn a weight for each position in the window of cbow
    #[arg(long, hide_short_help = true)]
    pub position_weights: bool,

    /// Take the input or output matrix, or joined [default: input]
    #[arg(long, value_parser = named::<Matrix>(), value_name = "WHICH", hide_possible_values = true)]
    #[arg(hide_short_help = true)]
    pub output_vectors: Option<Matrix>,

    /// Add the output matrix times X where joined [default: 1.5]
    #[arg(long, value_name = "X", value_parser = join_weight, allow_negative_numbers = true)]
    #[arg(hide_short_help = true)]
    pub join_weight: Option<f32>,

    /// Train N times, with seeds from --seed on, and take the mean
    #[arg(long, value_name = "N", value_parser = count_in::<usize>(2..=MAX_RUNS))]
    #[arg(conflicts_with_all = ["update", "init", "subwords", "position_weights", "resume", "valid", "log", "plot"])]
    #[arg(conflicts_with_all = ["keep_state", "engine"], hide_short_help = true)]
    pub runs: Option<usize>,

    /// Keep the vectors of --runs, to show how far they differ
    #[arg(long, requires = "runs", hide_short_help = true)]
    pub keep_runs: bool,

    /// Draw pieces of the text with repetition for each of --runs
    #[arg(long, requires = "runs", hide_short_help = true)]
    pub bootstrap: bool,

    /// Start from the vectors in this file, in any format
    #[arg(long, value_name = "FILE")]
    pub init: Option<PathBuf>,

    /// Keep the vectors from --init unchanged
    #[arg(long, requires = "init", conflicts_with = "update", hide_short_help = true)]
    pub freeze: bool,

    /// Train in the space of this model: its output vectors stay fixed
    #[arg(long, value_name = "MODEL", hide_short_help = true)]
    #[arg(conflicts_with_all = ["update", "runs", "hierarchical_softmax", "resume", "engine"])]
    pub compass: Option<PathBuf>,

    /// Continue training this model, adding the text's new words
    #[arg(long, value_name = "MODEL", conflicts_with_all = ["init", "vocab"])]
    pub update: Option<PathBuf>,

    /// Train these words (a file written by rapidvec vocab)
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub vocab: Option<PathBuf>,

    /// Drop the rarest words when counting more than N [default: 50m]
    #[arg(long, value_name = "N", value_parser = count::<usize>, allow_negative_numbers = true)]
    #[arg(conflicts_with = "vocab", hide_short_help = true)]
    pub max_vocab: Option<usize>,

    /// Keep text larger than memory here [default: the system's]
    #[arg(long, value_name = "FOLDER", hide_short_help = true)]
    pub temporary_folder: Option<PathBuf>,

    /// Train at most N windows at a time with --device gpu [default: 512]
    #[arg(long, value_name = "N", value_parser = count::<usize>, allow_negative_numbers = true)]
    #[arg(hide = true)] // help has to fit the screen, and few need it: docs/gpu.md
    pub windows_in_flight: Option<usize>,

    /// Use scalar, avx2, avx512 or neon kernels [default: the best]
    #[arg(long, value_parser = KERNELS, value_name = "NAME", hide_short_help = true, hide_possible_values = true)]
    pub kernel: Option<String>,
}

/// Settings that follow from the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipe {
    Best,
}

impl Named for Recipe {
    const NAMES: &'static [(Self, &'static str, &'static str)] = &[(Self::Best, "best", "")];
}

impl Named for ContextSum {
    const NAMES: &'static [(Self, &'static str, &'static str)] = &[(Self::Mean, "mean", ""), (Self::Sum, "sum", "")];
}

impl Named for Units {
    const NAMES: &'static [(Self, &'static str, &'static str)] =
        &[(Self::Letters, "letters", ""), (Self::Jamo, "jamo", "")];
}

impl Word2vecSettings {
    /// The n-grams that the flags ask for; what no flag says is as in `base`, the settings of a model that is continued.
    pub fn ngrams(&self, base: Option<NGrams>) -> Option<NGrams> {
        let ngrams = base.or(self.subwords.then(NGrams::default))?;
        Some(
            ngrams
                .min_n(self.min_n.unwrap_or(ngrams.min_n))
                .max_n(self.max_n.unwrap_or(ngrams.max_n))
                .buckets(self.buckets.unwrap_or(ngrams.buckets))
                .units(self.subword_units.unwrap_or(ngrams.units)),
        )
    }

    /// The first flag given.
    pub fn given(&self) -> Option<&'static str> {
        let given = [
            ("recipe", self.recipe.is_some()),
            ("min-count", self.min_count.is_some()),
            ("subsample", self.subsample.is_some()),
            ("min-learning-rate", self.min_learning_rate.is_some()),
            ("hierarchical-softmax", self.hierarchical_softmax),
            ("fixed-window", self.fixed_window),
            ("no-shuffle", self.no_shuffle),
            ("context-sum", self.context_sum.is_some()),
            ("subwords", self.subwords),
            ("position-weights", self.position_weights),
            ("output-vectors", self.output_vectors.is_some()),
            ("join-weight", self.join_weight.is_some()),
            ("runs", self.runs.is_some()),
            ("keep-runs", self.keep_runs),
            ("bootstrap", self.bootstrap),
            ("init", self.init.is_some()),
            ("compass", self.compass.is_some()),
            ("update", self.update.is_some()),
            ("vocab", self.vocab.is_some()),
            ("max-vocab", self.max_vocab.is_some()),
            ("temporary-folder", self.temporary_folder.is_some()),
            ("windows-in-flight", self.windows_in_flight.is_some()),
            ("kernel", self.kernel.is_some()),
        ];
        given.into_iter().find(|(_, given)| *given).map(|(flag, _)| flag)
    }
}
