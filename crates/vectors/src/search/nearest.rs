//! The best rows for one query, the basis of every exact search.
//!
//! Queries are unit vectors (or zero vectors). A scan in f32 finds the candidates, [`SLACK`] more than requested; their scores
//! are then calculated in f64, and these decide the order.

use super::analogy::product_score;
use super::candidates::Candidates;
use super::scan::{Scan, Score};
use super::top_k::{Scored, TopK};
use crate::normed_rows::RowError;
use rapidvec_core::WordId;

/// Candidates beyond those requested, because the rounding of f32 may put rows in the wrong order around the last place.
const SLACK: usize = 8;

impl Scan<'_> {
    /// The id of the candidate at a place.
    pub fn id(&self, place: usize) -> WordId {
        self.candidates.id(place)
    }

    /// The `k` rows nearest to `unit` by cosine, nearest first.
    pub fn nearest(&self, unit: &[f32], k: usize, excluded: &[WordId]) -> Result<Vec<Scored>, RowError> {
        self.best_by(unit, Score::Cosine, k, excluded, |id| self.rows.exact_cosine(unit, id))
    }

    /// The `k` rows with the highest dot product with `unit`.
    pub fn by_dot(&self, unit: &[f32], k: usize, excluded: &[WordId]) -> Result<Vec<Scored>, RowError> {
        self.best_by(unit, Score::Dot, k, excluded, |id| self.rows.exact_dot(unit, id))
    }

    fn best_by(
        &self,
        unit: &[f32],
        score: Score,
        k: usize,
        excluded: &[WordId],
        exact: impl Fn(WordId) -> f32,
    ) -> Result<Vec<Scored>, RowError> {
        let start = || TopK::new(with_slack(k));
        let shares = self.scan(&[unit], score, start, |best, block| {
            best.offer_all(&block.scores[0], excluded, |i| self.id(block.first + i));
        })?;
        Ok(rescored(&merged(shares, k), k, exact))
    }

    /// The `k` rows with the highest 3CosMul: the product of moved cosines with the `positive` over that with the `negative`.
    pub fn by_product(
        &self,
        positive: &[&[f32]],
        negative: &[&[f32]],
        k: usize,
        excluded: &[WordId],
    ) -> Result<Vec<Scored>, RowError> {
        let units = [positive, negative].concat();
        let start = || (TopK::new(with_slack(k)), Vec::new());
        let shares = self.scan(&units, Score::Cosine, start, |(best, scores), block| {
            let (positive, negative) = block.scores.split_at(positive.len());
            scores.clear();
            scores.extend((0..block.rows).map(|i| {
                let cosine = |scores: &Vec<f32>| scores[i];
                product_score(positive.iter().map(cosine), negative.iter().map(cosine))
            }));
            best.offer_all(scores, excluded, |i| self.id(block.first + i));
        })?;
        let best = merged(shares.into_iter().map(|(best, _)| best).collect(), k);
        let exact = |id| {
            let cosine = |unit: &&[f32]| self.rows.exact_cosine(unit, id);
            product_score(positive.iter().map(cosine), negative.iter().map(cosine))
        };
        Ok(rescored(&best, k, exact))
    }

    /// The rows whose cosine with `unit` is above `limit`, in ascending order of their ids.
    pub fn above(&self, unit: &[f32], limit: f32, excluded: &[WordId]) -> Result<Vec<WordId>, RowError> {
        let shares = self.scan(&[unit], Score::Cosine, Vec::new, |above: &mut Vec<WordId>, block| {
            let near = block.scores[0].iter().enumerate().filter(|(_, score)| **score > limit);
            above.extend(near.map(|(i, _)| self.id(block.first + i)).filter(|id| !excluded.contains(id)));
        })?;
        let mut above = shares.concat();
        above.sort_unstable();
        Ok(above)
    }

    /// The cosine with every candidate, by place.
    pub fn cosines(&self, unit: &[f32]) -> Result<Vec<f32>, RowError> {
        let mut blocks = self
            .scan(&[unit], Score::Cosine, Vec::new, |blocks: &mut Vec<(usize, Vec<f32>)>, block| {
                blocks.push((block.first, block.scores[0].clone()));
            })?
            .concat();
        blocks.sort_unstable_by_key(|(first, _)| *first);
        Ok(blocks.into_iter().flat_map(|(_, scores)| scores).collect())
    }

    /// A cosine as a scan computes it, so that rows with the same numbers get equal scores.
    pub fn scanned_cosine(&self, unit: &[f32], id: WordId) -> Result<f32, RowError> {
        let only = Scan { candidates: &Candidates::Ids(vec![id]), ..*self };
        let score = only.scan(&[unit], Score::Cosine, || 0.0, |score, block| *score = block.scores[0][0])?;
        Ok(score[0])
    }
}

/// The best `k` of the candidates by their exact scores.
pub(super) fn rescored(candidates: &TopK, k: usize, exact: impl Fn(WordId) -> f32) -> Vec<Scored> {
    let mut scored: Vec<_> = candidates.ids().map(|id| Scored { score: exact(id), id }).collect();
    scored.sort_unstable_by(|a, b| b.cmp(a));
    scored.truncate(k);
    scored
}

/// How many candidates a scan keeps for `k` answers; none for 0.
pub(super) fn with_slack(k: usize) -> usize {
    if k == 0 { 0 } else { k.saturating_add(SLACK) }
}

/// The best of all threads.
pub(super) fn merged(shares: Vec<TopK>, k: usize) -> TopK {
    shares.into_iter().reduce(TopK::merge).unwrap_or_else(|| TopK::new(k))
}
