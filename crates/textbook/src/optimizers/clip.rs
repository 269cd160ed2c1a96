//! Gradient clipping: where all gradients together are longer than allowed, they are scaled down to that length.
//!
//! `rate = max_grad / (√Σ dw² + 1e-6)`; if it is below 1, `dw *= rate`. As the chapter's trainer does it.

use crate::{Columns, Parameters, Stopped};
use rapidvec_core::kernels::kernels;
use rapidvec_core::{WordId, panels};

/// Scales the gradients of the rows in `unique` (of `w_in` and of `w_out`) so that their norm, over the columns of all
/// threads, is at most `max_grad`.
///
/// # Errors
/// [`Stopped`] if another thread gave up.
pub fn clip_gradients(
    parameters: &mut Parameters,
    unique: (&[WordId], &[WordId]),
    max_grad: f32,
    columns: &mut dyn Columns,
) -> Result<(), Stopped> {
    let mut sides = [(&mut parameters.w_in, unique.0), (&mut parameters.w_out, unique.1)];
    let mut squares = vec![0.0f64; panels(sides[0].0.shape().n)];
    for (w, ids) in &sides {
        kernels().gradient_squares(w.chunks(), w.shape(), ids, &mut squares);
    }
    let partial: Vec<f32> = squares.iter().map(|&x| x as f32).collect();
    let mut total = [0.0];
    columns.sum(&partial, &mut total)?;
    let rate = max_grad / (total[0].sqrt() + 1e-6);
    if rate < 1.0 {
        for (w, ids) in &mut sides {
            let shape = w.shape();
            kernels().scale_gradients(w.chunks_mut(), shape, ids, rate);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AllColumns, Field, Weights};
    use rapidvec_core::Matrix;

    fn clipped(max_grad: f32) -> Vec<f32> {
        // Rows 1 of both are of this batch; what is in rows 0 is not its business.
        let mut parameters = Parameters::of(&Weights::zeros(2, 2), false);
        parameters.w_in.set(Field::Gradient, &Matrix::from_rows(2, 2, &[99.0, 99.0, 3.0, 0.0]));
        parameters.w_out.set(Field::Gradient, &Matrix::from_rows(2, 2, &[99.0, 99.0, 0.0, 4.0]));
        clip_gradients(&mut parameters, (&[1], &[1]), max_grad, &mut AllColumns).unwrap();
        let gradients = [parameters.w_in, parameters.w_out].map(|w| w.get(Field::Gradient).unwrap());
        assert!(gradients.iter().all(|gradient| gradient.row(0) == [99.0; 2]));
        gradients.iter().flat_map(|gradient| gradient.row(1)).collect()
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
