//! The arithmetic of training, compiled once for each instruction set.
//!
//! [`plain`] has every kernel once, in plain Rust over chunks of sixteen numbers, and defines the result. The same
//! source is compiled again with wider registers allowed, and [`Kernels::detect`] picks the widest that this CPU has.
//! Only additions, multiplications, divisions and square roots are used, each rounded separately (no fused
//! multiply-add), always in the order written, so **every CPU gives the same bits**.
//!
//! Letters: a table has V rows, in each of them the field `w` and perhaps `dw`, `m` and `v` one after the other, each of
//! `shape.n` chunks; `h`, `dh`, `out` have B rows of `shape.n` chunks, B the batch size; `ids` say which rows of the table,
//! `per` of them for each example; `row` is the field of a row that a kernel adds to, `w` or `dw`.

pub mod gemm;
pub mod large_pages;
pub mod plain;
mod prefetch;
pub mod read_ahead;
pub mod search;
mod vectorised;
pub mod window;

pub use vectorised::Vectorised;
#[doc(hidden)]
pub use vectorised::versions;

use super::Chunk;
use plain::{Destination, Settlement, Shape};
use std::sync::OnceLock;

/// Declares [`Kernels`] and its tables from a line for each kernel of [`plain`], with its documentation.
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
                #[allow(unsafe_code)]
                #[allow(clippy::too_many_arguments)] // plain slices, so that kernels do not depend on the types of layers
                pub fn $name(&self, $($arg: $ty),*) $(-> $out)? {
                    // SAFETY: tables are private, and `detect` makes one only if the CPU has its features.
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

            /// `None` if the CPU lacks AVX2.
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

            /// `None` if the CPU lacks AVX-512.
            pub(super) fn kernels() -> Option<Kernels> {
                let there = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512dq") && is_x86_feature_detected!("avx512bw");
                there.then_some(Kernels { name: "avx512", $($name,)* })
            }
        }
    };
}

kernels! {
    /// `out[b] = factor Σ_c w[ids[b per + c]]`, c < `per`.
    fn sum_rows(table: &[Chunk], shape: Shape, ids: &[u32], per: usize, factor: f32, out: &mut [Chunk]);
    /// `row[ids[b per + c]] += factor dout[b]`, c < `per`; prefetches rows `to.next`.
    fn scatter_rows(table: &mut [Chunk], to: Destination, ids: &[u32], per: usize, factor: f32, dout: &[Chunk]);
    /// `out[p stride + k B + b] = h[b] · w[ids[b per + k]]` over the columns of panel p, k < `per`.
    fn dot_rows(table: &[Chunk], shape: Shape, ids: &[u32], per: usize, h: &[Chunk], out: &mut [f32], stride: usize);
    /// `dh[b] += dscores[k B + b] w[ids[b per + k]]`, k < `per`.
    fn dot_rows_backward(
        table: &[Chunk], shape: Shape, ids: &[u32], per: usize, dscores: &[f32], dh: &mut [Chunk],
    );
    /// `row[ids[b per + k]] += factor dscores[k B + b] h[b]`, k < `per`; prefetches rows `to.next`.
    fn scatter_products(
        table: &mut [Chunk], to: Destination, ids: &[u32], per: usize, factor: f32, dscores: &[f32], h: &[Chunk],
    );
    /// `scores[i] += Σ_p partial[p][i]`, p ascending; `partial` holds the panels one after the other.
    fn add_panels(partial: &[f32], scores: &mut [f32]);
    /// `probabilities = σ(scores)`; returns `-Σ log σ(±scores)`, + if the label is 1, - if it is 0.
    fn sigmoid_with_loss(scores: &[f32], positive: bool, probabilities: &mut [f32]) -> f64;
    /// `w[id] -= rate dw[id]`, `dw[id] = 0`.
    fn sgd_step(table: &mut [Chunk], shape: Shape, ids: &[u32], rate: f32);
    /// Adam's pending steps of rows `ids`, see `plain::adam_settle`.
    fn adam_settle(table: &mut [Chunk], shape: Shape, ids: &[u32], settlements: &[Settlement]);
    /// `dw[id] *= factor`.
    fn scale_gradients(table: &mut [Chunk], shape: Shape, ids: &[u32], factor: f32);
    /// Sum of squares of the gradients in each panel of rows `ids`, added to `out[p]`.
    fn gradient_squares(table: &[Chunk], shape: Shape, ids: &[u32], out: &mut [f64]);
}

impl Kernels {
    /// The best implementation this CPU can run. Nothing else in the crate asks.
    pub fn detect() -> Self {
        Self::all().pop().unwrap_or_else(Self::plain)
    }

    /// Every implementation this CPU can run, slowest first.
    pub fn all() -> Vec<Self> {
        #[allow(unused_mut)] // only x86-64 adds others
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

/// Prefetches the cache line in which `item` starts.
#[inline(always)]
pub fn prefetch<T>(item: &T) {
    prefetch::prefetch_line(std::ptr::from_ref(item).cast());
}

/// Prefetches a whole row.
#[inline(always)]
fn prefetch_row(table: &[Chunk], shape: Shape, id: u32) {
    table[id as usize * shape.stride..][..shape.stride].iter().for_each(prefetch);
}

/// Prefetches all of rows `ids`. Memory delivers many rows at once, but a kernel that reads them in turn waits for each:
/// with tables larger than the cache that is most of the time.
pub fn prefetch_rows(table: &[Chunk], shape: Shape, ids: &[u32]) {
    ids.iter().for_each(|&id| prefetch_row(table, shape, id));
}

/// Prefetches one line of each of rows `ids`, and with it the translation of its page. A prefetch does not wait for its line,
/// but it does wait for the translation of its address, and several addresses are translated at once only if they are
/// requested back to back. So pages come first, together. Measured: a tenth of a step with a million words.
pub fn prefetch_pages(table: &[Chunk], shape: Shape, ids: &[u32]) {
    ids.iter().for_each(|&id| prefetch(&table[id as usize * shape.stride + shape.stride / 2]));
}

/// The kernels of this CPU, found once.
pub fn kernels() -> &'static Kernels {
    static KERNELS: OnceLock<Kernels> = OnceLock::new();
    KERNELS.get_or_init(Kernels::detect)
}

#[cfg(test)]
mod tests;
