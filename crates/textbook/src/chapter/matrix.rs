//! A matrix of f32: as much of NumPy's `ndarray` as the chapter needs.
//! f32 행렬: NumPy `ndarray` 가운데 이 장에 필요한 만큼만.

use std::ops::{AddAssign, Index, IndexMut, MulAssign};

/// Rows x cols numbers; `w[i]` is row i.
/// rows x cols 크기의 행렬. `w[i]`는 i번째 행이다.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    cols: usize,
    numbers: Vec<f32>,
}

impl Matrix {
    /// `np.zeros((rows, cols))`.
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self { cols, numbers: vec![0.0; rows * cols] }
    }

    /// These numbers, row after row, `cols` in each.
    /// 주어진 값들을 한 행에 `cols`개씩 차례로 채운다.
    ///
    /// # Panics
    /// If the last row is incomplete.
    pub fn new(cols: usize, numbers: Vec<f32>) -> Self {
        assert_eq!(numbers.len() % cols, 0, "whole rows");
        Self { cols, numbers }
    }

    /// Number of rows. / 행의 수.
    pub fn rows(&self) -> usize {
        self.numbers.len() / self.cols
    }

    /// Number of columns. / 열의 수.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// All numbers, row after row. / 모든 값을 행 순서대로.
    pub fn numbers(&self) -> &[f32] {
        &self.numbers
    }

    /// All numbers, mutable. / 바꿀 수 있는 모든 값.
    pub fn numbers_mut(&mut self) -> &mut [f32] {
        &mut self.numbers
    }
}

impl Index<usize> for Matrix {
    type Output = [f32];

    fn index(&self, row: usize) -> &[f32] {
        &self.numbers[row * self.cols..][..self.cols]
    }
}

impl IndexMut<usize> for Matrix {
    fn index_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.numbers[row * self.cols..][..self.cols]
    }
}

/// `h += other`
impl AddAssign<&Matrix> for Matrix {
    fn add_assign(&mut self, other: &Matrix) {
        self.numbers.iter_mut().zip(&other.numbers).for_each(|(a, b)| *a += b);
    }
}

/// `h *= factor`
impl MulAssign<f32> for Matrix {
    fn mul_assign(&mut self, factor: f32) {
        self.numbers.iter_mut().for_each(|a| *a *= factor);
    }
}
