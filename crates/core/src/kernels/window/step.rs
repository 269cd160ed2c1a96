//! One step of either kind, and the functions for one instruction set.

use super::scratch::{Labels, MAX_CONTEXTS, Scratch};
use std::fmt;

/// A row of a matrix that threads share: `chunks` chunks of sixteen f32, aligned to 64 bytes.
pub type RowPtr = *mut f32;

/// One step's rows and labels. See the module for the letters.
pub struct Step<'a> {
    /// The n contexts, at least one; for SkipGram [`MAX_CONTEXTS`] at most. A row may occur twice.
    pub contexts: &'a [RowPtr],
    /// The T targets: at least one, distinct rows.
    pub targets: &'a [RowPtr],
    /// Their labels.
    pub labels: &'a Labels,
    /// Chunks of sixteen numbers in a row.
    pub chunks: usize,
    /// The learning rate: r.
    pub rate: f32,
}

pub(super) type StepRaw = unsafe fn(&Step, f32, &mut Scratch);

/// The steps for one instruction set.
#[derive(Clone, Copy)]
pub struct WindowKernels {
    pub(super) name: &'static str,
    pub(super) skip_gram: StepRaw,
    pub(super) cbow: StepRaw,
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
    /// Every pointer leads to `chunks` whole chunks, aligned to 64 bytes, that live through the call and to which no
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
}

#[inline]
fn check(step: &Step, scratch: &Scratch) {
    assert!(!step.contexts.is_empty(), "a step without contexts");
    assert!(step.targets.len() == step.labels.len() && !step.targets.is_empty(), "a label a target");
    assert!(scratch.fits(step.targets.len(), step.chunks), "a scratch that was made for less");
}
