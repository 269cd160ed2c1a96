//! Frequent words are skipped at random, so that the few hundred most frequent do not take most of the time.
//!
//! A word with share `f` of the text stays with probability `sqrt(t/f) + t/f`, for the threshold `t`: word2vec.c's formula,
//! which keeps somewhat more than that of the paper (Mikolov et al. 2013, section 2.3).

use rapidvec_core::{Rng, WordId};

/// Which words stay.
#[derive(Debug, Clone)]
pub(super) struct Subsampling {
    /// A word stays if 32 random bits are at most this. `None`: all stay.
    keep: Option<Vec<u32>>,
}

impl Subsampling {
    /// `threshold` 0 keeps everything.
    pub fn new(counts: &[u64], threshold: f64) -> Self {
        let total = counts.iter().map(|&count| count as f64).sum::<f64>();
        let keep = |&count: &u64| {
            let ratio = threshold * total / count.max(1) as f64;
            ((ratio.sqrt() + ratio).min(1.0) * f64::from(u32::MAX)) as u32
        };
        Self { keep: (threshold > 0.0).then(|| counts.iter().map(keep).collect()) }
    }

    /// The probability that an occurrence of the word stays.
    pub fn probability(&self, word: usize) -> f64 {
        self.keep.as_ref().map_or(1.0, |keep| f64::from(keep[word]) / f64::from(u32::MAX))
    }

    /// Whether this occurrence of the word stays.
    #[inline]
    pub fn keeps(&self, id: WordId, rng: &mut Rng) -> bool {
        self.keep.as_ref().is_none_or(|keep| rng.bits() as u32 <= keep[id as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec_core::Purpose;

    #[test]
    fn words_stay_as_often_as_the_formula_says() {
        let counts = [900_000, 99_000, 990, 10];
        let subsampling = Subsampling::new(&counts, 1e-3);
        let mut rng = Rng::stream(1, Purpose::Block, 0);
        for (id, &count) in counts.iter().enumerate() {
            let share = count as f64 / 1e6;
            let expected = ((1e-3 / share).sqrt() + 1e-3 / share).min(1.0);
            let draws = 100_000;
            let kept = (0..draws).filter(|_| subsampling.keeps(id as u32, &mut rng)).count() as f64 / draws as f64;
            // Four standard deviations of a share of 100,000 draws.
            assert!((kept - expected).abs() < 0.0065, "word {id}: {kept}, expected {expected}");
        }
    }

    #[test]
    fn no_threshold_keeps_everything() {
        let subsampling = Subsampling::new(&[1_000_000, 1], 0.0);
        let mut rng = Rng::stream(1, Purpose::Block, 0);
        assert!((0..1000).all(|_| subsampling.keeps(0, &mut rng)));
    }
}
