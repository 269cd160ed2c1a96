//! How cosines correlate with human similarity judgements.

use super::known::{EvaluateOptions, Known};
use super::read::WordPairs;
use super::statistics::{Correlation, pearson, spearman};
use crate::WordVectors;
use crate::search::error::QueryError;
use crate::unit::{dot, wide_unit};

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
}

/// [`WordVectors::evaluate_pairs`].
pub(super) fn evaluate(
    vectors: &WordVectors,
    pairs: &WordPairs,
    options: &EvaluateOptions,
) -> Result<PairReport, QueryError> {
    let known = Known::new(vectors, options);
    let places = known.find_all(&pairs.words);
    let (mut people, mut cosines, mut unknown) = (Vec::new(), Vec::new(), 0);
    for &(a, b, number) in &pairs.pairs {
        let cosine = match (places[a as usize], places[b as usize]) {
            (Some(a), Some(b)) => Some(cosine(&known, a, b)?),
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
    Ok(PairReport { pearson, spearman, compared: people.len(), unknown })
}

/// In f64, where no product of finite f32 overflows; 0 with a zero vector.
fn cosine(known: &Known, a: u32, b: u32) -> Result<f64, QueryError> {
    let unit = |place| known.search.vectors().finite(known.id(place)).map(wide_unit);
    Ok(dot(&unit(a)?, &unit(b)?).clamp(-1.0, 1.0))
}
