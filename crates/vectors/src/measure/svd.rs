//! The singular values and vectors of a square matrix, by one-sided Jacobi rotations.
//!
//! Rotations of pairs of columns make the columns of `M V` orthogonal (Hestenes 1958); their lengths are then the singular values, and
//! `M = U Σ Vᵀ`. It is accurate to the last bits also for small singular values, and needs no library; it costs some ten passes over
//! n² / 2 pairs of columns of n numbers, a second or two for n = 300.

use crate::unit::dot;

/// Jacobi's method converges quadratically; a dozen passes have always been enough.
const PASSES: usize = 60;

/// The U and V of `M = U Σ Vᵀ`, in no order. Every vector has length 1, and all of them are orthogonal, also where a singular value is 0.
pub(super) struct Svd {
    /// The columns of U.
    pub left: Vec<Vec<f64>>,
    /// The columns of V.
    pub right: Vec<Vec<f64>>,
}

/// Decomposes the n x n matrix whose columns these are.
pub(super) fn svd(mut columns: Vec<Vec<f64>>) -> Svd {
    let n = columns.len();
    let mut right: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| f64::from(i == j)).collect()).collect();
    for _ in 0..PASSES {
        let mut is_done = true;
        for p in 0..n {
            for q in p + 1..n {
                if let Some((cosine, sine)) = rotation(&columns[p], &columns[q]) {
                    is_done = false;
                    rotate(&mut columns, p, q, cosine, sine);
                    rotate(&mut right, p, q, cosine, sine);
                }
            }
        }
        if is_done {
            break;
        }
    }
    let values: Vec<f64> = columns.iter().map(|column| dot(column, column).sqrt()).collect();
    let largest = values.iter().copied().fold(0.0, f64::max);
    let least = largest * n as f64 * f64::EPSILON;
    let left = orthonormal(columns, &values, least);
    Svd { left, right }
}

/// The rotation that makes two columns orthogonal; `None` if they are.
fn rotation(a: &[f64], b: &[f64]) -> Option<(f64, f64)> {
    let (aa, bb, ab) = (dot(a, a), dot(b, b), dot(a, b));
    if ab.abs() <= f64::EPSILON * (aa * bb).sqrt() || ab.abs() < f64::MIN_POSITIVE {
        return None;
    }
    let zeta = (bb - aa) / (2.0 * ab);
    let tangent = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    Some((cosine, cosine * tangent))
}

fn rotate(columns: &mut [Vec<f64>], p: usize, q: usize, cosine: f64, sine: f64) {
    let (first, second) = columns.split_at_mut(q);
    for (a, b) in first[p].iter_mut().zip(&mut second[0]) {
        (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
    }
}

/// The columns scaled to length 1; in place of those no longer than `least`, vectors that are orthogonal to all others.
fn orthonormal(mut columns: Vec<Vec<f64>>, values: &[f64], least: f64) -> Vec<Vec<f64>> {
    let n = columns.len();
    let is_null = |j: usize| values[j] <= least;
    for j in (0..n).filter(|&j| !is_null(j)) {
        columns[j].iter_mut().for_each(|number| *number /= values[j]);
    }
    let mut done: Vec<usize> = (0..n).filter(|&j| !is_null(j)).collect();
    let mut axes = 0..n;
    for j in (0..n).filter(|&j| is_null(j)) {
        let free = axes.find_map(|axis| free_direction(&columns, &done, axis));
        columns[j] = free.unwrap_or_else(|| vec![0.0; n]);
        done.push(j);
    }
    columns
}

/// The part of a unit axis that is orthogonal to the columns `done`, of length 1; `None` if little is left of it.
fn free_direction(columns: &[Vec<f64>], done: &[usize], axis: usize) -> Option<Vec<f64>> {
    let n = columns.len();
    let mut vector: Vec<f64> = (0..n).map(|i| f64::from(i == axis)).collect();
    for _ in 0..2 {
        for &j in done {
            let along = dot(&vector, &columns[j]);
            vector.iter_mut().zip(&columns[j]).for_each(|(number, other)| *number -= along * other);
        }
    }
    let length = dot(&vector, &vector).sqrt();
    // Of n axes one keeps at least 1 / sqrt(n) of its length as long as a direction is free.
    if length * length * (n as f64) < 0.5 {
        return None;
    }
    vector.iter_mut().for_each(|number| *number /= length);
    Some(vector)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec_core::{Purpose, Rng};

    fn random(n: usize, seed: u64) -> Vec<Vec<f64>> {
        let mut rng = Rng::stream(seed, Purpose::InputWeights, 0);
        (0..n).map(|_| (0..n).map(|_| rng.uniform() - 0.5).collect()).collect()
    }

    /// The singular values, after everything about the parts was checked.
    fn check(columns: &[Vec<f64>]) -> Vec<f64> {
        let n = columns.len();
        let found = svd(columns.to_vec());
        for vectors in [&found.left, &found.right] {
            for (i, a) in vectors.iter().enumerate() {
                for (j, b) in vectors.iter().enumerate() {
                    assert!((dot(a, b) - f64::from(i == j)).abs() < 1e-12, "{i} {j}");
                }
            }
        }
        // M v = σ u
        let value = |k: usize| {
            let image: Vec<f64> = (0..n).map(|i| (0..n).map(|j| columns[j][i] * found.right[k][j]).sum()).collect();
            dot(&image, &found.left[k])
        };
        let values: Vec<f64> = (0..n).map(value).collect();
        for (j, column) in columns.iter().enumerate() {
            for (i, number) in column.iter().enumerate() {
                let sum: f64 = (0..n).map(|k| found.left[k][i] * values[k] * found.right[k][j]).sum();
                assert!((sum - number).abs() < 1e-12, "{i} {j}");
            }
        }
        values
    }

    #[test]
    fn the_parts_are_orthogonal_and_multiply_to_the_matrix() {
        for n in [1, 2, 3, 7, 40] {
            check(&random(n, n as u64));
        }
    }

    #[test]
    fn a_matrix_without_full_rank_gets_orthogonal_vectors_all_the_same() {
        let mut columns = random(6, 1);
        columns[4] = columns[1].iter().map(|x| 2.0 * x).collect();
        columns[5] = vec![0.0; 6];
        let values = check(&columns);
        assert_eq!(values.iter().filter(|value| value.abs() < 1e-14).count(), 2);
        check(&vec![vec![0.0; 3]; 3]);
    }
}
