//! The input of maps: N x D numbers, checked once.

use crate::error::Error;

/// N rows of D finite numbers.
#[derive(Clone, Copy)]
pub(super) struct Points<'a> {
    numbers: &'a [f32],
    size: usize,
}

impl<'a> Points<'a> {
    /// Checks that `numbers` are whole rows of `size`, at least `min`, all finite. `method` is for the message.
    pub(super) fn new(numbers: &'a [f32], size: usize, min: usize, method: &'static str) -> Result<Self, Error> {
        if size == 0 || !numbers.len().is_multiple_of(size) {
            return Err(Error::Shape { expected: size, got: numbers.len() });
        }
        if let Some(at) = numbers.iter().position(|x| !x.is_finite()) {
            return Err(Error::NotFinite { row: at / size, got: numbers[at] });
        }
        let got = numbers.len() / size;
        if got < min {
            return Err(Error::TooFew { method, expected: min, got });
        }
        Ok(Self { numbers, size })
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len() / self.size
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn row(&self, index: usize) -> &'a [f32] {
        &self.numbers[index * self.size..(index + 1) * self.size]
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &'a [f32]> {
        self.numbers.chunks_exact(self.size)
    }

    /// The mean row, in f64.
    pub(super) fn mean(&self) -> Vec<f64> {
        let mut mean = vec![0.0; self.size];
        for row in self.rows() {
            mean.iter_mut().zip(row).for_each(|(sum, &x)| *sum += f64::from(x));
        }
        let count = self.len() as f64;
        mean.iter_mut().for_each(|sum| *sum /= count);
        mean
    }
}

/// The square of the distance between two rows of one length.
pub(super) fn square_distance(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_incomplete_rows_and_numbers_that_are_not_finite() {
        let new = |numbers: &'static [f32], size| Points::new(numbers, size, 2, "a test").err();
        assert_eq!(new(&[0.0; 6], 3), None);
        assert_eq!(new(&[0.0; 6], 4), Some(Error::Shape { expected: 4, got: 6 }));
        assert_eq!(new(&[0.0; 6], 0), Some(Error::Shape { expected: 0, got: 6 }));
        assert_eq!(new(&[0.0; 3], 3), Some(Error::TooFew { method: "a test", expected: 2, got: 1 }));
        let infinite = new(&[0.0, 1.0, 2.0, f32::INFINITY], 2);
        assert_eq!(infinite, Some(Error::NotFinite { row: 1, got: f32::INFINITY }));
    }
}
