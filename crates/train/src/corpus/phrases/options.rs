//! What counts as a phrase.

use super::scoring::Scoring;
use crate::config::ConfigError;
use crate::error::Result;
use rapidvec_core::memory::available_memory;
use std::collections::BTreeSet;

/// English articles, prepositions and conjunctions that may stand within a phrase: `bank of america`.
pub const ENGLISH_CONNECTOR_WORDS: [&str; 15] =
    ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with", "without"];

/// Which pairs of words are phrases. Names and defaults are gensim's.
///
/// ```
/// use rapidvec::corpus::{PhraseOptions, Scoring};
///
/// let options = PhraseOptions::default().scoring(Scoring::Npmi).threshold(0.5);
/// assert_eq!((options.min_count, options.threshold), (5, 0.5));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PhraseOptions {
    /// Pairs seen fewer times are not phrases; the score subtracts it too. Default 5.
    pub min_count: u64,
    /// A phrase has a score above this. Default 10, which suits [`Scoring::Default`]; that of npmi is between -1 and 1.
    pub threshold: f64,
    /// The formula of the score.
    pub scoring: Scoring,
    /// What joins the words of a phrase. Default `_`.
    pub delimiter: String,
    /// Words that stand within a phrase but do not begin or end one, and are not counted.
    pub connector_words: BTreeSet<String>,
    /// The maximum number of bytes of the tables of pairs. If they need more, the text's ids are gone through several times, each time
    /// for a part of the pairs; counts stay exact. `None`: a quarter of the available memory.
    pub memory_limit: Option<u64>,
    /// The number of threads; 0 means one per core.
    pub threads: usize,
}

impl Default for PhraseOptions {
    fn default() -> Self {
        Self {
            min_count: 5,
            threshold: 10.0,
            scoring: Scoring::Default,
            delimiter: "_".to_owned(),
            connector_words: BTreeSet::new(),
            memory_limit: None,
            threads: 0,
        }
    }
}

rapidvec_core::setters!(PhraseOptions {
    min_count: u64,
    threshold: f64,
    scoring: Scoring,
    delimiter: impl Into<String>,
    connector_words: BTreeSet<String>,
    memory_limit: impl Into<Option<u64>>,
    threads: usize,
});

impl PhraseOptions {
    pub(super) fn validate(&self) -> Result<()> {
        let (expected, got) = ("at least 1", self.min_count.to_string());
        if self.min_count == 0 {
            return Err(ConfigError::OutOfRange { name: "min-count", expected, got }.into());
        }
        let (fits, expected) = match self.scoring {
            Scoring::Default => (self.threshold > 0.0 && self.threshold.is_finite(), "above 0 and finite"),
            Scoring::Npmi => ((-1.0..=1.0).contains(&self.threshold), "from -1 to 1"),
        };
        if !fits {
            let got = self.threshold.to_string();
            return Err(ConfigError::OutOfRange { name: "threshold", expected, got }.into());
        }
        if !is_delimiter(&self.delimiter) {
            let (expected, got) = ("characters without white space", format!("{:?}", self.delimiter));
            return Err(ConfigError::OutOfRange { name: "delimiter", expected, got }.into());
        }
        Ok(())
    }

    pub(super) fn memory(&self) -> u64 {
        self.memory_limit.unwrap_or_else(|| available_memory().map_or(u64::MAX, |bytes| bytes / 4))
    }
}

/// Whether words joined by `text` are one word.
pub(super) fn is_delimiter(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c == '\0')
}
