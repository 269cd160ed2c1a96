//! Principal component analysis: the few axes along which the rows differ most.
//!
//! The axes are the leading eigenvectors of the covariance matrix `C = X'X / N` of the centred rows X (N x D); if there
//! are fewer rows than columns, they come from `X X' / N`, which has the same eigenvalues. Pearson 1901. Computed in f64.
//! The sign of an axis is arbitrary: here the row farthest from the mean is on the positive side.
//! Memory: min(N, D)² values.

use super::eigen::{self, Pair, dot};
use super::rows::Points;
use crate::Error;

/// Rows projected onto their principal axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Pca {
    /// N x `dimensions` numbers, row after row: the position of each row along each axis, from the mean, in the unit of the input.
    pub points: Vec<f32>,
    /// The share of the total variance along each axis, from 0 to 1, in descending order.
    pub explained: Vec<f64>,
}

/// Projects N rows of `vector_size` numbers onto their first `dimensions` principal axes.
///
/// Axes beyond the rank of the rows are zeros.
///
/// ```
/// use rapidvec_map::pca;
/// let on_a_line = [0.0, 0.0, 3.0, 4.0, 6.0, 8.0]; // 3 points x 2 numbers, 5 apart
/// let seen = pca(&on_a_line, 2, 1)?;
/// assert_eq!(seen.points, [5.0, 0.0, -5.0]);
/// assert!((seen.explained[0] - 1.0).abs() < 1e-12);
/// # Ok::<(), rapidvec_map::Error>(())
/// ```
///
/// # Errors
/// [`Error`] if there are no rows, the values do not form whole rows or are not finite, or `dimensions` is 0.
pub fn pca(numbers: &[f32], vector_size: usize, dimensions: usize) -> Result<Pca, Error> {
    let points = Points::new(numbers, vector_size, 1, "principal component analysis")?;
    if dimensions == 0 {
        return Err(Error::Setting { name: "dimensions", expected: "1 or more", got: 0.0 });
    }
    let centred = Centred { points, mean: points.mean() };
    let axes = if points.len() < vector_size { centred.by_rows(dimensions) } else { centred.by_columns(dimensions) };
    Ok(axes.into_pca(points.len(), dimensions))
}

/// Rows, relative to their mean.
struct Centred<'a> {
    points: Points<'a>,
    mean: Vec<f64>,
}

/// For each axis: the variance along it, and the position of each of the N rows.
struct Axes {
    axes: Vec<Pair>,
    variance: f64,
}

impl Centred<'_> {
    fn each(&self) -> impl Iterator<Item = Vec<f64>> {
        self.points.rows().map(|row| row.iter().zip(&self.mean).map(|(&x, mean)| f64::from(x) - mean).collect())
    }

    /// By the covariance of the D columns.
    fn by_columns(&self, dimensions: usize) -> Axes {
        let (count, size) = (self.points.len(), self.points.size());
        let mut matrix = vec![0.0; size * size];
        for row in self.each() {
            for (i, &x) in row.iter().enumerate() {
                let line = &mut matrix[i * size + i..(i + 1) * size];
                line.iter_mut().zip(&row[i..]).for_each(|(sum, y)| *sum += x * y);
            }
        }
        finish(&mut matrix, size, count);
        let pairs = eigen::leading(&matrix, size, dimensions);
        let mut axes: Vec<Pair> = pairs.iter().map(|(value, _)| (*value, Vec::with_capacity(count))).collect();
        for row in self.each() {
            axes.iter_mut().zip(&pairs).for_each(|((_, places), (_, axis))| places.push(dot(&row, axis)));
        }
        Axes { axes, variance: trace(&matrix, size) }
    }

    /// By the products of the N rows with each other.
    fn by_rows(&self, dimensions: usize) -> Axes {
        let count = self.points.len();
        let rows: Vec<_> = self.each().collect();
        let mut matrix = vec![0.0; count * count];
        for i in 0..count {
            for j in i..count {
                matrix[i * count + j] = dot(&rows[i], &rows[j]);
            }
        }
        finish(&mut matrix, count, count);
        let scaled = |(value, vector): Pair| {
            let spread = (value.max(0.0) * count as f64).sqrt();
            (value, vector.iter().map(|x| x * spread).collect())
        };
        let axes = eigen::leading(&matrix, count, dimensions).into_iter().map(scaled).collect();
        Axes { axes, variance: trace(&matrix, count) }
    }
}

/// Copies the upper half of a square matrix to the lower, and divides all by `count`.
fn finish(matrix: &mut [f64], n: usize, count: usize) {
    for i in 0..n {
        for j in i..n {
            let entry = matrix[i * n + j] / count as f64;
            matrix[i * n + j] = entry;
            matrix[j * n + i] = entry;
        }
    }
}

fn trace(matrix: &[f64], n: usize) -> f64 {
    (0..n).map(|i| matrix[i * n + i]).sum()
}

