//! Files of vectors and models, as words and arrays.

use crate::arrays::{Memory, array, matrix, owned_matrix, slice};
use crate::errors::{exception, run, run_at, without_gil};
use crate::subwords::{Sizes, ngrams_of};
use crate::vectors::invalid_word;
use numpy::{PyArray1, PyArray2, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use rapidvec::atomic_file::Existing;
use rapidvec::vectors::format::open_model;
use rapidvec::vectors::format::safetensors::{Contents, ExtraTensor, ModelFile, SubwordParts, write_contents};
use rapidvec::vectors::format::{Format, OpenOptions, RowsView};
use rapidvec::vectors::{Numbers, Rows, SaveOptions};
use rapidvec::{NGrams, Units, Vocabulary, WordVectors};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

type Matrix<'py> = Bound<'py, PyArray2<f32>>;
type Counts<'py> = Bound<'py, PyArray1<u64>>;

/// Words, vectors and counts of a file of any format.
#[pyfunction]
#[pyo3(signature = (path, *, limit = None, invalid = "error"))]
pub fn load_vectors<'py>(
    py: Python<'py>,
    path: PathBuf,
    limit: Option<usize>,
    invalid: &str,
) -> PyResult<(Bound<'py, PyList>, Matrix<'py>, Option<Counts<'py>>)> {
    let options = OpenOptions { limit, invalid_word: invalid_word(invalid)?, ..OpenOptions::default() };
    let (vectors, numbers) = run_at(py, &path, || {
        let (vectors, _) = WordVectors::open_with(&path, &options)?;
        vectors.check_finite()?;
        let numbers = vectors.rows().to_f32();
        Ok((vectors, numbers))
    })?;
    let words = vectors.vocabulary();
    let counts = words.has_counts().then(|| array(py, words.counts()));
    Ok((list_of(py, words)?, owned_matrix(py, numbers, vectors.vector_size())?, counts))
}

/// Writes vectors in the format of this name.
#[pyfunction]
#[pyo3(signature = (path, words, vectors, counts, *, format))]
pub fn save_vectors(
    py: Python<'_>,
    path: PathBuf,
    words: &Bound<'_, PyAny>,
    vectors: PyReadonlyArray2<'_, f32>,
    counts: Option<PyReadonlyArray1<'_, u64>>,
    format: &str,
) -> PyResult<()> {
    let format = format_of(format)?;
    let vectors = matrix(&vectors, "vectors")?;
    let counts = counts.as_ref().map(|counts| slice(counts, "counts")).transpose()?;
    let words = vocabulary_of(words, counts, vectors.rows)?;
    run(py, || {
        let vectors = WordVectors::new(words, vectors.columns, Numbers::F32(vectors.numbers.to_vec()))?;
        vectors.save(&path, format, &SaveOptions::default())?;
        Ok(())
    })
}

/// The format of this name.
pub fn format_of(name: &str) -> PyResult<Format> {
    const ALL: &str = "safetensors, word2vec-text, word2vec-binary, glove, npz or pickle";
    match name {
        "safetensors" => Ok(Format::Safetensors),
        "word2vec-text" => Ok(Format::Word2vecText),
        "word2vec-binary" => Ok(Format::Word2vecBinary),
        "glove" => Ok(Format::Glove),
        "npz" => Ok(Format::Npz),
        "pickle" => Ok(Format::Pickle),
        got => Err(PyValueError::new_err(format!("format must be {ALL}, got {got}"))),
    }
}

