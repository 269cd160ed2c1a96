//! Gradient clipping: where all gradients together are longer than allowed, they are scaled down to that length.
//!
//! `rate = max_grad / (√Σ dw² + 1e-6)`; if it is below 1, `dw *= rate`. As the chapter's trainer does it.
#![forbid(unsafe_code)]

use crate::math::kernels::kernels;
use crate::math::panels;
use crate::nn::{Columns, Gradients, Stopped};

/// Scales `gradients` so that their norm, over the columns of all threads, is at most `max_grad`.
///
/// # Errors
/// [`Stopped`] if another thread gave up.
pub fn clip_gradients(gradients: &mut Gradients, max_grad: f32, columns: &mut dyn Columns) -> Result<(), Stopped> {
    let n = gradients.dw_in.width();
    let mut squares = vec![0.0f64; panels(n)];
    for dw in [&gradients.dw_in, &gradients.dw_out] {
        kernels().squares(dw.chunks(), n, &mut squares);
    }
    let partial: Vec<f32> = squares.iter().map(|&x| x as f32).collect();
    let mut total = [0.0];
    columns.sum(&partial, &mut total)?;
    let rate = max_grad / (total[0].sqrt() + 1e-6);
    if rate < 1.0 {
        for dw in [&mut gradients.dw_in, &mut gradients.dw_out] {
            kernels().scale(dw.chunks_mut(), rate);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Matrix;
    use crate::nn::AllColumns;

    fn clipped(max_grad: f32) -> Vec<f32> {
        let mut gradients =
            Gradients { dw_in: Matrix::from_rows(1, 2, &[3.0, 0.0]), dw_out: Matrix::from_rows(1, 2, &[0.0, 4.0]) };
        clip_gradients(&mut gradients, max_grad, &mut AllColumns).unwrap();
        [gradients.dw_in.to_vec(), gradients.dw_out.to_vec()].concat()
    }

    #[test]
    fn long_gradients_are_scaled_to_the_limit() {
        let expected = [0.3, 0.0, 0.0, 0.4];
        assert!(clipped(0.5).iter().zip(expected).all(|(got, e)| (got - e).abs() < 1e-6));
    }

    #[test]
    fn short_gradients_stay_as_they_are() {
        assert_eq!(clipped(5.1), [3.0, 0.0, 0.0, 4.0]);
    }
}
