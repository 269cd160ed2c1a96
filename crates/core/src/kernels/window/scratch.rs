//! What a step needs besides its rows: labels in the layout of the kernels, and buffers for scores and sums.

use super::loss::LossSum;
use crate::{Chunk, LANES};

/// The maximum number of contexts in a step. Wider windows take several steps.
pub const MAX_CONTEXTS: usize = 16;

/// Targets that a kernel holds in registers at a time.
pub const GROUP: usize = 6;

/// Distance from one context's scores of a group to the next one's: two contexts fill a chunk, which is stored and loaded whole.
pub(super) const STRIDE: usize = LANES / 2;

/// Chunks that hold one group's scores for every context.
pub(super) const GROUP_CHUNKS: usize = MAX_CONTEXTS / 2;

/// A group's labels in the layout of a chunk of scores: for one context, padded with -1, then for two.
///
/// For each pattern of up to six labels: a leading 1, then a bit for each label, the first one highest.
static PATTERNS: [[[f32; LANES]; 2 << GROUP]; 2] = [patterns(1), patterns(2)];

const fn patterns(contexts: usize) -> [[f32; LANES]; 2 << GROUP] {
    let mut patterns = [[-1.0; LANES]; 2 << GROUP];
    let mut pattern = 1;
    while pattern < patterns.len() {
        let labels = pattern.ilog2() as usize;
        let mut label = 0;
        while label < labels {
            let value = (pattern >> (labels - 1 - label) & 1) as f32;
            patterns[pattern][label] = value;
            if contexts == 2 {
                patterns[pattern][label + STRIDE] = value;
            }
            label += 1;
        }
        pattern += 1;
    }
    patterns
}

/// The labels of a step's T targets.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    targets: usize,
    /// For each group of six targets, which of [`PATTERNS`] its labels are.
    groups: Vec<u8>,
}

impl Labels {
    /// The labels of one true word, the first, and `negatives` others.
    pub fn negative_sampling(negatives: usize) -> Self {
        let mut labels = Self::default();
        labels.set((0..=negatives).map(|target| target == 0));
        labels
    }

    /// Replaces the labels; `true` stands for 1.
    #[inline]
    pub fn set(&mut self, labels: impl Iterator<Item = bool>) {
        self.groups.clear();
        let mut pattern = 1;
        let mut targets = 0;
        for label in labels {
            if targets % GROUP == 0 && targets > 0 {
                self.groups.push(pattern);
                pattern = 1;
            }
            pattern = pattern << 1 | u8::from(label);
            targets += 1;
        }
        self.groups.extend((targets > 0).then_some(pattern));
        self.targets = targets;
    }

    /// The maximum number of labels that [`set_bits`](Self::set_bits) takes.
    pub const MAX_BITS: usize = u64::BITS as usize;

    /// Replaces the labels by the lowest `targets` bits, the first target's highest.
    #[inline]
    pub fn set_bits(&mut self, bits: u64, targets: usize) {
        debug_assert!(targets <= Self::MAX_BITS);
        self.groups.clear();
        self.groups.extend((0..targets).step_by(GROUP).map(|first| {
            let (labels, below) = ((targets - first).min(GROUP), targets.saturating_sub(first + GROUP));
            1 << labels | (bits >> below) as u8 & ((1 << labels) - 1)
        }));
        self.targets = targets;
    }

    /// The number of labels: T.
    #[inline]
    pub fn len(&self) -> usize {
        self.targets
    }

    /// Whether there are no labels.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.targets == 0
    }

    /// The labels of group `g`, laid out as a chunk of the scores of `contexts` contexts, of which it holds two.
    #[inline]
    pub(super) fn of_group(&self, g: usize, contexts: usize) -> &'static [f32; LANES] {
        &PATTERNS[usize::from(contexts > 1)][usize::from(self.groups[g])]
    }

    /// The labels of group `g` and the next one, if there is one, laid out as a chunk of one context's scores.
    #[inline]
    pub(super) fn of_groups(&self, g: usize) -> [f32; LANES] {
        let mut labels = *self.of_group(g, 1);
        if g + 1 < self.groups.len() {
            labels[STRIDE..].copy_from_slice(&self.of_group(g + 1, 1)[..STRIDE]);
        }
        labels
    }
}

