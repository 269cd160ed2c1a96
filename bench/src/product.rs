//! How fast can this machine multiply matrices? What a batch of queries is held against.
//!
//! Two ways, both on all cores: the `matrixmultiply` crate on large square matrices, and rapidvec's own kernel on packed
//! blocks that stay in the caches, without the packing. The faster of the two is the machine's rate.

use rapidvec_core::Matrix;
use rapidvec_core::kernels::gemm;
use rapidvec_core::kernels::gemm::Side;
use rapidvec_core::kernels::search::{PackedRows, product_kernels};
use std::thread;
use std::time::Instant;

/// Sides of the square matrices.
const SIDE: usize = 2048;
/// Strips of queries of the block that stays in the cache.
const STRIPS: usize = 8;
/// Floating-point operations of a core in the second way, at least: about 0.2 s.
const ENOUGH: f64 = 5e10;

/// GFLOP/s of both ways.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Large square products by `matrixmultiply`.
    pub library: f64,
    /// Blocks in the cache by rapidvec's kernel.
    pub kernel: f64,
}

impl Rates {
    /// The faster.
    pub fn best(self) -> f64 {
        self.library.max(self.kernel)
    }
}

/// Measures both, the second with rows of `inner` numbers.
pub fn rates(cores: usize, inner: usize, enough: Enough) -> Rates {
    Rates { library: library(cores, enough), kernel: kernel(cores, inner, enough) }
}

/// How long is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Enough {
    /// Long enough for numbers to keep.
    ToKeep,
    /// To see that it runs.
    ToRun,
}

fn library(cores: usize, enough: Enough) -> f64 {
    let side = if enough == Enough::ToKeep { SIDE } else { 64 };
    let ones = Matrix::from_rows(side, side, &vec![1.0; side * side]);
    on_all(cores, 2.0 * (side * side * side) as f64, || {
        std::hint::black_box(gemm::product(&ones, Side::Plain, &ones, Side::Plain));
    })
}

fn kernel(cores: usize, inner: usize, enough: Enough) -> f64 {
    let kernels = product_kernels();
    let (count, rows) = (STRIPS * kernels.height(), kernels.block_rows(inner));
    let queries = kernels.pack_queries(&vec![0.5; count * inner], inner);
    let flops = 2.0 * (count * rows * inner) as f64;
    let times = if enough == Enough::ToKeep { (ENOUGH / flops).ceil() as usize } else { 1 };
    on_all(cores, flops * times as f64, || {
        let (mut packed, mut scores) = (PackedRows::default(), vec![0.0; kernels.height() * rows]);
        for _ in 0..rows / kernels.width() {
            kernels.pack_strip(&vec![0.25; kernels.width() * inner], inner, &mut packed);
        }
        for _ in 0..times {
            for first in (0..count).step_by(kernels.height()) {
                kernels.multiply(&queries, first..first + kernels.height(), &packed, &mut scores);
            }
        }
        std::hint::black_box(scores);
    })
}

/// GFLOP/s where each core does `work` of `flops` operations.
fn on_all(cores: usize, flops: f64, work: impl Fn() + Sync) -> f64 {
    let start = Instant::now();
    thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(&work))));
    flops * cores as f64 / start.elapsed().as_secs_f64() / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_run() {
        let rates = rates(2, 20, Enough::ToRun);
        assert!(rates.library > 0.0 && rates.kernel > 0.0);
        assert_eq!(Rates { library: 3.0, kernel: 2.0 }.best(), 3.0);
    }
}
