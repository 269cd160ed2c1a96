//! A batch, prepared for the card: its ids, its distinct rows, and for each of these the places where it occurs.
//!
//! One row's gradient is the sum of what all its places contribute. Listing them here lets one workgroup add them up in their
//! order, without atomic operations. `shaders/plan.wgsl` says how everything lies in the list of numbers that is sent.

use rapidvec_core::WordId;
use rapidvec_textbook::{Batch, Lookup};

/// Numbers before the first section: `BATCH`, `LOSSES`, then six for each matrix.
const HEAD: usize = 2 + 2 * SIDE;
/// Numbers at the head of a matrix's part.
const SIDE: usize = 6;
/// Numbers in a settlement.
const SETTLEMENT: usize = 6;

/// A word that is not among the rows so far.
const UNSEEN: u32 = u32::MAX;

/// The batch in the form that the shaders read; reused from step to step.
#[derive(Debug)]
pub struct BatchPlan {
    numbers: Vec<u32>,
    rows: [usize; 2],
    /// The most places that a row has.
    longest: usize,
    sorter: Sorter,
}

impl BatchPlan {
    /// For a vocabulary of `words` words.
    pub fn new(words: usize) -> Self {
        Self { numbers: Vec::new(), rows: [0; 2], longest: 0, sorter: Sorter::new(words) }
    }

    /// The most numbers that a plan can have, if a batch reads this many rows of each matrix of `words` rows.
    pub fn most_numbers(reads: [usize; 2], words: usize) -> usize {
        let of = |reads: usize| 2 * reads + reads.min(words) * (2 + SETTLEMENT) + 1;
        HEAD + of(reads[0]) + of(reads[1])
    }

    /// Plans `batch` of `size` examples, whose losses go to `losses_at` and the places that follow.
    pub fn fill(&mut self, batch: &Batch, size: usize, losses_at: usize) {
        self.numbers.clear();
        self.numbers.resize(HEAD, 0);
        (self.numbers[0], self.numbers[1]) = (size as u32, losses_at as u32);
        self.longest = 0;
        for (side, lookup) in [&batch.inputs, &batch.outputs].into_iter().enumerate() {
            self.add(side, lookup);
        }
    }

    fn add(&mut self, side: usize, lookup: &Lookup) {
        self.sorter.sort(lookup.ids());
        let Sorter { rows, starts, places, .. } = &self.sorter;
        let settlements = lookup.settlements();
        assert!(settlements.is_empty() || settlements.len() == rows.len(), "a settlement for each distinct row");
        let numbers = settlements.iter().flat_map(|s| [s.m0, s.m2, s.m3, s.epsilon, s.decay_m, s.decay_v]);
        let numbers: Vec<u32> = numbers.map(f32::to_bits).collect();
        let head = 2 + side * SIDE;
        self.numbers[head + 1] = rows.len() as u32;
        self.rows[side] = rows.len();
        let longest = starts.windows(2).map(|of| of[1] - of[0]).max().unwrap_or(0);
        self.longest = self.longest.max(longest as usize);
        for (at, section) in [(0, lookup.ids()), (2, &rows[..]), (3, &starts[..]), (4, &places[..]), (5, &numbers[..])]
        {
            self.numbers[head + at] = self.numbers.len() as u32;
            self.numbers.extend_from_slice(section);
        }
    }

    /// What is sent.
    pub fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// How often the most frequent word of the batch occurs on one side.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Distinct rows of each matrix.
    pub fn rows(&self) -> [usize; 2] {
        self.rows
    }
}

/// Lists the places of each distinct id.
#[derive(Debug)]
struct Sorter {
    /// For each word its number among `rows`; everywhere [`UNSEEN`] between two batches.
    number: Vec<u32>,
    /// The distinct ids, in order of first appearance, as [`Lookup::unique`] has them.
    rows: Vec<WordId>,
    /// Where the places of each row begin, and where the last ones end.
    starts: Vec<u32>,
    /// The places of row 0 in ascending order, then those of row 1, and so on.
    places: Vec<u32>,
}

impl Sorter {
    fn new(words: usize) -> Self {
        Self { number: vec![UNSEEN; words], rows: Vec::new(), starts: Vec::new(), places: Vec::new() }
    }

    fn sort(&mut self, ids: &[WordId]) {
        self.count(ids);
        // Each start is first the end of its row's places, and moves down as these are filled in, from the last to the first.
        let mut end = 0;
        for start in &mut self.starts {
            end += *start;
            *start = end;
        }
        self.starts.push(end);
        self.places.resize(ids.len(), 0);
        for (place, &id) in ids.iter().enumerate().rev() {
            let start = &mut self.starts[self.number[id as usize] as usize];
            *start -= 1;
            self.places[*start as usize] = place as u32;
        }
        self.rows.iter().for_each(|&row| self.number[row as usize] = UNSEEN);
    }

    /// Lists the distinct ids, and in `starts` how often each occurs.
    fn count(&mut self, ids: &[WordId]) {
        self.rows.clear();
        self.starts.clear();
        for &id in ids {
            let number = &mut self.number[id as usize];
            if *number == UNSEEN {
                *number = self.rows.len() as u32;
                self.rows.push(id);
                self.starts.push(0);
            }
            self.starts[*number as usize] += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_listed_row_by_row_in_their_order() {
        let mut sorter = Sorter::new(10);
        for _ in 0..2 {
            sorter.sort(&[7, 3, 7, 9, 3, 7]);
            assert_eq!(sorter.rows, [7, 3, 9]);
            assert_eq!(sorter.starts, [0, 3, 5, 6]);
            assert_eq!(sorter.places, [0, 2, 5, 1, 4, 3]);
        }
        sorter.sort(&[]);
        assert_eq!((&sorter.rows[..], &sorter.starts[..], &sorter.places[..]), (&[][..], &[0][..], &[][..]));
    }

    #[test]
    fn a_plan_says_where_its_sections_are_and_is_never_longer_than_promised() {
        let mut batch = Batch { inputs: Lookup::new(10), outputs: Lookup::new(10) };
        batch.inputs.extend(&[4, 4]);
        batch.outputs.extend(&[1, 2, 1]);
        batch.outputs.list_unique();
        batch
            .outputs
            .settle_with(|id| rapidvec_core::kernels::plain::Settlement { m0: id as f32, ..Default::default() });
        let mut plan = BatchPlan::new(10);
        plan.fill(&batch, 2, 6);
        assert_eq!(plan.rows(), [1, 2]);
        let numbers = plan.numbers();
        assert_eq!(numbers[..2], [2, 6]);
        let section = |at: usize, count: usize| &numbers[numbers[at] as usize..][..count];
        assert_eq!(
            (section(2, 2), section(4, 1), section(5, 2), section(6, 2)),
            (&[4, 4][..], &[4][..], &[0, 2][..], &[0, 1][..])
        );
        assert_eq!((section(8, 3), section(10, 2), section(11, 3)), (&[1, 2, 1][..], &[1, 2][..], &[0, 2, 3][..]));
        assert_eq!(section(12, 3), [0, 2, 1]);
        let m0 = section(13, 12).iter().step_by(6).map(|&bits| f32::from_bits(bits)).collect::<Vec<_>>();
        assert_eq!(m0, [1.0, 2.0]);
        assert!(numbers.len() <= BatchPlan::most_numbers([2, 3], 10));
    }
}
