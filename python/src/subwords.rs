//! N-grams of words, and fastText's files, as arrays.

use crate::arrays::{array, matrix, matrix_mut, owned_matrix, slice};
use crate::errors::{run, run_at, without_gil};
use crate::files::vocabulary_of;
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use rapidvec::vectors::format::fasttext::{self, FastTextModel, FastTextParts, NGramTable, Training};
use rapidvec::vectors::{NGramLists, compose, ngram_hash};
use rapidvec::{Config, CpuTrainer, NGrams, Trainer as _};
use std::path::PathBuf;

type Matrix<'py> = Bound<'py, PyArray2<f32>>;
type Numbers<'py, T> = Bound<'py, PyArray1<T>>;

/// Shortest, longest, and the number of buckets, as gensim has them.
pub type Sizes = (usize, usize, usize);

/// The n-grams of these sizes; `None` if words have none.
pub fn ngrams_of((min_n, max_n, buckets): Sizes) -> PyResult<Option<NGrams>> {
    if buckets == 0 || max_n < min_n.max(1) {
        return Ok(None);
    }
    let ngrams = NGrams::default().min_n(min_n.max(1)).max_n(max_n).buckets(buckets);
    ngrams.check().map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(Some(ngrams))
}

/// fastText's hash of an n-gram.
#[pyfunction]
#[pyo3(name = "ngram_hash")]
pub fn hash(ngram: &[u8]) -> u32 {
    ngram_hash(ngram)
}

/// The n-grams of a word.
#[pyfunction]
pub fn ngrams_of_word<'py>(py: Python<'py>, word: &str, min_n: usize, max_n: usize) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    let mut appended = Ok(());
    if let Some(ngrams) = ngrams_of((min_n, max_n, 1))? {
        ngrams.for_each(word, |ngram, _| {
            if appended.is_ok() {
                appended = list.append(PyBytes::new(py, ngram.as_bytes()));
            }
        });
    }
    appended.map(|()| list)
}

/// The buckets of the n-grams of words, and where those of each word end.
#[pyfunction]
pub fn ngram_buckets<'py>(
    py: Python<'py>,
    words: Vec<String>,
    sizes: Sizes,
) -> PyResult<(Numbers<'py, u32>, Numbers<'py, u64>)> {
    let lists = match ngrams_of(sizes)? {
        Some(ngrams) => without_gil(py, || NGramLists::of_words(&ngrams, words.iter().map(String::as_str)))?,
        None => NGramLists { numbers: Vec::new(), ends: vec![0; words.len()] },
    };
    Ok((array(py, &lists.numbers), array(py, &lists.ends)))
}

/// The vectors of words from their own rows and those of their n-grams.
#[pyfunction]
pub fn compose_vectors<'py>(
    py: Python<'py>,
    own: PyReadonlyArray2<'_, f32>,
    rows: PyReadonlyArray2<'_, f32>,
    numbers: PyReadonlyArray1<'_, u32>,
    ends: PyReadonlyArray1<'_, u64>,
) -> PyResult<Matrix<'py>> {
    let (own, rows) = (matrix(&own, "own")?, matrix(&rows, "rows")?);
    let (numbers, ends) = (slice(&numbers, "numbers")?, slice(&ends, "ends")?);
    if own.columns != rows.columns {
        let (expected, got) = (own.columns, rows.columns);
        return Err(PyValueError::new_err(format!("rows must have {expected} columns, got {got}")));
    }
    let composed = without_gil(py, || compose(own.numbers, rows.numbers, own.columns, numbers, ends))?;
    let composed = composed.map_err(|error| PyValueError::new_err(error.to_string()))?;
    owned_matrix(py, composed, own.columns)
}

