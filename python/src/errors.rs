//! The crates' errors as Python's exceptions.

use pyo3::exceptions::{
    PyArithmeticError, PyConnectionError, PyEOFError, PyFileExistsError, PyFileNotFoundError, PyKeyError,
    PyMemoryError, PyOSError, PyRuntimeError, PyUnicodeDecodeError, PyValueError,
};
use pyo3::prelude::*;
use pyo3::{PyErr, create_exception};
use rapidvec::Error;
use rapidvec::corpus::CorpusError;
use rapidvec::distributed::collective::CollectiveError;
use rapidvec::error::{
    CoreError, FormatError as Refused, GangError, OutputError, QueryError, TrainError, VectorsError,
};
use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

create_exception!(rapidvec, FormatError, PyValueError, "A file is not valid.");
create_exception!(
    rapidvec,
    DivergedError,
    PyArithmeticError,
    "The loss is not finite, or higher than that of an untrained model."
);
create_exception!(rapidvec, WorkerError, PyRuntimeError, "Another worker of a run failed.");
create_exception!(rapidvec, InternalError, PyRuntimeError, "A bug in rapidvec. Please report it.");

/// An error of any crate as the exception that a Python user expects.
pub fn exception(error: impl Into<Error>) -> PyErr {
    let error = error.into();
    let text = python_names(&error.to_string());
    match error {
        Error::Config(_) => PyValueError::new_err(text),
        Error::Corpus(CorpusError::Missing { path }) => missing("there is no such file", &path),
        Error::Corpus(CorpusError::NoMatch { .. }) => PyFileNotFoundError::new_err(text),
        Error::Corpus(CorpusError::InvalidUtf8 { offset, .. }) => not_utf8(offset, text),
        Error::Train(TrainError::Diverged { .. }) => DivergedError::new_err(text),
        Error::Train(TrainError::OutOfMemory { .. }) => PyMemoryError::new_err(text),
        Error::Train(TrainError::Worker(_)) => InternalError::new_err(text),
        Error::Gang(GangError::Collective { .. }) => PyConnectionError::new_err(text),
        Error::Gang(GangError::Worker { .. }) => WorkerError::new_err(text),
        Error::Device(_) => PyRuntimeError::new_err(text),
        Error::Vectors(VectorsError::Core(error)) => of_core(error, text),
        Error::Vectors(error) => of_vectors(&error, text),
        _ => PyValueError::new_err(text),
    }
}

fn of_vectors(error: &VectorsError, text: String) -> PyErr {
    match error {
        VectorsError::Query(QueryError::UnknownWord { similar, .. }) => unknown_word(text, similar.clone()),
        VectorsError::Format(Refused::NotUtf8 { offset }) => not_utf8(*offset as u64, text),
        VectorsError::Format(Refused::InvalidWord { .. }) => not_utf8(0, text),
        VectorsError::Format(error) if is_cut(error) => PyEOFError::new_err(text),
        VectorsError::Format(_) => FormatError::new_err(text),
        _ => PyValueError::new_err(text),
    }
}

fn of_core(error: CoreError, text: String) -> PyErr {
    match error {
        CoreError::Output(OutputError::Exists { path }) => PyFileExistsError::new_err((
            EXISTS,
            "the file exists; pass overwrite=True to replace it",
            path.into_os_string(),
        )),
        CoreError::Output(OutputError::NameTaken { .. }) => PyFileExistsError::new_err(text),
        CoreError::Output(OutputError::NoFolder { path }) => {
            missing("the folder does not exist; create it first", &path)
        }
        CoreError::Collective(CollectiveError::Token { .. }) => PyValueError::new_err(text),
        CoreError::Collective(_) => PyConnectionError::new_err(text),
        CoreError::Io { path, source } => match (source.kind(), source.raw_os_error()) {
            (ErrorKind::UnexpectedEof, _) => PyEOFError::new_err(text),
            // Python chooses the class by the number.
            (_, Some(number)) => PyOSError::new_err((number, described(&source), path.into_os_string())),
            (ErrorKind::NotFound, None) => missing("there is no such file", &path),
            _ => PyOSError::new_err(text),
        },
        _ => PyValueError::new_err(text),
    }
}

/// The system's numbers for a missing file and for an existing one, the same on every system.
const MISSING: i32 = 2;
const EXISTS: i32 = 17;

fn missing(text: &'static str, path: &Path) -> PyErr {
    PyFileNotFoundError::new_err((MISSING, text, path.as_os_str().to_owned()))
}

/// The system's message, without its number, which Python shows too.
fn described(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// `rapidvec.UnknownWordError`, which is defined in Python, since a `KeyError` shows its text only there.
fn unknown_word(text: String, similar: Vec<String>) -> PyErr {
    Python::attach(|py| {
        let class = py.import("rapidvec.errors").and_then(|module| module.getattr("UnknownWordError"));
        match class.and_then(|class| class.call1((&text, similar))) {
            Ok(error) => PyErr::from_value(error),
            Err(_) => PyKeyError::new_err(text),
        }
    })
}

/// Settings have underscores in Python.
fn python_names(text: &str) -> String {
    match text.split_once(' ') {
        Some((name, rest)) if rest.starts_with("must be ") => format!("{} {rest}", name.replace('-', "_")),
        _ => text.to_owned(),
    }
}

/// Python's class for text that is not UTF-8. It also holds the bytes, which are left out.
fn not_utf8(offset: u64, text: String) -> PyErr {
    PyUnicodeDecodeError::new_err(("utf-8", Vec::<u8>::new(), offset, offset.saturating_add(1), text))
}

/// Whether a file is truncated.
fn is_cut(error: &Refused) -> bool {
    matches!(error, Refused::Truncated { .. } | Refused::TruncatedRows { .. })
        || matches!(error, Refused::Length { expected, got } if got < expected)
}

/// Runs `work` without the GIL; a panic becomes an [`InternalError`].
pub fn without_gil<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    py.detach(|| catch_unwind(AssertUnwindSafe(work))).map_err(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        InternalError::new_err(format!("this is a bug in rapidvec, please report it: {text}"))
    })
}

/// As [`run`]; errors of formats name the file at `path`.
pub fn run_at<T: Send>(py: Python<'_>, path: &Path, work: impl FnOnce() -> rapidvec::Result<T> + Send) -> PyResult<T> {
    without_gil(py, work)?.map_err(|error| match error {
        Error::Vectors(VectorsError::Format(error)) => {
            let text = format!("{}: {error}", path.display());
            of_vectors(&VectorsError::Format(error), text)
        }
        other => exception(other),
    })
}

/// Runs `work` without the GIL, and its errors become exceptions.
pub fn run<T: Send>(py: Python<'_>, work: impl FnOnce() -> rapidvec::Result<T> + Send) -> PyResult<T> {
    without_gil(py, work)?.map_err(exception)
}
