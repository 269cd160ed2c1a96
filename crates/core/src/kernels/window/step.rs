//! One step of either kind, and the functions for one instruction set.

use super::scratch::{Labels, MAX_CONTEXTS, Scratch};
use std::fmt;

/// A row of a matrix that threads share: whole chunks of sixteen f32, aligned to 64 bytes.
pub type RowPtr = *mut f32;

/// One step's rows and labels. See the module for the letters.
pub struct Step<'a> {
    /// The n contexts, at least one; for SkipGram [`MAX_CONTEXTS`] at most. A row may occur twice.
    pub contexts: &'a [RowPtr],
    /// The T targets: at least one, distinct rows.
    pub targets: &'a [RowPtr],
    /// Their labels.
    pub labels: &'a Labels,
    /// Numbers in a row, without padding: what lies after them, up to a whole chunk, is 0 and stays so.
    pub columns: usize,
    /// The learning rate: r.
    pub rate: f32,
    /// Rows of the next step that are prefetched in the course of this one, a few at a time: a CPU waits for so many lines at most.
    pub ahead: &'a [RowPtr],
}

/// Rows that stand for one: those of a word's n-grams, or a row and the weights of its position.
pub struct Composed<'a> {
    /// The rows, at least one. A row may occur twice.
    pub rows: &'a [RowPtr],
    /// Numbers in a row, as in [`Step::columns`].
    pub columns: usize,
}

/// A step of either kind: its rows, CBOW's factor, and buffers.
pub type StepRaw = unsafe fn(&Step, f32, &mut Scratch);
pub(super) type MeanRaw = unsafe fn(&Composed, [RowPtr; 2]);
pub(super) type SpreadRaw = unsafe fn(&Composed, [RowPtr; 2], &mut Scratch);
pub(super) type WeighRaw = unsafe fn([RowPtr; 3], usize);
pub(super) type LearnRaw = unsafe fn([RowPtr; 2], f32, usize, &Scratch);

/// The steps for one instruction set.
#[derive(Clone, Copy)]
pub struct WindowKernels {
    pub(super) name: &'static str,
    pub(super) skip_gram: StepRaw,
    pub(super) cbow: StepRaw,
    pub(super) mean: MeanRaw,
    pub(super) spread: SpreadRaw,
    pub(super) weigh: WeighRaw,
    pub(super) learn: LearnRaw,
}

impl fmt::Debug for WindowKernels {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_tuple("WindowKernels").field(&self.name).finish()
    }
}

impl WindowKernels {
    /// Name of the instruction set: `scalar`, `avx2`, `avx512` or `neon`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// A step of SkipGram: each context predicts the targets.
    ///
    /// # Safety
    /// Every pointer leads to a row of `columns` numbers, padded to whole chunks, aligned to 64 bytes, that live through the call and to which no
    /// Rust reference exists. Other threads may read and write them: see the CPU trainer's `shared.rs`.
    #[inline]
    #[allow(unsafe_code)]
    pub unsafe fn skip_gram(&self, step: &Step, scratch: &mut Scratch) {
        assert!(step.contexts.len() <= MAX_CONTEXTS, "{} contexts", step.contexts.len());
        check(step, scratch);
        // SAFETY: the caller vouches for the pointers; a table exists only where its features do; sizes are checked above.
        unsafe { (self.skip_gram)(step, 1.0, scratch) }
    }

    /// A step of CBOW: the contexts together, `factor` times their sum, predict the targets.
    ///
    /// # Safety
    /// As [`skip_gram`](Self::skip_gram).
    #[inline]
    #[allow(unsafe_code)]
    pub unsafe fn cbow(&self, step: &Step, factor: f32, scratch: &mut Scratch) {
        check(step, scratch);
        // SAFETY: as above.
        unsafe { (self.cbow)(step, factor, scratch) }
    }

    /// The mean of some rows: written to both rows of `out`.
    ///
    /// # Safety
    /// As [`skip_gram`](Self::skip_gram), for the rows and for `out`.
    #[inline]
    #[allow(unsafe_code)]
    pub unsafe fn mean(&self, of: &Composed, out: [RowPtr; 2]) {
        assert!(!of.rows.is_empty(), "a mean of no rows");
        // SAFETY: as above.
        unsafe { (self.mean)(of, out) }
    }

    /// Adds `now - before` to each of the rows, so that their mean moves as far as `before` has moved to `now`.
    ///
    /// # Safety
    /// As [`mean`](Self::mean).
    #[inline]
    #[allow(unsafe_code)]
    pub unsafe fn spread(&self, to: &Composed, [now, before]: [RowPtr; 2], scratch: &mut Scratch) {
        assert!(scratch.fits(0, to.columns), "a scratch that was made for less");
        // SAFETY: as above.
        unsafe { (self.spread)(to, [now, before], scratch) }
    }

    /// A context at its position: `out = d ⊙ c`, element by element, for the weights `d` of the position and the row `c`.
    ///
    /// # Safety
    /// As [`mean`](Self::mean), for the three rows.
    #[inline]
    #[allow(unsafe_code)]
    pub unsafe fn weigh(&self, [d, c, out]: [RowPtr; 3], columns: usize) {
        // SAFETY: as above.
        unsafe { (self.weigh)([d, c, out], columns) }
    }

    /// After a step of CBOW on rows that [`weigh`](Self::weigh) made, with the step's `e`: `d += s e ⊙ c` and `c += e ⊙ d`, both with the old values.
    ///
    /// # Safety
    /// As [`mean`](Self::mean), for both rows.
    #[inline]
    #[allow(unsafe_code)]
    pub unsafe fn learn_position(&self, [d, c]: [RowPtr; 2], s: f32, columns: usize, scratch: &Scratch) {
        assert!(scratch.fits(0, columns), "a scratch that was made for less");
        // SAFETY: as above.
        unsafe { (self.learn)([d, c], s, columns, scratch) }
    }
}

#[inline]
fn check(step: &Step, scratch: &Scratch) {
    assert!(!step.contexts.is_empty(), "a step without contexts");
    assert!(step.targets.len() == step.labels.len() && !step.targets.is_empty(), "a label a target");
    assert!(scratch.fits(step.targets.len(), step.columns), "a scratch that was made for less");
}
