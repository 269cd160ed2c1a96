//! The sixteen sums in AVX2 and AVX-512 registers.

use super::lanes::{LANES, Lanes};
use super::{SearchKernels, table};
use std::arch::x86_64::*;

/// `None` if the CPU lacks AVX2 or the conversion of f16.
pub fn avx2() -> Option<SearchKernels> {
    let there = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("f16c");
    there.then(|| table!("avx2", Avx2, 1, "avx2,f16c"))
}

/// `None` if the CPU lacks AVX-512.
pub fn avx512() -> Option<SearchKernels> {
    let there = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512bw");
    there.then(|| table!("avx512", Avx512, 4, "avx512f,avx512vl,avx512dq,avx512bw"))
}

/// Two registers of eight numbers.
#[derive(Clone, Copy)]
struct Avx2(__m256, __m256);

impl Lanes for Avx2 {
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller's promise that AVX2 is there; so in all functions below.
        unsafe { Self(_mm256_setzero_ps(), _mm256_setzero_ps()) }
    }

    #[inline(always)]
    unsafe fn query(from: *const f32) -> Self {
        // SAFETY: the caller's promise: sixteen numbers; the load needs no alignment.
        unsafe { Self(_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(LANES / 2))) }
    }

    #[inline(always)]
    unsafe fn single(from: *const u8) -> Self {
        // SAFETY: the caller's promise: 64 bytes; x86 is little-endian and the load needs no alignment.
        unsafe { Self::query(from.cast()) }
    }

    #[inline(always)]
    unsafe fn half(from: *const u8) -> Self {
        // SAFETY: the caller's promise: 32 bytes; the loads need no alignment.
        unsafe {
            let eight = |from: *const u8| _mm256_cvtph_ps(_mm_loadu_si128(from.cast()));
            Self(eight(from), eight(from.add(LANES)))
        }
    }

    #[inline(always)]
    unsafe fn plus_product(self, a: Self, b: Self) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self(_mm256_add_ps(self.0, _mm256_mul_ps(a.0, b.0)), _mm256_add_ps(self.1, _mm256_mul_ps(a.1, b.1))) }
    }

    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        // SAFETY: the caller's promise.
        unsafe { sum_of_eight(_mm256_add_ps(self.0, self.1)) }
    }

    #[inline(always)]
    unsafe fn sums(four: [Self; 4]) -> [f32; 4] {
        // SAFETY: the caller's promise.
        unsafe {
            let [a, b, c, d] = four.map(|lanes| _mm256_add_ps(lanes.0, lanes.1));
            // Four numbers of one row next to four of another.
            let pair = |a, b| _mm256_add_ps(_mm256_permute2f128_ps::<0x20>(a, b), _mm256_permute2f128_ps::<0x31>(a, b));
            let ends = |x| {
                let two = _mm256_add_ps(x, _mm256_permute_ps::<0b01_00_11_10>(x));
                let one = _mm256_add_ps(two, _mm256_permute_ps::<0b10_11_00_01>(two));
                [_mm256_castps256_ps128(one), _mm256_extractf128_ps::<1>(one)].map(|x| _mm_cvtss_f32(x))
            };
            let ([a, b], [c, d]) = (ends(pair(a, b)), ends(pair(c, d)));
            [a, b, c, d]
        }
    }
}

/// # Safety
/// The CPU has AVX.
#[inline(always)]
unsafe fn sum_of_eight(eight: __m256) -> f32 {
    // SAFETY: the caller's promise.
    unsafe {
        let four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps::<1>(eight));
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
    }
}

/// One register of sixteen numbers.
#[derive(Clone, Copy)]
struct Avx512(__m512);

impl Lanes for Avx512 {
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller's promise that AVX-512 is there; so in all functions below.
        unsafe { Self(_mm512_setzero_ps()) }
    }

    #[inline(always)]
    unsafe fn query(from: *const f32) -> Self {
        // SAFETY: the caller's promise: sixteen numbers; the load needs no alignment.
        unsafe { Self(_mm512_loadu_ps(from)) }
    }

    #[inline(always)]
    unsafe fn single(from: *const u8) -> Self {
        // SAFETY: the caller's promise: 64 bytes; x86 is little-endian and the load needs no alignment.
        unsafe { Self(_mm512_loadu_ps(from.cast())) }
    }

    #[inline(always)]
    unsafe fn half(from: *const u8) -> Self {
        // SAFETY: the caller's promise: 32 bytes; the load needs no alignment.
        unsafe { Self(_mm512_cvtph_ps(_mm256_loadu_si256(from.cast()))) }
    }

    #[inline(always)]
    unsafe fn part<const HALF: bool>(from: *const u8, count: usize) -> Self {
        let mask = (1u16 << count) - 1;
        // SAFETY: the caller's promise: `count` numbers, and what the mask leaves out is not read.
        unsafe {
            if HALF {
                Self(_mm512_cvtph_ps(_mm256_maskz_loadu_epi16(mask, from.cast())))
            } else {
                Self(_mm512_maskz_loadu_ps(mask, from.cast()))
            }
        }
    }

    #[inline(always)]
    unsafe fn plus_product(self, a: Self, b: Self) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self(_mm512_add_ps(self.0, _mm512_mul_ps(a.0, b.0))) }
    }

    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        // SAFETY: the caller's promise.
        unsafe { sum_of_eight(_mm256_add_ps(_mm512_castps512_ps256(self.0), _mm512_extractf32x8_ps::<1>(self.0))) }
    }

    #[inline(always)]
    unsafe fn sums(four: [Self; 4]) -> [f32; 4] {
        // SAFETY: the caller's promise.
        unsafe {
            let [a, b, c, d] = four.map(|lanes| lanes.0);
            // Eight numbers of one row next to eight of another, then four of each of the four.
            let pair = |a, b| _mm512_add_ps(_mm512_shuffle_f32x4::<0x44>(a, b), _mm512_shuffle_f32x4::<0xee>(a, b));
            let (ab, cd) = (pair(a, b), pair(c, d));
            let all = _mm512_add_ps(_mm512_shuffle_f32x4::<0x88>(ab, cd), _mm512_shuffle_f32x4::<0xdd>(ab, cd));
            let two = _mm512_add_ps(all, _mm512_permute_ps::<0b01_00_11_10>(all));
            let one = _mm512_add_ps(two, _mm512_permute_ps::<0b10_11_00_01>(two));
            let mut sums = [0.0; 4];
            let first_of_each = _mm512_maskz_compress_ps(0x1111, one);
            _mm_storeu_ps(sums.as_mut_ptr(), _mm512_castps512_ps128(first_of_each));
            sums
        }
    }
}
