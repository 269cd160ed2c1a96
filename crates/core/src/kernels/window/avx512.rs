//! Registers of sixteen numbers.
#![allow(unsafe_code)]

use super::WindowKernels;
use std::arch::x86_64::*;

type V = __m512;
const LANES_V: usize = 16;
/// Twelve sums, six targets and two contexts fit 32 registers.
const PAIR: usize = 2;

/// `None` if the CPU lacks AVX-512.
pub(super) fn kernels() -> Option<WindowKernels> {
    let there = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512bw");
    there.then_some(WindowKernels { name: "avx512", skip_gram, cbow, mean, spread, weigh, learn })
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw")]
fn zero() -> V {
    _mm512_setzero_ps()
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw")]
fn splat(x: f32) -> V {
    _mm512_set1_ps(x)
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw")]
fn fma(a: V, b: V, c: V) -> V {
    _mm512_fmadd_ps(a, b, c)
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw")]
fn add(a: V, b: V) -> V {
    _mm512_add_ps(a, b)
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw")]
fn mul(a: V, b: V) -> V {
    _mm512_mul_ps(a, b)
}

/// # Safety
/// Sixteen numbers lie at `from`, aligned to 64 bytes.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw")]
unsafe fn load(from: *const f32) -> V {
    // SAFETY: the caller vouches for it.
    unsafe { _mm512_load_ps(from) }
}

/// # Safety
/// There is room for sixteen numbers at `to`, aligned to 64 bytes.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw")]
unsafe fn store(to: *mut f32, v: V) {
    // SAFETY: the caller vouches for it.
    unsafe { _mm512_store_ps(to, v) }
}

/// Adds up four registers at once, as far as groups of four lanes: lane 4 q + i of the result is a quarter of sum i.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw")]
fn quarters(a: V, b: V, c: V, d: V) -> V {
    let ab = _mm512_castps_pd(_mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b)));
    let cd = _mm512_castps_pd(_mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d)));
    _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(ab, cd)), _mm512_castpd_ps(_mm512_unpackhi_pd(ab, cd)))
}

/// # Safety
/// There is room for sixteen numbers at `out`, aligned to 64 bytes.
#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw")]
unsafe fn sums<const P: usize>(sum: &[[V; GROUP]; PAIR], out: *mut f32) {
    let [x, y] = sum.map(|[a, b, c, d, e, f]| {
        let (four, two) = (quarters(a, b, c, d), quarters(e, f, zero(), zero()));
        // Quarters 0 and 2 of both plus quarters 1 and 3 of both.
        _mm512_add_ps(_mm512_shuffle_f32x4::<0x88>(four, two), _mm512_shuffle_f32x4::<0xdd>(four, two))
    });
    let all = _mm512_add_ps(_mm512_shuffle_f32x4::<0x88>(x, y), _mm512_shuffle_f32x4::<0xdd>(x, y));
    // SAFETY: the caller vouches for it.
    unsafe { store(out, all) }
}

window_kernels!("avx512f,avx512dq,avx512vl,avx512bw");
