//! Draws negative samples in proportion to powers of their counts.
//!
//! `P(w) ∝ count(w)^power`, all distinct and never the target. If the counts are so uneven that other words are hardly
//! ever drawn, a window gets fewer negatives.

use rapidvec_core::{AliasTable, Rng, WordId};

/// The maximum number of draws for one negative.
const MAX_DRAWS: usize = 1000;

/// Draws negatives.
#[derive(Debug, Clone)]
pub(super) struct Negatives {
    table: AliasTable,
    /// Negatives for each target.
    wanted: usize,
    power: f64,
    /// The sum of the counts, each raised to the power.
    total: f64,
}

impl Negatives {
    /// For words with these counts. The power may be negative; a word that never occurred is never drawn.
    pub fn new(counts: &[u64], power: f64, wanted: usize) -> Self {
        let weights: Vec<f64> = counts.iter().map(|&count| raised(count, power)).collect();
        let others = weights.iter().filter(|&&weight| weight > 0.0).count().saturating_sub(1);
        let total = weights.iter().sum();
        Self { table: AliasTable::new(&weights), wanted: wanted.min(others), power, total }
    }

    /// The probability of drawing a word with this count.
    pub fn probability(&self, count: u64) -> f64 {
        raised(count, self.power) / self.total
    }

    /// The table they are drawn from.
    pub fn table(&self) -> &AliasTable {
        &self.table
    }

    /// The maximum number for each target.
    pub fn wanted(&self) -> usize {
        self.wanted
    }

    /// Prefetches what [`draw`](Self::draw) will read with a generator in the state of `scout`.
    #[inline]
    pub fn prefetch(&self, scout: &mut Rng) {
        (0..self.wanted).for_each(|_| self.table.prefetch(scout));
    }

    /// Draws distinct words into `drawn`.
    #[inline]
    pub fn draw(&self, rng: &mut Rng, drawn: &mut Vec<WordId>) {
        drawn.clear();
        // All at once, so that their reads overlap; duplicates are very rare.
        drawn.extend((0..self.wanted).map(|_| self.table.draw(rng)));
        let repeats = match drawn[..] {
            [a, b, c, d, e] => has_repeats([a, b, c, d, e]),
            _ => (1..drawn.len()).any(|i| drawn[..i].contains(&drawn[i])),
        };
        if repeats {
            self.make_different(rng, drawn);
        }
    }

    #[cold]
    fn make_different(&self, rng: &mut Rng, drawn: &mut Vec<WordId>) {
        let mut i = 1;
        while i < drawn.len() {
            let (before, rest) = drawn.split_at_mut(i);
            if before.contains(&rest[0]) {
                match self.another(rng, before, None) {
                    Some(id) => rest[0] = id,
                    None => {
                        drawn.remove(i);
                        continue;
                    }
                }
            }
            i += 1;
        }
    }

    /// Redraws one that equals `target`. Returns whether there was one.
    #[inline]
    pub fn avoid(&self, target: WordId, rng: &mut Rng, drawn: &mut Vec<WordId>) -> bool {
        let Some(hit) = drawn.iter().position(|&id| id == target) else { return false };
        match self.another(rng, drawn, Some(target)) {
            Some(id) => drawn[hit] = id,
            None => drop(drawn.swap_remove(hit)),
        }
        true
    }

    #[inline]
    fn another(&self, rng: &mut Rng, drawn: &[WordId], target: Option<WordId>) -> Option<WordId> {
        (0..MAX_DRAWS).map(|_| self.table.draw(rng)).find(|id| !drawn.contains(id) && Some(*id) != target)
    }
}

/// Whether two are the same. All pairs are compared without a branch, since they are few and hardly any is the same.
#[inline]
fn has_repeats<const N: usize>(ids: [WordId; N]) -> bool {
    (1..N).fold(false, |found, i| (0..i).fold(found, |found, j| found | (ids[i] == ids[j])))
}

fn raised(count: u64, power: f64) -> f64 {
    if count == 0 { 0.0 } else { libm::pow(count as f64, power) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec_core::Purpose;

    fn draws(counts: &[u64], power: f64, target: WordId, times: usize) -> Vec<Vec<WordId>> {
        let negatives = Negatives::new(counts, power, 3);
        let mut rng = Rng::stream(1, Purpose::Block, 3);
        let mut drawn = Vec::new();
        let mut next = || {
            negatives.draw(&mut rng, &mut drawn);
            negatives.avoid(target, &mut rng, &mut drawn);
            drawn.clone()
        };
        (0..times).map(|_| next()).collect()
    }

    #[test]
    fn negatives_are_different_and_never_the_target() {
        for drawn in draws(&[50, 20, 10, 5, 5, 1], 0.75, 0, 5_000) {
            assert_eq!(drawn.len(), 3);
            assert!(
                !drawn.contains(&0) && drawn.iter().all(|id| drawn.iter().filter(|other| *other == id).count() == 1)
            );
        }
    }

    /// Pearson's chi-square over first draws, with various powers.
    #[test]
    fn the_first_draw_follows_the_bent_counts() {
        let counts = [1000u64, 300, 100, 40, 20, 7, 3];
        for power in [0.75, 1.0, 0.0, -0.5] {
            let negatives = Negatives::new(&counts, power, 1);
            let mut rng = Rng::stream(2, Purpose::Block, 3);
            let (mut seen, mut drawn) = ([0.0; 7], Vec::new());
            let times = 70_000;
            for _ in 0..times {
                negatives.draw(&mut rng, &mut drawn);
                seen[drawn[0] as usize] += 1.0;
            }
            let weights = counts.map(|count| (count as f64).powf(power));
            let total: f64 = weights.iter().sum();
            let expected = weights.map(|weight| weight / total * f64::from(times));
            let chi: f64 = seen.iter().zip(expected).map(|(o, e)| (o - e).powi(2) / e).sum();
            // 6 degrees of freedom: 1 in 10,000 is above 27.9.
            assert!(chi < 27.9, "power {power}: chi-square {chi}");
        }
    }

    #[test]
    fn where_other_words_hardly_come_it_does_with_fewer() {
        let drawn = draws(&[u64::MAX / 4, 1, 1, 1], 1.0, 0, 50);
        assert!(drawn.iter().all(|drawn| !drawn.contains(&0)));
        assert!(drawn.iter().any(|drawn| drawn.len() < 3));
        assert_eq!(Negatives::new(&[5, 0, 3], 0.75, 9).wanted(), 1);
    }
}
