//! All queries against a block of rows, as one matrix product.
//!
//! By the `matrixmultiply` crate: its last bits may differ from CPU to CPU, so a search recalculates the scores of the
//! rows it returns.

/// `out = a bᵀ`: `a` has rows of `inner` numbers, so has `b`; `out` has a row for each row of `a`, with a number for each
/// row of `b`.
///
/// # Panics
/// If the lengths are no whole rows or `out` has another size.
pub fn multiply_transposed(a: &[f32], b: &[f32], inner: usize, out: &mut [f32]) {
    assert!(inner > 0 && a.len().is_multiple_of(inner) && b.len().is_multiple_of(inner), "whole rows");
    let (rows, columns) = (a.len() / inner, b.len() / inner);
    assert_eq!(out.len(), rows * columns, "a number for each pair of rows");
    let (across, down) = (inner as isize, columns as isize);
    // SAFETY: `a` is rows x inner with rows `across` apart, `b` read the other way round is inner x columns, and `out` is
    // rows x columns with rows `down` apart, as was checked; `out` is borrowed mutably and overlaps neither.
    unsafe {
        matrixmultiply::sgemm(
            rows,
            inner,
            columns,
            1.0,
            a.as_ptr(),
            across,
            1,
            b.as_ptr(),
            1,
            across,
            0.0,
            out.as_mut_ptr(),
            down,
            1,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_meets_every_row() {
        let (a, b) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0, 0.0, 2.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
        let mut out = [f32::NAN; 6];
        multiply_transposed(&a, &b, 3, &mut out);
        assert_eq!(out, [7.0, 5.0, 6.0, 16.0, 11.0, 15.0]);
    }
}
