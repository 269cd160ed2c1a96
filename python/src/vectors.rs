//! Word vectors of any file, and queries.

use crate::arrays::{Memory, array, matrix, owned_matrix, slice};
use crate::counts::{count, count_or_none};
use crate::errors::{exception, run, run_at, without_gil};
use crate::files::{list_of, vocabulary_of};
use numpy::{PyArray1, PyArray2, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};
use rapidvec::error::QueryError;
use rapidvec::vectors::evaluate::statistics::Correlation;
use rapidvec::vectors::evaluate::{EvaluateOptions, EvaluationSet, SectionScore};
use rapidvec::vectors::format::safetensors::{ModelFile, ModelParts, to_bytes};
use rapidvec::vectors::format::{Format, InvalidWord, Matrix, OpenOptions, recognise_file};
use rapidvec::vectors::{AnalogyMethod, Embedder, Numbers, SaveOptions};
use rapidvec::{Hits, Search, WordVectors, atomic_file, parallel};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A word and its score.
type Scored = (String, f32);

/// Words with their vectors. Cheap to clone.
#[pyclass(module = "rapidvec._native", frozen)]
pub struct Vectors {
    pub own: WordVectors,
    /// The model's metadata about its training, as JSON by key.
    metadata: BTreeMap<String, String>,
}

impl Vectors {
    pub fn new(own: WordVectors, metadata: BTreeMap<String, String>) -> Self {
        Self { own, metadata }
    }

    /// A search among the most frequent words, or all.
    fn search(&self, restrict: Option<usize>, threads: usize) -> Search<'_> {
        let search = self.own.search().threads(threads);
        restrict.map_or(search.clone(), |words| search.restrict(words))
    }

    /// Answers a query without the GIL.
    fn answer<T: Send>(
        &self,
        py: Python<'_>,
        ask: impl FnOnce(&WordVectors) -> Result<T, QueryError> + Send,
    ) -> PyResult<T> {
        run(py, || Ok(ask(&self.own)?))
    }
}

fn scored(hits: Hits<'_>) -> Vec<Scored> {
    hits.iter().map(|(word, score)| (word.to_owned(), score)).collect()
}

