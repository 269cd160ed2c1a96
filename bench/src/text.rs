//! Batches of words drawn as often as words occur in text.
//!
//! The word of rank r occurs in proportion to 1/r (Zipf). Ids are ranks, as in a vocabulary ordered by descending count; ids by
//! first appearance come near to that. Neighbours are drawn independently of each other: a step's cost depends on which
//! rows it touches, not on what the words mean.

use rapidvec::WordId;
use rapidvec_core::{AliasTable, Purpose, Rng};

/// How often the rarest word occurs.
const RAREST: u64 = 10;

/// Counts of `vocab_size` words by descending count: `10 V / rank`.
pub fn zipf_counts(vocab_size: usize) -> Vec<u64> {
    (1..=vocab_size as u64).map(|rank| RAREST * vocab_size as u64 / rank).collect()
}

/// Examples of one batch.
#[derive(Debug, Clone, Copy)]
pub struct Examples<'a> {
    /// B x 2w ids, row after row.
    pub contexts: &'a [WordId],
    /// B ids.
    pub target: &'a [WordId],
}

/// Batches drawn beforehand, so that drawing them is not timed.
#[derive(Debug, Clone)]
pub struct Pool {
    ids: Vec<WordId>,
    batch_size: usize,
    window: usize,
}

impl Pool {
    /// `batches` batches over words that occur `counts` times.
    pub fn draw(counts: &[u64], batches: usize, batch_size: usize, window: usize) -> Self {
        let table = AliasTable::new(&counts.iter().map(|&count| count as f64).collect::<Vec<_>>());
        let mut rng = Rng::stream(1, Purpose::Shuffle, counts.len() as u64);
        let length = batches * batch_size * (2 * window + 1);
        Self { ids: (0..length).map(|_| table.draw(&mut rng)).collect(), batch_size, window }
    }

    /// The `i`-th batch; past the last one it begins again.
    pub fn batch(&self, i: usize) -> Examples<'_> {
        let length = self.batch_size * (2 * self.window + 1);
        let ids = &self.ids[i % (self.ids.len() / length) * length..][..length];
        let (target, contexts) = ids.split_at(self.batch_size);
        Examples { contexts, target }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_fall_as_one_over_the_rank() {
        let counts = zipf_counts(1000);
        assert_eq!((counts[0], counts[1], counts[999]), (10_000, 5_000, 10));
    }

    #[test]
    fn words_are_drawn_as_often_as_they_occur() {
        let counts = zipf_counts(100);
        let pool = Pool::draw(&counts, 200, 100, 5);
        let firsts = pool.ids.iter().filter(|&&id| id == 0).count() as f64 / pool.ids.len() as f64;
        // 1/H(100), of 220,000 draws: standard error 0.0008.
        assert!((firsts - 1.0 / 5.187).abs() < 0.005, "{firsts}");
    }

    #[test]
    fn batches_have_the_chapters_shape_and_begin_again() {
        let pool = Pool::draw(&zipf_counts(50), 3, 4, 2);
        let batch = pool.batch(1);
        assert_eq!((batch.contexts.len(), batch.target.len()), (16, 4));
        assert_eq!(pool.batch(4).contexts, batch.contexts);
        assert_ne!(pool.batch(2).contexts, batch.contexts);
    }
}
