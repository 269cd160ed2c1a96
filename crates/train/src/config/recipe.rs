//! The settings that give the best vectors for a text, and whether given ones are too few steps to learn anything.
//!
//! What a word learns grows with its *exposure*: the mean number of times that a word is a target, times the learning rate,
//! `tokens · epochs · rate / words`. Most of what can be gained is gained by an exposure of 70, in texts of 100 thousand to 10 million words alike; more epochs still bring a
//! point or two where the text is large. The default settings had 42 in 10 million words. So the recipe chooses the number of epochs by the text.
//! `docs/recipe.md` has the measurements, `bench/recipe/` the program that made them.

use super::{Config, ModelKind};

/// The exposure that the recipe aims at: twice as much cost bought one or two points more.
const ENOUGH: f64 = 70.0;
/// The most epochs that the recipe asks for: texts of less than some 100,000 words would need more.
const MOST_EPOCHS: f64 = 80.0;
/// The fewest.
const LEAST_EPOCHS: f64 = 5.0;
/// The weight of the output matrix for CBOW.
const WEIGHT: f32 = 1.0;
/// The share of the text above which words are skipped.
const SUBSAMPLE: f64 = 1e-4;
/// The learning rate of both models.
const RATE: f32 = 0.05;

impl Config {
    /// The settings that give the best vectors of this model for a text of `tokens` words, `words` of them distinct, both without the
    /// rare words that are dropped. CBOW, which is the faster model, has its two matrices joined.
    ///
    /// ```
    /// use rapidvec::{Config, ModelKind};
    /// let small = Config::best(ModelKind::Cbow, 900_000, 17_000);
    /// let large = Config::best(ModelKind::Cbow, 100_000_000, 200_000);
    /// assert!(small.epochs > 20 && large.epochs == 5);
    /// ```
    pub fn best(model: ModelKind, tokens: u64, words: usize) -> Self {
        let passes = ENOUGH * words as f64 / (tokens.max(1) as f64 * f64::from(RATE));
        let epochs = passes.round().clamp(LEAST_EPOCHS, MOST_EPOCHS) as usize;
        let config = Self::new(model).learning_rate(RATE).subsample(SUBSAMPLE).epochs(epochs);
        match model {
            ModelKind::Cbow => config.joined(WEIGHT),
            ModelKind::SkipGram => config,
        }
    }

    /// How much the mean word is trained: the times that it is a target, times the learning rate.
    pub fn exposure(&self, tokens: u64, words: usize) -> f64 {
        let passes = self.epochs as f64 * f64::from(self.learning_rate);
        tokens as f64 * passes / words.max(1) as f64
    }

    /// Whether these settings are too few steps for a text of `tokens` words, `words` of them distinct: vectors stay near where
    /// they started. Skip-gram trains a target once for each of its contexts, so it needs less.
    pub fn is_too_short(&self, tokens: u64, words: usize) -> bool {
        let least = match self.model {
            ModelKind::Cbow => 20.0,
            ModelKind::SkipGram => 10.0,
        };
        self.exposure(tokens, words) < least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_texts_get_more_epochs_within_bounds() {
        let epochs = |tokens, words| Config::best(ModelKind::Cbow, tokens, words).epochs;
        let sizes = [(1_000, 400), (80_000, 3_400), (900_000, 17_000), (10_000_000, 58_800), (1_000_000_000, 700_000)];
        let found = sizes.map(|(tokens, words)| epochs(tokens, words));
        assert!(found.is_sorted_by(|a, b| a >= b) && found[0] == 80 && found[4] == 5, "{found:?}");
        assert!(found[2] > found[3] && found[3] > 5, "{found:?}");
        assert_eq!(epochs(0, 0), 5);
    }

    #[test]
    fn the_recipe_is_valid_and_never_too_short_where_it_was_measured() {
        for model in [ModelKind::Cbow, ModelKind::SkipGram] {
            for (tokens, words) in [(80_000, 3_400), (185_776, 9_697), (900_000, 17_000), (9_993_716, 58_798)] {
                let best = Config::best(model, tokens, words);
                assert_eq!(best.validate(), Ok(()));
                assert!(!best.is_too_short(tokens, words), "{model} {tokens}");
            }
        }
    }

    /// The default settings learn nothing in 300,000 words of Korean, and enough in 10 million of English.
    #[test]
    fn defaults_are_too_short_for_small_texts() {
        for model in [ModelKind::Cbow, ModelKind::SkipGram] {
            assert!(Config::new(model).is_too_short(185_776, 9_697), "{model}");
            assert!(!Config::new(model).is_too_short(9_993_716, 58_798), "{model}");
        }
    }
}