/// Buffers that the steps of one thread reuse, and the sum of their losses.
#[derive(Debug, Clone)]
pub struct Scratch {
    /// Scores, then gradients. For SkipGram [`GROUP_CHUNKS`] chunks for each group; for CBOW half a chunk for each group.
    pub(super) scores: Vec<Chunk>,
    /// CBOW's `h`.
    pub(super) hidden: Vec<Chunk>,
    /// CBOW's `e`.
    pub(super) error: Vec<Chunk>,
    /// Updates of SkipGram's contexts, held back while later groups of targets still need the old values.
    pub(super) held: Vec<Chunk>,
    /// Losses of all steps since the sum was last taken.
    pub loss: LossSum,
    targets: usize,
}

impl Scratch {
    /// For steps of up to `targets` targets and rows of `columns` numbers.
    pub fn new(targets: usize, columns: usize) -> Self {
        let chunks = columns.div_ceil(LANES);
        let groups = targets.div_ceil(GROUP);
        Self {
            scores: vec![Chunk::ZERO; groups * GROUP_CHUNKS],
            hidden: vec![Chunk::ZERO; chunks],
            error: vec![Chunk::ZERO; chunks],
            held: vec![Chunk::ZERO; if groups > 1 { MAX_CONTEXTS * chunks } else { 0 }],
            loss: LossSum::default(),
            targets,
        }
    }

    #[inline]
    pub(super) fn fits(&self, targets: usize, columns: usize) -> bool {
        targets <= self.targets && columns <= self.hidden.len() * LANES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(labels: &mut Labels, values: &[f32]) {
        labels.set(values.iter().map(|&value| value == 1.0));
    }

    #[test]
    fn labels_are_laid_out_as_scores_are() {
        for count in [1, 5, 6, 7, 12, 13, 40] {
            let values: Vec<f32> = (0..count).map(|i| (i % 3 == 0) as u8 as f32).collect();
            let mut laid = Labels::default();
            set(&mut laid, &values);
            assert_eq!(laid.len(), count);
            for group in 0..count.div_ceil(GROUP) {
                for (lane, &label) in laid.of_group(group, 2).iter().enumerate() {
                    let target = group * GROUP + lane % STRIDE;
                    let expected = values.get(target).filter(|_| lane % STRIDE < GROUP).copied().unwrap_or(-1.0);
                    assert_eq!(label, expected, "group {group} of {count}, lane {lane}");
                }
                for (lane, &label) in laid.of_groups(group).iter().enumerate() {
                    let target = (group + lane / STRIDE) * GROUP + lane % STRIDE;
                    let expected = values.get(target).filter(|_| lane % STRIDE < GROUP).copied().unwrap_or(-1.0);
                    assert_eq!(label, expected, "groups from {group} of {count}, lane {lane}");
                }
            }
        }
    }

    #[test]
    fn labels_as_bits_are_the_same() {
        for count in 0..=Labels::MAX_BITS {
            let bits = 0x9e37_79b9_7f4a_7c15_u64.rotate_left(count as u32);
            let (mut set, mut as_bits) = (Labels::default(), Labels::negative_sampling(9));
            set.set((0..count).rev().map(|place| bits >> place & 1 == 1));
            as_bits.set_bits(bits, count);
            assert_eq!((set.len(), &set.groups), (as_bits.len(), &as_bits.groups), "{count} labels");
        }
    }

    #[test]
    fn setting_fewer_labels_drops_the_others() {
        let mut labels = Labels::default();
        set(&mut labels, &[1.0; 20]);
        set(&mut labels, &[0.0, 1.0]);
        assert_eq!(labels.len(), 2);
        assert_eq!(labels.of_group(0, 1)[..3], [0.0, 1.0, -1.0]);
        set(&mut labels, &[]);
        assert!(labels.is_empty());
    }
}
