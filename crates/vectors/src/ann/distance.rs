//! Distances for the library that keeps the graph of an approximate index.
//!
//! It is compiled for any CPU; most of a search's time goes into comparing vectors, which our kernels do several times faster.

#![allow(unsafe_code)]

use rapidvec_core::kernels::search::product_kernels;
use usearch::{Index, ScalarKind};

/// Makes `index`, which holds f32, compare vectors by `1 - a · b` with the kernel of this CPU, until it is loaded anew.
///
/// # Panics
/// If it holds other numbers.
pub fn compare_by_our_kernel(index: &mut Index) {
    assert_eq!(index.scalar_kind(), ScalarKind::F32, "vectors of f32");
    let (dot, size) = (product_kernels().raw_dot(), index.dimensions());
    let distance = move |a: *const f32, b: *const f32| {
        // SAFETY: the library compares vectors of `dimensions` f32, as was asked above; the CPU has the features of the table.
        1.0 - unsafe { dot(a, b, size) }
    };
    index.change_metric::<f32>(Box::new(distance));
}
