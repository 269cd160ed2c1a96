//! How cosines correlate with human similarity judgements.

use super::known::{EvaluateOptions, Known};
use super::read::WordPairs;
use super::statistics::{Correlation, pearson, spearman};
use crate::WordVectors;
use crate::search::error::QueryError;
use crate::unit::{dot, wide_unit, widened};

/// How the cosines of pairs correlate with human judgements.
#[derive(Debug, Clone, PartialEq)]
pub struct PairReport {
    /// Pearson's, of the numbers themselves; `None` if fewer than two pairs count, or one side is constant.
    pub pearson: Option<Correlation>,
    /// Spearman's, of their ranks.
    pub spearman: Option<Correlation>,
    /// Pairs that count: those of known words, or all ([`EvaluateOptions::count_unknown`]).
    pub compared: usize,
    /// Pairs with an unknown word.
    pub unknown: usize,
    /// Pairs that count with a word composed of its n-grams ([`EvaluateOptions::compose`]).
    pub composed: usize,
}

/// [`WordVectors::evaluate_pairs`].
pub(super) fn evaluate(
    vectors: &WordVectors,
    pairs: &WordPairs,
    options: &EvaluateOptions,
) -> Result<PairReport, QueryError> {
    let known = Known::new(vectors, options);
    let places = known.find_all(&pairs.words);
    let of_ngrams = |id: u32| vectors.vector_of_ngrams(pairs.words.word(id)).filter(|_| options.compose);
    let unit = |id: u32| match places[id as usize] {
        Some(place) => vectors.finite(known.id(place)).map(|vector| Some(wide_unit(vector))),
        None => Ok(of_ngrams(id).map(|vector| wide_unit(widened(&vector)))),
    };
    let (mut people, mut cosines, mut unknown, mut composed) = (Vec::new(), Vec::new(), 0, 0);
    for &(a, b, number) in &pairs.pairs {
        let is_composed = places[a as usize].is_none() || places[b as usize].is_none();
        let cosine = match (unit(a)?, unit(b)?) {
            (Some(a), Some(b)) => {
                composed += usize::from(is_composed);
                Some(cosine(&a, &b))
            }
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
    Ok(PairReport { pearson, spearman, compared: people.len(), unknown, composed })
}

/// In f64, where no product of finite f32 overflows; 0 with a zero vector.
fn cosine(a: &[f64], b: &[f64]) -> f64 {
    dot(a, b).clamp(-1.0, 1.0)
}
