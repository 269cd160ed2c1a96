//! Scans of NumPy's memory.

use crate::arrays::{matrix, slice};
use crate::errors::run;
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use rapidvec::error::QueryError;
use rapidvec::vectors::{AnalogyMethod, Rows};
use std::collections::HashMap;
use std::sync::Arc;

/// Ids and scores, best first.
type Found<'py> = (Bound<'py, PyArray1<i64>>, Bound<'py, PyArray1<f32>>);

/// The memory of an array, which it keeps alive.
struct Borrowed {
    /// The address of V x D numbers.
    numbers: *const f32,
    length: usize,
    _array: Py<PyArray2<f32>>,
}

#[allow(unsafe_code)]
mod shared {
    use super::Borrowed;

    // SAFETY: the numbers are only read. If Python code writes to an array during a search, either value may be used, as in NumPy.
    unsafe impl Send for Borrowed {}
    // SAFETY: as above.
    unsafe impl Sync for Borrowed {}

    impl AsRef<[f32]> for Borrowed {
        fn as_ref(&self) -> &[f32] {
            // SAFETY: the array is alive, contiguous and of this length; NumPy does not move the memory of an array that others refer to.
            unsafe { std::slice::from_raw_parts(self.numbers, self.length) }
        }
    }
}

/// Queries on the rows of an array.
#[pyclass(module = "rapidvec._native", frozen)]
pub struct RowSearch {
    all: rapidvec::vectors::RowSearch,
    rows: usize,
    columns: usize,
}

#[pymethods]
impl RowSearch {
    #[new]
    fn new(vectors: Bound<'_, PyArray2<f32>>) -> PyResult<Self> {
        let lent = vectors.try_readonly()?;
        let all = matrix(&lent, "vectors")?;
        let (rows, columns) = (all.rows, all.columns);
        let owner =
            Borrowed { numbers: all.numbers.as_ptr(), length: all.numbers.len(), _array: vectors.clone().unbind() };
        let rows_of = Rows::lent(rows, columns, Arc::new(owner)).map_err(crate::errors::exception)?;
        Ok(Self { all: rapidvec::vectors::RowSearch::new(rows_of), rows, columns })
    }

