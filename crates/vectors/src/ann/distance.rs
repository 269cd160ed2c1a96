//! The distance function used by the library that holds the graph of an approximate index.
//!
//! The library is compiled for any CPU, and most of a search is spent comparing vectors; our kernels are several times faster.

#![allow(unsafe_code)]

use rapidvec_core::kernels::search::product_kernels;
use usearch::{Index, ScalarKind};

/// Makes `index` compare vectors by `1 - a · b` with the kernel for this CPU, until it is loaded again.
///
/// # Panics
/// If it does not hold f32.
pub fn compare_by_our_kernel(index: &mut Index) {
    assert_eq!(index.scalar_kind(), ScalarKind::F32, "vectors of f32");
    let (dot, size) = (product_kernels().raw_dot(), index.dimensions());
    let distance = move |a: *const f32, b: *const f32| {
        // SAFETY: the library compares vectors of `dimensions` f32, as asserted above; the CPU has the features of the table.
        1.0 - unsafe { dot(a, b, size) }
    };
    index.change_metric::<f32>(Box::new(distance));
}
