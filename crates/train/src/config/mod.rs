//! The settings of the word2vec trainer, with the defaults of word2vec.c.

mod error;
mod range;
mod recipe;

pub use error::ConfigError;
#[doc(hidden)]
pub use range::{count, real};

use rapidvec_vectors::format::Matrix;
use rapidvec_vectors::{JOIN_WEIGHT, NGrams};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which way words are predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelKind {
    /// A word from its context.
    Cbow,
    /// The context from a word.
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

/// How CBOW combines the rows of the context into one hidden vector.
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

/// The settings that, with the corpus, decide what the word2vec trainer learns.
///
/// ```
/// use rapidvec::Config;
///
/// let config = Config::skip_gram().vector_size(300).window(8);
/// assert!(config.validate().is_ok());
/// assert_eq!(config.learning_rate, 0.025);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// CBOW or skip-gram.
    pub model: ModelKind,
    /// Numbers per vector, from 1 to 65,536.
    pub vector_size: usize,
    /// The maximum number of words on each side of the target, from 1 to a billion. A sentence ends every window.
    pub window: usize,
    /// Draw each window's width from 1 to `window`, as word2vec does; otherwise every window is `window` wide.
    pub dynamic_window: bool,
    /// How CBOW combines the context.
    pub context_sum: ContextSum,
    /// Negatives drawn for each target, up to 1,000; 0 for hierarchical softmax alone.
    pub negatives: usize,
    /// Exponent of the negative-sampling distribution, from -10 to 10. With a negative exponent, rare words are drawn most often.
    pub power: f64,
    /// Predict by a path through a Huffman tree: instead of by negative sampling, or, with `negatives` above 0, in both ways at
    /// once. The loss is then the sum of both.
    pub hierarchical_softmax: bool,
    /// Randomly skip words more frequent than this fraction of the text, from 0 to 1 (Mikolov et al. 2013); 0 skips none.
    pub subsample: f64,
    /// Process the corpus in pieces of about 2,000 words, in another random order each epoch; otherwise in the order of the
    /// text, as word2vec.c does. Shuffled text makes better vectors: `cpu/schedule.rs` has the figures.
    pub shuffle: bool,
    /// Train on pieces of the text that are drawn with repetition by the seed, as many as it has, instead of on each once: a bootstrap sample.
    /// Runs with other seeds then show what hangs on single passages of the text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bootstrap: bool,
    /// Compose the vectors of words of n-grams, so that unknown words have vectors too (Bojanowski et al. 2017).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subwords: Option<NGrams>,
    /// Learn a weight for each position in the window of CBOW, up to 1,000 words to each side (Mikolov et al. 2018).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub position_weights: bool,
    /// Which rows are the word vectors of the finished model. Both matrices are stored, so that training can continue from them.
    #[serde(default, skip_serializing_if = "is_input")]
    pub output_vectors: Matrix,
    /// The weight of the output matrix in joined vectors, from -100 to 100. Without them it has no effect.
    #[serde(default = "default_join_weight", skip_serializing_if = "is_default_join_weight")]
    pub join_weight: f32,
    /// Passes over the corpus, from 1 to a million.
    pub epochs: usize,
    /// The learning rate at the start.
    pub learning_rate: f32,
    /// The learning rate at the end; it changes linearly in between. It may be higher than at the start.
    pub min_learning_rate: f32,
    /// The seed of all random numbers.
    pub seed: u64,
}

impl Default for Config {
    /// CBOW, as word2vec.c.
    fn default() -> Self {
        Self::cbow()
    }
}

impl Config {
    /// CBOW with the defaults of word2vec.c: see [`new`](Self::new).
    pub fn cbow() -> Self {
        Self::new(ModelKind::Cbow)
    }

    /// Skip-gram with the defaults of word2vec.c: see [`new`](Self::new).
    pub fn skip_gram() -> Self {
        Self::new(ModelKind::SkipGram)
    }

