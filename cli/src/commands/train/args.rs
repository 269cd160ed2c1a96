//! The flags of `train`, and what they mean for a `TextbookConfig`.

use super::engine::EngineSettings;
use crate::commands::corpus::Choice;
use crate::commands::reading::{Reading, same};
use crate::output::{ProgressMode, UsageError};
use clap::ValueEnum;
use rapidvec::ModelKind;
use rapidvec_textbook::{Config as TextbookConfig, OptimizerKind};
use std::path::PathBuf;
use std::time::Duration;

/// Learn word vectors from a text; stop and go on at any time
#[derive(Debug, Clone, clap::Args)]
#[command(
    after_help = "Ctrl-C finishes the batch, saves, and tells how to go on. A checkpoint is a model too: query it while \
                        training runs."
)]
pub struct Args {
    /// What to learn from: a data set (builtin, ptb, ptb:valid, ptb:test), text files, folders of them, patterns such as
    /// 'wiki/**/*.gz', or - for standard input; plain or packed with gzip, bzip2, zstd or xz [default: builtin]
    #[arg(value_name = "CORPUS")]
    pub corpus: Vec<String>,

    /// Where the model goes [default: model.safetensors, or the file that is resumed]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Overwrite files that are there
    #[arg(long)]
    pub force: bool,

    /// Go on from a checkpoint, with its settings and its corpus
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,

    /// Save a checkpoint to the output every so many seconds; 0: only when stopped
    #[arg(long, value_name = "SECONDS", default_value = CHECKPOINT_EVERY, value_parser = parse_seconds, allow_negative_numbers = true)]
    pub checkpoint_every: Duration,

    /// Threads; 0: one for each core. The textbook's result does not depend on it; word2vec's repeats to the bit with 1
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    pub threads: usize,

    #[command(flatten)]
    pub settings: Settings,

    #[command(flatten)]
    pub engine: EngineSettings,

    #[command(flatten)]
    pub reading: Reading,

    /// Other text, to be scored after each epoch
    #[arg(long, value_name = "CORPUS", help_heading = "Reading")]
    pub valid: Option<String>,

    /// Store vectors in half precision, as the chapter does
    #[arg(long, help_heading = "Output")]
    pub half: bool,

    /// Keep the trainer's state in the finished model, so that --resume FILE --epochs N goes further
    #[arg(long, help_heading = "Output")]
    pub keep_state: bool,

    /// Write the losses to a CSV file: epoch,iteration,seconds,loss (word2vec:
    /// epoch,words,seconds,loss,learning_rate,held_out_loss)
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub log: Option<PathBuf>,

    /// Draw the losses: FILE.svg or FILE.png
    #[arg(long, value_name = "FILE", value_parser = super::plot::parse_path, help_heading = "Output")]
    pub plot: Option<PathBuf>,

    /// How progress is shown; auto: a bar on a terminal, lines elsewhere
    #[arg(long, value_enum, default_value_t = ProgressMode::Auto, help_heading = "Output")]
    pub progress: ProgressMode,
}

/// The settings that decide what is learned.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// How to train, and where the defaults come from [default: textbook for the built-in corpus, else word2vec]
    #[arg(long, value_enum)]
    pub recipe: Option<Recipe>,

    /// From the words around to the word between (cbow), or the other way (skipgram) [default: cbow]
    #[arg(long, value_enum)]
    pub model: Option<Model>,

    /// How gradients become steps (textbook) [default: adam]
    #[arg(long, value_enum)]
    pub optimizer: Option<Optimizer>,

    /// Times the corpus is gone through [default: 5; textbook: 10]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub epochs: Option<usize>,

    /// Examples in a step (textbook) [default: 100]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub batch_size: Option<usize>,

    /// Words on each side; word2vec draws from 1 to this for each word [default: 5]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub window: Option<usize>,

    /// Numbers per word [default: 100]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub vector_size: Option<usize>,

    /// Negatives for each true word [default: 5]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub negatives: Option<usize>,

    /// Exponent that bends the counts negatives are drawn by [default: 0.75]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub power: Option<f64>,

    /// Size of a step [default: 0.05 for cbow, 0.025 for skipgram; textbook: 0.001 for adam, 0.01 for sgd]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub learning_rate: Option<f32>,

    /// Scale gradients down to this norm (textbook) [default: off]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub max_grad: Option<f32>,

    /// Where randomness starts [default: 1]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// A set of defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Recipe {
    /// The chapter's trainer and settings: batches, Adam, every word
    Textbook,
    /// The fast trainer with word2vec's settings
    Word2vec,
}

