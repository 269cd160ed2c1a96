//! Tiles in registers of four numbers, on 64-bit ARM.

use super::tile::Register;
use super::{ProductKernels, table};
use std::arch::aarch64::*;

/// `None` if the CPU lacks NEON. Twenty-four sums, four registers of rows and one of a query: twenty-nine of thirty-two.
pub fn neon() -> Option<ProductKernels> {
    let there = std::arch::is_aarch64_feature_detected!("neon");
    there.then(|| table!("neon", Neon, 4, [1, 2, 3, 4, 5, 6], "neon"))
}

#[derive(Clone, Copy)]
struct Neon(float32x4_t);

impl Register for Neon {
    const WIDTH: usize = 4;

    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller's promise that NEON is there; so in all functions below.
        unsafe { Self(vdupq_n_f32(0.0)) }
    }

    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self(vdupq_n_f32(x)) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller's promise: four numbers.
        unsafe { Self(vld1q_f32(from)) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller's promise: room for four numbers.
        unsafe { vst1q_f32(to, self.0) }
    }

    #[inline(always)]
    unsafe fn plus_product(self, a: Self, b: Self) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self(vfmaq_f32(self.0, a.0, b.0)) }
    }
}
