//! What a step needs beside its rows: labels laid out for the kernels, and room for scores and sums.

use super::loss::LossSum;
use crate::math::Chunk;

/// Most contexts in a step. Wider windows are several steps.
pub const MAX_CONTEXTS: usize = 16;

/// Targets that a kernel holds in registers at a time.
pub const GROUP: usize = 6;

/// Numbers in a chunk.
pub(super) const LANES: usize = 16;

/// Chunks that hold one group's scores for every context.
pub(super) const GROUP_CHUNKS: usize = MAX_CONTEXTS * GROUP / LANES;

/// The labels of a step's T targets.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    targets: usize,
    /// One after the other, padded with -1 to whole chunks.
    row: Vec<[f32; LANES]>,
    /// For each group of six targets its labels (-1 where there is no target), again and again for each context.
    tiled: Vec<[f32; LANES]>,
}

impl Labels {
    /// From the labels themselves, 1 or 0.
    pub fn new(labels: &[f32]) -> Self {
        let mut new = Self::default();
        new.set(labels);
        new
    }

    /// Of one true word, the first, and `negatives` others.
    pub fn negative_sampling(negatives: usize) -> Self {
        let mut labels = vec![0.0; negatives + 1];
        labels[0] = 1.0;
        Self::new(&labels)
    }

    /// Replaces the labels.
    pub fn set(&mut self, labels: &[f32]) {
        self.targets = labels.len();
        self.row.resize(labels.len().div_ceil(LANES), [0.0; LANES]);
        for (chunk, labels) in self.row.iter_mut().zip(labels.chunks(LANES)) {
            *chunk = padded(labels);
        }
        self.tiled.resize(labels.len().div_ceil(GROUP) * GROUP_CHUNKS, [0.0; LANES]);
        for (chunks, group) in self.tiled.chunks_mut(GROUP_CHUNKS).zip(labels.chunks(GROUP)) {
            tile(chunks, padded(group));
        }
    }

    /// How many there are: T.
    pub fn len(&self) -> usize {
        self.targets
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.targets == 0
    }

    pub(super) fn row(&self) -> &[[f32; LANES]] {
        &self.row
    }

    /// Those of group `g`, for every context.
    pub(super) fn tiled(&self, g: usize) -> &[[f32; LANES]] {
        &self.tiled[g * GROUP_CHUNKS..][..GROUP_CHUNKS]
    }
}

/// The labels, and -1 where there is none.
#[inline]
fn padded<const N: usize>(labels: &[f32]) -> [f32; N] {
    let mut all = [-1.0; N];
    all[..labels.len()].copy_from_slice(labels);
    all
}

/// `group` again and again. Three chunks hold it eight times, so the pattern starts anew with the fourth.
fn tile(chunks: &mut [[f32; LANES]], group: [f32; GROUP]) {
    const PERIOD: usize = 3;
    let pattern: [[f32; LANES]; PERIOD] =
        std::array::from_fn(|c| std::array::from_fn(|lane| group[(c * LANES + lane) % GROUP]));
    for chunks in chunks.chunks_mut(PERIOD) {
        chunks.copy_from_slice(&pattern[..chunks.len()]);
    }
}

/// Room that the steps of one thread use again and again, and the sum of their losses.
#[derive(Debug, Clone)]
pub struct Scratch {
    /// Scores, then gradients: for each group [`GROUP_CHUNKS`] chunks, or one after the other for CBOW.
    pub(super) scores: Vec<[f32; LANES]>,
    /// CBOW's `h`.
    pub(super) hidden: Vec<Chunk>,
    /// New contexts of SkipGram, while further groups of targets still need the old ones.
    pub(super) held: Vec<Chunk>,
    /// Losses of all steps since it was last taken.
    pub loss: LossSum,
    targets: usize,
}

impl Scratch {
    /// For steps of up to `targets` targets and rows of `chunks` chunks.
    pub fn new(targets: usize, chunks: usize) -> Self {
        let groups = targets.div_ceil(GROUP);
        Self {
            // A pair of contexts is stored whole also where there is only one left.
            scores: vec![[0.0; LANES]; groups * GROUP_CHUNKS + 1],
            hidden: vec![Chunk::ZERO; chunks],
            held: vec![Chunk::ZERO; if groups > 1 { MAX_CONTEXTS * chunks } else { 0 }],
            loss: LossSum::default(),
            targets,
        }
    }

    #[inline]
    pub(super) fn fits(&self, targets: usize, chunks: usize) -> bool {
        targets <= self.targets && chunks <= self.hidden.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_laid_out_for_rows_and_for_groups() {
        for count in [1, 5, 6, 7, 12, 13, 40] {
            let labels: Vec<f32> = (0..count).map(|i| (i % 3 == 0) as u8 as f32).collect();
            let laid = Labels::new(&labels);
            assert_eq!(laid.len(), count);
            for (i, &label) in laid.row().as_flattened().iter().enumerate() {
                assert_eq!(label, labels.get(i).copied().unwrap_or(-1.0), "row of {count} at {i}");
            }
            for group in 0..count.div_ceil(GROUP) {
                for (i, &label) in laid.tiled(group).as_flattened().iter().enumerate() {
                    let at = group * GROUP + i % GROUP;
                    assert_eq!(label, labels.get(at).copied().unwrap_or(-1.0), "group {group} of {count} at {i}");
                }
            }
        }
    }

    #[test]
    fn setting_fewer_labels_forgets_the_others() {
        let mut labels = Labels::new(&[1.0; 20]);
        labels.set(&[0.0, 1.0]);
        assert_eq!(labels.len(), 2);
        assert_eq!(labels.row()[0][..3], [0.0, 1.0, -1.0]);
    }
}