    #[pyo3(signature = (query, k, *, exclude = Vec::new(), first = 0, last = None, threads = 0))]
    #[allow(clippy::too_many_arguments)] // the options of a search
    fn nearest<'py>(
        &self,
        py: Python<'py>,
        query: PyReadonlyArray1<'py, f32>,
        k: usize,
        exclude: Vec<u32>,
        first: usize,
        last: Option<usize>,
        threads: usize,
    ) -> PyResult<Found<'py>> {
        let query = slice(&query, "query")?;
        self.ask(py, first, last, threads, |search| search.nearest(query, k, &exclude)).map(|found| arrays(py, &found))
    }

    #[pyo3(signature = (queries, k, *, exclude = None, first = 0, last = None, threads = 0))]
    #[allow(clippy::too_many_arguments)] // the options of a search
    fn nearest_batch<'py>(
        &self,
        py: Python<'py>,
        queries: PyReadonlyArray2<'py, f32>,
        k: usize,
        exclude: Option<Vec<Vec<u32>>>,
        first: usize,
        last: Option<usize>,
        threads: usize,
    ) -> PyResult<Vec<Found<'py>>> {
        let queries = self.rows_of(&queries, "queries")?;
        let exclude = exclude.unwrap_or_else(|| vec![Vec::new(); queries.len() / self.columns.max(1)]);
        let exclude: Vec<_> = exclude.iter().map(Vec::as_slice).collect();
        let found = self.ask(py, first, last, threads, |search| search.nearest_batch(queries, k, &exclude))?;
        Ok(found.iter().map(|found| arrays(py, found)).collect())
    }

    #[pyo3(signature = (positive, negative, k, *, exclude = Vec::new(), first = 0, last = None, threads = 0))]
    #[allow(clippy::too_many_arguments)] // the options of a search
    fn by_product<'py>(
        &self,
        py: Python<'py>,
        positive: PyReadonlyArray2<'py, f32>,
        negative: PyReadonlyArray2<'py, f32>,
        k: usize,
        exclude: Vec<u32>,
        first: usize,
        last: Option<usize>,
        threads: usize,
    ) -> PyResult<Found<'py>> {
        let vectors =
            |array, name| Ok::<Vec<&[f32]>, PyErr>(self.rows_of(array, name)?.chunks(self.columns.max(1)).collect());
        let (positive, negative) = (vectors(&positive, "positive")?, vectors(&negative, "negative")?);
        let found =
            self.ask(py, first, last, threads, |search| search.by_product(&positive, &negative, k, &exclude))?;
        Ok(arrays(py, &found))
    }

    #[pyo3(signature = (query, *, first = 0, last = None, threads = 0))]
    fn cosines<'py>(
        &self,
        py: Python<'py>,
        query: PyReadonlyArray1<'py, f32>,
        first: usize,
        last: Option<usize>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let query = slice(&query, "query")?;
        let scores = self.ask(py, first, last, threads, |search| search.cosines(query))?;
        Ok(PyArray1::from_vec(py, scores))
    }

    #[pyo3(signature = (query, other, *, exclude = Vec::new(), threads = 0))]
    fn nearer_than<'py>(
        &self,
        py: Python<'py>,
        query: PyReadonlyArray1<'py, f32>,
        other: u32,
        exclude: Vec<u32>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray1<i64>>> {
        if other as usize >= self.rows {
            return Err(PyIndexError::new_err(format!("other must be below {}, got {other}", self.rows)));
        }
        let query = slice(&query, "query")?;
        let found = self.ask(py, 0, None, threads, |search| search.nearer_than(query, other, &exclude))?;
        Ok(PyArray1::from_iter(py, found.into_iter().map(i64::from)))
    }

    #[pyo3(signature = (questions, *, method = "add", variants = HashMap::new(), last = None, threads = 0))]
    fn analogies<'py>(
        &self,
        py: Python<'py>,
        questions: PyReadonlyArray2<'py, i64>,
        method: &str,
        variants: HashMap<u32, Vec<u32>>,
        last: Option<usize>,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let method = match method {
            "add" => AnalogyMethod::Add,
            "mul" => AnalogyMethod::Mul,
            got => return Err(PyValueError::new_err(format!("method must be add or mul, got {got}"))),
        };
        let wrong = || PyValueError::new_err("questions must be rows (a, b, c, expected) of row numbers");
        let &[_, 4] = questions.shape() else { return Err(wrong()) };
        let ids = questions.as_slice().map_err(|_| wrong())?.as_chunks::<4>().0;
        let id = |number: i64| u32::try_from(number).map_err(|_| wrong());
        let mut all = Vec::with_capacity(ids.len());
        for &[a, b, c, d] in ids {
            all.push([id(a)?, id(b)?, id(c)?, id(d)?]);
        }
        let found = self.ask(py, 0, last, threads, |search| search.analogies(&all, method, &variants))?;
        Ok(PyArray1::from_iter(py, found.into_iter().map(|found| found.map_or(-1, i64::from))))
    }
}

impl RowSearch {
    fn ask<T: Send>(
        &self,
        py: Python<'_>,
        first: usize,
        last: Option<usize>,
        threads: usize,
        ask: impl FnOnce(&rapidvec::vectors::RowSearch) -> Result<T, QueryError> + Send,
    ) -> PyResult<T> {
        let range = first..last.unwrap_or(self.rows);
        let search = self.all.clone().range(range).threads(threads);
        run(py, || Ok(ask(&search)?))
    }

    /// The numbers of an array with as many columns as the rows have.
    fn rows_of<'a>(&self, array: &'a PyReadonlyArray2<'_, f32>, name: &str) -> PyResult<&'a [f32]> {
        let all = matrix(array, name)?;
        if all.columns != self.columns {
            let (expected, got) = (self.columns, all.columns);
            return Err(PyValueError::new_err(format!("{name} must have {expected} columns, got {got}")));
        }
        Ok(all.numbers)
    }
}

fn arrays<'py>(py: Python<'py>, found: &[(u32, f32)]) -> Found<'py> {
    let ids = PyArray1::from_iter(py, found.iter().map(|&(id, _)| i64::from(id)));
    (ids, PyArray1::from_iter(py, found.iter().map(|&(_, score)| score)))
}
