//! The rotation that brings one set of points nearest to another (orthogonal Procrustes, Schönemann 1966).
//!
//! Of all orthogonal `R`, `U Vᵀ` minimises `‖A R - B‖`, where `U Σ Vᵀ = Aᵀ B`. Shapes: A and B are N x D, R is D x D.

use super::svd::svd;
use rapidvec_core::parallel::{on_each, threads_of};
use std::sync::atomic::{AtomicUsize, Ordering};

/// An orthogonal matrix: a rotation, possibly with a reflection. It changes no cosine.
#[derive(Debug, Clone, PartialEq)]
pub struct Rotation {
    /// R, row after row.
    numbers: Vec<f64>,
    size: usize,
}

/// Rows that a thread takes at a time.
const PIECE: usize = 256;

impl Rotation {
    /// The rotation that brings the rows of `a` nearest to those of `b`, both of `size` numbers. `threads` 0 means one per core; the
    /// number does not change the result.
    ///
    /// ```
    /// use rapidvec_vectors::measure::Rotation;
    /// let rotation = Rotation::between(&[1.0, 0.0, 0.0, 2.0], &[0.0, 1.0, -2.0, 0.0], 2, 1); // by 90 degrees
    /// let turned = rotation.apply(&[3.0, 0.0]);
    /// assert!(turned[0].abs() < 1e-12 && (turned[1] - 3.0).abs() < 1e-12);
    /// ```
    ///
    /// # Panics
    /// If `a` and `b` do not hold the same number of whole rows.
    pub fn between(a: &[f32], b: &[f32], size: usize, threads: usize) -> Self {
        assert!(size > 0 && a.len() == b.len() && a.len().is_multiple_of(size), "rows of {size} numbers in both");
        let found = svd(product(a, b, size, threads));
        let mut numbers = vec![0.0; size * size];
        for (left, right) in found.left.iter().zip(&found.right) {
            for (row, &number) in numbers.chunks_exact_mut(size).zip(left) {
                row.iter_mut().zip(right).for_each(|(sum, other)| *sum += number * other);
            }
        }
        Self { numbers, size }
    }

    /// The rotation that changes nothing, of rows of `size` numbers.
    pub fn none(size: usize) -> Self {
        Self { numbers: (0..size * size).map(|i| f64::from(u8::from(i / size == i % size))).collect(), size }
    }

    /// Numbers per row: D.
    pub fn size(&self) -> usize {
        self.size
    }

    /// R, D x D, row after row.
    pub fn matrix(&self) -> &[f64] {
        &self.numbers
    }

    /// `row · R`.
    ///
    /// # Panics
    /// If `row` does not have D numbers.
    pub fn apply(&self, row: &[f32]) -> Vec<f64> {
        assert_eq!(row.len(), self.size);
        let mut turned = vec![0.0; self.size];
        for (line, &number) in self.numbers.chunks_exact(self.size).zip(row) {
            turned.iter_mut().zip(line).for_each(|(sum, other)| *sum += f64::from(number) * other);
        }
        turned
    }

    /// A rotated copy of rows of D numbers.
    pub(super) fn rotated(&self, rows: &[f32], threads: usize) -> Vec<f32> {
        let mut rows = rows.to_vec();
        self.apply_to(&mut rows, threads);
        rows
    }

    /// Rotates rows of D numbers in place.
    ///
    /// # Panics
    /// If `rows` does not hold whole rows.
    pub fn apply_to(&self, rows: &mut [f32], threads: usize) {
        assert!(rows.len().is_multiple_of(self.size));
        let pieces = rows.chunks_mut(PIECE * self.size);
        rapidvec_core::parallel::map(threads_of(threads), pieces, |piece: &mut [f32]| {
            for row in piece.chunks_exact_mut(self.size) {
                let turned = self.apply(row);
                row.iter_mut().zip(turned).for_each(|(number, turned)| *number = turned as f32);
            }
        });
    }
}

/// The columns of `Aᵀ B`. Pieces are added up in their order, so that the number of threads does not change the sum.
fn product(a: &[f32], b: &[f32], size: usize, threads: usize) -> Vec<Vec<f64>> {
    // Columns are shared out, not rows: each sum then has one order.
    let columns_at_once = size.div_ceil(4 * threads_of(threads)).max(1);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let from = next.fetch_add(columns_at_once, Ordering::Relaxed);
            if from >= size {
                return done;
            }
            done.push((from, some_columns(a, b, size, from..size.min(from + columns_at_once))));
        }
    };
    let mut parts: Vec<_> = on_each(threads_of(threads), work).into_iter().flatten().collect();
    parts.sort_unstable_by_key(|(from, _)| *from);
    parts.into_iter().flat_map(|(_, columns)| columns).collect()
}

fn some_columns(a: &[f32], b: &[f32], size: usize, range: std::ops::Range<usize>) -> Vec<Vec<f64>> {
    let mut columns = vec![vec![0.0; size]; range.len()];
    let mut wide = vec![0.0; size];
    for (a, b) in a.chunks_exact(size).zip(b.chunks_exact(size)) {
        wide.iter_mut().zip(a).for_each(|(wide, &number)| *wide = f64::from(number));
        for (column, &other) in columns.iter_mut().zip(&b[range.clone()]) {
            let other = f64::from(other);
            column.iter_mut().zip(&wide).for_each(|(sum, number)| *sum += number * other);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn numbers(value: &Value) -> Vec<f64> {
        value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
    }

    fn single(value: &Value) -> Vec<f32> {
        numbers(value).into_iter().map(|number| number as f32).collect()
    }

    /// `tests/data/procrustes_scipy.py` wrote the cases; the file names the version of SciPy.
    #[test]
    fn rotations_are_those_of_scipy() {
        let recorded: Value = serde_json::from_str(include_str!("../../tests/data/procrustes_scipy.json")).unwrap();
        let cases = recorded["cases"].as_array().unwrap();
        assert!(cases.len() >= 3);
        for case in cases {
            let (size, expected) = (case["size"].as_u64().unwrap() as usize, numbers(&case["rotation"]));
            for threads in [1, 3] {
                let rotation = Rotation::between(&single(&case["a"]), &single(&case["b"]), size, threads);
                for (got, expected) in rotation.matrix().iter().zip(&expected) {
                    assert!((got - expected).abs() < 1e-6, "{size}: {got} {expected}");
                }
            }
        }
    }

    #[test]
    fn a_rotation_is_undone_by_the_one_back() {
        let a: Vec<f32> = (0..60).map(|i| ((i * 37 + 11) % 29) as f32 - 14.0).collect();
        let mut b = a.clone();
        let swap = Rotation { numbers: vec![0.0, 0.0, -1.0, 0.6, 0.8, 0.0, 0.8, -0.6, 0.0], size: 3 };
        swap.apply_to(&mut b, 2);
        assert_ne!(a, b);
        Rotation::between(&b, &a, 3, 2).apply_to(&mut b, 1);
        for (a, b) in a.iter().zip(&b) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
    }
}
