//! Which rows of a matrix a batch touches, and where the gradient of each goes.
#![forbid(unsafe_code)]

use crate::words::WordId;

/// A column of ids with their places in the gradient: what one layer looks at.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// Row of the matrix, one for each example.
    pub ids: &'a [WordId],
    /// Row of the gradient that belongs to it. The same id has the same slot.
    pub slots: &'a [u32],
}

/// All ids that a batch reads from one matrix, column after column, and the different ones among them.
#[derive(Debug, Clone, Default)]
pub struct RowIndex {
    batch_size: usize,
    ids: Vec<WordId>,
    slots: Vec<u32>,
    unique: Vec<WordId>,
    /// For each word: the generation that last saw it, and its slot there.
    seen: Vec<(u32, u32)>,
    generation: u32,
}

impl RowIndex {
    /// An index over a matrix of `rows` rows.
    pub fn new(rows: usize) -> Self {
        Self { seen: vec![(0, 0); rows], ..Self::default() }
    }

    /// Empties it, for columns of `batch_size` ids.
    pub fn clear(&mut self, batch_size: usize) {
        self.batch_size = batch_size;
        self.ids.clear();
        self.slots.clear();
        self.unique.clear();
        self.generation = self.generation.wrapping_add(1);
        if self.generation == 0 {
            self.seen.fill((0, 0));
            self.generation = 1;
        }
    }

    /// Adds one id to the end of the last column.
    ///
    /// # Panics
    /// If `id` is not a row of the matrix.
    #[inline]
    pub fn push(&mut self, id: WordId) {
        let seen = &mut self.seen[id as usize];
        if seen.0 != self.generation {
            *seen = (self.generation, self.unique.len() as u32);
            self.unique.push(id);
        }
        self.ids.push(id);
        self.slots.push(seen.1);
    }

    /// Column `i`.
    pub fn column(&self, i: usize) -> Rows<'_> {
        let range = i * self.batch_size..(i + 1) * self.batch_size;
        Rows { ids: &self.ids[range.clone()], slots: &self.slots[range] }
    }

    /// The different ids, in order of first appearance: slot `s` belongs to `unique()[s]`.
    pub fn unique(&self) -> &[WordId] {
        &self.unique
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_ids_share_a_slot_and_generations_do_not_mix() {
        let mut index = RowIndex::new(10);
        for _ in 0..3 {
            index.clear(2);
            [7, 3, 7, 9].into_iter().for_each(|id| index.push(id));
            assert_eq!(index.unique(), [7, 3, 9]);
            assert_eq!(index.column(0).slots, [0, 1]);
            assert_eq!((index.column(1).ids, index.column(1).slots), (&[7, 9][..], &[0, 2][..]));
        }
    }
}
