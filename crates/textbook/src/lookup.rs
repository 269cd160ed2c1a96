//! The rows of both matrices that a batch reads.

use rapidvec_core::WordId;
use rapidvec_core::kernels::plain::Settlement;

/// The rows that one training step reads.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The rows of `w_in`.
    pub inputs: Lookup,
    /// The rows of `w_out`.
    pub outputs: Lookup,
}

/// Which rows of a matrix a batch reads, in order, and, for an optimizer that updates row by row, the distinct ones among them.
/// Reused from step to step, so that filling it allocates nothing.
#[derive(Debug, Clone)]
pub struct Lookup {
    ids: Vec<WordId>,
    /// Space for the distinct ids; the first `unique_count` are in use.
    unique: Vec<WordId>,
    unique_count: usize,
    /// A bit for each word, set if it is among the distinct ones: the bits of a million words stay in the cache, while a number
    /// for each would be in main memory.
    seen: Vec<u8>,
    settlements: Vec<Settlement>,
}

impl Lookup {
    /// An empty lookup in a matrix of `rows` rows.
    pub fn new(rows: usize) -> Self {
        Self {
            ids: Vec::new(),
            unique: Vec::new(),
            unique_count: 0,
            seen: vec![0; rows.div_ceil(8)],
            settlements: Vec::new(),
        }
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.ids.clear();
        self.settlements.clear();
        self.clear_unique();
    }

    fn clear_unique(&mut self) {
        for &id in &self.unique[..self.unique_count] {
            self.seen[id as usize / 8] = 0;
        }
        self.unique_count = 0;
    }

    /// Adds ids.
    pub fn extend(&mut self, ids: &[WordId]) {
        self.ids.extend_from_slice(ids);
    }

    /// Lists the distinct ids.
    ///
    /// # Panics
    /// If one is not a row of the matrix.
    pub fn list_unique(&mut self) {
        self.clear_unique();
        if self.unique.len() < self.ids.len() {
            self.unique.resize(self.ids.len(), 0);
        }
        for &id in &self.ids {
            // Whether a word is new is unpredictable, so no branch may depend on it.
            self.unique[self.unique_count] = id;
            let seen = &mut self.seen[id as usize / 8];
            self.unique_count += usize::from(*seen >> (id % 8) & 1 ^ 1);
            *seen |= 1 << (id % 8);
        }
    }

    /// Adds, for each true word, the word and then its `k` negatives.
    pub fn extend_with_negatives<'a>(
        &mut self,
        truth: impl Iterator<Item = &'a WordId>,
        negatives: &[WordId],
        k: usize,
    ) {
        for (&truth, negatives) in truth.zip(negatives.chunks_exact(k)) {
            self.ids.push(truth);
            self.ids.extend_from_slice(negatives);
        }
    }

    /// All ids, as they were added.
    pub fn ids(&self) -> &[WordId] {
        &self.ids
    }

    /// The distinct ids, in order of first appearance, after [`list_unique`](Self::list_unique).
    pub fn unique(&self) -> &[WordId] {
        &self.unique[..self.unique_count]
    }

    /// With Adam, the pending steps of each distinct row, which are applied before it is read.
    pub fn settlements(&self) -> &[Settlement] {
        &self.settlements
    }

    /// Sets the pending steps of each distinct row.
    pub fn settle_with(&mut self, mut settlement: impl FnMut(WordId) -> Settlement) {
        self.settlements.clear();
        self.settlements.extend(self.unique[..self.unique_count].iter().map(|&id| settlement(id)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unique_rows_are_listed_once_in_every_batch() {
        let mut lookup = Lookup::new(10);
        for _ in 0..3 {
            lookup.clear();
            lookup.extend(&[7, 3, 7]);
            lookup.extend(&[9, 3]);
            lookup.list_unique();
            assert_eq!(lookup.ids(), [7, 3, 7, 9, 3]);
            assert_eq!(lookup.unique(), [7, 3, 9]);
        }
    }

    #[test]
    fn negatives_follow_their_word() {
        let mut lookup = Lookup::new(10);
        lookup.extend_with_negatives([5, 6].iter(), &[7, 8, 9, 0], 2);
        assert_eq!(lookup.ids(), [5, 7, 8, 6, 9, 0]);
    }
}
