//! UnigramSampler: draws negatives in proportion to a power of the words' counts.
//!
//! `p(word) ∝ count(word)^0.75`. The negatives of an example are distinct and never its target: the chapter's CPU
//! path sets the target's probability to 0, renormalises, and draws without replacement, which copies all V probabilities
//! for each example. Drawing from the full distribution and rejecting the target and repeats gives the same
//! distribution in O(1) expected time per draw, whatever V. The book, section 4.2.

use rapidvec::error::TrainError;
use rapidvec_core::{AliasTable, Rng, WordId};

/// The number of rejected draws in a row after which the remaining words are summed. That happens only if nearly all the weight
/// of the distribution is on words that are taken.
const MAX_REJECTED: usize = 100;

/// The number of draws whose table entries are prefetched.
const AHEAD: usize = 24;

/// Draws negatives.
#[derive(Debug, Clone)]
pub struct UnigramSampler {
    table: AliasTable,
    /// `count^power`, normalised: the chapter's `word_p`.
    word_p: Vec<f64>,
    negatives: usize,
}

impl UnigramSampler {
    /// A sampler of `negatives` words for each target, from words that occur `counts` times.
    ///
    /// # Errors
    /// [`TrainError::VocabularyTooSmall`] if fewer than `negatives + 1` words have a count: drawing would never end.
    pub fn new(counts: &[u64], power: f64, negatives: usize) -> Result<Self, TrainError> {
        // A word that does not occur is not drawn, whatever the power.
        let weight = |&count: &u64| if count == 0 { 0.0 } else { libm::pow(count as f64, power) };
        let weights: Vec<f64> = counts.iter().map(weight).collect();
        let vocabulary = weights.iter().filter(|&&w| w > 0.0).count();
        if vocabulary < negatives + 1 {
            return Err(TrainError::VocabularyTooSmall { vocabulary, negatives });
        }
        let total: f64 = weights.iter().sum();
        let word_p = weights.iter().map(|w| w / total).collect();
        Ok(Self { table: AliasTable::new(&weights), word_p, negatives })
    }

    /// Negatives for each target.
    pub fn negatives(&self) -> usize {
        self.negatives
    }

    /// The probability of each word in a single draw: the chapter's `word_p`.
    pub fn word_p(&self) -> &[f64] {
        &self.word_p
    }

    /// Appends the negatives of one example to `out`: all distinct, none of them `target`.
    pub fn sample_into(&self, target: WordId, rng: &mut Rng, out: &mut Vec<WordId>) {
        self.sample_all_into(std::iter::once(target), rng, out);
    }

    /// Appends the negatives of each of `targets` to `out`. The draws are those of [`sample_into`](Self::sample_into) for one target
    /// after the other, but table entries are prefetched for later draws.
    pub fn sample_all_into(&self, targets: impl Iterator<Item = WordId>, rng: &mut Rng, out: &mut Vec<WordId>) {
        let mut scout = rng.clone();
        (0..AHEAD).for_each(|_| self.table.prefetch(&mut scout));
        for target in targets {
            let start = out.len();
            for _ in 0..self.negatives {
                let negative = self.draw(target, &out[start..], rng, &mut scout);
                out.push(negative);
            }
        }
    }

    /// Draws one word that is not taken. `scout` is `rng` some draws ahead.
    #[inline]
    fn draw(&self, target: WordId, taken: &[WordId], rng: &mut Rng, scout: &mut Rng) -> WordId {
        for _ in 0..MAX_REJECTED {
            let word = self.table.draw(rng);
            self.table.prefetch(scout);
            if word != target && !taken.contains(&word) {
                return word;
            }
        }
        self.draw_from_the_rest(target, taken, rng)
    }

