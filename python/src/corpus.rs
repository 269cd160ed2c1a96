//! A text as ids, for the gensim layer.

use crate::arrays::{array, slice};
use crate::arrow::{self, Column};
use crate::errors::run;
use crate::feed::{Others, Reader};
use crate::files::vocabulary_of;
use crate::text::fed;
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use rapidvec::corpus::{CorpusError, CorpusOptions, Feed, PhraseOptions, Sources, WordOrder, WordPairs};
use rapidvec::{EOS_ID, Error, Vocabulary, corpus};
use std::path::PathBuf;
use std::sync::Arc;

/// A text as ids, and its distinct tokens.
#[pyclass(module = "rapidvec._native", frozen)]
pub struct Corpus {
    state: std::sync::Mutex<State>,
    #[pyo3(get)]
    tokens: u64,
    #[pyo3(get)]
    sentences: u64,
}

struct State {
    text: corpus::Corpus,
    /// Tokens that are not `str`, with their ids.
    others: Others,
    is_renumbered: bool,
}

impl Corpus {
    fn new(text: corpus::Corpus, others: Others) -> Self {
        let (tokens, sentences) = (text.report().tokens, text.report().lines + text.report().empty_lines);
        Self { state: State { text, others, is_renumbered: false }.into(), tokens, sentences }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The text in its new ids.
    pub fn renumbered(&self) -> PyResult<corpus::Corpus> {
        let state = self.state();
        if !state.is_renumbered {
            return Err(PyRuntimeError::new_err("the corpus has not been renumbered yet"));
        }
        Ok(state.text.clone())
    }

    fn with_own_tokens<T>(&self, show: impl FnOnce(&State) -> PyResult<T>) -> PyResult<T> {
        let state = self.state();
        if state.is_renumbered {
            return Err(PyRuntimeError::new_err("the corpus has been renumbered: it no longer knows its tokens"));
        }
        show(&state)
    }
}

#[pymethods]
impl Corpus {
    #[staticmethod]
    #[pyo3(signature = (sentences, tick = None))]
    fn from_sentences<'py>(
        py: Python<'py>,
        sentences: &Bound<'py, PyAny>,
        tick: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        if let Some(chunks) = arrow::chunks(sentences)?
            && let Column::Sentences(chunks) = Column::of(chunks)?
        {
            let feeds = fed(py, &chunks, &CorpusOptions::default(), tick.map(Bound::unbind).as_ref())?;
            return Ok(Self::new(run(py, || feeds.finish())?, Vec::new()));
        }
        let mut reader = Reader::new(py, &CorpusOptions::default(), tick).taking_letters();
        reader.read(sentences)?;
        let (text, others) = reader.finish()?;
        Ok(Self::new(text, others))
    }

    #[staticmethod]
    #[pyo3(signature = (paths, *, threads = 0))]
    fn from_files(py: Python<'_>, paths: Vec<PathBuf>, threads: usize) -> PyResult<Self> {
        let options = CorpusOptions::default().min_count(1).order(WordOrder::ByAppearance).threads(threads);
        let read = || match corpus::Corpus::read(&Sources::find(&paths)?.list, &options) {
            // Without words there is nothing to train on, which the caller reports.
            Err(Error::Corpus(CorpusError::Empty { .. })) => Feed::new(&options).finish(),
            read => read,
        };
        Ok(Self::new(run(py, read)?, Vec::new()))
    }

    fn __len__(&self) -> usize {
        self.state().text.vocabulary().len()
    }

    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.with_own_tokens(|state| {
            let keys = PyList::new(py, state.text.vocabulary().words().map(|word| PyString::new(py, word)))?;
            for (id, token) in &state.others {
                keys.set_item(*id, token)?;
            }
            Ok(keys)
        })
    }

    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<u64>>> {
        self.with_own_tokens(|state| Ok(array(py, state.text.counts())))
    }

    #[pyo3(signature = (ids, words, *, names = None))]
    fn renumber(
        &self,
        py: Python<'_>,
        ids: PyReadonlyArray1<'_, u32>,
        words: usize,
        names: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let (ids, own) = (slice(&ids, "ids")?, self.__len__());
        if ids.len() != own {
            return Err(PyValueError::new_err(format!(
                "ids must be {own} numbers, one for each token, got {}",
                ids.len()
            )));
        }
        if let Some(id) = ids.iter().find(|&&id| id != EOS_ID && id as usize >= words) {
            return Err(PyValueError::new_err(format!("ids must be below {words}, got {id}")));
        }
        self.with_own_tokens(|_| Ok(()))?;
        let vocabulary = match names {
            Some(names) => vocabulary_of(names, None, words)?.into(),
            None => nameless(words),
        };
        run(py, || {
            let mut state = self.state();
            // Nothing else shares the ids now, so that they are rewritten in place.
            let text = std::mem::replace(&mut state.text, corpus::Corpus::from_ids("", &[], Arc::default()));
            state.text = text.renumbered(ids, vocabulary)?;
            state.is_renumbered = true;
            state.others.clear();
            Ok(())
        })
    }

    #[pyo3(signature = (connector_words = Vec::new(), *, delimiter = "_", threads = 0))]
    fn pairs<'py>(
        &self,
        py: Python<'py>,
        connector_words: Vec<String>,
        delimiter: &str,
        threads: usize,
    ) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyArray1<u64>>)> {
        let text = self.with_own_tokens(|state| Ok(state.text.clone()))?;
        let options = PhraseOptions::default().min_count(1).threads(threads);
        let options = options.connector_words(connector_words.into_iter().collect());
        let pairs = run(py, || Ok(WordPairs::count(&text, &options)))?;
        let list = PyList::empty(py);
        let mut counts = Vec::new();
        for (words, count) in pairs.iter() {
            list.append(PyString::new(py, &words.join(delimiter)))?;
            counts.push(count);
        }
        Ok((list, array(py, &counts)))
    }

    fn is_renumbered(&self) -> bool {
        self.state().is_renumbered
    }
}

/// A vocabulary whose words are stored elsewhere.
fn nameless(words: usize) -> Arc<Vocabulary> {
    let vocabulary = Vocabulary::from_arena(String::new(), vec![0; words], vec![0; words]);
    vocabulary.map_or_else(|_| Arc::default(), Arc::new)
}
