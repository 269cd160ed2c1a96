//! The settings of the chapter's trainer.

use rapidvec::ModelKind;
use rapidvec::config::{ConfigError, count, real};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The algorithm that turns gradients into steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimizerKind {
    /// Kingma and Ba 2015, with the book's constants (0.9, 0.999, 1e-7).
    Adam,
    /// Plain gradient descent.
    Sgd,
}

impl OptimizerKind {
    /// The book's learning rate for this optimizer.
    pub fn default_learning_rate(self) -> f32 {
        match self {
            OptimizerKind::Adam => 0.001,
            OptimizerKind::Sgd => 0.01,
        }
    }
}

impl fmt::Display for OptimizerKind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            OptimizerKind::Adam => "adam",
            OptimizerKind::Sgd => "sgd",
        })
    }
}

/// The settings that, together with the corpus, determine the result to the bit.
///
/// ```
/// let config = rapidvec_textbook::Config { window: 2, ..rapidvec_textbook::Config::textbook() };
/// assert!(config.validate().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// CBOW or SkipGram.
    pub model: ModelKind,
    /// Adam or SGD.
    pub optimizer: OptimizerKind,
    /// Vector dimensions; the book's `hidden_size`.
    pub vector_size: usize,
    /// Words on each side of the target.
    pub window: usize,
    /// Negatives drawn for each true word; the book's `sample_size`.
    pub negatives: usize,
    /// Exponent of the negative-sampling distribution.
    pub power: f64,
    /// Passes over the whole corpus.
    pub epochs: usize,
    /// Examples in one optimizer step.
    pub batch_size: usize,
    /// Learning rate.
    pub learning_rate: f32,
    /// The maximum norm of all gradients together; they are scaled down to it. `None`: no clipping.
    pub max_grad: Option<f32>,
    /// Seed of all randomness.
    pub seed: u64,
}

impl Config {
    /// The chapter's settings: CBOW, Adam, vector size 100, window 5, 5 negatives, batches of 100, 10 epochs.
    pub fn textbook() -> Self {
        Self {
            model: ModelKind::Cbow,
            optimizer: OptimizerKind::Adam,
            vector_size: 100,
            window: 5,
            negatives: 5,
            power: 0.75,
            epochs: 10,
            batch_size: 100,
            learning_rate: OptimizerKind::Adam.default_learning_rate(),
            max_grad: None,
            seed: 1,
        }
    }

    /// Checks every field against its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        count("vector-size", self.vector_size, 1..=65_536, "from 1 to 65536")?;
        count("window", self.window, 1..=1_000, "from 1 to 1000")?;
        count("negatives", self.negatives, 1..=1_000, "from 1 to 1000")?;
        count("epochs", self.epochs, 1..=1_000_000, "from 1 to 1000000")?;
        count("batch-size", self.batch_size, 1..=1_000_000, "from 1 to 1000000")?;
        real("power", self.power, (-10.0..=10.0).contains(&self.power), "from -10 to 10")?;
        let rate = f64::from(self.learning_rate);
        real("learning-rate", rate, rate > 0.0 && rate <= 100.0, "above 0 and at most 100")?;
        let clip = f64::from(self.max_grad.unwrap_or(1.0));
        real("max-grad", clip, clip > 0.0 && clip.is_finite(), "above 0 and finite")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_textbook_settings_are_valid() {
        assert_eq!(Config::textbook().validate(), Ok(()));
    }

    #[test]
    fn refuses_values_out_of_range_and_names_the_field() {
        let book = Config::textbook;
        let bad = [
            ("vector-size", Config { vector_size: 0, ..book() }),
            ("window", Config { window: 0, ..book() }),
            ("negatives", Config { negatives: 0, ..book() }),
            ("epochs", Config { epochs: 0, ..book() }),
            ("batch-size", Config { batch_size: 0, ..book() }),
            ("power", Config { power: f64::NAN, ..book() }),
            ("learning-rate", Config { learning_rate: f32::NAN, ..book() }),
            ("learning-rate", Config { learning_rate: 1e30, ..book() }),
            ("learning-rate", Config { learning_rate: 0.0, ..book() }),
            ("max-grad", Config { max_grad: Some(-1.0), ..book() }),
        ];
        for (field, config) in bad {
            let Err(ConfigError::OutOfRange { name, .. }) = config.validate() else { panic!("{field} was accepted") };
            assert_eq!(name, field);
        }
    }

    #[test]
    fn survives_json() {
        let config = Config { learning_rate: 0.1, ..Config::textbook() };
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<Config>(&text).unwrap(), config);
    }
}
