//! The leading eigenvectors of a symmetric matrix: subspace iteration, with Jacobi's rotations for small problems.
//!
//! Subspace iteration (Bauer 1957) multiplies a block of vectors by the matrix and makes it orthonormal again; a Rayleigh-Ritz
//! step, which solves the small problem inside the block, sorts the vectors within it. The block holds more vectors than
//! are returned, so that the last of these converge too. Shapes: S is n x n, row after row; the block is b rows of n.

use rapidvec_core::{Purpose, Rng};

/// Up to this size Jacobi's method solves the whole problem.
const SMALL: usize = 64;
/// Multiplications between two checks of the eigenvalues.
const STEPS: usize = 4;
/// The maximum number of checks; if eigenvalues are too close to converge by then, either vector is as good.
const ROUNDS: usize = 100;
/// The change of eigenvalues, relative to the largest, below which they have converged.
const SETTLED: f64 = 1e-12;
/// Jacobi's method converges quadratically; a dozen sweeps have always been enough.
const SWEEPS: usize = 60;

/// An eigenvalue and its vector, of length 1 (or of zeros, if the matrix has no such direction).
pub(super) type Pair = (f64, Vec<f64>);

/// The `count` largest eigenvalues of a symmetric positive semi-definite matrix with their vectors, largest first.
pub(super) fn leading(matrix: &[f64], n: usize, count: usize) -> Vec<Pair> {
    let block = count.saturating_add(count.max(16)).min(n);
    let mut pairs =
        if n <= SMALL || block == n { jacobi(matrix.to_vec(), n) } else { iterate(matrix, n, count, block) };
    pairs.truncate(count);
    pairs
}

fn iterate(matrix: &[f64], n: usize, count: usize, block: usize) -> Vec<Pair> {
    let mut vectors = random_block(n, block);
    let mut pairs: Vec<Pair> = Vec::new();
    for _ in 0..ROUNDS {
        for _ in 0..STEPS {
            vectors = vectors.iter().map(|vector| times(matrix, vector)).collect();
            orthonormalise(&mut vectors);
        }
        let next = ritz(matrix, &vectors);
        let change = |((old, _), (new, _)): (&Pair, &Pair)| (old - new).abs();
        let largest = next[0].0.max(f64::MIN_POSITIVE);
        let settled = !pairs.is_empty()
            && pairs.iter().zip(&next).take(count).map(change).fold(0.0, f64::max) <= SETTLED * largest;
        vectors = next.iter().map(|(_, vector)| vector.clone()).collect();
        pairs = next;
        if settled {
            break;
        }
    }
    pairs
}

fn random_block(n: usize, block: usize) -> Vec<Vec<f64>> {
    let row = |index: usize| {
        let mut row = vec![0.0; n];
        Rng::stream(0, Purpose::Map, index as u64).fill_normal(&mut row, 1.0);
        row.into_iter().map(f64::from).collect()
    };
    let mut vectors: Vec<_> = (0..block).map(row).collect();
    orthonormalise(&mut vectors);
    vectors
}

/// The eigenvectors of the matrix within the block: those of `Q S Q'`, rotated back.
fn ritz(matrix: &[f64], vectors: &[Vec<f64>]) -> Vec<Pair> {
    let block = vectors.len();
    let images: Vec<_> = vectors.iter().map(|vector| times(matrix, vector)).collect();
    let mut small = vec![0.0; block * block];
    for i in 0..block {
        for j in 0..=i {
            let entry = dot(&vectors[i], &images[j]);
            small[i * block + j] = entry;
            small[j * block + i] = entry;
        }
    }
    let back = |(value, weights): Pair| {
        let mut vector = vec![0.0; vectors[0].len()];
        weights.iter().zip(vectors).for_each(|(&weight, basis)| add_scaled(&mut vector, weight, basis));
        (value, vector)
    };
    jacobi(small, block).into_iter().map(back).collect()
}

/// Makes rows orthonormal, in order (Gram and Schmidt, twice); a row that depends on those before it becomes zeros.
fn orthonormalise(rows: &mut [Vec<f64>]) {
    for index in 0..rows.len() {
        let (before, rest) = rows.split_at_mut(index);
        let row = &mut rest[0];
        let first = dot(row, row).sqrt();
        for _ in 0..2 {
            for other in before.iter() {
                let along = dot(row, other);
                add_scaled(row, -along, other);
            }
        }
        let norm = dot(row, row).sqrt();
        let scale = if norm > first * 1e-12 { 1.0 / norm } else { 0.0 };
        row.iter_mut().for_each(|x| *x *= scale);
    }
}

