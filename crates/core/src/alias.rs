//! Draws from any discrete distribution in constant time.
//!
//! Walker's alias method as built by Vose 1991: `n` columns of equal probability, each shared by at most two outcomes. A
//! column takes 8 bytes, so the table of a vocabulary of 100,000 words fits in the cache.

use super::Rng;
use super::kernels::{large_pages, prefetch};

/// A discrete distribution over `0..n`, ready to be drawn from.
#[derive(Debug, Clone)]
pub struct AliasTable {
    columns: Vec<Column>,
}

#[derive(Debug, Clone, Copy)]
struct Column {
    /// The column keeps its own outcome when 32 random bits are below this.
    keep: u32,
    /// The outcome that owns the rest of the column.
    other: u32,
}

impl AliasTable {
    /// The distribution in proportion to `weights`, which are finite, not negative and not all zero; otherwise it is some
    /// distribution over their places. Probabilities are exact to 2^-32 of a column.
    ///
    /// # Panics
    /// If there are no weights, or 2^32 or more.
    pub fn new(weights: &[f64]) -> Self {
        let count = weights.len();
        assert!((1..=u32::MAX as usize).contains(&count), "expected from 1 to 2^32 - 1 weights, got {count}");
        let mean = weights.iter().sum::<f64>() / weights.len() as f64;
        let mut left: Vec<f64> = weights.iter().map(|weight| weight / mean).collect();
        let mut columns = large_pages::filled(weights.len(), Column { keep: u32::MAX, other: 0 });
        columns.iter_mut().zip(0..).for_each(|(column, own)| column.other = own);
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..weights.len()).partition(|&i| left[i] < 1.0);
        while let (Some(&l), Some(s)) = (large.last(), small.pop()) {
            columns[s] = Column { keep: (left[s] * 4_294_967_296.0) as u32, other: l as u32 };
            left[l] -= 1.0 - left[s];
            if left[l] < 1.0 {
                large.pop();
                small.push(l);
            }
        }
        // What remains in `small` is there because of rounding, unless its weight is 0.
        for s in small.into_iter().filter(|&s| weights[s] == 0.0) {
            let heaviest = (0..weights.len()).max_by(|&a, &b| weights[a].total_cmp(&weights[b])).unwrap_or(s);
            columns[s] = Column { keep: 0, other: heaviest as u32 };
        }
        Self { columns }
    }

    /// The columns, as the 32-bit number below which random bits keep the column's own outcome, and the other outcome.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = [u32; 2]> {
        self.columns.iter().map(|column| [column.keep, column.other])
    }

    /// Draws one outcome.
    #[inline]
    pub fn draw(&self, rng: &mut Rng) -> u32 {
        let bits = rng.bits();
        let i = self.column(bits);
        let column = self.columns[i];
        // The lower half of the bits chooses between the two outcomes. It is unpredictable, so no branch may depend on it.
        std::hint::select_unpredictable((bits as u32) < column.keep, i as u32, column.other)
    }

    /// Prefetches what [`draw`](Self::draw) would read with a generator in this state, and leaves the generator where `draw` would.
    #[inline]
    pub fn prefetch(&self, rng: &mut Rng) {
        prefetch(&self.columns[self.column(rng.bits())]);
    }

    /// The upper half of the bits chooses the column.
    #[inline]
    fn column(&self, bits: u64) -> usize {
        (((bits >> 32) * self.columns.len() as u64) >> 32) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Purpose;

    /// The exact probability of each outcome according to the table.
    fn probabilities(table: &AliasTable) -> Vec<f64> {
        let share = 1.0 / table.columns.len() as f64;
        let mut p = vec![0.0; table.columns.len()];
        for (i, column) in table.columns.iter().enumerate() {
            let keep = f64::from(column.keep) / 4_294_967_296.0;
            p[i] += share * keep;
            p[column.other as usize] += share * (1.0 - keep);
        }
        p
    }

    #[test]
    fn the_table_holds_the_weights() {
        let cases: [&[f64]; 4] = [&[1.0], &[1.0, 3.0], &[0.0, 1.0, 0.0, 2.0], &[1e-9, 1.0, 1e9, 5.0, 5.0]];
        for weights in cases {
            let total: f64 = weights.iter().sum();
            for (p, weight) in probabilities(&AliasTable::new(weights)).iter().zip(weights) {
                assert!((p - weight / total).abs() < 1e-9, "{weights:?}: {p}");
            }
        }
    }

    #[test]
    fn no_weights_are_refused_and_wild_ones_give_some_outcome() {
        assert!(std::panic::catch_unwind(|| AliasTable::new(&[])).is_err());
        let mut rng = Rng::stream(1, Purpose::Negatives, 0);
        for wild in [[0.0; 3], [f64::NAN, 1.0, 2.0], [f64::INFINITY, 1.0, 2.0], [f64::MAX; 3], [-1.0, 0.5, 0.5]] {
            let table = AliasTable::new(&wild);
            assert!((0..100).all(|_| table.draw(&mut rng) < 3), "{wild:?}");
        }
    }

    #[test]
    fn prefetching_leaves_the_generator_where_drawing_does() {
        let table = AliasTable::new(&[1.0, 2.0, 3.0]);
        let mut rng = Rng::stream(1, Purpose::Negatives, 0);
        let mut scout = rng.clone();
        table.draw(&mut rng);
        table.prefetch(&mut scout);
        assert_eq!(scout.bits(), rng.bits());
    }

    #[test]
    fn outcomes_of_weight_zero_are_never_drawn() {
        let table = AliasTable::new(&[0.0, 1.0, 0.0]);
        let mut rng = Rng::stream(1, Purpose::Negatives, 0);
        assert!((0..10_000).all(|_| table.draw(&mut rng) == 1));
    }
}
