//! Texts that are Python strings, as a stream of bytes.

use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyString};
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes collected each time the GIL is taken.
const BUFFER: usize = 1 << 18;

/// The exception that ended an iteration, for the caller.
#[derive(Clone, Default)]
pub struct Raised(Arc<Mutex<Option<PyErr>>>);

impl Raised {
    pub fn take(&self) -> Option<PyErr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Reads an iterable of `str`, with a line end after each.
pub struct TextReader {
    texts: Py<PyIterator>,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were read.
    read: usize,
    is_done: bool,
    raised: Raised,
}

impl TextReader {
    pub fn new(texts: &Bound<'_, PyAny>) -> PyResult<Self> {
        let texts = texts.try_iter()?.unbind();
        Ok(Self { texts, buffer: Vec::new(), read: 0, is_done: false, raised: Raised::default() })
    }

    pub fn raised(&self) -> Raised {
        self.raised.clone()
    }

    fn fill(&mut self, py: Python<'_>) -> PyResult<()> {
        py.check_signals()?;
        self.buffer.clear();
        self.read = 0;
        let mut texts = self.texts.bind(py).clone();
        while self.buffer.len() < BUFFER {
            let Some(text) = texts.next() else {
                self.is_done = true;
                break;
            };
            self.buffer.extend_from_slice(text?.cast::<PyString>()?.to_str()?.as_bytes());
            self.buffer.push(b'\n');
        }
        Ok(())
    }
}

impl Read for TextReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.read == self.buffer.len() && !self.is_done {
            let filled = Python::try_attach(|py| self.fill(py));
            match filled {
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    self.raised.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    return Err(io::Error::other("an exception was raised"));
                }
                None => return Err(io::Error::other("Python is shutting down")),
            }
        }
        let rest = &self.buffer[self.read..];
        let length = rest.len().min(out.len());
        out[..length].copy_from_slice(&rest[..length]);
        self.read += length;
        Ok(length)
    }
}