fn borrowed(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

#[pymethods]
impl Vectors {
    #[staticmethod]
    #[pyo3(signature = (
        path, *, limit = None, allow_nan = false, invalid = "error", words = None, member = None, language = None, matrix = None,
    ))]
    #[expect(clippy::too_many_arguments, reason = "the options of a file, each with a default")]
    fn open(
        py: Python<'_>,
        path: PathBuf,
        #[pyo3(from_py_with = count_or_none)] limit: Option<usize>,
        allow_nan: bool,
        invalid: &str,
        words: Option<PathBuf>,
        member: Option<String>,
        language: Option<String>,
        matrix: Option<&str>,
    ) -> PyResult<Self> {
        let (invalid_word, matrix) = (invalid_word(invalid)?, matrix.map(matrix_named).transpose()?);
        let options =
            OpenOptions { limit, allow_nan, invalid_word, words, member, language, matrix, ..OpenOptions::default() };
        run_at(py, &path, || {
            let (own, _) = WordVectors::open_with(&path, &options)?;
            let is_model = matches!(recognise_file(&path), Ok(Format::Safetensors));
            let metadata = if is_model { ModelFile::open(&path)?.metadata() } else { BTreeMap::new() };
            Ok(Self { own, metadata })
        })
    }

    #[staticmethod]
    #[pyo3(signature = (words, vectors, counts = None))]
    fn from_arrays(
        words: &Bound<'_, PyAny>,
        vectors: PyReadonlyArray2<'_, f32>,
        counts: Option<PyReadonlyArray1<'_, u64>>,
    ) -> PyResult<Self> {
        let vectors = matrix(&vectors, "vectors")?;
        let counts = counts.as_ref().map(|counts| slice(counts, "counts")).transpose()?;
        let words = vocabulary_of(words, counts, vectors.rows)?;
        if let Some(id) = words.first_duplicate() {
            return Err(PyValueError::new_err(format!(
                "words must differ from each other, got {} twice",
                words.word(id)
            )));
        }
        let own = WordVectors::new(words, vectors.columns, Numbers::F32(vectors.numbers.to_vec()));
        Ok(Self { own: own.map_err(exception)?, metadata: BTreeMap::new() })
    }

    /// A rapidvec model file with these vectors, as bytes; without n-grams.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = run(py, || {
            let rows = self.own.rows();
            let input = rows.as_f32().map_or_else(|| Cow::Owned(rows.to_f32()), Cow::Borrowed);
            let mut metadata = self.metadata.clone();
            metadata.remove("trainer"); // the state of a checkpoint
            let parts = ModelParts {
                vocabulary: self.own.vocabulary(),
                vector_size: self.own.vector_size(),
                input: &input,
                output: None,
                half: rows.is_half(),
                metadata,
                extra: Vec::new(),
            };
            Ok(to_bytes(&parts)?)
        })?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Vectors of the bytes of a model's file.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8]) -> PyResult<Self> {
        run(py, || {
            let model = ModelFile::from_bytes(bytes.to_vec())?;
            let metadata = model.metadata();
            Ok(Self { own: WordVectors::from_model(model)?, metadata })
        })
    }

    fn __len__(&self) -> usize {
        self.own.len()
    }

    fn __contains__(&self, word: &str) -> bool {
        self.own.id(word).is_some()
    }

    #[getter]
    fn vector_size(&self) -> usize {
        self.own.vector_size()
    }

    #[getter]
    fn is_half(&self) -> bool {
        self.own.rows().is_half()
    }

    #[getter]
    fn has_subwords(&self) -> bool {
        self.own.subwords().is_some()
    }

    #[getter]
    fn metadata(&self) -> BTreeMap<String, String> {
        self.metadata.clone()
    }

    fn words<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        list_of(py, self.own.vocabulary())
    }

    fn counts<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyArray1<u64>>> {
        let words = self.own.vocabulary();
        words.has_counts().then(|| array(py, words.counts()))
    }

    fn id(&self, word: &str) -> Option<u32> {
        self.own.id(word)
    }

    /// The vector of a word, from the vocabulary or from n-grams; `None` if there is none.
    fn vector<'py>(&self, py: Python<'py>, word: &str) -> Option<Bound<'py, PyArray1<f32>>> {
        self.own.vector(word).map(|vector| PyArray1::from_vec(py, vector))
    }

    /// The rows of these ids, N x D.
    fn rows<'py>(&self, py: Python<'py>, ids: Vec<u32>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let mut numbers = Vec::with_capacity(ids.len() * self.own.vector_size());
        for id in ids {
            let row = self.own.vector_by_id(id);
            let wrong = || PyValueError::new_err(format!("ids must be below {}, got {id}", self.own.len()));
            numbers.extend(row.ok_or_else(wrong)?);
        }
        owned_matrix(py, numbers, self.own.vector_size())
    }

    /// All vectors, V x D: read-only and without a copy if they are f32, otherwise a copy.
    fn matrix<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let size = self.own.vector_size();
        if self.own.rows().as_f32().is_some() {
            return Memory::from(self.own.clone()).into_matrix(py, size);
        }
        owned_matrix(py, without_gil(py, || self.own.rows().to_f32())?, size)
    }

    #[pyo3(signature = (word, k = 10, *, restrict = None, threads = 0))]
    fn most_similar(
        &self,
        py: Python<'_>,
        word: &str,
        #[pyo3(from_py_with = count)] k: usize,
        #[pyo3(from_py_with = count_or_none)] restrict: Option<usize>,
        #[pyo3(from_py_with = count)] threads: usize,
    ) -> PyResult<Vec<Scored>> {
        self.answer(py, |_| self.search(restrict, threads).most_similar(word, k).map(scored))
    }

    #[pyo3(signature = (words, k = 10, *, restrict = None, threads = 0))]
    fn most_similar_batch(
        &self,
        py: Python<'_>,
        words: Vec<String>,
        #[pyo3(from_py_with = count)] k: usize,
        #[pyo3(from_py_with = count_or_none)] restrict: Option<usize>,
        #[pyo3(from_py_with = count)] threads: usize,
    ) -> PyResult<Vec<Vec<Scored>>> {
        self.answer(py, |_| {
            let answers = self.search(restrict, threads).most_similar_batch(&borrowed(&words), k)?;
            Ok(answers.into_iter().map(scored).collect())
        })
    }

    /// The words nearest to each row of `vectors`, N x D.
    #[pyo3(signature = (vectors, k = 10, *, restrict = None, threads = 0))]
    fn most_similar_to(
        &self,
        py: Python<'_>,
        vectors: PyReadonlyArray2<'_, f32>,
        #[pyo3(from_py_with = count)] k: usize,
        #[pyo3(from_py_with = count_or_none)] restrict: Option<usize>,
        #[pyo3(from_py_with = count)] threads: usize,
    ) -> PyResult<Vec<Vec<Scored>>> {
        let vectors = matrix(&vectors, "vectors")?;
        if vectors.columns != self.own.vector_size() {
            let (expected, got) = (self.own.vector_size(), vectors.columns);
            return Err(PyValueError::new_err(format!("vectors must have {expected} numbers each, got {got}")));
        }
        self.answer(py, |_| {
            let answers = self.search(restrict, threads).most_similar_to_batch(vectors.numbers, k)?;
            Ok(answers.into_iter().map(scored).collect())
        })
    }

    /// The words nearest to a weighted sum of unit vectors.
    #[pyo3(signature = (weights, k = 10, *, restrict = None, threads = 0))]
    fn most_similar_weighted(
        &self,
        py: Python<'_>,
        weights: Vec<(String, f32)>,
        #[pyo3(from_py_with = count)] k: usize,
        #[pyo3(from_py_with = count_or_none)] restrict: Option<usize>,
        #[pyo3(from_py_with = count)] threads: usize,
    ) -> PyResult<Vec<Scored>> {
        self.answer(py, |_| {
            let weights: Vec<_> = weights.iter().map(|(word, weight)| (word.as_str(), *weight)).collect();
            self.search(restrict, threads).most_similar_weighted(&weights, k).map(scored)
        })
    }

    #[pyo3(signature = (a, b, c, k = 10, *, method = "add", restrict = None, threads = 0))]
    #[allow(clippy::too_many_arguments)] // the three words, and how
    fn analogy(
        &self,
        py: Python<'_>,
        a: &str,
        b: &str,
        c: &str,
        #[pyo3(from_py_with = count)] k: usize,
        method: &str,
        #[pyo3(from_py_with = count_or_none)] restrict: Option<usize>,
        #[pyo3(from_py_with = count)] threads: usize,
    ) -> PyResult<Vec<Scored>> {
        let method = analogy_method(method)?;
        self.answer(py, |_| self.search(restrict, threads).analogy(a, b, c, method, k).map(scored))
    }

    fn similarity(&self, py: Python<'_>, a: &str, b: &str) -> PyResult<f32> {
        self.answer(py, |vectors| vectors.similarity(a, b))
    }

    fn n_similarity(&self, py: Python<'_>, a: Vec<String>, b: Vec<String>) -> PyResult<f32> {
        self.answer(py, |vectors| vectors.n_similarity(&borrowed(&a), &borrowed(&b)))
    }

    /// The words with their cosine to the mean of all, the most central first.
    fn rank_by_centrality(&self, py: Python<'_>, words: Vec<String>) -> PyResult<Vec<Scored>> {
        self.answer(py, |vectors| {
            let ranked = vectors.rank_by_centrality(&borrowed(&words))?;
            Ok(ranked.into_iter().map(|(word, score)| (word.to_owned(), score)).collect())
        })
    }

    #[pyo3(signature = (word, other, *, restrict = None, threads = 0))]
    fn rank(
        &self,
        py: Python<'_>,
        word: &str,
        other: &str,
        #[pyo3(from_py_with = count_or_none)] restrict: Option<usize>,
        #[pyo3(from_py_with = count)] threads: usize,
    ) -> PyResult<usize> {
        self.answer(py, |_| self.search(restrict, threads).rank(word, other))
    }

    /// A vector for each text, N x D.
    #[pyo3(signature = (texts, *, sif = None, lower = false, threads = 0))]
    fn embed<'py>(
        &self,
        py: Python<'py>,
        texts: Vec<String>,
        sif: Option<f64>,
        lower: bool,
        #[pyo3(from_py_with = count)] threads: usize,
    ) -> PyResult<Bound<'py, PyArray2<f32>>> {
        /// Texts per thread at a time.
        const SHARE: usize = 256;
        let numbers = self.answer(py, |vectors| {
            let embedder = Embedder::new(vectors).lower(lower);
            let embedder = sif.map_or(Ok(embedder.clone()), |a| embedder.sif(a))?;
            let shares = texts.chunks(SHARE).map(<[_]>::iter);
            let rows = parallel::try_map(rapidvec::threads_of(threads), shares, |texts| {
                texts.map(|text| embedder.embed(text)).collect::<Result<Vec<_>, _>>()
            })?;
            Ok::<Vec<f32>, QueryError>(rows.into_iter().flatten().flatten().collect())
        })?;
        let rows = numbers.len().checked_div(self.own.vector_size()).unwrap_or(0);
        debug_assert_eq!(rows, texts.len());
        owned_matrix(py, numbers, self.own.vector_size())
    }

    /// Evaluates by a file of analogies or of pairs.
    #[pyo3(signature = (path, *, restrict = None, case_sensitive = false, count_unknown = false, method = "add", threads = 0))]
    #[allow(clippy::too_many_arguments)] // the options of an evaluation
    fn evaluate<'py>(
        &self,
        py: Python<'py>,
        path: PathBuf,
        #[pyo3(from_py_with = count_or_none)] restrict: Option<usize>,
        case_sensitive: bool,
        count_unknown: bool,
        method: &str,
        #[pyo3(from_py_with = count)] threads: usize,
    ) -> PyResult<Bound<'py, PyDict>> {
        let method = analogy_method(method)?;
        let mut options = EvaluateOptions::default()
            .case_sensitive(case_sensitive)
            .count_unknown(count_unknown)
            .threads(threads)
            .compose(false);
        if let Some(words) = restrict {
            options = options.restrict(words);
        }
        let result = PyDict::new(py);
        match run(py, || Ok(EvaluationSet::open(&path)?))? {
            EvaluationSet::Analogies(questions) => {
                let report = self.answer(py, |vectors| vectors.evaluate_analogies(&questions, method, &options))?;
                let sections =
                    report.sections.iter().map(|section| section_dict(py, section)).collect::<PyResult<Vec<_>>>()?;
                result.set_item("kind", "analogies")?;
                result.set_item("accuracy", report.total.accuracy())?;
                result.set_item("total", section_dict(py, &report.total)?)?;
                result.set_item("sections", sections)?;
            }
            EvaluationSet::Pairs(pairs) => {
                let report = self.answer(py, |vectors| vectors.evaluate_pairs(&pairs, &options))?;
                let of = |correlation: Option<Correlation>| correlation.map(|it| (it.coefficient, it.p_value));
                result.set_item("kind", "pairs")?;
                result.set_item("pearson", of(report.pearson))?;
                result.set_item("spearman", of(report.spearman))?;
                result.set_item("compared", report.compared)?;
                result.set_item("unknown", report.unknown)?;
            }
        }
        Ok(result)
    }

    /// Writes the vectors; what the format cannot hold is returned as texts.
    #[pyo3(signature = (path, *, format = None, top = None, normalize = false, half = false, overwrite = false))]
    #[allow(clippy::too_many_arguments)] // the options of saving
    fn save(
        &self,
        py: Python<'_>,
        path: PathBuf,
        format: Option<&str>,
        #[pyo3(from_py_with = count_or_none)] top: Option<usize>,
        normalize: bool,
        half: bool,
        overwrite: bool,
    ) -> PyResult<Vec<String>> {
        let format = match format {
            Some(name) => crate::files::format_of(name)?,
            None => Format::of_ending(&path).ok_or_else(|| no_format(&path))?,
        };
        let mut options = SaveOptions::default().normalize(normalize).half(half);
        if let Some(words) = top {
            options = options.top(words);
        }
        run(py, || {
            if !overwrite {
                atomic_file::check(&path, atomic_file::Existing::Keep)?;
            }
            let report = self.own.save(&path, format, &options)?;
            Ok(report.not_stored.iter().map(ToString::to_string).collect())
        })
    }
}

