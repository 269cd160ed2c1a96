//! What a step needs beside its rows: labels laid out for the kernels, and room for scores and sums.

use super::loss::LossSum;
use crate::math::Chunk;

/// Most contexts in a step. Wider windows are several steps.
pub const MAX_CONTEXTS: usize = 16;

/// Targets that a kernel holds in registers at a time.
pub const GROUP: usize = 6;

/// Numbers in a chunk.
pub(super) const LANES: usize = 16;

/// From one context's scores of a group to the next one's: two contexts fill a chunk, which is stored and loaded whole.
pub(super) const STRIDE: usize = LANES / 2;

/// Chunks that hold one group's scores for every context.
pub(super) const GROUP_CHUNKS: usize = MAX_CONTEXTS / 2;

/// The labels of a step's T targets.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    targets: usize,
    /// For each group of six targets its labels, padded with -1, twice: once for each context of a chunk.
    groups: Vec<[f32; LANES]>,
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
        self.groups.clear();
        self.groups.extend(
            labels
                .chunks(GROUP)
                .map(|group| std::array::from_fn(|lane| group.get(lane % STRIDE).copied().unwrap_or(-1.0))),
        );
    }

    /// How many there are: T.
    pub fn len(&self) -> usize {
        self.targets
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.targets == 0
    }

    /// Those of group `g`, as a chunk of scores has them.
    #[inline]
    pub(super) fn of_group(&self, g: usize) -> &[f32; LANES] {
        &self.groups[g]
    }
}

/// Room that the steps of one thread use again and again, and the sum of their losses.
#[derive(Debug, Clone)]
pub struct Scratch {
    /// Scores, then gradients: for each group [`GROUP_CHUNKS`] chunks, of which CBOW uses the first.
    pub(super) scores: Vec<Chunk>,
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
            scores: vec![Chunk::ZERO; groups * GROUP_CHUNKS],
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
    fn labels_are_laid_out_as_scores_are() {
        for count in [1, 5, 6, 7, 12, 13, 40] {
            let labels: Vec<f32> = (0..count).map(|i| (i % 3 == 0) as u8 as f32).collect();
            let laid = Labels::new(&labels);
            assert_eq!(laid.len(), count);
            for group in 0..count.div_ceil(GROUP) {
                for (lane, &label) in laid.of_group(group).iter().enumerate() {
                    let target = group * GROUP + lane % STRIDE;
                    let expected = labels.get(target).filter(|_| lane % STRIDE < GROUP).copied().unwrap_or(-1.0);
                    assert_eq!(label, expected, "group {group} of {count}, lane {lane}");
                }
            }
        }
    }

    #[test]
    fn setting_fewer_labels_forgets_the_others() {
        let mut labels = Labels::new(&[1.0; 20]);
        labels.set(&[0.0, 1.0]);
        assert_eq!(labels.len(), 2);
        assert_eq!(labels.of_group(0)[..3], [0.0, 1.0, -1.0]);
    }
}