/// Writes a model in one safetensors file.
#[pyfunction]
#[pyo3(signature = (path, words, counts, vectors, output, metadata, extra, *, subwords = None))]
#[allow(clippy::too_many_arguments)] // the parts of a model
pub fn save_model(
    py: Python<'_>,
    path: PathBuf,
    words: &Bound<'_, PyAny>,
    counts: PyReadonlyArray1<'_, u64>,
    vectors: PyReadonlyArray2<'_, f32>,
    output: Option<PyReadonlyArray2<'_, f32>>,
    metadata: BTreeMap<String, String>,
    extra: &Bound<'_, PyDict>,
    subwords: Option<GivenSubwords<'_>>,
) -> PyResult<()> {
    let vectors = matrix(&vectors, "vectors")?;
    let output = output.as_ref().map(|output| matrix(output, "output")).transpose()?;
    let vocabulary = vocabulary_of(words, Some(slice(&counts, "counts")?), vectors.rows)?;
    let extra = extra.iter().map(|(name, numbers)| Ok((name.extract()?, Extra::of(&numbers)?)));
    let extra: Vec<(String, Extra)> = extra.collect::<PyResult<_>>()?;
    let extra =
        extra.iter().map(|(name, numbers)| Ok((name.clone(), numbers.tensor(name)?))).collect::<PyResult<Vec<_>>>()?;
    let subwords = subwords.as_ref().map(|given| subword_parts(given, vectors.columns)).transpose()?.flatten();
    let rows = |numbers| RowsView::of_slice(numbers, vectors.columns);
    let contents = Contents {
        vocabulary: Cow::Borrowed(&vocabulary),
        input: rows(vectors.numbers),
        output: output.map(|output| rows(output.numbers)),
        subwords,
        positions: None,
        runs: Vec::new(),
        half: false,
        metadata: Cow::Borrowed(&metadata),
        extra: &extra,
    };
    run(py, || Ok(write_contents(&path, Existing::Replace, contents)?))
}

/// Which n-grams words have, the bucket of each row (`None`: all), the rows of n-grams, and those that words have of their own.
type GivenSubwords<'py> =
    (Sizes, Option<PyReadonlyArray1<'py, u32>>, PyReadonlyArray2<'py, f32>, PyReadonlyArray2<'py, f32>);

fn subword_parts<'a>(given: &'a GivenSubwords<'_>, columns: usize) -> PyResult<Option<SubwordParts<'a>>> {
    let (sizes, buckets, rows, own) = given;
    let view = |array, name| {
        let lent = matrix(array, name)?;
        if lent.columns != columns {
            let text = format!("{name} must have {columns} columns, got {}", lent.columns);
            return Err(PyValueError::new_err(text));
        }
        Ok(RowsView::of_slice(lent.numbers, columns))
    };
    let Some(ngrams) = ngrams_of(*sizes)? else { return Ok(None) };
    let buckets = buckets.as_ref().map(|buckets| slice(buckets, "buckets")).transpose()?;
    let words = Some(view(own, "own")?);
    Ok(Some(SubwordParts { ngrams, buckets: buckets.map(Cow::Borrowed), rows: view(rows, "rows")?, words }))
}

/// Numbers under a name chosen by the caller.
enum Extra<'py> {
    F32(PyReadonlyArray1<'py, f32>),
    U32(PyReadonlyArray1<'py, u32>),
    U64(PyReadonlyArray1<'py, u64>),
}

impl<'py> Extra<'py> {
    fn of(numbers: &Bound<'py, PyAny>) -> PyResult<Self> {
        if let Ok(numbers) = numbers.extract() {
            return Ok(Self::F32(numbers));
        }
        if let Ok(numbers) = numbers.extract() {
            return Ok(Self::U32(numbers));
        }
        let wrong = |_| PyTypeError::new_err("extra must hold one-dimensional arrays of float32, uint32 or uint64");
        numbers.extract().map(Self::U64).map_err(wrong)
    }

    fn tensor(&self, name: &str) -> PyResult<ExtraTensor<'_>> {
        Ok(match self {
            Self::F32(numbers) => ExtraTensor::F32(slice(numbers, name)?),
            Self::U32(numbers) => ExtraTensor::U32(slice(numbers, name)?),
            Self::U64(numbers) => ExtraTensor::U64(slice(numbers, name)?),
        })
    }
}

/// As [`GivenSubwords`].
type FoundSubwords<'py> = (Sizes, Option<Bound<'py, PyArray1<u32>>>, Matrix<'py>, Matrix<'py>);

type Loaded<'py> = (
    Bound<'py, PyList>,
    Counts<'py>,
    Matrix<'py>,
    Option<Matrix<'py>>,
    BTreeMap<String, String>,
    Bound<'py, PyDict>,
    Option<FoundSubwords<'py>>,
);