/// The initial rows of these buckets in a new model.
#[pyfunction]
pub fn random_ngrams<'py>(
    py: Python<'py>,
    buckets: PyReadonlyArray1<'_, u32>,
    vector_size: usize,
    seed: u64,
) -> PyResult<Matrix<'py>> {
    let config = Config::default().vector_size(vector_size).seed(seed);
    let buckets = slice(&buckets, "buckets")?;
    let rows = || buckets.iter().flat_map(|&bucket| CpuTrainer::first_ngram_row(&config, bucket)).collect();
    owned_matrix(py, without_gil(py, rows)?, vector_size)
}

/// How a fastText model was trained: window, epochs, minimum count, negatives, word n-grams, loss, model, update rate, sampling, tokens.
type How = (i32, i32, i32, i32, i32, i32, i32, i32, f64, i64);

fn how(of: &Training) -> How {
    let Training { window, epochs, min_count, negatives, word_ngrams, loss, model, update_rate, sampling, tokens } =
        *of;
    (window, epochs, min_count, negatives, word_ngrams, loss, model, update_rate, sampling, tokens)
}

fn training(
    (window, epochs, min_count, negatives, word_ngrams, loss, model, update_rate, sampling, tokens): How,
) -> Training {
    Training { window, epochs, min_count, negatives, word_ngrams, loss, model, update_rate, sampling, tokens }
}

type Loaded<'py> = (Bound<'py, PyList>, Numbers<'py, u64>, Matrix<'py>, Matrix<'py>, Option<Matrix<'py>>, Sizes, How);

