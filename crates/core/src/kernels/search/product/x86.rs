//! Tiles in AVX2 and AVX-512 registers.

use super::tile::Register;
use super::{ProductKernels, table};
use std::arch::x86_64::*;

/// `None` if the CPU lacks AVX2 or its fused multiply-add. Twelve sums, two registers of rows and one of a query: fifteen
/// of sixteen.
pub fn avx2() -> Option<ProductKernels> {
    let there = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    there.then(|| table!("avx2", Avx2, 2, [1, 2, 3, 4, 5, 6], "avx2,fma"))
}

/// `None` if the CPU lacks AVX-512. Twenty-eight sums, two registers of rows and one of a query: thirty-one of thirty-two.
pub fn avx512() -> Option<ProductKernels> {
    let there = is_x86_feature_detected!("avx512f");
    there.then(|| table!("avx512", Avx512, 2, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14], "avx512f"))
}

#[derive(Clone, Copy)]
struct Avx2(__m256);

impl Register for Avx2 {
    const WIDTH: usize = 8;

    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller's promise that AVX2 is there; so in all functions below.
        unsafe { Self(_mm256_setzero_ps()) }
    }

    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self(_mm256_set1_ps(x)) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller's promise: eight numbers; the load needs no alignment.
        unsafe { Self(_mm256_loadu_ps(from)) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller's promise: room for eight numbers; the store needs no alignment.
        unsafe { _mm256_storeu_ps(to, self.0) }
    }

    #[inline(always)]
    unsafe fn plus_product(self, a: Self, b: Self) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self(_mm256_fmadd_ps(a.0, b.0, self.0)) }
    }
}

#[derive(Clone, Copy)]
struct Avx512(__m512);

impl Register for Avx512 {
    const WIDTH: usize = 16;

    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller's promise that AVX-512 is there; so in all functions below.
        unsafe { Self(_mm512_setzero_ps()) }
    }

    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self(_mm512_set1_ps(x)) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller's promise: sixteen numbers; the load needs no alignment.
        unsafe { Self(_mm512_loadu_ps(from)) }
    }

    #[inline(always)]
    unsafe fn part(from: *const f32, count: usize) -> Self {
        // SAFETY: the caller's promise: `count` numbers, and what the mask leaves out is not read.
        unsafe { Self(_mm512_maskz_loadu_ps((1u16 << count) - 1, from)) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller's promise: room for sixteen numbers; the store needs no alignment.
        unsafe { _mm512_storeu_ps(to, self.0) }
    }

    #[inline(always)]
    unsafe fn plus_product(self, a: Self, b: Self) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self(_mm512_fmadd_ps(a.0, b.0, self.0)) }
    }
}