    /// The defaults of word2vec.c (size 100, window 5, negatives 5, power 0.75, subsample 1e-3, 5 epochs; learning rate 0.05
    /// for CBOW, 0.025 for skip-gram, decaying to a ten-thousandth of it), over shuffled text.
    pub fn new(model: ModelKind) -> Self {
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
            shuffle: true,
            bootstrap: false,
            subwords: None,
            position_weights: false,
            output_vectors: Matrix::Input,
            join_weight: JOIN_WEIGHT,
            epochs: 5,
            learning_rate,
            min_learning_rate: learning_rate * MIN_LEARNING_RATE,
            seed: 1,
        }
    }

    /// The learning rate of word2vec.c for this model.
    pub fn default_learning_rate(model: ModelKind) -> f32 {
        match model {
            ModelKind::Cbow => 0.05,
            ModelKind::SkipGram => 0.025,
        }
    }

    /// Composes vectors of these n-grams. Skip-gram then learns at fastText's rate, 0.05, unless another one than the default was set: at
    /// word2vec's rate n-grams learn too little.
    pub fn subwords(self, subwords: impl Into<Option<NGrams>>) -> Self {
        let (before, after) = (self.subwords, subwords.into());
        let default = |subwords: Option<NGrams>| match (self.model, subwords) {
            (ModelKind::SkipGram, Some(_)) => SUBWORD_LEARNING_RATE,
            (model, _) => Self::default_learning_rate(model),
        };
        let (is_default, rate) = (self.learning_rate == default(before), default(after));
        let config = Self { subwords: after, ..self };
        if is_default && config.learning_rate != rate { config.learning_rate(rate) } else { config }
    }

    /// Makes every window as wide as possible instead of drawing its width.
    pub fn fixed_window(self) -> Self {
        Self { dynamic_window: false, ..self }
    }

    /// Sets the negatives for each target, from 1 to 1,000, of negative sampling alone.
    pub fn negatives(self, negatives: usize) -> Self {
        Self { negatives, hierarchical_softmax: false, ..self }
    }

    /// Uses hierarchical softmax alone.
    pub fn hierarchical_softmax(self) -> Self {
        Self { negatives: 0, hierarchical_softmax: true, ..self }
    }

    /// Uses hierarchical softmax and negative sampling at once, with this many negatives for each target.
    pub fn both_objectives(self, negatives: usize) -> Self {
        Self { negatives, hierarchical_softmax: true, ..self }
    }

    /// Sets the learning rate at the start, and that at the end to a ten-thousandth of it.
    pub fn learning_rate(self, learning_rate: f32) -> Self {
        Self { learning_rate, min_learning_rate: learning_rate * MIN_LEARNING_RATE, ..self }
    }

    /// Checks every setting against its range.
    ///
    /// # Errors
    /// [`ConfigError::OutOfRange`] for the first setting out of range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        count("vector-size", self.vector_size, 1..=65_536, "from 1 to 65536")?;
        count("window", self.window, 1..=1_000_000_000, "from 1 to 1000000000")?;
        count("negatives", self.negatives, 0..=1_000, "from 0 to 1000")?;
        count("epochs", self.epochs, 1..=1_000_000, "from 1 to 1000000")?;
        real("power", self.power, (-10.0..=10.0).contains(&self.power), "from -10 to 10")?;
        real("subsample", self.subsample, (0.0..=1.0).contains(&self.subsample), "from 0 to 1")?;
        self.subwords.map_or(Ok(()), check_ngrams)?;
        if self.position_weights {
            let reason = "cbow with position weights";
            real("model", self.model, self.model == ModelKind::Cbow, reason)?;
            count("window", self.window, 1..=1_000, "from 1 to 1000 with position weights")?;
        }
        self.check_output_vectors()?;
        let (rate, min) = (self.learning_rate, self.min_learning_rate);
        real("learning-rate", rate, rate > 0.0 && rate <= 100.0, "above 0 and at most 100")?;
        real("min-learning-rate", min, (0.0..=100.0).contains(&min), "from 0 to 100")?;
        let neither = !self.hierarchical_softmax && self.negatives == 0;
        real("negatives", self.negatives, !neither, "at least 1 without hierarchical softmax")
    }
}

impl Config {
    /// Sets the vectors of the finished model to `w_in + weight · w_out`: for CBOW they are better than either matrix.
    pub fn joined(self, weight: f32) -> Self {
        Self { output_vectors: Matrix::Joined, join_weight: weight, ..self }
    }

    /// Other vectors than the input rows need an output row for each word, and leave no place for n-grams.
    fn check_output_vectors(&self) -> Result<(), ConfigError> {
        let (weight, chosen) = (self.join_weight, self.output_vectors);
        real("join-weight", weight, (-100.0..=100.0).contains(&weight), "from -100 to 100")?;
        if chosen == Matrix::Input {
            return Ok(());
        }
        let refuse = |ok, expected| real("output-vectors", chosen, ok, expected);
        refuse(self.negatives > 0, "input without negative sampling")?;
        refuse(self.subwords.is_none(), "input with subwords")
    }
}

