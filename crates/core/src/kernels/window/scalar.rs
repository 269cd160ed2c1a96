//! The definition: a chunk of columns at a time, in the order of the formulas.
//!
//! Tests compare with it, and it runs on CPUs without wider registers. A dot product is sixteen sums, one for each place in a
//! chunk, added up at the end as a tree: the numbers of a chunk are independent, so that the compiler may use the baseline's
//! vector registers.
#![allow(unsafe_code)]

use super::loss::gradients;
use super::scratch::{GROUP_CHUNKS, STRIDE};
use super::{Composed, GROUP, MAX_CONTEXTS, RowPtr, Scratch, Step, WindowKernels, prefetch_ahead};
use crate::{Chunk, LANES};

/// This implementation runs everywhere.
pub(super) fn kernels() -> WindowKernels {
    WindowKernels { name: "scalar", skip_gram, cbow, mean, spread, weigh, learn }
}

/// Chunks that hold a row of so many numbers.
fn chunks(columns: usize) -> usize {
    columns.div_ceil(LANES)
}

/// # Safety
/// As [`WindowKernels::skip_gram`].
unsafe fn skip_gram(step: &Step, _: f32, scratch: &mut Scratch) {
    let (contexts, chunks) = (step.contexts, chunks(step.columns));
    prefetch_ahead(step, 0, 1);
    for (g, targets) in step.targets.chunks(GROUP).enumerate() {
        let scores = &mut scratch.scores[g * GROUP_CHUNKS..][..GROUP_CHUNKS];
        for (i, &context) in contexts.iter().enumerate() {
            for (t, &target) in targets.iter().enumerate() {
                // SAFETY: the caller vouches for the rows.
                *score(scores, i, t) = unsafe { dot(context, target, chunks) };
            }
        }
        for (chunk, scores) in scores.iter_mut().take(contexts.len().div_ceil(2)).enumerate() {
            let labels = step.labels.of_group(g, contexts.len() - 2 * chunk);
            gradients::<false>(scores, labels, step.rate, &mut scratch.loss);
        }
    }
    let mut moved = [Chunk::ZERO; MAX_CONTEXTS];
    for k in 0..chunks {
        moved.fill(Chunk::ZERO);
        for (t, &target) in step.targets.iter().enumerate() {
            let gradients = &mut scratch.scores[t / GROUP * GROUP_CHUNKS..];
            // SAFETY: k is a chunk of every row, for which the caller vouches.
            let w = unsafe { load(target, k) };
            let mut new = w;
            for (i, &context) in contexts.iter().enumerate() {
                let g = *score(gradients, i, t % GROUP);
                add_scaled(&mut moved[i], g, &w);
                // SAFETY: as above.
                add_scaled(&mut new, g, &unsafe { load(context, k) });
            }
            // SAFETY: as above.
            unsafe { store(target, k, &new) };
        }
        for (moved, &context) in moved.iter().zip(contexts) {
            // SAFETY: as above.
            unsafe {
                let mut c = load(context, k);
                add_scaled(&mut c, 1.0, moved);
                store(context, k, &c);
            }
        }
    }
}

/// # Safety
/// As [`WindowKernels::cbow`].
unsafe fn cbow(step: &Step, factor: f32, scratch: &mut Scratch) {
    let chunks = chunks(step.columns);
    prefetch_ahead(step, 0, 1);
    for (k, hidden) in scratch.hidden[..chunks].iter_mut().enumerate() {
        let mut sum = Chunk::ZERO;
        // SAFETY: k is a chunk of every row, for which the caller vouches.
        step.contexts.iter().for_each(|&context| add_scaled(&mut sum, 1.0, &unsafe { load(context, k) }));
        *hidden = Chunk(sum.0.map(|sum| factor * sum));
    }
    let hidden = scratch.hidden.as_mut_ptr().cast::<f32>();
    for (pair, targets) in step.targets.chunks(2 * GROUP).enumerate() {
        for (t, &target) in targets.iter().enumerate() {
            // SAFETY: `hidden` has at least as many chunks as a row.
            *score(&mut scratch.scores[pair..], t / GROUP, t % GROUP) = unsafe { dot(hidden, target, chunks) };
        }
        let labels = step.labels.of_groups(2 * pair);
        gradients::<false>(&mut scratch.scores[pair], &labels, step.rate, &mut scratch.loss);
    }
    let (hidden, errors) = (&scratch.hidden[..chunks], &mut scratch.error);
    for (k, (hidden, kept)) in hidden.iter().zip(errors).enumerate() {
        let mut error = Chunk::ZERO;
        for (t, &target) in step.targets.iter().enumerate() {
            let g = *score(&mut scratch.scores, t / GROUP, t % GROUP);
            // SAFETY: k is a chunk of every row, for which the caller vouches.
            let mut w = unsafe { load(target, k) };
            add_scaled(&mut error, g, &w);
            add_scaled(&mut w, g, hidden);
            // SAFETY: as above.
            unsafe { store(target, k, &w) };
        }
        *kept = error;
        for &context in step.contexts {
            // SAFETY: as above.
            let mut c = unsafe { load(context, k) };
            add_scaled(&mut c, 1.0, &error);
            // SAFETY: as above.
            unsafe { store(context, k, &c) };
        }
    }
}

