//! Arguments that count something.

use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::prelude::*;

/// A number from 0. Python's own conversion raises `OverflowError` for a negative number.
pub fn count(of: &Bound<'_, PyAny>) -> PyResult<usize> {
    of.extract().map_err(|error: PyErr| {
        if error.is_instance_of::<PyOverflowError>(of.py()) {
            return PyValueError::new_err(format!("expected a number from 0, got {of}"));
        }
        error
    })
}

/// As [`count`], or `None`.
pub fn count_or_none(of: &Bound<'_, PyAny>) -> PyResult<Option<usize>> {
    if of.is_none() { Ok(None) } else { count(of).map(Some) }
}
