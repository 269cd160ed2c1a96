//! Do words that people find alike have vectors that are?
#![forbid(unsafe_code)]

use super::known::{EvaluateOptions, Known};
use super::read::WordPairs;
use super::statistics::{Correlation, pearson, spearman};
use crate::vectors::WordVectors;

/// How the cosines of pairs go with what people said.
#[derive(Debug, Clone, PartialEq)]
pub struct PairReport {
    /// Of the numbers themselves; `None` where fewer than two pairs count, or one side does not vary.
    pub pearson: Option<Correlation>,
    /// Of their ranks.
    pub spearman: Option<Correlation>,
    /// Pairs that count: those of known words, or all ([`EvaluateOptions::count_unknown`]).
    pub compared: usize,
    /// Pairs with a word that takes no part.
    pub unknown: usize,
}

impl WordVectors {
    /// Compares cosines with what people said: see the [module](super). Correlations equal those of gensim 4.4's
    /// `evaluate_word_pairs` up to the rounding of its f32.
    pub fn evaluate_pairs(&self, pairs: &WordPairs, options: &EvaluateOptions) -> PairReport {
        let known = Known::new(self, options);
        let ranks = known.find_all(&pairs.words);
        let (mut people, mut cosines, mut unknown) = (Vec::new(), Vec::new(), 0);
        for &(a, b, number) in &pairs.pairs {
            let cosine = match (ranks[a as usize], ranks[b as usize]) {
                (Some(a), Some(b)) => Some(cosine(&known, a, b)),
                _ => {
                    unknown += 1;
                    options.count_unknown.then_some(0.0)
                }
            };
            if let Some(cosine) = cosine {
                people.push(number);
                cosines.push(cosine);
            }
        }
        let (pearson, spearman) = (pearson(&people, &cosines), spearman(&people, &cosines));
        PairReport { pearson, spearman, compared: people.len(), unknown }
    }
}

/// In f64, where no product of finite f32 overflows; 0 with a zero vector.
fn cosine(known: &Known, a: u32, b: u32) -> f64 {
    let [a, b] = [a, b].map(|rank| known.id(rank));
    let dot: f64 = known.vectors.wide(a).iter().zip(known.vectors.wide(b)).map(|(a, b)| a * b).sum();
    let inverse = [a, b].map(|id| known.vectors.inverse_norm(id as usize));
    (dot * inverse[0] * inverse[1]).clamp(-1.0, 1.0)
}