/// # Safety
/// As [`WindowKernels::mean`].
unsafe fn mean(of: &Composed, out: [RowPtr; 2]) {
    let factor = 1.0 / of.rows.len() as f32;
    for k in 0..chunks(of.columns) {
        let mut sum = Chunk::ZERO;
        // SAFETY: k is a chunk of every row, for which the caller vouches.
        of.rows.iter().for_each(|&row| add_scaled(&mut sum, 1.0, &unsafe { load(row, k) }));
        let mean = Chunk(sum.0.map(|sum| factor * sum));
        // SAFETY: as above.
        out.into_iter().for_each(|out| unsafe { store(out, k, &mean) });
    }
}

/// # Safety
/// As [`WindowKernels::spread`].
unsafe fn spread(to: &Composed, [now, before]: [RowPtr; 2], _: &mut Scratch) {
    for k in 0..chunks(to.columns) {
        // SAFETY: k is a chunk of every row, for which the caller vouches.
        let mut moved = unsafe { load(now, k) };
        // SAFETY: as above.
        add_scaled(&mut moved, -1.0, &unsafe { load(before, k) });
        for &row in to.rows {
            // SAFETY: as above.
            unsafe {
                let mut c = load(row, k);
                add_scaled(&mut c, 1.0, &moved);
                store(row, k, &c);
            }
        }
    }
}

/// # Safety
/// As [`WindowKernels::weigh`].
unsafe fn weigh([d, c, out]: [RowPtr; 3], columns: usize) {
    for k in 0..chunks(columns) {
        // SAFETY: k is a chunk of every row, for which the caller vouches.
        unsafe {
            let (d, c) = (load(d, k), load(c, k));
            store(out, k, &Chunk(std::array::from_fn(|lane| d.0[lane] * c.0[lane])));
        }
    }
}

/// # Safety
/// As [`WindowKernels::learn_position`].
unsafe fn learn([d, c]: [RowPtr; 2], s: f32, columns: usize, scratch: &Scratch) {
    for (k, e) in scratch.error[..chunks(columns)].iter().enumerate() {
        // SAFETY: k is a chunk of every row, for which the caller vouches.
        unsafe {
            let (old_d, old_c) = (load(d, k), load(c, k));
            store(d, k, &Chunk(std::array::from_fn(|lane| old_d.0[lane] + s * e.0[lane] * old_c.0[lane])));
            store(c, k, &Chunk(std::array::from_fn(|lane| old_c.0[lane] + e.0[lane] * old_d.0[lane])));
        }
    }
}

/// Where the score of context `i` and target `t` of a group is kept; for CBOW, `i` is the group.
#[inline]
fn score(group: &mut [Chunk], i: usize, t: usize) -> &mut f32 {
    let at = i * STRIDE + t;
    &mut group[at / LANES].0[at % LANES]
}

/// # Safety
/// Both rows have `chunks` chunks.
#[inline]
unsafe fn dot(a: RowPtr, b: RowPtr, chunks: usize) -> f32 {
    let mut sums = Chunk::ZERO;
    for k in 0..chunks {
        // SAFETY: k is a chunk of both.
        let (a, b) = unsafe { (load(a, k), load(b, k)) };
        (0..LANES).for_each(|lane| sums.0[lane] += a.0[lane] * b.0[lane]);
    }
    let eight: [f32; 8] = std::array::from_fn(|i| sums.0[i] + sums.0[i + 8]);
    let four: [f32; 4] = std::array::from_fn(|i| eight[i] + eight[i + 4]);
    (four[0] + four[2]) + (four[1] + four[3])
}

/// `sum += g x`
#[inline(always)]
fn add_scaled(sum: &mut Chunk, g: f32, x: &Chunk) {
    (0..LANES).for_each(|lane| sum.0[lane] += g * x.0[lane]);
}

/// Chunk `k` of a row, which others may write to meanwhile: each number is read once, separately.
///
/// # Safety
/// The row has chunk `k`.
#[inline(always)]
unsafe fn load(row: RowPtr, k: usize) -> Chunk {
    // SAFETY: sixteen numbers of the row begin at k chunks.
    Chunk(std::array::from_fn(|lane| unsafe { row.add(k * LANES + lane).read() }))
}

/// Writes the numbers of a chunk to chunk `k` of a row, each separately.
///
/// # Safety
/// The row has chunk `k`.
#[inline(always)]
unsafe fn store(row: RowPtr, k: usize, chunk: &Chunk) {
    // SAFETY: as for `load`.
    (0..LANES).for_each(|lane| unsafe { row.add(k * LANES + lane).write(chunk.0[lane]) });
}
