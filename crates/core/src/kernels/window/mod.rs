//! One step of word2vec: a few rows of `w_in` against a few rows of `w_out`, for the fast trainer.
//!
//! A step has n contexts `c_i` (rows of `w_in`), T targets `w_t` (rows of `w_out`, no row twice) with a
//! label each (1: the true word, or the side of a Huffman node; 0: the other), and a rate `r`. All scores are taken before
//! anything moves, then everything moves at once (Ji et al. 2016, "HogBatch"):
//!
//! - SkipGram: `g_it = r (label_t - σ(c_i·w_t))`, `c_i += Σ_t g_it w_t`, `w_t += Σ_i g_it c_i` (right sides: old values)
//!   A row that occurs as two contexts moves twice; whether its second move uses the old or the once-moved `w_t` is
//!   unspecified, a difference of the order of `r²`.
//! - CBOW: `h = f Σ_i c_i`, `g_t = r (label_t - σ(h·w_t))`, `e = Σ_t g_t w_t`, `c_i += e`, `w_t += g_t h`. With `f = 1/n`
//!   each context gets the whole of `e` and not an n-th, as in word2vec.c.
//!
//! `g` is 0 where a score is beyond ±6, as in gensim: scores that are certain teach nothing, right or wrong. (word2vec.c does so
//! for hierarchical softmax, and takes ±1 for the probability in negative sampling. Learning from all scores gave no better vectors:
//! CBOW on `bench/peers`'s text 29.8 points of analogies instead of 30.2, 8 and 6 seeds, 2026-11-26.) The loss of a step
//! is `Σ log(1 + e^∓score)` over its pairs, whatever the score: see [`LossSum`].
//!
//! `scalar.rs` defines what is right; the others do the same with wider registers and fused multiply-add, so they agree with
//! it to rounding. [`WindowKernels::detect`] is the one place that chooses.
//!
//! Rows are given as pointers, since threads share them without locks: the CPU trainer's `shared.rs` argues why that is sound in practice.

mod loss;
mod scalar;
mod scratch;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[macro_use]
mod wide;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(test)]
mod tests;

pub use loss::LossSum;
pub use scratch::{GROUP, Labels, MAX_CONTEXTS, Scratch};

use super::prefetch::prefetch_line_to_write;
use crate::LANES;
use std::fmt;

/// A row of a matrix that threads share: `chunks` chunks of sixteen f32, aligned to 64 bytes.
pub type RowPtr = *mut f32;

/// One step's rows and labels. See the module for the letters.
pub struct Step<'a> {
    /// The n contexts, at least one; for SkipGram [`MAX_CONTEXTS`] at most. A row may occur twice.
    pub contexts: &'a [RowPtr],
    /// The T targets: at least one, different rows.
    pub targets: &'a [RowPtr],
    /// Their labels.
    pub labels: &'a Labels,
    /// Chunks of sixteen numbers in a row.
    pub chunks: usize,
    /// Size of the step: r.
    pub rate: f32,
}

type StepRaw = unsafe fn(&Step, f32, &mut Scratch);

/// The steps for one instruction set.
#[derive(Clone, Copy)]
pub struct WindowKernels {
    name: &'static str,
    skip_gram: StepRaw,
    cbow: StepRaw,
}

impl fmt::Debug for WindowKernels {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_tuple("WindowKernels").field(&self.name).finish()
    }
}

impl WindowKernels {
    /// The best implementation this CPU can run. Nothing else in the crate asks.
    pub fn detect() -> Self {
        Self::all().pop().unwrap_or_else(scalar::kernels)
    }

    /// Every implementation this CPU can run, slowest first.
    pub fn all() -> Vec<Self> {
        #[allow(unused_mut)] // nothing is added where only the definition exists
        let mut all = vec![scalar::kernels()];
        #[cfg(target_arch = "x86_64")]
        all.extend([avx2::kernels(), avx512::kernels()].into_iter().flatten());
        #[cfg(target_arch = "aarch64")]
        all.extend(neon::kernels());
        all
    }

    /// The implementation of this name, if this CPU can run it.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|kernels| kernels.name == name)
    }

    /// Name of the instruction set: `scalar`, `avx2`, `avx512` or `neon`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// A step of SkipGram: each context predicts the targets.
    ///
    /// # Safety
    /// Every pointer leads to `chunks` whole chunks, aligned to 64 bytes, that live through the call and that nobody holds a
    /// Rust reference to. Other threads may read and write them: see the CPU trainer's `shared.rs`.
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

/// Prefetches a row for writing. A hint: it changes no value, and any address is allowed.
#[inline(always)]
pub fn prefetch(row: *const f32, chunks: usize) {
    for chunk in 0..chunks {
        prefetch_line_to_write(row.wrapping_add(chunk * LANES).cast());
    }
}
