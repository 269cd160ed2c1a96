//! Registers of eight numbers, with fused multiply-add.

use super::WindowKernels;
use std::arch::x86_64::*;

type V = __m256;
const LANES_V: usize = 8;
/// Six sums, six targets and a context fit 16 registers.
const PAIR: usize = 1;

/// `None` where the CPU lacks AVX2 or FMA.
pub(super) fn kernels() -> Option<WindowKernels> {
    let there = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    there.then_some(WindowKernels { name: "avx2", skip_gram, cbow })
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
/// There is room for six numbers at `out`.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn sums(sum: &[[V; GROUP]; PAIR], out: *mut f32) {
    let [[a, b, c, d, e, f]] = *sum;
    let four = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
    let ef = _mm256_hadd_ps(e, f);
    let two = _mm256_hadd_ps(ef, ef);
    let four = _mm_add_ps(_mm256_castps256_ps128(four), _mm256_extractf128_ps::<1>(four));
    let two = _mm_add_ps(_mm256_castps256_ps128(two), _mm256_extractf128_ps::<1>(two));
    // SAFETY: the caller vouches for six: four, and the lower two of the other register.
    unsafe {
        _mm_storeu_ps(out, four);
        _mm_storel_pd(out.add(4).cast(), _mm_castps_pd(two));
    }
}

window_kernels!("avx2,fma");
