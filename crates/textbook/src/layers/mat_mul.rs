//! MatMul: a product with a whole weight matrix, where the chapter starts and which it replaces.
//!
//! `out = x w`; backward `dx = dout wᵀ`, `dw = xᵀ dout`. With x one-hot, B x V, this is what [`Embedding`](super::Embedding)
//! replaces. The book, chapter 3.

use rapidvec_core::Matrix;
use rapidvec_core::kernels::gemm::{Side, product};

/// A dense product.
#[derive(Debug, Clone)]
pub struct MatMul {
    x: Matrix,
}

impl MatMul {
    /// The product of `x` (B x N) and `w` (N x M), B x M. Takes `x` to keep it for `backward`.
    ///
    /// # Panics
    /// If the inner dimensions differ.
    pub fn forward(x: Matrix, w: &Matrix) -> (Self, Matrix) {
        let out = product(&x, Side::Plain, w, Side::Plain);
        (Self { x }, out)
    }

    /// Gradients of the input (B x N) and of the weights (N x M); `dout` is B x M.
    pub fn backward(&self, w: &Matrix, dout: &Matrix) -> (Matrix, Matrix) {
        (product(dout, Side::Plain, w, Side::Transposed), product(&self.x, Side::Transposed, dout, Side::Plain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{assert_close, central_difference, random_matrix, weighted_sum};

    #[test]
    fn backward_matches_central_differences() {
        let (x, w, dout) = (random_matrix(3, 5, 1), random_matrix(5, 4, 2), random_matrix(3, 4, 3));
        let (layer, _) = MatMul::forward(x.clone(), &w);
        let (dx, dw) = layer.backward(&w, &dout);
        let loss = |x: &Matrix, w: &Matrix| weighted_sum(&MatMul::forward(x.clone(), w).1, &dout);
        assert_close(&central_difference(&x, |x| loss(x, &w)), &dx, 1e-2);
        assert_close(&central_difference(&w, |w| loss(&x, w)), &dw, 1e-2);
    }
}
