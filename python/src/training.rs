//! Training like gensim's: on the caller's arrays, epoch by epoch.

use crate::arrays::{Memory, matrix, matrix_mut, owned_matrix, slice};
use crate::corpus::Corpus;
use crate::errors::{exception, run, without_gil};
use crate::subwords::{self, NGramRows, Sizes, ngrams_of};
use crate::watch::Watch;
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use rapidvec::config::ContextSum;
use rapidvec::error::ConfigError;
use rapidvec::{
    Config, CpuTrainer, Error, HuffmanTree, Matrix, ModelKind, Observer, Outputs, Progress, Trainer, Until,
};
use std::ops::{ControlFlow, Range};
use std::time::{Duration, Instant};

/// Time between two calls of the function that logs the progress of an epoch.
const TICK: Duration = Duration::from_secs(1);

type Array<'py> = Bound<'py, PyArray2<f32>>;
type Taken<'py> = (Array<'py>, Option<Array<'py>>, Option<Array<'py>>);

/// A run of `epochs` passes over a corpus.
#[pyclass(module = "rapidvec._native")]
pub struct Training {
    /// `None` when its matrices were taken.
    trainer: Option<CpuTrainer>,
    arrays: Arrays,
}

/// The caller's arrays, if there are any.
struct Arrays {
    vectors: Option<Py<PyArray2<f32>>>,
    syn1: Option<Py<PyArray2<f32>>>,
    syn1neg: Option<Py<PyArray2<f32>>>,
    ngrams: NGramRows,
}

