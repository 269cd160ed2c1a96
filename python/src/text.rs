//! A text to train on: files, sentences or texts in memory, Arrow columns.

use crate::arrays::array;
use crate::arrow::{self, Column};
use crate::errors::{exception, run};
use crate::feed::Reader;
use crate::files::list_of;
use crate::text_reader::TextReader;
use crate::watch::Watch;
use numpy::PyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use rapidvec::checkpoint::CorpusRecord;
use rapidvec::corpus::{
    Corpus, CorpusOptions, Feeds, InvalidUtf8, MissingField, Normalization, Phrases, Preparation, Sources,
    TokenizerKind,
};
use rapidvec::{Vocabulary, read_vocabulary};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Time between two reports of progress.
const REPORT: Duration = Duration::from_millis(200);

/// The name, in a model, of a text that was in memory: the command line then expects the text on standard input.
const IN_MEMORY: &str = "-";

/// The name of texts in messages.
const TEXTS: &str = "the texts";

/// A file of phrases, or the text of one.
#[derive(FromPyObject)]
pub enum PhraseList {
    Text(String),
    File((PathBuf,)),
}

/// The phrases of all lists, in their order.
pub fn phrases_of(lists: Vec<PhraseList>) -> PyResult<Phrases> {
    lists.into_iter().try_fold(Phrases::default(), |all, list| {
        let next = match list {
            PhraseList::Text(text) => Phrases::of_lines(&text),
            PhraseList::File((path,)) => Phrases::read(&path),
        };
        Ok(all.then(next.map_err(exception)?))
    })
}

/// How text is read.
#[pyclass(module = "rapidvec._native", frozen)]
#[derive(Clone)]
pub struct Reading {
    pub options: CorpusOptions,
}

#[pymethods]
impl Reading {
    #[new]
    #[pyo3(signature = (*, textbook = false, min_count = None, max_vocab = None, max_tokens = None, lower = false, normalize = None,
        tokenizer = None, field = None, skip_missing_field = false, invalid_utf8 = None, threads = 0, temporary_folder = None,
        vocabulary = None, phrases = Vec::new()))]
    #[allow(clippy::too_many_arguments)] // the options of reading
    fn new(
        textbook: bool,
        min_count: Option<u64>,
        max_vocab: Option<usize>,
        max_tokens: Option<u64>,
        lower: bool,
        normalize: Option<&str>,
        tokenizer: Option<&str>,
        field: Option<String>,
        skip_missing_field: bool,
        invalid_utf8: Option<&str>,
        threads: usize,
        temporary_folder: Option<PathBuf>,
        vocabulary: Option<PathBuf>,
        phrases: Vec<PhraseList>,
    ) -> PyResult<Self> {
        let normalize = match normalize {
            None => Normalization::None,
            Some("nfc") => Normalization::Nfc,
            Some(got) => return Err(PyValueError::new_err(format!("normalize must be None or nfc, got {got}"))),
        };
        let tokenizer = match tokenizer {
            None | Some("whitespace") => TokenizerKind::Whitespace,
            Some("unicode") => TokenizerKind::Unicode,
            Some(got) => {
                return Err(PyValueError::new_err(format!("tokenizer must be whitespace or unicode, got {got}")));
            }
        };
        let invalid_utf8 = match invalid_utf8 {
            None | Some("error") => InvalidUtf8::Error,
            Some("replace") => InvalidUtf8::Replace,
            Some("skip-line") => InvalidUtf8::SkipLine,
            Some(got) => {
                return Err(PyValueError::new_err(format!(
                    "invalid_utf8 must be error, replace or skip-line, got {got}"
                )));
            }
        };
        let missing_field = if skip_missing_field { MissingField::Skip } else { MissingField::Error };
        let preparation = Preparation { lower, normalize, tokenizer, field, missing_field, ..Preparation::default() };
        let base = if textbook { CorpusOptions::textbook() } else { CorpusOptions::default() };
        let (min, max) = (min_count.unwrap_or(base.min_count), max_vocab.unwrap_or(base.max_vocab));
        let mut options = base.min_count(min).max_vocab(max).max_tokens(max_tokens);
        options = options.preparation(preparation).invalid_utf8(invalid_utf8).threads(threads);
        options.temporary_folder = temporary_folder;
        options.phrases = phrases_of(phrases)?;
        if let Some(path) = vocabulary {
            options = options.vocabulary(Arc::new(read_vocabulary(&path).map_err(exception)?));
        }
        Ok(Self { options })
    }
}

impl Reading {
    /// The same, with the words of a vocabulary.
    pub fn in_words(&self, vocabulary: Arc<Vocabulary>) -> Self {
        Self { options: self.options.clone().max_tokens(None).vocabulary(vocabulary) }
    }
}

/// A text as ids with its vocabulary.
#[pyclass(module = "rapidvec._native", frozen)]
pub struct Text {
    pub corpus: Corpus,
    pub record: CorpusRecord,
    pub reading: Reading,
}

impl Text {
    fn new(corpus: Corpus, sources: Vec<String>, reading: &Reading) -> Self {
        let record = CorpusRecord::new(&corpus, sources, &reading.options);
        Self { corpus, record, reading: reading.clone() }
    }

