//! The command line.

use crate::errors::without_gil;
use pyo3::prelude::*;
use std::ffi::OsString;

/// Runs the program with these arguments; its exit status.
#[pyfunction]
pub fn cli(py: Python<'_>, arguments: Vec<OsString>) -> PyResult<u8> {
    let all = std::iter::once(OsString::from("rapidvec")).chain(arguments).collect();
    without_gil(py, || rapidvec_cli::run(all))
}