/// As `rapidvec::ModelKind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Model {
    Cbow,
    Skipgram,
}

/// As `rapidvec_textbook::OptimizerKind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Optimizer {
    Adam,
    Sgd,
}

impl Model {
    pub fn kind(self) -> ModelKind {
        match self {
            Model::Cbow => ModelKind::Cbow,
            Model::Skipgram => ModelKind::SkipGram,
        }
    }
}

impl Optimizer {
    fn kind(self) -> OptimizerKind {
        match self {
            Optimizer::Adam => OptimizerKind::Adam,
            Optimizer::Sgd => OptimizerKind::Sgd,
        }
    }
}

impl Args {
    /// How to train `choice`: as it was asked for, or as its text suggests. No other flag decides.
    ///
    /// # Errors
    /// A flag that the recipe does not have: to change the recipe with it would change every default in silence.
    pub fn recipe(&self, choice: &Choice) -> Result<Recipe, UsageError> {
        let by_text = if *choice == Choice::Builtin { Recipe::Textbook } else { Recipe::Word2vec };
        let recipe = self.settings.recipe.unwrap_or(by_text);
        let (foreign, other) = match recipe {
            Recipe::Textbook => (self.engine.given(), "word2vec"),
            Recipe::Word2vec => (self.settings.of_textbook(), "textbook"),
        };
        let Some(flag) = foreign else { return Ok(recipe) };
        let now = if self.settings.recipe.is_some() { "take" } else { "add" };
        Err(UsageError(format!("--{flag} is a setting of --recipe {other}; {now} --recipe {other}, or leave it out")))
    }
}

impl Settings {
    /// A flag given that only the textbook's recipe has.
    pub fn of_textbook(&self) -> Option<&'static str> {
        let given = [
            ("optimizer", self.optimizer.is_some()),
            ("batch-size", self.batch_size.is_some()),
            ("max-grad", self.max_grad.is_some()),
        ];
        given.into_iter().find(|(_, given)| *given).map(|(flag, _)| flag)
    }

    /// The chapter's settings with those given in their place.
    pub fn config(&self) -> TextbookConfig {
        let base = TextbookConfig::textbook();
        let optimizer = self.optimizer.map_or(base.optimizer, Optimizer::kind);
        TextbookConfig {
            model: self.model.map_or(base.model, Model::kind),
            optimizer,
            vector_size: self.vector_size.unwrap_or(base.vector_size),
            window: self.window.unwrap_or(base.window),
            negatives: self.negatives.unwrap_or(base.negatives),
            power: self.power.unwrap_or(base.power),
            epochs: self.epochs.unwrap_or(base.epochs),
            batch_size: self.batch_size.unwrap_or(base.batch_size),
            learning_rate: self.learning_rate.unwrap_or(optimizer.default_learning_rate()),
            max_grad: self.max_grad.or(base.max_grad),
            seed: self.seed.unwrap_or(base.seed),
        }
    }

    /// Refuses flags that contradict a checkpoint's settings. `epochs` may differ.
    pub fn check_against(&self, config: &TextbookConfig) -> Result<(), UsageError> {
        same("model", self.model.map(Model::kind), config.model)?;
        same("optimizer", self.optimizer.map(Optimizer::kind), config.optimizer)?;
        same("batch-size", self.batch_size, config.batch_size)?;
        same("window", self.window, config.window)?;
        same("vector-size", self.vector_size, config.vector_size)?;
        same("negatives", self.negatives, config.negatives)?;
        same("power", self.power, config.power)?;
        same("learning-rate", self.learning_rate, config.learning_rate)?;
        let clipped = config.max_grad.map_or_else(|| "off".to_owned(), |norm| norm.to_string());
        same("max-grad", self.max_grad.map(|given| given.to_string()), clipped)?;
        same("seed", self.seed, config.seed)
    }
}

/// Seconds between two checkpoints.
const CHECKPOINT_EVERY: &str = "60";

impl Args {
    /// Seconds between two checkpoints, if they are not the default.
    pub fn other_checkpoint_every(&self) -> Option<String> {
        let is_default = parse_seconds(CHECKPOINT_EVERY) == Ok(self.checkpoint_every);
        (!is_default).then(|| self.checkpoint_every.as_secs_f64().to_string())
    }
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|error| format!("{error}; expected seconds, such as 60 or 0.5"))?;
    Duration::try_from_secs_f64(seconds).map_err(|error| format!("{error}; expected seconds from 0"))
}
