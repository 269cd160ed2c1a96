//! One step of word2vec: a few rows of `w_in` against a few rows of `w_out`, for the word2vec trainer.
//!
//! A step has n contexts `c_i` (rows of `w_in`), T targets `w_t` (rows of `w_out`, no row twice) with a
//! label each (1: the true word, or the side of a Huffman node; 0: the other), and a rate `r`. All scores are computed before
//! anything is updated, then everything is updated at once (Ji et al. 2016, "HogBatch"):
//!
//! - SkipGram: `g_it = r (label_t - σ(c_i·w_t))`, `c_i += Σ_t g_it w_t`, `w_t += Σ_i g_it c_i` (right sides: old values)
//!   A row that occurs as two contexts is updated twice; whether the second update uses the old or the new `w_t` is
//!   unspecified, a difference of the order of `r²`.
//! - CBOW: `h = f Σ_i c_i`, `g_t = r (label_t - σ(h·w_t))`, `e = Σ_t g_t w_t`, `c_i += e`, `w_t += g_t h`. With `f = 1/n`
//!   each context gets the whole of `e` and not an n-th, as in word2vec.c.
//!
//! `g` is 0 for a score beyond ±6, as in gensim: nothing is learned from certain scores, right or wrong. (word2vec.c does the
//! same for hierarchical softmax, and clips the probability to 0 or 1 in negative sampling. Learning from all scores did not
//! improve the vectors: CBOW on `bench/peers`'s text got 29.8 points of analogies instead of 30.2, 8 and 6 seeds, 2026-11-26.) The loss of a step
//! is `Σ log(1 + e^∓score)` over its pairs, whatever the score: see [`LossSum`].
//!
//! A context may be composed of several rows, such as a word and its n-grams: the step then trains their mean, and the rows move as
//! far as the mean did ([`WindowKernels::mean`], [`WindowKernels::spread`]). With weights of positions, CBOW's contexts are products
//! ([`WindowKernels::weigh`], [`WindowKernels::learn_position`]).
//!
//! `scalar.rs` is the definition; the others do the same with wider registers and fused multiply-add, so they agree with
//! it up to rounding. [`WindowKernels::detect`] is the one place that chooses.
//!
//! Rows are passed as pointers, since threads share them without locks: the CPU trainer's `shared.rs` explains why that works.

mod ahead;
mod loss;
mod scalar;
mod scratch;
mod step;
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

pub use ahead::prefetch;
pub use loss::LossSum;
pub use scratch::{GROUP, Labels, MAX_CONTEXTS, Scratch};
pub use step::{Composed, RowPtr, Step, StepRaw, WindowKernels};

use ahead::prefetch_ahead;

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

    /// The definition with other steps in the place of its own, to see or count what a trainer does.
    pub fn with_steps(name: &'static str, skip_gram: StepRaw, cbow: StepRaw) -> Self {
        Self { name, skip_gram, cbow, ..scalar::kernels() }
    }

    /// The implementation of this name, if this CPU can run it.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|kernels| kernels.name == name)
    }
}