#[pymethods]
impl Training {
    #[new]
    #[pyo3(signature = (corpus, counts, vectors, syn1, syn1neg, *, vector_size, sg, hs, negative, ns_exponent, sample, window,
        shrink_windows, cbow_mean, alpha, min_alpha, epochs, seed, threads, shuffle, locked = None, ngrams = None, locked_ngrams = None, ngram_rows = None, ngram_buckets = None))]
    #[allow(clippy::too_many_arguments)] // gensim's settings
    fn new(
        py: Python<'_>,
        corpus: &Corpus,
        counts: PyReadonlyArray1<'_, u64>,
        vectors: Option<Array<'_>>,
        syn1: Option<Array<'_>>,
        syn1neg: Option<Array<'_>>,
        vector_size: usize,
        sg: bool,
        hs: bool,
        negative: usize,
        ns_exponent: f64,
        sample: f64,
        window: usize,
        shrink_windows: bool,
        cbow_mean: bool,
        alpha: f32,
        min_alpha: f32,
        epochs: usize,
        seed: u64,
        threads: usize,
        shuffle: bool,
        locked: Option<PyReadonlyArray1<'_, bool>>,
        ngrams: Option<Sizes>,
        locked_ngrams: Option<PyReadonlyArray1<'_, u32>>,
        ngram_rows: Option<Array<'_>>,
        ngram_buckets: Option<PyReadonlyArray1<'_, u32>>,
    ) -> PyResult<Self> {
        let mut config = Config::new(if sg { ModelKind::SkipGram } else { ModelKind::Cbow })
            .vector_size(vector_size)
            .window(window)
            .context_sum(if cbow_mean { ContextSum::Mean } else { ContextSum::Sum })
            .power(ns_exponent)
            .subsample(sample)
            .shuffle(shuffle)
            .epochs(epochs)
            .learning_rate(alpha)
            .min_learning_rate(min_alpha)
            .seed(seed);
        (config.dynamic_window, config.hierarchical_softmax, config.negatives) = (shrink_windows, hs, negative);
        config.subwords = ngrams.map(ngrams_of).transpose()?.flatten();
        config.validate().map_err(|error| setting(&error))?;
        let counts = slice(&counts, "counts")?;
        let text = corpus.renumbered()?;
        let size = |rows: usize| (rows, vector_size);
        let input = vectors.as_ref().map(|array| copied(array, "vectors", size(counts.len()))).transpose()?;
        let words = syn1neg.as_ref().filter(|_| negative > 0);
        let words = words.map(|array| copied(array, "syn1neg", size(counts.len()))).transpose()?;
        let nodes = syn1.as_ref().filter(|_| hs);
        let nodes = nodes.map(|array| copied(array, "syn1", size(counts.len()))).transpose()?;
        let trainer = without_gil(py, || {
            // gensim has a row for each word in `syn1`; the last one belongs to no node.
            let zeros = |wanted: bool| wanted.then(|| Matrix::zeros(counts.len(), vector_size));
            let outputs = Outputs { words: words.or_else(|| zeros(negative > 0)), nodes: nodes.or_else(|| zeros(hs)) };
            let input = input.unwrap_or_else(|| random(&config, 0..counts.len()));
            CpuTrainer::with_weights(&config, &text, counts, threads, input, outputs)
        })?;
        let mut trainer = trainer.map_err(failure)?;
        let mut held = Vec::new();
        if let Some(locked) = locked {
            let locked = slice(&locked, "locked")?;
            if locked.len() != counts.len() {
                let expected = counts.len();
                return Err(PyValueError::new_err(format!(
                    "locked must have {expected} entries, got {}",
                    locked.len()
                )));
            }
            let ids: Vec<u32> = (0..).zip(locked).filter(|(_, locked)| **locked).map(|(id, _)| id).collect();
            match config.subwords {
                Some(_) => held = ids,
                None => trainer.freeze(&ids).map_err(exception)?,
            }
        }
        if config.subwords.is_some() {
            let buckets = locked_ngrams.as_ref().map(|buckets| slice(buckets, "locked_ngrams")).transpose()?;
            let buckets = buckets.unwrap_or_default();
            if !(held.is_empty() && buckets.is_empty()) {
                trainer.hold_parts(&held, buckets);
            }
        }
        let ngrams = NGramRows::new(ngram_rows, ngram_buckets)?;
        ngrams.load(py, &mut trainer)?;
        let (vectors, syn1, syn1neg) =
            (vectors.map(Bound::unbind), syn1.map(Bound::unbind), syn1neg.map(Bound::unbind));
        Ok(Self { trainer: Some(trainer), arrays: Arrays { vectors, syn1, syn1neg, ngrams } })
    }

    #[pyo3(signature = (tick = None))]
    fn epoch(&mut self, py: Python<'_>, tick: Option<Py<PyAny>>) -> PyResult<bool> {
        let trainer = self.trainer_mut()?;
        let words_before = trainer.progress().words;
        let mut watch = Watch::new(tick.as_ref(), TICK).since(Some(Instant::now()));
        let mut observer = Reporter { watch: &mut watch, words_before };
        let stopped = without_gil(py, || trainer.run(Until::Epoch, &mut observer))?;
        watch.finish()?;
        stopped.map_err(failure)?;
        Ok(self.trainer()?.progress().is_finished())
    }

    fn load(&mut self, py: Python<'_>) -> PyResult<()> {
        let Self { trainer, arrays } = self;
        let trainer = trainer.as_mut().ok_or_else(taken)?;
        arrays.ngrams.load(py, trainer)?;
        let matrices = trainer.matrices_mut();
        let parts = [
            (&arrays.vectors, Some(matrices.input)),
            (&arrays.syn1neg, matrices.words),
            (&arrays.syn1, matrices.nodes),
        ];
        for (array, own) in parts {
            let (Some(array), Some(own)) = (array, own) else { continue };
            let array = array.bind(py).readonly();
            let numbers = matrix(&array, "the array")?.numbers;
            own.copy_from(numbers.get(..own.rows() * own.cols()).ok_or_else(resized)?);
        }
        Ok(())
    }

    fn store(&self, py: Python<'_>) -> PyResult<()> {
        let matrices = self.trainer()?.matrices();
        let arrays = &self.arrays;
        arrays.ngrams.store(py, self.trainer()?)?;
        let parts = [
            (&arrays.vectors, Some(matrices.input)),
            (&arrays.syn1neg, matrices.words),
            (&arrays.syn1, matrices.nodes),
        ];
        for (array, own) in parts {
            let (Some(array), Some(own)) = (array, own) else { continue };
            let mut array = array.bind(py).try_readwrite()?;
            own.copy_to(matrix_mut(&mut array)?.get_mut(..own.rows() * own.cols()).ok_or_else(resized)?);
        }
        Ok(())
    }

    fn take<'py>(&mut self, py: Python<'py>) -> PyResult<Taken<'py>> {
        let trainer = self.trainer.take().ok_or_else(taken)?;
        let size = trainer.config().vector_size;
        let (input, Outputs { words, nodes }) = trainer.into_weights();
        let shown = |matrix: Matrix| Memory::from(without_gil(py, || matrix.close_rows())?).into_matrix(py, size);
        Ok((shown(input)?, nodes.map(shown).transpose()?, words.map(shown).transpose()?))
    }

    fn ngrams<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyArray1<u32>>, Array<'py>)> {
        subwords::trained(py, self.trainer()?)
    }

    fn composed<'py>(&self, py: Python<'py>) -> PyResult<Array<'py>> {
        subwords::composed(py, self.trainer()?)
    }

    #[getter]
    fn words(&self) -> PyResult<u64> {
        Ok(self.trainer()?.progress().words)
    }

    #[getter]
    fn words_kept(&self) -> PyResult<u64> {
        Ok(self.trainer()?.words_kept())
    }

    #[getter]
    fn loss(&self) -> PyResult<f64> {
        Ok(self.trainer()?.loss_sum())
    }

    #[getter]
    fn alpha(&self) -> PyResult<f32> {
        Ok(self.trainer()?.progress().learning_rate)
    }

    #[getter]
    fn epochs_done(&self) -> PyResult<usize> {
        Ok(self.trainer()?.progress().epochs_done())
    }
}

