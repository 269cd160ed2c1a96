//! Arithmetic on single vectors, in f64: dot product, cosine, and scaling to length 1.
//!
//! Products of finite f32 numbers never overflow f64, nor become zero unless a factor is.

use rapidvec_core::WordId;

use super::storage::Rows;

/// Scales `row` to length 1; the zero vector is not changed.
///
/// ```
/// let mut row = [3.0, 4.0];
/// rapidvec_vectors::normalize(&mut row);
/// assert_eq!(row, [0.6, 0.8]);
/// ```
pub fn normalize(row: &mut [f32]) {
    let length = row.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt();
    if length > 0.0 {
        row.iter_mut().for_each(|x| *x = (f64::from(*x) / length) as f32);
    }
}

/// The vectors of `ids` scaled to length 1, one after the other: `ids.len() x D` numbers. Zero vectors are not changed.
///
/// # Panics
/// If `rows` has no row for one of the ids.
pub fn unit_rows(rows: &Rows, ids: &[WordId]) -> Vec<f32> {
    let mut units = rows.of_ids(ids);
    units.chunks_exact_mut(rows.vector_size()).for_each(normalize);
    units
}

/// `vector` scaled to length 1, in f32; the zero vector is not changed.
pub(crate) fn unit(vector: Vec<f64>) -> Vec<f32> {
    wide_unit(vector).into_iter().map(|x| x as f32).collect()
}

/// `vector` scaled to length 1; the zero vector is not changed.
pub(crate) fn wide_unit(mut vector: Vec<f64>) -> Vec<f64> {
    let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
    vector
}

/// The same numbers in f64.
pub(crate) fn widened(vector: &[f32]) -> Vec<f64> {
    vector.iter().map(|&x| f64::from(x)).collect()
}

/// The cosine of two vectors, 0 if either is zero.
pub(crate) fn cosine(a: &[f64], b: &[f64]) -> f32 {
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths == 0.0 { 0.0 } else { (dot(a, b) / lengths).clamp(-1.0, 1.0) as f32 }
}

/// `a · b`, in eight independent sums, which the compiler keeps in vector registers; every CPU adds in the same order.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    const SUMS: usize = 8;
    let ((eights_a, rest_a), (eights_b, rest_b)) = (a.as_chunks::<SUMS>(), b.as_chunks::<SUMS>());
    let mut sums = [0.0; SUMS];
    for (a, b) in eights_a.iter().zip(eights_b) {
        sums.iter_mut().zip(a).zip(b).for_each(|((sum, a), b)| *sum += a * b);
    }
    let rest: f64 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_and_smallest_numbers_are_scaled_to_length_1() {
        for x in [f32::MAX, f32::MIN_POSITIVE, f32::from_bits(1)] {
            let mut row = [x, -x];
            normalize(&mut row);
            let wide = unit(widened(&[x, -x]));
            assert!(row == wide[..] && (row[0] - 0.5f32.sqrt()).abs() < 1e-7, "{x}: {row:?}");
        }
        let mut zero = [0.0, -0.0];
        normalize(&mut zero);
        assert_eq!(zero, [0.0, 0.0]);
    }
}