fn is_input(matrix: &Matrix) -> bool {
    *matrix == Matrix::Input
}

fn default_join_weight() -> f32 {
    JOIN_WEIGHT
}

fn is_default_join_weight(weight: &f32) -> bool {
    *weight == JOIN_WEIGHT
}

/// Checks the sizes of n-grams.
fn check_ngrams(ngrams: NGrams) -> Result<(), ConfigError> {
    count("buckets", ngrams.buckets, 1..=1 << 31, "from 1 to 2147483648")?;
    count("min-n", ngrams.min_n, 1..=1_000, "from 1 to 1000")?;
    real("max-n", ngrams.max_n, (ngrams.min_n..=1_000).contains(&ngrams.max_n), "from the minimum length to 1000")
}

rapidvec_core::setters!(Config {
    vector_size: usize,
    window: usize,
    context_sum: ContextSum,
    power: f64,
    subsample: f64,
    shuffle: bool,
    bootstrap: bool,
    position_weights: bool,
    output_vectors: Matrix,
    join_weight: f32,
    epochs: usize,
    min_learning_rate: f32,
    seed: u64,
});

/// The learning rate of skip-gram with subwords.
const SUBWORD_LEARNING_RATE: f32 = 0.05;

/// The learning rate at the end, as a fraction of that at the start.
const MIN_LEARNING_RATE: f32 = 1e-4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        for model in [ModelKind::Cbow, ModelKind::SkipGram] {
            assert_eq!(Config::new(model).validate(), Ok(()));
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
                shuffle: true,
                bootstrap: false,
                subwords: None,
                position_weights: false,
                output_vectors: Matrix::Input,
                join_weight: 1.5,
                epochs: 5,
                learning_rate: rate,
                min_learning_rate: rate * 0.0001,
                seed: 1,
            };
            assert_eq!(Config::new(model), expected);
        }
        assert_eq!(crate::corpus::CorpusOptions::default().min_count, 5);
    }

    #[test]
    fn refuses_what_cannot_be_trained_and_names_it() {
        let base = || Config::new(ModelKind::Cbow);
        let bad = [
            ("vector-size", Config { vector_size: 0, ..base() }),
            ("window", Config { window: 0, ..base() }),
            ("window", Config { window: 1_000_000_001, ..base() }),
            ("negatives", Config { negatives: 0, ..base() }),
            ("epochs", Config { epochs: 0, ..base() }),
            ("power", Config { power: f64::NAN, ..base() }),
            ("subsample", Config { subsample: -1e-3, ..base() }),
            ("learning-rate", Config { learning_rate: f32::NAN, ..base() }),
            ("learning-rate", Config { learning_rate: 1e30, ..base() }),
            ("min-learning-rate", Config { min_learning_rate: 101.0, ..base() }),
            ("min-learning-rate", Config { min_learning_rate: -0.01, ..base() }),
            ("min-learning-rate", Config { min_learning_rate: f32::NAN, ..base() }),
            ("join-weight", base().joined(f32::INFINITY)),
            ("output-vectors", base().joined(1.0).hierarchical_softmax()),
            ("output-vectors", base().subwords(NGrams::default()).output_vectors(Matrix::Output)),
        ];
        for (field, config) in bad {
            let Err(ConfigError::OutOfRange { name, .. }) = config.validate() else { panic!("{field} was accepted") };
            assert_eq!(name, field);
        }
    }

    #[test]
    fn subwords_learn_at_fasttexts_rate_unless_another_was_set() {
        let rate = |config: Config| config.subwords(NGrams::default()).learning_rate;
        assert_eq!((rate(Config::skip_gram()), rate(Config::cbow())), (0.05, 0.05));
        assert_eq!(rate(Config::skip_gram().learning_rate(0.01)), 0.01);
        let without = Config::skip_gram().subwords(NGrams::default()).subwords(None);
        assert_eq!(without, Config::skip_gram());
    }

    #[test]
    fn survives_json() {
        let config = Config { learning_rate: 0.1, ..Config::new(ModelKind::SkipGram) }.joined(0.5);
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<Config>(&text).unwrap(), config);
    }
}
