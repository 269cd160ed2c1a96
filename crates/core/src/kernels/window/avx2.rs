//! Registers of eight numbers, with fused multiply-add.
#![allow(unsafe_code)]

use super::WindowKernels;
use std::arch::x86_64::*;

type V = __m256;
const LANES_V: usize = 8;
/// Six sums, six targets and a context fit 16 registers.
const PAIR: usize = 1;

/// `None` if the CPU lacks AVX2 or FMA.
pub(super) fn kernels() -> Option<WindowKernels> {
    let there = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    there.then_some(WindowKernels { name: "avx2", skip_gram, cbow, mean, spread, weigh, learn })
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn zero() -> V {
    _mm256_setzero_ps()
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn splat(x: f32) -> V {
    _mm256_set1_ps(x)
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn fma(a: V, b: V, c: V) -> V {
    _mm256_fmadd_ps(a, b, c)
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn add(a: V, b: V) -> V {
    _mm256_add_ps(a, b)
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn mul(a: V, b: V) -> V {
    _mm256_mul_ps(a, b)
}

/// # Safety
/// Eight numbers lie at `from`, aligned to 32 bytes.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn load(from: *const f32) -> V {
    // SAFETY: the caller vouches for it.
    unsafe { _mm256_load_ps(from) }
}

/// # Safety
/// There is room for eight numbers at `to`, aligned to 32 bytes.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn store(to: *mut f32, v: V) {
    // SAFETY: the caller vouches for it.
    unsafe { _mm256_store_ps(to, v) }
}

/// # Safety
/// There is room for eight numbers at `out`, aligned to 32 bytes.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn sums(sum: &[[V; GROUP]; PAIR], out: *mut f32) {
    let [[a, b, c, d, e, f]] = *sum;
    let four = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
    let two = _mm256_hadd_ps(_mm256_hadd_ps(e, f), zero());
    // Each half of `four` and of `two` has half of each sum.
    let lower = _mm256_permute2f128_ps::<0x20>(four, two);
    let upper = _mm256_permute2f128_ps::<0x31>(four, two);
    // SAFETY: the caller vouches for it.
    unsafe { store(out, add(lower, upper)) }
}

window_kernels!("avx2,fma");