fn no_format(path: &Path) -> PyErr {
    PyValueError::new_err(format!(
        "the extension of {} does not name a format; use .safetensors, .vec, .bin, .txt, .npz or .pkl, or pass format=",
        path.display()
    ))
}

/// What to do with words that are not UTF-8.
pub fn invalid_word(name: &str) -> PyResult<InvalidWord> {
    match name {
        "error" => Ok(InvalidWord::Error),
        "replace" => Ok(InvalidWord::Replace),
        "skip" => Ok(InvalidWord::Skip),
        got => Err(PyValueError::new_err(format!("invalid must be error, replace or skip, got {got}"))),
    }
}

fn matrix_named(name: &str) -> PyResult<Matrix> {
    match name {
        "input" => Ok(Matrix::Input),
        "output" => Ok(Matrix::Output),
        "joined" => Ok(Matrix::Joined),
        got => Err(PyValueError::new_err(format!("matrix must be input, output or joined, got {got}"))),
    }
}

fn analogy_method(name: &str) -> PyResult<AnalogyMethod> {
    match name {
        "add" => Ok(AnalogyMethod::Add),
        "mul" => Ok(AnalogyMethod::Mul),
        "textbook" => Ok(AnalogyMethod::Textbook),
        got => Err(PyValueError::new_err(format!("method must be add, mul or textbook, got {got}"))),
    }
}

fn section_dict<'py>(py: Python<'py>, section: &SectionScore) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("name", &section.name)?;
    dict.set_item("correct", section.correct)?;
    dict.set_item("asked", section.asked)?;
    dict.set_item("unknown", section.unknown)?;
    Ok(dict)
}
