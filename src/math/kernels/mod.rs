//! The arithmetic of training, compiled once for each instruction set.
//!
//! [`plain`] holds every kernel once, in plain Rust over chunks of sixteen numbers, and defines what is right. The same
//! source is compiled again with wider registers allowed, and [`Kernels::detect`] picks the widest that this CPU has.
//! Only additions, multiplications, divisions and square roots are used, each rounded on its own (no fused
//! multiply-add), always in the order written, so **every CPU gives the same bits**.
//!
//! Letters: `w`, `m`, `v` are matrices of V rows; `n` is the number of chunks in a row; `ids` say which rows;
//! `slots` say in which row of a gradient the gradient of the same row goes; B is the batch size.
#![allow(unsafe_code)]

pub mod gemm;
pub mod plain;

use super::Chunk;
use plain::CatchUp;
use std::sync::OnceLock;

/// Declares [`Kernels`] and its tables: each line a kernel of [`plain`], with its documentation.
macro_rules! kernels {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $out:ty)?;)*) => {
        /// A table of kernels for one instruction set.
        #[derive(Debug, Clone, Copy)]
        pub struct Kernels {
            name: &'static str,
            $($name: unsafe fn($($ty),*) $(-> $out)?,)*
        }

        impl Kernels {
            $(
                $(#[$doc])*
                #[inline]
                pub fn $name(&self, $($arg: $ty),*) $(-> $out)? {
                    // SAFETY: tables are private and `detect` makes one only where the CPU has its features.
                    unsafe { (self.$name)($($arg),*) }
                }
            )*

            /// The kernels every CPU can run: definition, fallback, and what tests compare with.
            pub const fn plain() -> Self {
                Self { name: "plain", $($name: plain::$name,)* }
            }
        }

        /// The same kernels with 256-bit registers.
        #[cfg(target_arch = "x86_64")]
        mod avx2 {
            use super::*;
            $(
                #[target_feature(enable = "avx2")]
                fn $name($($arg: $ty),*) $(-> $out)? {
                    plain::$name($($arg),*)
                }
            )*

            /// `None` where the CPU lacks AVX2.
            pub(super) fn kernels() -> Option<Kernels> {
                is_x86_feature_detected!("avx2").then_some(Kernels { name: "avx2", $($name,)* })
            }
        }

        /// The same kernels with 512-bit registers.
        #[cfg(target_arch = "x86_64")]
        mod avx512 {
            use super::*;
            $(
                #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw")]
                fn $name($($arg: $ty),*) $(-> $out)? {
                    plain::$name($($arg),*)
                }
            )*

            /// `None` where the CPU lacks AVX-512.
            pub(super) fn kernels() -> Option<Kernels> {
                let there = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512dq") && is_x86_feature_detected!("avx512bw");
                there.then_some(Kernels { name: "avx512", $($name,)* })
            }
        }
    };
}

kernels! {
    /// `out[b] += w[ids[b]]`, B rows.
    fn add_rows(w: &[Chunk], n: usize, ids: &[u32], out: &mut [Chunk]);
    /// `dw[slots[b]] += dout[b]`, B rows.
    fn scatter_add(dw: &mut [Chunk], n: usize, slots: &[u32], dout: &[Chunk]);
    /// `out[p stride + b] = h[b] · w[ids[b]]` over the columns of panel p.
    fn dot_rows(w: &[Chunk], n: usize, ids: &[u32], h: &[Chunk], out: &mut [f32], stride: usize);
    /// `dh[b] += dscores[b] w[ids[b]]` and `dw[slots[b]] += dscores[b] h[b]`.
    fn dot_rows_backward(
        w: &[Chunk], n: usize, ids: &[u32], slots: &[u32], h: &[Chunk], dscores: &[f32], dh: &mut [Chunk], dw: &mut [Chunk],
    );
    /// `x *= factor`.
    fn scale(x: &mut [Chunk], factor: f32);
    /// `scores[i] += Σ_p partial[p][i]`, p ascending; `partial` holds the panels one after the other.
    fn add_panels(partial: &[f32], scores: &mut [f32]);
    /// `probabilities = σ(scores)`; returns `-Σ log σ(±scores)`, + where the label is 1, - where it is 0.
    fn sigmoid_with_loss(scores: &[f32], positive: bool, probabilities: &mut [f32]) -> f64;
    /// `w[ids[i]] -= rate grads[i]`.
    fn sgd_step(w: &mut [Chunk], n: usize, ids: &[u32], grads: &[Chunk], rate: f32);
    /// The steps that rows `ids` missed, see [`plain::adam_catch_up`].
    fn adam_catch_up(w: &mut [Chunk], m: &mut [Chunk], v: &mut [Chunk], n: usize, ids: &[u32], missed: &[CatchUp]);
    /// One step of Adam with gradients on rows `ids`, see [`plain::adam_step`].
    fn adam_step(w: &mut [Chunk], m: &mut [Chunk], v: &mut [Chunk], n: usize, ids: &[u32], grads: &[Chunk], rate: f32);
    /// Sum of squares in each panel of rows of `n` chunks, added to `out[p]`.
    fn squares(x: &[Chunk], n: usize, out: &mut [f64]);
}

impl Kernels {
    /// The best implementation this CPU can run. Nothing else in the crate asks.
    pub fn detect() -> Self {
        Self::all().pop().unwrap_or_else(Self::plain)
    }

    /// Every implementation this CPU can run, slowest first.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::plain()];
        #[cfg(target_arch = "x86_64")]
        all.extend([avx2::kernels(), avx512::kernels()].into_iter().flatten());
        all
    }

    /// Name of the instruction set.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// The kernels of this CPU, found once.
pub fn kernels() -> &'static Kernels {
    static KERNELS: OnceLock<Kernels> = OnceLock::new();
    KERNELS.get_or_init(Kernels::detect)
}

#[cfg(test)]
mod tests;
