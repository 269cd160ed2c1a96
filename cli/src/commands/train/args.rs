//! The flags of `train`.

use super::gang_settings::GangSettings;
use super::textbook_settings::TextbookSettings;
use super::word2vec_settings::Word2vecSettings;
use crate::commands::corpus::Choice;
use crate::commands::named::{Named, named};
use crate::commands::numbers::{count, threads};
use crate::commands::text_args::Reading;
use crate::output::{ProgressMode, UsageError, messages};
use clap::ValueEnum;
use rapidvec::{CHECKPOINT_INTERVAL, ModelKind};
use std::path::PathBuf;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  rapidvec train corpus.txt -o model.safetensors
  rapidvec train 'wiki/**/*.gz' --model skipgram --vector-size 300 -o wiki.safetensors
  zcat logs.gz | rapidvec train - -o logs.safetensors
  rapidvec train --resume model.safetensors

Ctrl-C saves a checkpoint, which is also a model, and prints the command that resumes.";

/// Train word vectors on a text
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Text files, folders, patterns, - (standard input), or builtin, ptb[:valid|:test]
    #[arg(value_name = "TEXT")]
    pub corpus: Vec<String>,

    /// Write the model to FILE [default: model.safetensors, or the file of --resume]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Overwrite existing files
    #[arg(short, long)]
    pub force: bool,

    /// Resume from a checkpoint, with its settings and text
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,

    /// Use N threads; 0: one per core. With 1, results are reproducible
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = threads, allow_negative_numbers = true)]
    #[arg(hide_default_value = true)]
    pub threads: usize,

    /// Train on cpu, gpu, or auto (a card if there is one) [default: cpu]
    #[arg(long, value_enum, default_value_t = Device::Cpu, hide_short_help = true, hide_default_value = true)]
    #[arg(hide_possible_values = true, value_name = "NAME")]
    pub device: Device,

    #[command(flatten)]
    pub settings: Settings,

    #[command(flatten)]
    pub word2vec: Word2vecSettings,

    #[command(flatten)]
    pub textbook: TextbookSettings,

    #[command(flatten)]
    pub gang: GangSettings,

    #[command(flatten)]
    pub reading: Reading,

    /// Score this text after each epoch
    #[arg(long, value_name = "TEXT", help_heading = "Reading")]
    pub valid: Option<String>,

    /// Store vectors in half precision
    #[arg(long, help_heading = "Output")]
    pub half: bool,

    /// Save checkpoints this often; 0: only when stopped [default: 60]
    #[arg(long, value_name = "SECONDS", default_value = CHECKPOINT_EVERY, value_parser = parse_seconds)]
    #[arg(allow_negative_numbers = true, hide_default_value = true, hide_short_help = true, help_heading = "Output")]
    pub checkpoint_every: Duration,

    /// Keep the training state in the model, to add --epochs later
    #[arg(long, hide_short_help = true, help_heading = "Output")]
    pub keep_state: bool,

    /// Write the losses to a CSV file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub log: Option<PathBuf>,

    /// Draw the losses: FILE.svg (FILE.png with the feature `png`)
    #[arg(long, value_name = "FILE", value_parser = crate::output::chart_path, help_heading = "Output")]
    #[arg(hide_short_help = true)]
    pub plot: Option<PathBuf>,

    /// Show progress as auto, bar, lines or none [default: auto]
    #[arg(long, value_enum, default_value_t = ProgressMode::Auto, hide_default_value = true, help_heading = "Output")]
    #[arg(hide_short_help = true, hide_possible_values = true, value_name = "HOW")]
    pub progress: ProgressMode,
}

/// The settings of both trainers.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// Use word2vec or textbook [default: word2vec; for builtin: textbook]
    #[arg(long, value_parser = named::<TrainerName>(), value_name = "NAME", hide_possible_values = true)]
    pub trainer: Option<TrainerName>,

    /// Predict the word (cbow) or its context (skipgram) [default: cbow]
    #[arg(long, value_parser = named::<ModelKind>(), value_name = "NAME", hide_possible_values = true)]
    pub model: Option<ModelKind>,

    /// Train vectors of N dimensions [default: 100]
    #[arg(long, value_name = "N", value_parser = count::<usize>, allow_negative_numbers = true)]
    pub vector_size: Option<usize>,

    /// Use at most N context words on each side [default: 5]
    #[arg(long, value_name = "N", value_parser = count::<usize>, allow_negative_numbers = true)]
    pub window: Option<usize>,

    /// Pass N times over the text [default: 5; textbook: 10]
    #[arg(long, value_name = "N", value_parser = count::<usize>, allow_negative_numbers = true)]
    pub epochs: Option<usize>,

    /// Draw N negative samples for each target [default: 5]
    #[arg(long, value_name = "N", value_parser = count::<usize>, allow_negative_numbers = true)]
    pub negatives: Option<usize>,

    /// Draw negatives by their counts to this power [default: 0.75]
    #[arg(long, value_name = "X", allow_negative_numbers = true, hide_short_help = true)]
    pub power: Option<f64>,

    /// Start at this rate [default: cbow 0.05, skipgram 0.025; textbook 0.001]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub learning_rate: Option<f32>,

    /// Start the random numbers from this seed [default: 1]
    #[arg(long, value_name = "N", value_parser = count::<u64>, hide_short_help = true)]
    pub seed: Option<u64>,
}

/// The trainers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrainerName {
    Word2vec,
    Textbook,
}

impl Named for TrainerName {
    const NAMES: &'static [(Self, &'static str, &'static str)] =
        &[(Self::Word2vec, "word2vec", ""), (Self::Textbook, "textbook", "")];
}

/// Where training is to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Device {
    Auto,
    Cpu,
    Gpu,
}

impl Named for ModelKind {
    const NAMES: &'static [(Self, &'static str, &'static str)] =
        &[(Self::Cbow, "cbow", ""), (Self::SkipGram, "skipgram", "")];
}

impl Args {
    /// The trainer for `choice`: the one requested, or the default for its text. No other flag changes it.
    ///
    /// # Errors
    /// A flag that the trainer does not have: switching the trainer because of it would silently change every default.
    pub fn trainer(&self, choice: &Choice) -> Result<TrainerName, UsageError> {
        let by_text = if *choice == Choice::Builtin { TrainerName::Textbook } else { TrainerName::Word2vec };
        let trainer = self.settings.trainer.unwrap_or(by_text);
        let (foreign, other) = match trainer {
            TrainerName::Textbook => (self.word2vec.given(), "word2vec"),
            TrainerName::Word2vec => (self.textbook.given(), "textbook"),
        };
        let Some(flag) = foreign else { return Ok(trainer) };
        Err(UsageError(messages::setting_of_other(flag, other)))
    }

    /// Seconds between two checkpoints, if they are not the default.
    pub fn other_checkpoint_every(&self) -> Option<String> {
        (self.checkpoint_every != CHECKPOINT_INTERVAL).then(|| self.checkpoint_every.as_secs_f64().to_string())
    }
}

/// The default of the library.
const CHECKPOINT_EVERY: &str = "60";

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|error| format!("{error}; expected seconds, such as 60 or 0.5"))?;
    Duration::try_from_secs_f64(seconds).map_err(|error| format!("{error}; expected seconds from 0"))
}