/// Opens what [`save_model`] wrote, or any model of the command line. `mmap`: both matrices are the mapped file, read-only.
#[pyfunction]
#[pyo3(signature = (path, *, mmap = false))]
pub fn load_model(py: Python<'_>, path: PathBuf, mmap: bool) -> PyResult<Loaded<'_>> {
    let model = run_at(py, &path, || {
        let model = open_model(&path)?;
        if !mmap {
            model.verify()?;
        }
        Ok(model)
    })?;
    let input = rows(py, model.input(), mmap)?;
    let output = model.output().map(|output| rows(py, output, mmap)).transpose()?;
    let extra = PyDict::new(py);
    for (name, kind, shape) in model.tensors() {
        let is_own = ["input.", "output.", "vocab."].iter().any(|own| name.starts_with(own));
        if is_own || shape.len() != 1 {
            continue;
        }
        match kind.as_str() {
            "F32" => extra.set_item(name, array(py, &model.extra_f32(name).map_err(exception)?))?,
            "U32" => extra.set_item(name, array(py, &model.extra_u32(name).map_err(exception)?))?,
            "U64" => extra.set_item(name, array(py, &model.extra_u64(name).map_err(exception)?))?,
            _ => {}
        }
    }
    let words = model.vocabulary();
    let subwords = subwords_of(py, &model)?;
    Ok((list_of(py, words)?, array(py, words.counts()), input, output, model.metadata(), extra, subwords))
}

/// The n-grams of letters that a model has, with the rows that words have of their own.
fn subwords_of<'py>(py: Python<'py>, model: &ModelFile) -> PyResult<Option<FoundSubwords<'py>>> {
    let found = model.subwords().map_err(exception)?.filter(|found| found.ngrams().units == Units::Letters);
    let Some((found, own)) = found.as_ref().and_then(|found| Some((found, found.words()?))) else { return Ok(None) };
    let NGrams { min_n, max_n, buckets, .. } = found.ngrams();
    let used = found.buckets().map(|buckets| array(py, buckets));
    let rows = rows(py, found.rows().clone(), false)?;
    Ok(Some(((min_n, max_n, buckets), used, rows, self::rows(py, own.clone(), false)?)))
}

/// Rows of a file as a matrix: the mapped file itself, or a copy.
fn rows(py: Python<'_>, rows: Rows, mmap: bool) -> PyResult<Matrix<'_>> {
    let size = rows.vector_size();
    if mmap && rows.as_f32().is_some() {
        return Memory::from(rows).into_matrix(py, size);
    }
    owned_matrix(py, without_gil(py, || rows.to_f32())?, size)
}

pub fn list_of<'py>(py: Python<'py>, words: &Vocabulary) -> PyResult<Bound<'py, PyList>> {
    PyList::new(py, words.words().map(|word| PyString::new(py, word)))
}

/// A vocabulary of `expected` words.
pub fn vocabulary_of(words: &Bound<'_, PyAny>, counts: Option<&[u64]>, expected: usize) -> PyResult<Vocabulary> {
    let (mut text, mut ends) = (String::new(), Vec::with_capacity(expected));
    for word in words.try_iter()? {
        text.push_str(word?.cast::<PyString>()?.to_str()?);
        ends.push(text.len() as u64);
    }
    let wrong =
        |got| PyValueError::new_err(format!("words must be {expected}, as many as there are vectors, got {got}"));
    if ends.len() != expected {
        return Err(wrong(ends.len()));
    }
    let counts = counts.map_or_else(|| vec![0; expected], <[u64]>::to_vec);
    if counts.len() != expected {
        return Err(PyValueError::new_err(format!(
            "counts must be {expected}, one for each word, got {}",
            counts.len()
        )));
    }
    Vocabulary::from_arena(text, ends, counts).map_err(|(id, _)| wrong(id))
}