/// All eigenvalues and vectors of a symmetric matrix, largest first (Jacobi 1846: rotate until the matrix is diagonal).
fn jacobi(mut matrix: Vec<f64>, n: usize) -> Vec<Pair> {
    let mut vectors: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    let total: f64 = matrix.iter().map(|x| x * x).sum();
    for _ in 0..SWEEPS {
        let off: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| matrix[i * n + j].powi(2)).sum();
        if off <= total * 1e-30 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut matrix, &mut vectors, n, p, q);
            }
        }
    }
    let mut pairs: Vec<_> = vectors.into_iter().enumerate().map(|(i, vector)| (matrix[i * n + i], vector)).collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    pairs
}

/// Makes entry (p, q) zero by a rotation in the plane of axes p and q.
fn rotate(matrix: &mut [f64], vectors: &mut [Vec<f64>], n: usize, p: usize, q: usize) {
    let off = matrix[p * n + q];
    if off == 0.0 {
        return;
    }
    let theta = (matrix[q * n + q] - matrix[p * n + p]) / (2.0 * off);
    let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for k in 0..n {
        let (a, b) = (matrix[k * n + p], matrix[k * n + q]);
        matrix[k * n + p] = cosine * a - sine * b;
        matrix[k * n + q] = sine * a + cosine * b;
    }
    let (upper, lower) = matrix.split_at_mut(q * n);
    turn(&mut upper[p * n..(p + 1) * n], &mut lower[..n], cosine, sine);
    let (upper, lower) = vectors.split_at_mut(q);
    turn(&mut upper[p], &mut lower[0], cosine, sine);
}

fn turn(a: &mut [f64], b: &mut [f64], cosine: f64, sine: f64) {
    for (a, b) in a.iter_mut().zip(b) {
        (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
    }
}

fn times(matrix: &[f64], vector: &[f64]) -> Vec<f64> {
    matrix.chunks_exact(vector.len()).map(|row| dot(row, vector)).collect()
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8]; // separate sums, so that the additions do not wait for each other
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    for (a, b) in a.iter().zip(b) {
        (0..8).for_each(|lane| sums[lane] += a[lane] * b[lane]);
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

fn add_scaled(to: &mut [f64], scale: f64, from: &[f64]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += scale * from);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Q' diag(values) Q` for a random orthonormal Q.
    fn with_eigenvalues(values: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let n = values.len();
        let vectors = random_block(n, n);
        let mut matrix = vec![0.0; n * n];
        for (value, vector) in values.iter().zip(&vectors) {
            for i in 0..n {
                add_scaled(&mut matrix[i * n..(i + 1) * n], value * vector[i], vector);
            }
        }
        (matrix, vectors)
    }

    fn check(values: &[f64], count: usize, tolerance: f64) {
        let (matrix, vectors) = with_eigenvalues(values);
        let found = leading(&matrix, values.len(), count);
        assert_eq!(found.len(), count.min(values.len()));
        for (index, (value, vector)) in found.iter().enumerate() {
            assert!((value - values[index]).abs() <= 1e-10 * values[0], "{index}: {value} for {}", values[index]);
            let along = dot(vector, &vectors[index]).abs();
            assert!((along - 1.0).abs() < tolerance, "vector {index} is off: {along}");
        }
    }

    #[test]
    fn finds_what_a_small_matrix_was_made_of() {
        check(&[9.0, 4.0, 2.5, 1.0, 0.5, 0.0, 0.0], 4, 1e-12);
        check(&[3.0], 1, 1e-12);
    }

    #[test]
    fn finds_the_first_of_many() {
        let falling: Vec<_> = (0..150).map(|i| 100.0 * 0.93f64.powi(i)).collect();
        check(&falling, 2, 1e-9);
        check(&falling, 50, 1e-6);
    }

    #[test]
    fn a_matrix_of_low_rank_gives_zeros_and_no_nan() {
        let mut values = vec![0.0; 100];
        values[0] = 5.0;
        let (matrix, _) = with_eigenvalues(&values);
        let found = leading(&matrix, 100, 3);
        assert!((found[0].0 - 5.0).abs() < 1e-9);
        assert!(found[1..].iter().all(|(value, vector)| value.abs() < 1e-9 && vector.iter().all(|x| x.is_finite())));
        let nothing = leading(&vec![0.0; 100 * 100], 100, 2);
        assert!(nothing.iter().all(|(value, vector)| *value == 0.0 && vector.iter().all(|x| x.is_finite())));
    }
}
