//! Registers of eight numbers, with fused multiply-add.
#![allow(unsafe_code)]

use super::WindowKernels;
use std::arch::x86_64::*;

type V = __m256;
const LANES_V: usize = 8;
/// Twelve sums, two contexts and a target fit 16 registers.
const PAIR: usize = 2;

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

/// Each of six registers, added up.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn six_sums([a, b, c, d, e, f]: [V; GROUP]) -> V {
    let four = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
    let two = _mm256_hadd_ps(_mm256_hadd_ps(e, f), zero());
    // Each half of `four` and of `two` has half of each sum.
    let lower = _mm256_permute2f128_ps::<0x20>(four, two);
    let upper = _mm256_permute2f128_ps::<0x31>(four, two);
    add(lower, upper)
}

/// # Safety
/// There is room for `P` times eight numbers at `out`, aligned to 32 bytes.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn sums<const P: usize>(sum: &[[V; GROUP]; PAIR], out: *mut f32) {
    for (p, &sum) in sum.iter().enumerate().take(P) {
        // SAFETY: the caller vouches for it.
        unsafe { store(out.add(p * STRIDE), six_sums(sum)) };
    }
}

window_kernels!("avx2,fma");
