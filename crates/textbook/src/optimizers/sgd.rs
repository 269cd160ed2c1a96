//! SGD: a step down the gradient, `w -= η dw`.

use crate::Parameter;
use rapidvec_core::WordId;
use rapidvec_core::kernels::kernels;

/// Plain stochastic gradient descent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SGD {
    /// η, the size of a step.
    pub learning_rate: f32,
}

impl SGD {
    /// Updates rows `ids`, which are distinct, and sets their gradients to zero.
    pub fn update(&self, w: &mut Parameter, ids: &[WordId]) {
        let shape = w.shape();
        kernels().sgd_step(w.chunks_mut(), shape, ids, self.learning_rate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Field;
    use rapidvec_core::Matrix;

    #[test]
    fn updates_the_listed_rows_and_no_others() {
        let mut w = Parameter::of(&Matrix::from_rows(2, 2, &[1.0, 2.0, 3.0, 4.0]), false);
        w.set(Field::Gradient, &Matrix::from_rows(2, 2, &[10.0, 20.0, 30.0, 40.0]));
        SGD { learning_rate: 0.5 }.update(&mut w, &[1]);
        assert_eq!(w.get(Field::Weight).unwrap().to_vec(), [1.0, 2.0, -12.0, -16.0]);
        assert_eq!(w.get(Field::Gradient).unwrap().to_vec(), [10.0, 20.0, 0.0, 0.0]);
    }
}