    /// Of sentences in memory.
    fn in_memory(corpus: Corpus, reading: &Reading) -> Self {
        Self::new(corpus, vec![IN_MEMORY.to_owned()], reading)
    }

    /// Reads files; names are as on the command line.
    pub fn of_files(py: Python<'_>, names: Vec<String>, reading: &Reading, tick: Option<Py<PyAny>>) -> PyResult<Self> {
        let mut watch = Watch::new(tick.as_ref(), REPORT);
        let read = run(py, || {
            let sources = Sources::find(&names)?;
            Corpus::read_watched(&sources.list, &reading.options, &mut |now| {
                let goes_on = watch.look(|| (now.bytes, now.total, now.tokens));
                if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })
        });
        watch.finish()?;
        Ok(Self::new(read?, names, reading))
    }
}

/// Lists of tokens, all read.
pub fn fed(
    py: Python<'_>,
    chunks: &[arrow_array::ArrayRef],
    options: &CorpusOptions,
    tick: Option<&Py<PyAny>>,
) -> PyResult<Feeds> {
    let mut watch = Watch::new(tick, REPORT);
    let feeds = run(py, || arrow::read(options, chunks, &mut watch));
    watch.finish()?;
    feeds
}

#[pymethods]
impl Text {
    /// Reads files, folders and patterns; `tick(bytes, bytes in all or None, tokens)` is called now and then.
    #[staticmethod]
    #[pyo3(signature = (names, reading, tick = None))]
    fn from_files(py: Python<'_>, names: Vec<String>, reading: &Reading, tick: Option<Py<PyAny>>) -> PyResult<Self> {
        Self::of_files(py, names, reading, tick)
    }

    /// Reads sentences, each an iterable of tokens; `tick(sentences, tokens, distinct)`.
    #[staticmethod]
    #[pyo3(signature = (sentences, reading, tick = None))]
    fn from_sentences<'py>(
        py: Python<'py>,
        sentences: &Bound<'py, PyAny>,
        reading: &Reading,
        tick: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let mut reader = Reader::new(py, &reading.options, tick);
        reader.read(sentences)?;
        Ok(Self::in_memory(reader.finish_selected(&reading.options)?, reading))
    }

    /// Reads texts, each a `str` that is split into words like a file.
    #[staticmethod]
    #[pyo3(signature = (texts, reading))]
    fn from_texts<'py>(py: Python<'py>, texts: &Bound<'py, PyAny>, reading: &Reading) -> PyResult<Self> {
        let reader = TextReader::new(texts)?;
        let raised = reader.raised();
        let read = run(py, || Corpus::from_reader(TEXTS, reader, &reading.options));
        if let Some(error) = raised.take() {
            return Err(error);
        }
        Ok(Self::in_memory(read?, reading))
    }

    /// Reads a column of an Arrow library: texts, or lists of tokens. `None` if `column` is not one.
    #[staticmethod]
    #[pyo3(signature = (column, reading, tick = None))]
    fn from_arrow<'py>(
        py: Python<'py>,
        column: &Bound<'py, PyAny>,
        reading: &Reading,
        tick: Option<Py<PyAny>>,
    ) -> PyResult<Option<Self>> {
        let Some(chunks) = arrow::chunks(column)? else { return Ok(None) };
        let corpus = match Column::of(chunks)? {
            Column::Texts(chunks) => {
                let corpus = run(py, || Corpus::from_reader(TEXTS, arrow::Texts::new(chunks), &reading.options))?;
                return Ok(Some(Self::in_memory(corpus, reading)));
            }
            Column::Sentences(chunks) => {
                let feeds = fed(py, &chunks, &reading.options, tick.as_ref())?;
                run(py, || feeds.finish_selected(&reading.options))?
            }
        };
        Ok(Some(Self::in_memory(corpus, reading)))
    }

    /// How to read text that is held out of training on this one.
    fn held_out_reading(&self) -> Reading {
        self.reading.in_words(Arc::clone(self.corpus.vocabulary()))
    }

    fn __len__(&self) -> usize {
        self.corpus.vocabulary().len()
    }

    fn words<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        list_of(py, self.corpus.vocabulary())
    }

    fn counts<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u64>> {
        array(py, self.corpus.counts())
    }

    /// What was kept, dropped, cut or replaced: numbers by name.
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let report = self.corpus.report();
        let dict = PyDict::new(py);
        let numbers = [
            ("tokens", report.tokens),
            ("kept", report.kept),
            ("sentences", report.sentences),
            ("distinct_words", report.distinct_words),
            ("rare_words", report.rare_words),
            ("rare_tokens", report.rare_tokens),
            ("unknown_words", report.unknown_words),
            ("skipped_lines", report.skipped_lines),
            ("missing_fields", report.missing_fields),
            ("words_cut", report.words_cut),
            ("punctuated_tokens", report.punctuated_tokens),
        ];
        numbers.iter().try_for_each(|(name, number)| dict.set_item(name, number))?;
        Ok(dict)
    }
}

/// The text that the command line trains on when it is given none.
#[pyfunction]
pub fn builtin_text() -> &'static str {
    rapidvec_textbook::builtin::text()
}
