//! Sentences that are Python objects.
//!
//! A sentence is any iterable, a token a `str` or anything hashable. Lists, as nearly all sentences are, are walked by index.
//! Tokens are looked up many at a time, so that the table can be prefetched. The GIL is held while objects are walked; every
//! few milliseconds other threads get their turn and signals are checked.

mod lists;

use crate::errors::exception;
use lists::Copies;
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};
use rapidvec::corpus::{Corpus, CorpusOptions, Feed};
use std::time::{Duration, Instant};

/// Tokens that are looked up together.
const AHEAD: usize = 16;

/// Tokens between two reports.
const REPORT: u64 = 1 << 16;

/// Tokens between two looks at the clock.
const LOOK: u64 = 1 << 13;

/// Time between two turns of other threads.
const TURN: Duration = Duration::from_millis(5);

/// How long a turn is offered. Whoever waits for the GIL is woken when it is given up, but finds it taken again if it is not
/// left alone for as long as waking takes.
const PAUSE: Duration = Duration::from_micros(1); // the system makes 50 of it

/// Tokens that are not `str`, each with its id.
pub type Others = Vec<(usize, Py<PyAny>)>;

/// Reads sentences.
pub struct Reader<'py> {
    py: Python<'py>,
    feed: Feed,
    /// Tokens that are not `str`, with the index that the feed has for them.
    others: Bound<'py, PyDict>,
    /// Those tokens, with the number of their word.
    other_tokens: Others,
    /// Tokens waiting to be looked up.
    waiting: Vec<Bound<'py, PyString>>,
    copies: Copies<AHEAD>,
    tick: Option<Bound<'py, PyAny>>,
    next_look: u64,
    next_report: u64,
    last_turn: Instant,
    /// A `str` as a sentence is read letter by letter, as Python iterates it; otherwise it is an error.
    takes_letters: bool,
}

impl<'py> Reader<'py> {
    /// A reader that calls `tick(sentences, tokens, distinct tokens)` now and then.
    pub fn new(py: Python<'py>, options: &CorpusOptions, tick: Option<Bound<'py, PyAny>>) -> Self {
        Self {
            py,
            feed: Feed::new(options),
            others: PyDict::new(py),
            other_tokens: Vec::new(),
            waiting: Vec::with_capacity(AHEAD),
            copies: Copies::default(),
            tick,
            next_look: LOOK,
            next_report: REPORT,
            last_turn: Instant::now(),
            takes_letters: false,
        }
    }

    /// The same, but it reads a `str` as a sentence of letters.
    pub fn taking_letters(self) -> Self {
        Self { takes_letters: true, ..self }
    }

    /// Reads all sentences.
    pub fn read(&mut self, sentences: &Bound<'py, PyAny>) -> PyResult<()> {
        for sentence in sentences.try_iter()? {
            self.sentence(&sentence?)?;
            if self.feed.is_full() {
                break;
            }
        }
        Ok(())
    }

    fn sentence(&mut self, sentence: &Bound<'py, PyAny>) -> PyResult<()> {
        if let Ok(list) = sentence.cast_exact::<PyList>() {
            self.list(list)?;
        } else if let Ok(tuple) = sentence.cast_exact::<PyTuple>() {
            for token in tuple {
                self.token(token)?;
            }
        } else if !self.takes_letters && (sentence.is_instance_of::<PyString>() || sentence.is_instance_of::<PyBytes>())
        {
            return Err(not_iterable(sentence, self.feed.sentences()));
        } else {
            let tokens = sentence.try_iter().map_err(|_| not_iterable(sentence, self.feed.sentences()))?;
            for token in tokens {
                self.token(token?)?;
            }
        }
        self.look_up()?;
        self.feed.end_sentence().map_err(exception)?;
        if self.feed.tokens() >= self.next_look { self.look() } else { Ok(()) }
    }

    fn list(&mut self, list: &Bound<'py, PyList>) -> PyResult<()> {
        let mut at = 0;
        // The length is read again each time: Python code that runs meanwhile may change the list.
        while at < list.len() {
            let (texts, pushed) = lists::with_texts(list, at, &mut self.copies, |texts| self.feed.push(texts))?;
            pushed.map_err(exception)?;
            at += texts;
            if texts < AHEAD && at < list.len() {
                self.token(list.get_item(at)?)?;
                self.look_up()?;
                at += 1;
            }
        }
        Ok(())
    }

    #[inline]
    fn token(&mut self, token: Bound<'py, PyAny>) -> PyResult<()> {
        match token.cast_into::<PyString>() {
            Ok(token) => {
                self.waiting.push(token);
                if self.waiting.len() == AHEAD { self.look_up() } else { Ok(()) }
            }
            Err(other) => {
                self.look_up()?;
                self.other(other.into_inner())
            }
        }
    }

    /// Passes the waiting tokens on.
    #[inline]
    fn look_up(&mut self) -> PyResult<()> {
        let mut texts = [""; AHEAD];
        for (text, token) in texts.iter_mut().zip(&self.waiting) {
            *text = token.to_str()?; // a lone surrogate is not text: UnicodeEncodeError
        }
        let outcome = self.feed.push(&texts[..self.waiting.len()]).map_err(exception);
        self.waiting.clear();
        outcome
    }

    /// A token that is not a `str`.
    #[cold]
    fn other(&mut self, token: Bound<'py, PyAny>) -> PyResult<()> {
        let index = match self.others.get_item(&token)? {
            Some(index) => index.extract()?,
            None => {
                let number = self.feed.len();
                let index = self.feed.add_other(token.str()?.to_string_lossy().into_owned()).map_err(exception)?;
                self.others.set_item(&token, index)?;
                self.other_tokens.push((number, token.unbind()));
                index
            }
        };
        self.feed.push_other(index).map_err(exception)
    }

    /// Lets other threads run and checks for signals, if it is time; reports progress.
    #[cold]
    fn look(&mut self) -> PyResult<()> {
        let tokens = self.feed.tokens();
        self.next_look = tokens + LOOK;
        if self.last_turn.elapsed() >= TURN {
            self.py.detach(|| std::thread::sleep(PAUSE));
            self.last_turn = Instant::now();
            self.py.check_signals()?;
        }
        match &self.tick {
            Some(tick) if tokens >= self.next_report => {
                self.next_report = tokens + REPORT;
                tick.call1((self.feed.sentences(), tokens, self.feed.len())).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// The text in the words that the options leave.
    pub fn finish_selected(self, options: &CorpusOptions) -> PyResult<Corpus> {
        let Self { py, feed, .. } = self;
        py.detach(|| feed.finish_selected(options)).map_err(exception)
    }

    /// The text, and the tokens that are not `str`, each with its id.
    pub fn finish(self) -> PyResult<(Corpus, Others)> {
        let Self { py, feed, other_tokens, .. } = self;
        let corpus = py.detach(|| feed.finish()).map_err(exception)?;
        Ok((corpus, other_tokens))
    }
}

fn not_iterable(sentence: &Bound<'_, PyAny>, number: u64) -> PyErr {
    let kind = sentence.get_type().getattr(intern!(sentence.py(), "__name__")).map(|name| name.to_string());
    let kind = kind.unwrap_or_else(|_| "an object".to_owned());
    PyTypeError::new_err(format!("sentence {number} must be an iterable of tokens, such as a list of str, got {kind}"))
}
