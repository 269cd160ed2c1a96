//! The settings of the fast trainer, with the defaults of word2vec.c.

mod error;
mod range;

pub use error::ConfigError;
#[doc(hidden)]
pub use range::{count, real};

use serde::{Deserialize, Serialize};
use std::fmt;

/// Which way the prediction goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelKind {
    /// From the words around to the word between them.
    Cbow,
    /// From a word to each of the words around it.
    SkipGram,
}

impl fmt::Display for ModelKind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            ModelKind::Cbow => "cbow",
            ModelKind::SkipGram => "skipgram",
        })
    }
}

/// How CBOW makes one hidden vector of the context's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContextSum {
    /// Their mean. Each context row gets the whole gradient of the hidden vector, as in word2vec.c.
    Mean,
    /// Their sum.
    Sum,
}

impl fmt::Display for ContextSum {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            ContextSum::Mean => "mean",
            ContextSum::Sum => "sum",
        })
    }
}

/// The settings that, with the corpus, decide what the fast trainer learns.
///
/// ```
/// use crate::{Config, ModelKind};
/// let config = Config { vector_size: 300, ..Config::word2vec(ModelKind::SkipGram) };
/// assert!(config.validate().is_ok());
/// assert_eq!(config.learning_rate, 0.025);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// CBOW or SkipGram.
    pub model: ModelKind,
    /// Numbers per word.
    pub vector_size: usize,
    /// Words on each side of the target, at most.
    pub window: usize,
    /// Draw each window's width from 1 to `window`, as word2vec does; else every window is `window` wide.
    pub dynamic_window: bool,
    /// How CBOW joins the context.
    pub context_sum: ContextSum,
    /// Negatives drawn for each true word; 0 with `hierarchical_softmax`.
    pub negatives: usize,
    /// Exponent that bends the counts negatives are drawn by. May be negative: rare words are then drawn most.
    pub power: f64,
    /// Predict by a path through a Huffman tree instead of by negative sampling.
    pub hierarchical_softmax: bool,
    /// Words more frequent than this share of the text are left out at random (Mikolov et al. 2013); 0: none are.
    pub subsample: f64,
    /// Words seen less often are left out of the vocabulary.
    pub min_count: u64,
    /// Go through the corpus in pieces of some 2,000 words, in another random order each epoch; else as it stands, as word2vec.c does.
    /// Shuffled text makes better vectors: `engine/blocks.rs` has the figures.
    #[serde(default)] // models of before it could be chosen were trained on the text as it stood
    pub shuffle: bool,
    /// Times the whole corpus is gone through.
    pub epochs: usize,
    /// Size of a step at the start.
    pub learning_rate: f32,
    /// Size of a step at the end; in between it falls on a straight line.
    pub min_learning_rate: f32,
    /// Where all randomness starts.
    pub seed: u64,
}

impl Config {
    /// The defaults of word2vec.c (size 100, window 5, negatives 5, power 0.75, subsample 1e-3, min count 5, 5 epochs;
    /// learning rate 0.05 for CBOW, 0.025 for SkipGram, falling to a ten-thousandth of it), over shuffled text.
    pub fn word2vec(model: ModelKind) -> Self {
        let learning_rate = Self::default_learning_rate(model);
        Self {
            model,
            vector_size: 100,
            window: 5,
            dynamic_window: true,
            context_sum: ContextSum::Mean,
            negatives: 5,
            power: 0.75,
            hierarchical_softmax: false,
            subsample: 1e-3,
            min_count: 5,
            shuffle: true,
            epochs: 5,
            learning_rate,
            min_learning_rate: learning_rate * 1e-4,
            seed: 1,
        }
    }

    /// The learning rate word2vec.c gives this model.
    pub fn default_learning_rate(model: ModelKind) -> f32 {
        match model {
            ModelKind::Cbow => 0.05,
            ModelKind::SkipGram => 0.025,
        }
    }

