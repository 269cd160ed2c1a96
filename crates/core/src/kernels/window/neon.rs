//! Registers of four numbers, on 64-bit ARM.
#![allow(unsafe_code)]

use super::WindowKernels;
use std::arch::aarch64::*;

type V = float32x4_t;
const LANES_V: usize = 4;
/// Twelve sums, six targets and two contexts fit 32 registers.
const PAIR: usize = 2;

/// `None` if the CPU lacks NEON.
pub(super) fn kernels() -> Option<WindowKernels> {
    std::arch::is_aarch64_feature_detected!("neon").then_some(WindowKernels {
        name: "neon",
        skip_gram,
        cbow,
        mean,
        spread,
        weigh,
        learn,
    })
}

#[inline]
#[target_feature(enable = "neon")]
fn zero() -> V {
    vdupq_n_f32(0.0)
}

#[inline]
#[target_feature(enable = "neon")]
fn splat(x: f32) -> V {
    vdupq_n_f32(x)
}

#[inline]
#[target_feature(enable = "neon")]
fn fma(a: V, b: V, c: V) -> V {
    vfmaq_f32(c, a, b)
}

#[inline]
#[target_feature(enable = "neon")]
fn add(a: V, b: V) -> V {
    vaddq_f32(a, b)
}

#[inline]
#[target_feature(enable = "neon")]
fn mul(a: V, b: V) -> V {
    vmulq_f32(a, b)
}

/// # Safety
/// Four numbers lie at `from`.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn load(from: *const f32) -> V {
    // SAFETY: the caller vouches for it.
    unsafe { vld1q_f32(from) }
}

/// # Safety
/// There is room for four numbers at `to`.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn store(to: *mut f32, v: V) {
    // SAFETY: the caller vouches for it.
    unsafe { vst1q_f32(to, v) }
}

/// # Safety
/// There is room for sixteen numbers at `out`.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn sums<const P: usize>(sum: &[[V; GROUP]; PAIR], out: *mut f32) {
    for (i, &[a, b, c, d, e, f]) in sum.iter().enumerate() {
        let four = vpaddq_f32(vpaddq_f32(a, b), vpaddq_f32(c, d));
        let two = vpaddq_f32(vpaddq_f32(e, f), zero());
        // SAFETY: the caller vouches for eight numbers a context.
        unsafe {
            store(out.add(8 * i), four);
            store(out.add(8 * i + 4), two);
        }
    }
}

window_kernels!("neon");
