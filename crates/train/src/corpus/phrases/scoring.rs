//! How strongly two words belong together.
//!
//! For a word `a` that occurs `n(a)` times, a pair that occurs `n(ab)` times, `V` distinct words and pairs and `N` tokens:
//!
//! - [`Scoring::Default`] (Mikolov et al. 2013): `(n(ab) - min_count) / (n(a) n(b)) V`
//! - [`Scoring::Npmi`] (Bouma 2009): `ln(p(ab) / (p(a) p(b))) / -ln p(ab)` with `p(x) = n(x) / N`; pairs below `min_count` are
//!   never phrases.

use serde::{Deserialize, Serialize};

/// A formula for the score of a pair of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scoring {
    /// That of word2vec's paper; from 0 without an upper bound.
    #[default]
    Default,
    /// Normalised pointwise mutual information; from -1 to 1.
    Npmi,
}

/// The counts that a score is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairCounts {
    /// How often the first word occurs.
    pub first: u64,
    /// How often the second word occurs.
    pub second: u64,
    /// How often one follows the other, perhaps with the same connector words between them.
    pub pair: u64,
    /// Distinct words, connector words left out, and distinct pairs.
    pub distinct: u64,
    /// Tokens of the text, connector words included.
    pub tokens: u64,
    /// The minimum count of the settings.
    pub min_count: u64,
}

impl Scoring {
    /// The score of a pair with these counts.
    pub fn score(self, counts: &PairCounts) -> f64 {
        let [first, second, pair, distinct, tokens, min_count] =
            [counts.first, counts.second, counts.pair, counts.distinct, counts.tokens, counts.min_count]
                .map(|count| count as f64);
        match self {
            Scoring::Default => (pair - min_count) / (first * second) * distinct,
            Scoring::Npmi if counts.pair < counts.min_count => f64::NEG_INFINITY,
            Scoring::Npmi => {
                let together = pair / tokens;
                libm::log(together / (first / tokens * (second / tokens))) / -libm::log(together)
            }
        }
    }
}
