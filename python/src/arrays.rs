//! Memory shared with NumPy, in both directions.
#![allow(unsafe_code)]

use numpy::ndarray::ArrayView2;
use numpy::{
    Element, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2, PyReadwriteArray2,
    PyUntypedArrayMethods,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rapidvec::ClosedRows;
use rapidvec::WordVectors;
use rapidvec::vectors::Rows;

/// A new array with a copy of `numbers`.
pub fn array<'py, T: Element + Copy>(py: Python<'py>, numbers: &[T]) -> Bound<'py, PyArray1<T>> {
    PyArray1::from_slice(py, numbers)
}

/// The numbers of a contiguous array; `name` is that of the argument.
pub fn slice<'a, T: Element>(array: &'a PyReadonlyArray1<'_, T>, name: &str) -> PyResult<&'a [T]> {
    array.as_slice().map_err(|_| PyValueError::new_err(format!("{name} must be a contiguous array")))
}

/// A matrix with contiguous rows.
#[derive(Clone, Copy)]
pub struct Lent<'a> {
    /// `rows` x `columns` numbers.
    pub numbers: &'a [f32],
    pub rows: usize,
    pub columns: usize,
}

/// The numbers of a contiguous matrix; `name` is that of the argument.
pub fn matrix<'a>(array: &'a PyReadonlyArray2<'_, f32>, name: &str) -> PyResult<Lent<'a>> {
    let &[rows, columns] = array.shape() else { return Err(PyValueError::new_err(format!("{name} must be a matrix"))) };
    // Memory in Fortran's order is contiguous too.
    let numbers = array.as_slice().ok().filter(|_| array.is_c_contiguous());
    let numbers = numbers.ok_or_else(|| PyValueError::new_err(format!("{name} must be C-contiguous")))?;
    Ok(Lent { numbers, rows, columns })
}

/// A new matrix with rows of `columns` numbers, which takes over the memory of `numbers`.
pub fn owned_matrix(py: Python<'_>, numbers: Vec<f32>, columns: usize) -> PyResult<Bound<'_, PyArray2<f32>>> {
    let rows = numbers.len().checked_div(columns).unwrap_or(0);
    PyArray1::from_vec(py, numbers).reshape([rows, columns])
}

/// The numbers of a contiguous matrix, mutable.
pub fn matrix_mut<'a>(array: &'a mut PyReadwriteArray2<'_, f32>) -> PyResult<&'a mut [f32]> {
    let is_in_order = array.is_c_contiguous();
    let numbers = array.as_slice_mut().ok().filter(|_| is_in_order);
    numbers.ok_or_else(|| PyValueError::new_err("the array must be C-contiguous"))
}

/// Memory of ours that an array exposes. The array keeps it alive.
#[pyclass(module = "rapidvec._native", frozen)]
pub struct Memory(Place);

enum Place {
    /// A trainer's matrix with its rows closed up.
    Closed(ClosedRows),
    /// A mapped file.
    Rows(Rows),
    /// Vectors that are shared.
    Vectors(WordVectors),
}

impl From<ClosedRows> for Memory {
    fn from(rows: ClosedRows) -> Self {
        Self(Place::Closed(rows))
    }
}

impl From<Rows> for Memory {
    fn from(rows: Rows) -> Self {
        Self(Place::Rows(rows))
    }
}

impl From<WordVectors> for Memory {
    fn from(vectors: WordVectors) -> Self {
        Self(Place::Vectors(vectors))
    }
}

impl Memory {
    /// The address of the numbers, and how many there are.
    fn place(&mut self) -> (*const f32, usize) {
        match &mut self.0 {
            Place::Closed(rows) => (rows.as_mut_ptr(), rows.len()),
            Place::Rows(rows) => lent(rows),
            Place::Vectors(vectors) => lent(vectors.rows()),
        }
    }

    /// The numbers as a matrix with rows of `columns` numbers: writable if they are not shared, otherwise read-only.
    pub fn into_matrix(mut self, py: Python<'_>, columns: usize) -> PyResult<Bound<'_, PyArray2<f32>>> {
        let is_ours_alone = matches!(self.0, Place::Closed(_));
        let (numbers, length) = self.place();
        let rows = length.checked_div(columns).unwrap_or(0);
        let owner = Bound::new(py, self)?.into_any();
        // SAFETY: the numbers are on the heap or in a mapped file, where they stay while `owner` lives, which the array keeps alive. Shared
        // numbers are made read-only before anyone gets the array; those of a finished trainer are not used by anything else.
        let array = unsafe {
            let view = ArrayView2::from_shape_ptr((rows, columns), numbers);
            PyArray2::borrow_from_array(&view, owner)
        };
        if !is_ours_alone {
            array.try_readwrite()?.make_nonwriteable();
        }
        Ok(array)
    }
}

fn lent(rows: &Rows) -> (*const f32, usize) {
    rows.as_f32().map_or((std::ptr::dangling(), 0), |all| (all.as_ptr(), all.len()))
}