/// All parts of a fastText model: words as bytes, counts, own rows, rows of buckets, output rows, n-grams, how it was trained.
#[pyfunction]
pub fn load_fasttext(py: Python<'_>, path: PathBuf) -> PyResult<Loaded<'_>> {
    let model = run_at(py, &path, || Ok(fasttext::read_whole(&path)?))?;
    let FastTextModel {
        words, vector_size: size, ngrams: [min_n, max_n, buckets], own, rows, output, training, ..
    } = model;
    let counts: Vec<u64> = words.iter().map(|(_, count)| *count).collect();
    let words = PyList::new(py, words.iter().map(|(word, _)| PyBytes::new(py, word)))?;
    let output = output.map(|output| owned_matrix(py, output, size)).transpose()?;
    let (own, rows) = (owned_matrix(py, own, size)?, owned_matrix(py, rows, size)?);
    Ok((words, array(py, &counts), own, rows, output, (min_n, max_n, buckets), how(&training)))
}

/// Writes a fastText model.
#[pyfunction]
#[pyo3(name = "save_fasttext")]
#[allow(clippy::too_many_arguments)] // the parts of a model
pub fn save(
    py: Python<'_>,
    path: PathBuf,
    words: &Bound<'_, PyAny>,
    counts: PyReadonlyArray1<'_, u64>,
    own: PyReadonlyArray2<'_, f32>,
    rows: Option<PyReadonlyArray2<'_, f32>>,
    buckets: Option<PyReadonlyArray1<'_, u32>>,
    output: Option<PyReadonlyArray2<'_, f32>>,
    sizes: Sizes,
    how: How,
) -> PyResult<()> {
    let own = matrix(&own, "own")?;
    let vocabulary = vocabulary_of(words, Some(slice(&counts, "counts")?), own.rows)?;
    let rows = rows.as_ref().map(|rows| matrix(rows, "rows")).transpose()?;
    let buckets = buckets.as_ref().map(|buckets| slice(buckets, "buckets")).transpose()?;
    let output = output.as_ref().map(|output| matrix(output, "output")).transpose()?;
    let parts = FastTextParts {
        vocabulary: &vocabulary,
        vector_size: own.columns,
        own: own.numbers,
        ngrams: ngrams_of(sizes)?.zip(rows).map(|(ngrams, rows)| NGramTable { ngrams, buckets, rows: rows.numbers }),
        output: output.map(|output| output.numbers),
        training: training(how),
    };
    run(py, || Ok(fasttext::write_whole(&path, &parts)?))
}

/// The rows of n-grams that a trainer copies from and to.
pub struct NGramRows {
    rows: Option<Py<PyArray2<f32>>>,
    /// The bucket of each row, ascending; `None`: a row for each bucket.
    buckets: Option<Vec<u32>>,
}

impl NGramRows {
    pub fn new(rows: Option<Matrix<'_>>, buckets: Option<PyReadonlyArray1<'_, u32>>) -> PyResult<Self> {
        let buckets = buckets.map(|buckets| slice(&buckets, "ngram_buckets").map(<[u32]>::to_vec)).transpose()?;
        Ok(Self { rows: rows.map(Bound::unbind), buckets })
    }

    /// Calls `visit` with each row of the trainer and the place of its numbers in the array.
    fn for_each(
        &self,
        trainer: &CpuTrainer,
        rows: usize,
        mut visit: impl FnMut(usize, std::ops::Range<usize>),
    ) -> PyResult<()> {
        let Some(own) = trainer.subwords() else { return Ok(()) };
        let size = own.rows.cols();
        for (&bucket, &row) in own.buckets.iter().zip(&own.order) {
            let place = match &self.buckets {
                None => Some(bucket as usize),
                Some(buckets) => buckets.binary_search(&bucket).ok(),
            };
            let Some(place) = place.filter(|&place| place < rows) else {
                let text = format!("ngram_rows must have a row for bucket {bucket}, which a word uses");
                return Err(PyValueError::new_err(text));
            };
            visit(row as usize, place * size..(place + 1) * size);
        }
        Ok(())
    }

    /// Copies the caller's rows to the trainer's.
    pub fn load(&self, py: Python<'_>, trainer: &mut CpuTrainer) -> PyResult<()> {
        let Some(rows) = &self.rows else { return Ok(()) };
        let array = rows.bind(py).readonly();
        let lent = matrix(&array, "ngram_rows")?;
        let size = trainer.config().vector_size;
        if lent.columns != size {
            return Err(PyValueError::new_err(format!("ngram_rows must have {size} columns, got {}", lent.columns)));
        }
        let mut places = Vec::new();
        self.for_each(trainer, lent.rows, |row, place| places.push((row, place)))?;
        let Some(own) = trainer.matrices_mut().ngrams else { return Ok(()) };
        places.into_iter().for_each(|(row, place)| own.set_row(row, &lent.numbers[place]));
        Ok(())
    }

    /// Copies the trainer's rows to the caller's.
    pub fn store(&self, py: Python<'_>, trainer: &CpuTrainer) -> PyResult<()> {
        let Some(array) = &self.rows else { return Ok(()) };
        let (array, Some(own)) = (array.bind(py), trainer.matrices().ngrams) else { return Ok(()) };
        let rows = array.shape()[0];
        let mut array = array.try_readwrite()?;
        let numbers = matrix_mut(&mut array)?;
        self.for_each(trainer, rows, |row, place| numbers[place].copy_from_slice(&own.row(row)))
    }
}

/// The trainer's buckets, ascending, and their rows: copies.
pub fn trained<'py>(py: Python<'py>, trainer: &CpuTrainer) -> PyResult<(Numbers<'py, u32>, Matrix<'py>)> {
    let size = trainer.config().vector_size;
    let Some(own) = trainer.subwords() else { return Ok((array(py, &[]), owned_matrix(py, Vec::new(), size)?)) };
    let mut numbers = Vec::with_capacity(own.order.len() * size);
    own.order.iter().for_each(|&row| own.rows.push_row(row as usize, &mut numbers));
    Ok((array(py, &own.buckets), owned_matrix(py, numbers, size)?))
}

/// The vectors as they are now: a copy.
pub fn composed<'py>(py: Python<'py>, trainer: &CpuTrainer) -> PyResult<Matrix<'py>> {
    let numbers = without_gil(py, || trainer.weights().input.to_vec())?;
    owned_matrix(py, numbers, trainer.config().vector_size)
}