impl Training {
    fn trainer(&self) -> PyResult<&CpuTrainer> {
        self.trainer.as_ref().ok_or_else(taken)
    }

    fn trainer_mut(&mut self) -> PyResult<&mut CpuTrainer> {
        self.trainer.as_mut().ok_or_else(taken)
    }
}

fn taken() -> PyErr {
    PyRuntimeError::new_err("the training is over: its matrices were taken")
}

fn resized() -> PyErr {
    PyRuntimeError::new_err("an array of the model has been resized during training")
}

/// A copy of an array for the trainer.
fn copied(array: &Array<'_>, name: &str, expected: (usize, usize)) -> PyResult<Matrix> {
    let array = array.readonly();
    let &[rows, columns] = array.shape() else { return Err(PyValueError::new_err(format!("{name} must be a matrix"))) };
    if (rows, columns) != expected {
        let (expected_rows, expected_columns) = expected;
        let expected = format!("{expected_rows} x {expected_columns}");
        return Err(PyValueError::new_err(format!("{name} must be {expected}, got {rows} x {columns}")));
    }
    Ok(Matrix::from_rows(rows, columns, matrix(&array, name)?.numbers))
}

/// Calls the tick of an epoch.
struct Reporter<'a, 'w> {
    watch: &'a mut Watch<'w>,
    words_before: u64,
}

impl Observer for Reporter<'_, '_> {
    fn progress(&mut self, now: &Progress) -> ControlFlow<()> {
        let done = now.words - self.words_before;
        let share = done as f64 / now.words_per_epoch.max(1) as f64;
        let goes_on = self.watch.look(|| (share, done, now.learning_rate));
        if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

/// An error of a run, with settings under gensim's names.
fn failure(error: Error) -> PyErr {
    match error {
        Error::Config(error) => setting(&error),
        other => exception(other),
    }
}

fn setting(error: &ConfigError) -> PyErr {
    let ConfigError::OutOfRange { name, expected, got } = error else {
        return PyValueError::new_err(error.to_string());
    };
    let name = match *name {
        "negatives" => "negative",
        "power" => "ns_exponent",
        "subsample" => "sample",
        "learning-rate" => "alpha",
        "min-learning-rate" => "min_alpha",
        "vector-size" => "vector_size",
        other => other,
    };
    PyValueError::new_err(format!("{name} must be {expected}, got {got}"))
}

/// The initial numbers of rows `first` to `first + rows`.
#[pyfunction]
#[pyo3(signature = (rows, vector_size, seed, first = 0))]
pub fn random_vectors(py: Python<'_>, rows: usize, vector_size: usize, seed: u64, first: usize) -> PyResult<Array<'_>> {
    let config = Config::default().vector_size(vector_size).seed(seed);
    config.validate().map_err(|error| setting(&error))?;
    let matrix = without_gil(py, || random(&config, first..first + rows))?;
    owned_matrix(py, matrix.to_vec(), vector_size)
}

/// The first weights of these rows.
fn random(config: &Config, rows: Range<usize>) -> Matrix {
    let mut matrix = Matrix::zeros(rows.len(), config.vector_size);
    rows.enumerate().for_each(|(place, row)| matrix.set_row(place, &CpuTrainer::first_row(config, row)));
    matrix
}

type Codes<'py> = (Vec<Bound<'py, PyArray1<u8>>>, Vec<Bound<'py, PyArray1<u32>>>);

/// The codes and the points of each word in the tree of hierarchical softmax.
#[pyfunction]
pub fn huffman<'py>(py: Python<'py>, counts: PyReadonlyArray1<'py, u64>) -> PyResult<Codes<'py>> {
    let counts = slice(&counts, "counts")?;
    let tree = run(py, || Ok(HuffmanTree::of(counts)?))?;
    let words = 0..counts.len() as u32; // a tree has at most that many words
    let codes = words.clone().map(|word| PyArray1::from_iter(py, tree.code(word))).collect();
    Ok((codes, words.map(|word| PyArray1::from_iter(py, tree.nodes(word))).collect()))
}
