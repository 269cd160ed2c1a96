//! Helpers of the layers' tests: small random cases and gradients by central differences.

use rapidvec_core::{Matrix, Purpose, Rng};

/// Standard normal numbers, different for each `index`.
pub fn random_matrix(rows: usize, cols: usize, index: u64) -> Matrix {
    let mut numbers = vec![0.0; rows * cols];
    Rng::stream(11, Purpose::InputWeights, index).fill_normal(&mut numbers, 1.0);
    Matrix::from_rows(rows, cols, &numbers)
}

/// `Σ a b`, in f64: turns a layer's output into one number whose gradient with respect to the output is `b`.
pub fn weighted_sum(a: &Matrix, b: &Matrix) -> f64 {
    a.to_vec().iter().zip(b.to_vec()).map(|(&a, b)| f64::from(a) * f64::from(b)).sum()
}

/// The gradient of `f` at `at`: `(f(x + s) - f(x - s)) / 2s` for each number in turn, s = 0.01.
pub fn central_difference(at: &Matrix, mut f: impl FnMut(&Matrix) -> f64) -> Matrix {
    const STEP: f32 = 1e-2;
    let numbers = at.to_vec();
    let mut shifted = |i: usize, by: f32| {
        let mut moved = numbers.clone();
        moved[i] += by;
        f(&Matrix::from_rows(at.rows(), at.cols(), &moved))
    };
    let gradient: Vec<f32> =
        (0..numbers.len()).map(|i| ((shifted(i, STEP) - shifted(i, -STEP)) / (2.0 * f64::from(STEP))) as f32).collect();
    Matrix::from_rows(at.rows(), at.cols(), &gradient)
}

/// Equal to `tolerance` of the norm of `expected`, which must not be zero.
pub fn assert_close(expected: &Matrix, got: &Matrix, tolerance: f64) {
    let norm = |x: &[f32]| x.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    let (expected, got) = (expected.to_vec(), got.to_vec());
    assert_eq!(expected.len(), got.len());
    let difference: Vec<f32> = expected.iter().zip(&got).map(|(a, b)| a - b).collect();
    assert!(norm(&expected) > 0.0, "nothing to compare with");
    let relative = norm(&difference) / norm(&expected);
    assert!(relative <= tolerance, "off by {relative}: expected {expected:?}, got {got:?}");
}