impl Axes {
    fn into_pca(mut self, count: usize, dimensions: usize) -> Pca {
        self.axes.iter_mut().for_each(|(_, places)| turn(places));
        self.axes.resize(dimensions, (0.0, vec![0.0; count]));
        let points = (0..count).flat_map(|row| self.axes.iter().map(move |(_, places)| places[row] as f32)).collect();
        let share = |value: f64| if self.variance > 0.0 { (value / self.variance).clamp(0.0, 1.0) } else { 0.0 };
        Pca { points, explained: self.axes.iter().map(|&(value, _)| share(value)).collect() }
    }
}

/// Turns an axis so that the place farthest from 0 (the first of those equally far) is positive.
fn turn(places: &mut [f64]) {
    let most = places.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    let farthest = places.iter().find(|x| x.abs() >= most * (1.0 - 1e-9));
    if farthest.is_some_and(|&x| x < 0.0) {
        places.iter_mut().for_each(|x| *x = -*x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec_core::{Purpose, Rng};

    fn random(count: usize, size: usize) -> Vec<f32> {
        let mut numbers = vec![0.0; count * size];
        Rng::stream(7, Purpose::Map, 1).fill_normal(&mut numbers, 1.0);
        let stretch = |(i, x): (usize, &mut f32)| *x *= 1.0 / (1.0 + (i % size) as f32);
        numbers.iter_mut().enumerate().for_each(stretch);
        numbers
    }

    /// NumPy 2.4.6, float64: `u, s, v = numpy.linalg.svd(x - x.mean(0)); u[:, :2] * s[:2]`, `s**2 / (s**2).sum()`.
    #[test]
    fn agrees_with_the_singular_value_decomposition() {
        let x = [2.0, 1.0, 0.5, 1.0, 0.25, -0.5, 1.5, 2.0, 1.0, 0.5, 1.5, 0.25, -1.0, 0.5, 3.0f32];
        let got = pca(&x, 3, 2).unwrap();
        let expected = [
            [-1.028_959_6, -0.338_865],
            [-1.059_235_5, 1.171_108_2],
            [-0.445_514_9, -1.093_736_2],
            [-0.315_233_4, 0.107_596_1],
            [2.848_943_4, 0.153_896_8f32],
        ];
        // The signs are ours: the farthest point of each axis is positive.
        for (got, expected) in got.points.iter().zip(expected.as_flattened()) {
            assert!((got - expected).abs() < 1e-6, "{got} for {expected}");
        }
        for (got, expected) in got.explained.iter().zip([0.740_914_13, 0.190_059_01]) {
            assert!((got - expected).abs() < 1e-8, "{got} for {expected}");
        }
    }

    #[test]
    fn both_ways_agree_and_keep_all_distances_when_no_axis_is_dropped() {
        let (count, size) = (20, 30);
        let numbers = random(count, size);
        let points = Points::new(&numbers, size, 1, "a test").unwrap();
        let centred = Centred { points, mean: points.mean() };
        let by_rows = centred.by_rows(20).into_pca(count, 20);
        let by_columns = centred.by_columns(20).into_pca(count, 20);
        for (a, b) in by_rows.points.iter().zip(&by_columns.points) {
            assert!((a - b).abs() < 1e-5, "{a} and {b}");
        }
        let distance =
            |rows: &[f32], size: usize| super::super::rows::square_distance(&rows[..size], &rows[size..2 * size]);
        assert!((distance(&numbers, size) - distance(&by_rows.points, 20)).abs() < 1e-5);
        assert!((by_rows.explained.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn fifty_of_a_hundred_axes_are_uncorrelated_and_in_descending_order() {
        let numbers = random(300, 100);
        let seen = pca(&numbers, 100, 50).unwrap();
        assert!(seen.explained.is_sorted_by(|a, b| a >= b));
        let column = |axis: usize| seen.points.iter().skip(axis).step_by(50).map(|&x| f64::from(x)).collect::<Vec<_>>();
        for (a, b) in [(0, 1), (0, 49), (20, 33), (48, 49)] {
            assert!(dot(&column(a), &column(b)).abs() < 1e-3, "axes {a} and {b} are correlated");
        }
    }

    #[test]
    fn the_same_bits_every_time() {
        let numbers = random(200, 90);
        assert_eq!(pca(&numbers, 90, 2).unwrap(), pca(&numbers, 90, 2).unwrap());
    }

    #[test]
    fn equal_rows_are_all_at_zero() {
        let seen = pca(&[0.5; 12], 3, 2).unwrap();
        assert_eq!((seen.points, seen.explained), (vec![0.0; 8], vec![0.0; 2]));
        assert_eq!(pca(&[1.0, 2.0], 2, 3).unwrap().points, [0.0; 3]);
    }

    #[test]
    fn large_and_tiny_numbers_do_not_overflow() {
        for scale in [1e-30f32, 1e37] {
            let seen = pca(&[-scale, 0.0, scale, 0.0, 0.0, scale / 2.0], 2, 2).unwrap();
            assert!((seen.points[0].abs() / scale - 1.0).abs() < 1e-5, "{:?}", seen.points);
        }
    }

    #[test]
    fn refuses_no_rows_and_no_dimensions() {
        assert!(matches!(pca(&[], 3, 2), Err(Error::TooFew { expected: 1, got: 0, .. })));
        assert!(matches!(pca(&[1.0], 1, 0), Err(Error::Setting { name: "dimensions", .. })));
    }
}
