//! Products of whole matrices by the `matrixmultiply` crate: for the chapter's comparison, not for training.
//!
//! Unlike the other kernels it depends on the CPU, so its last bits may differ from machine to machine.
#![allow(unsafe_code)]

use crate::Matrix;

/// Whether a factor is transposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Not transposed.
    Plain,
    /// Transposed.
    Transposed,
}

/// A matrix in the form `sgemm` needs: rows, columns, distance between rows and between columns.
fn shape(x: &Matrix, side: Side) -> (usize, usize, isize, isize) {
    let stride = (x.width() * crate::LANES) as isize;
    match side {
        Side::Plain => (x.rows(), x.cols(), stride, 1),
        Side::Transposed => (x.cols(), x.rows(), 1, stride),
    }
}

/// `a b`, each factor plain or transposed.
///
/// # Panics
/// If the inner dimensions differ.
pub fn product(a: &Matrix, a_side: Side, b: &Matrix, b_side: Side) -> Matrix {
    let (rows, inner, a_row, a_col) = shape(a, a_side);
    let (b_rows, cols, b_row, b_col) = shape(b, b_side);
    assert_eq!(inner, b_rows, "inner dimensions");
    let mut out = Matrix::zeros(rows, cols);
    let (_, _, c_row, c_col) = shape(&out, Side::Plain);
    let (a, b) = (a.chunks().as_ptr().cast::<f32>(), b.chunks().as_ptr().cast::<f32>());
    let c = out.chunks_mut().as_mut_ptr().cast::<f32>();
    // SAFETY: a chunk is sixteen f32 without padding (repr C), so the pointers reach rows x stride numbers each, and
    // `shape` stays within them; `c` is borrowed mutably and overlaps neither factor.
    unsafe { matrixmultiply::sgemm(rows, inner, cols, 1.0, a, a_row, a_col, b, b_row, b_col, 0.0, c, c_row, c_col) };
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiplies_plain_and_transposed() {
        let a = Matrix::from_rows(2, 3, &[1., 2., 3., 4., 5., 6.]);
        let b = Matrix::from_rows(2, 3, &[1., 0., 2., 0., 1., 1.]);
        assert_eq!(product(&a, Side::Plain, &b, Side::Transposed).to_vec(), [7., 5., 16., 11.]);
        assert_eq!(product(&a, Side::Transposed, &b, Side::Plain).to_vec(), [1., 4., 6., 2., 5., 9., 3., 6., 12.]);
    }
}
