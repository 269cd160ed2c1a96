//! The definition: a number at a time, in the order of the formulas.
//!
//! What tests compare with, and what runs where no wider registers are.

use super::loss::gradients;
use super::scratch::{GROUP_CHUNKS, LANES, STRIDE};
use super::{GROUP, RowPtr, Scratch, Step, WindowKernels};
use crate::math::Chunk;

/// This implementation runs everywhere.
pub(super) fn kernels() -> WindowKernels {
    WindowKernels { name: "scalar", skip_gram, cbow }
}

/// # Safety
/// As [`WindowKernels::skip_gram`].
unsafe fn skip_gram(step: &Step, _: f32, scratch: &mut Scratch) {
    let (contexts, size) = (step.contexts, step.chunks * LANES);
    for (g, targets) in step.targets.chunks(GROUP).enumerate() {
        let scores = &mut scratch.scores[g * GROUP_CHUNKS..][..GROUP_CHUNKS];
        for (i, &context) in contexts.iter().enumerate() {
            for (t, &target) in targets.iter().enumerate() {
                // SAFETY: the caller vouches for the rows.
                *score(scores, i, t) = unsafe { dot(context, target, size) };
            }
        }
        for (chunk, scores) in scores.iter_mut().take(contexts.len().div_ceil(2)).enumerate() {
            let left = (contexts.len() - 2 * chunk) * STRIDE;
            gradients::<false>(scores, step.labels.of_group(g), left, step.rate, &mut scratch.loss);
        }
    }
    let mut sums = vec![0.0; contexts.len()];
    for k in 0..size {
        // SAFETY: k lies in the rows, for which the caller vouches.
        sums.iter_mut().zip(contexts).for_each(|(sum, &context)| *sum = unsafe { *context.add(k) });
        for (t, &target) in step.targets.iter().enumerate() {
            let gradients = &mut scratch.scores[t / GROUP * GROUP_CHUNKS..];
            // SAFETY: as above.
            let w = unsafe { *target.add(k) };
            let mut new = w;
            for (i, &context) in contexts.iter().enumerate() {
                let g = *score(gradients, i, t % GROUP);
                sums[i] += g * w;
                // SAFETY: as above.
                new += g * unsafe { *context.add(k) };
            }
            // SAFETY: as above.
            unsafe { *target.add(k) = new };
        }
        // SAFETY: as above.
        sums.iter().zip(contexts).for_each(|(&sum, &context)| unsafe { *context.add(k) = sum });
    }
}

/// # Safety
/// As [`WindowKernels::cbow`].
unsafe fn cbow(step: &Step, factor: f32, scratch: &mut Scratch) {
    let size = step.chunks * LANES;
    for k in 0..size {
        // SAFETY: k lies in the rows, for which the caller vouches.
        let sum: f32 = step.contexts.iter().map(|&context| unsafe { *context.add(k) }).sum();
        scratch.hidden[k / LANES].0[k % LANES] = factor * sum;
    }
    let hidden = scratch.hidden.as_mut_ptr().cast::<f32>();
    for (pair, targets) in step.targets.chunks(2 * GROUP).enumerate() {
        for (t, &target) in targets.iter().enumerate() {
            // SAFETY: `hidden` has at least as many chunks as a row.
            *score(&mut scratch.scores[pair..], t / GROUP, t % GROUP) = unsafe { dot(hidden, target, size) };
        }
        let labels = step.labels.of_groups(2 * pair);
        gradients::<false>(&mut scratch.scores[pair], &labels, LANES, step.rate, &mut scratch.loss);
    }
    for k in 0..size {
        let mut error = 0.0;
        for (t, &target) in step.targets.iter().enumerate() {
            let g = *score(&mut scratch.scores, t / GROUP, t % GROUP);
            // SAFETY: k lies in the rows, for which the caller vouches.
            unsafe {
                let w = *target.add(k);
                error += g * w;
                *target.add(k) = w + g * *hidden.add(k);
            }
        }
        // SAFETY: as above.
        step.contexts.iter().for_each(|&context| unsafe { *context.add(k) += error });
    }
}

/// Where the score of context `i` and target `t` of a group is kept; for CBOW of group `i`.
fn score(group: &mut [Chunk], i: usize, t: usize) -> &mut f32 {
    let at = i * STRIDE + t;
    &mut group[at / LANES].0[at % LANES]
}

/// # Safety
/// Both rows have `size` numbers.
unsafe fn dot(a: RowPtr, b: RowPtr, size: usize) -> f32 {
    // SAFETY: k is below their size.
    (0..size).map(|k| unsafe { *a.add(k) * *b.add(k) }).sum()
}