    /// The same distribution by summing: O(V).
    fn draw_from_the_rest(&self, target: WordId, taken: &[WordId], rng: &mut Rng) -> WordId {
        let free = |&(word, &p): &(WordId, &f64)| p > 0.0 && word != target && !taken.contains(&word);
        let rest = || (0..).zip(&self.word_p).filter(free);
        let mut left = rng.uniform() * rest().map(|(_, p)| p).sum::<f64>();
        let mut last = None;
        for (word, p) in rest() {
            last = Some(word);
            left -= p;
            if left < 0.0 {
                break;
            }
        }
        last.expect("`new` checked that more words than `negatives` can be drawn")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec_core::Purpose;

    fn sample(sampler: &UnigramSampler, target: WordId, rng: &mut Rng) -> Vec<WordId> {
        let mut out = Vec::new();
        sampler.sample_into(target, rng, &mut out);
        out
    }

    /// Pearson's statistic of `seen` against probabilities `p`.
    fn chi_square(seen: &[u64], p: &[f64]) -> f64 {
        let draws: u64 = seen.iter().sum();
        let term = |(&seen, p): (&u64, &f64)| (seen as f64 - draws as f64 * p).powi(2) / (draws as f64 * p);
        seen.iter().zip(p).map(term).sum()
    }

    #[test]
    fn word_p_is_a_power_of_the_counts() {
        let sampler = UnigramSampler::new(&[16, 81, 0, 1], 0.75, 2).unwrap();
        let expected = [8.0 / 36.0, 27.0 / 36.0, 0.0, 1.0 / 36.0];
        assert!(sampler.word_p().iter().zip(expected).all(|(p, e)| (p - e).abs() < 1e-12));
    }

    #[test]
    fn first_negatives_follow_word_p_without_the_target() {
        let counts: Vec<u64> = (1..=200).map(|rank| 100_000 / rank).collect();
        let sampler = UnigramSampler::new(&counts, 0.75, 5).unwrap();
        let mut rng = Rng::stream(5, Purpose::Negatives, 0);
        let (target, mut seen) = (3, vec![0u64; 200]);
        (0..200_000).for_each(|_| seen[sample(&sampler, target, &mut rng)[0] as usize] += 1);
        assert_eq!(seen.remove(target as usize), 0);
        let mut p = sampler.word_p().to_vec();
        let without = 1.0 - p.remove(target as usize);
        p.iter_mut().for_each(|p| *p /= without);
        // 198 degrees of freedom: the statistic is above 280 once in 10,000.
        let statistic = chi_square(&seen, &p);
        assert!(statistic < 280.0, "{statistic}");
    }

    #[test]
    fn pairs_follow_the_chapters_draw_without_replacement() {
        let sampler = UnigramSampler::new(&[5, 40, 10, 25, 20], 1.0, 2).unwrap();
        let p = sampler.word_p();
        let (mut expected, mut seen) = (Vec::new(), vec![0u64; 25]);
        for (a, b) in (0..25).map(|i| (i / 5, i % 5)) {
            let allowed = a != b && a != 0 && b != 0;
            let first = p[a] / (1.0 - p[0]);
            expected.push(if allowed { first * p[b] / (1.0 - p[0] - p[a]) } else { 0.0 });
        }
        let mut rng = Rng::stream(6, Purpose::Negatives, 0);
        for _ in 0..100_000 {
            let pair = sample(&sampler, 0, &mut rng);
            seen[(pair[0] * 5 + pair[1]) as usize] += 1;
        }
        let (seen, expected): (Vec<u64>, Vec<f64>) = seen.iter().zip(&expected).filter(|(_, e)| **e > 0.0).unzip();
        assert_eq!(seen.iter().sum::<u64>(), 100_000, "nothing impossible was drawn");
        // 11 degrees of freedom: above 37 once in 10,000.
        assert!(chi_square(&seen, &expected) < 37.0);
    }

    #[test]
    fn negatives_differ_from_each_other_and_from_the_target() {
        let sampler = UnigramSampler::new(&[1_000_000, 1, 1, 1, 1, 1], 0.75, 5).unwrap();
        let mut rng = Rng::stream(1, Purpose::Negatives, 0);
        for target in (0..6).cycle().take(600) {
            let mut all = sample(&sampler, target, &mut rng);
            all.push(target);
            all.sort_unstable();
            assert_eq!(all, [0, 1, 2, 3, 4, 5]);
        }
    }

    #[test]
    fn a_batch_is_drawn_as_one_target_after_the_other() {
        let sampler = UnigramSampler::new(&[50, 40, 10, 25, 20, 1, 1], 0.75, 3).unwrap();
        let targets = [0, 3, 3, 6, 1, 0, 2].repeat(20);
        let (mut one, mut other) = (Rng::stream(2, Purpose::Negatives, 0), Rng::stream(2, Purpose::Negatives, 0));
        let (mut batch, mut single) = (Vec::new(), Vec::new());
        sampler.sample_all_into(targets.iter().copied(), &mut one, &mut batch);
        targets.iter().for_each(|&target| sampler.sample_into(target, &mut other, &mut single));
        assert_eq!((batch, one.bits()), (single, other.bits()));
    }

    #[test]
    fn ends_where_one_word_has_nearly_all_the_weight() {
        let sampler = UnigramSampler::new(&[u64::MAX, 1, 1, 0], 2.0, 2).unwrap();
        let mut rng = Rng::stream(1, Purpose::Negatives, 0);
        let mut negatives = sample(&sampler, 0, &mut rng);
        negatives.sort_unstable();
        assert_eq!(negatives, [1, 2]);
    }

    #[test]
    fn refuses_a_vocabulary_that_is_too_small() {
        let refused = |counts: &[u64]| UnigramSampler::new(counts, 0.75, 5).unwrap_err();
        assert_eq!(refused(&[1; 5]), TrainError::VocabularyTooSmall { vocabulary: 5, negatives: 5 });
        assert_eq!(refused(&[9, 9, 9, 0, 0, 0]), TrainError::VocabularyTooSmall { vocabulary: 3, negatives: 5 });
        assert_eq!(refused(&[]), TrainError::VocabularyTooSmall { vocabulary: 0, negatives: 5 });
    }
}
