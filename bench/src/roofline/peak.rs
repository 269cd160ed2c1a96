//! Fused multiply-adds per second, in the widest registers that the training kernels use.
#![allow(unsafe_code)]

use std::hint::black_box;
use std::time::Instant;

/// Sums that grow side by side: enough to hide the latency of one.
const SUMS: usize = 12;

/// Rounds of all sums: some tens of milliseconds.
const ROUNDS: u64 = 10_000_000;

/// GFLOP/s of this thread, and the width in bits of the registers; `None` where there is no loop for this CPU.
pub fn measure() -> Option<(f64, u32)> {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the CPU has the feature.
            return Some((timed(16, || unsafe { x86::wide() }), 512));
        }
        if is_x86_feature_detected!("fma") && is_x86_feature_detected!("avx2") {
            // SAFETY: the CPU has the features.
            return Some((timed(8, || unsafe { x86::narrow() }), 256));
        }
    }
    None
}

/// Two operations a lane.
#[cfg(target_arch = "x86_64")]
fn timed(lanes: u64, run: impl Fn() -> f32) -> f64 {
    let start = Instant::now();
    black_box(run());
    (ROUNDS * SUMS as u64 * lanes * 2) as f64 / start.elapsed().as_secs_f64() / 1e9
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{ROUNDS, SUMS, black_box};
    use std::arch::x86_64::*;

    #[target_feature(enable = "avx2,fma")]
    pub fn narrow() -> f32 {
        let (a, b) = (_mm256_set1_ps(black_box(0.999)), _mm256_set1_ps(black_box(0.001)));
        let mut sums = [_mm256_set1_ps(black_box(1.0)); SUMS];
        for _ in 0..ROUNDS {
            sums = sums.map(|sum| _mm256_fmadd_ps(sum, a, b));
        }
        sums.iter().map(|&sum| _mm256_cvtss_f32(sum)).sum()
    }

    #[target_feature(enable = "avx512f")]
    pub fn wide() -> f32 {
        let (a, b) = (_mm512_set1_ps(black_box(0.999)), _mm512_set1_ps(black_box(0.001)));
        let mut sums = [_mm512_set1_ps(black_box(1.0)); SUMS];
        for _ in 0..ROUNDS {
            sums = sums.map(|sum| _mm512_fmadd_ps(sum, a, b));
        }
        sums.iter().map(|&sum| _mm512_cvtss_f32(sum)).sum()
    }
}