    /// Checks every field against its range, and those that exclude each other.
    pub fn validate(&self) -> Result<(), ConfigError> {
        count("vector-size", self.vector_size, 1..=65_536, "from 1 to 65536")?;
        count("window", self.window, 1..=1_000, "from 1 to 1000")?;
        count("negatives", self.negatives, 0..=1_000, "from 0 to 1000")?;
        count("epochs", self.epochs, 1..=1_000_000, "from 1 to 1000000")?;
        real("power", self.power, (-10.0..=10.0).contains(&self.power), "from -10 to 10")?;
        real("subsample", self.subsample, (0.0..=1.0).contains(&self.subsample), "from 0 to 1")?;
        let (rate, least) = (self.learning_rate, self.min_learning_rate);
        real("learning-rate", rate, rate > 0.0 && rate <= 100.0, "above 0 and at most 100")?;
        real("min-learning-rate", least, (0.0..=rate).contains(&least), "from 0 to the learning rate")?;
        let both = self.hierarchical_softmax && self.negatives > 0;
        real("negatives", self.negatives, !both, "0 with hierarchical softmax: one of the two")?;
        let neither = !self.hierarchical_softmax && self.negatives == 0;
        real("negatives", self.negatives, !neither, "at least 1 without hierarchical softmax")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        for model in [ModelKind::Cbow, ModelKind::SkipGram] {
            assert_eq!(Config::word2vec(model).validate(), Ok(()));
        }
    }

    /// word2vec.c's (its `-alpha`, `-sample`, `-min-count` and so on), but for the order of the text.
    #[test]
    fn the_defaults_are_word2vecs() {
        for (model, rate) in [(ModelKind::Cbow, 0.05), (ModelKind::SkipGram, 0.025)] {
            let expected = Config {
                model,
                vector_size: 100,
                window: 5,
                dynamic_window: true,
                context_sum: ContextSum::Mean,
                negatives: 5,
                power: 0.75,
                hierarchical_softmax: false,
                subsample: 0.001,
                min_count: 5,
                shuffle: true,
                epochs: 5,
                learning_rate: rate,
                min_learning_rate: rate * 0.0001,
                seed: 1,
            };
            assert_eq!(Config::word2vec(model), expected);
        }
        assert_eq!(crate::corpus::CorpusOptions::default().min_count, 5);
    }

    /// As in models that were written before.
    #[test]
    fn settings_that_say_nothing_of_shuffling_were_of_text_in_its_order() {
        let mut json = serde_json::to_value(Config::word2vec(ModelKind::Cbow)).unwrap();
        json.as_object_mut().unwrap().remove("shuffle");
        assert!(!serde_json::from_value::<Config>(json).unwrap().shuffle);
    }

    #[test]
    fn refuses_what_cannot_be_trained_and_names_it() {
        let base = || Config::word2vec(ModelKind::Cbow);
        let bad = [
            ("vector-size", Config { vector_size: 0, ..base() }),
            ("window", Config { window: 0, ..base() }),
            ("negatives", Config { negatives: 0, ..base() }),
            ("negatives", Config { hierarchical_softmax: true, ..base() }),
            ("epochs", Config { epochs: 0, ..base() }),
            ("power", Config { power: f64::NAN, ..base() }),
            ("subsample", Config { subsample: -1e-3, ..base() }),
            ("learning-rate", Config { learning_rate: f32::NAN, ..base() }),
            ("learning-rate", Config { learning_rate: 1e30, ..base() }),
            ("min-learning-rate", Config { min_learning_rate: 0.06, ..base() }),
            ("min-learning-rate", Config { min_learning_rate: f32::NAN, ..base() }),
        ];
        for (field, config) in bad {
            let Err(ConfigError::OutOfRange { name, .. }) = config.validate() else { panic!("{field} was accepted") };
            assert_eq!(name, field);
        }
    }

    #[test]
    fn survives_json() {
        let config = Config { learning_rate: 0.1, ..Config::word2vec(ModelKind::SkipGram) };
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<Config>(&text).unwrap(), config);
    }
}
