//! Checks signals and calls Python functions during work without the GIL.

use pyo3::prelude::*;
use std::time::{Duration, Instant};

/// Checks for signals, and calls a function now and then. Keeps the first exception, after which work should stop.
pub struct Watch<'a> {
    tick: Option<&'a Py<PyAny>>,
    interval: Duration,
    last: Option<Instant>,
    raised: Option<PyErr>,
}

impl<'a> Watch<'a> {
    /// `tick` is called at once, and then whenever `interval` has passed.
    pub fn new(tick: Option<&'a Py<PyAny>>, interval: Duration) -> Self {
        Self { tick, interval, last: None, raised: None }
    }

    /// Continues another watch, whose last call was then.
    pub fn since(self, last: Option<Instant>) -> Self {
        Self { last, ..self }
    }

    /// When the function was last called.
    pub fn last(&self) -> Option<Instant> {
        self.last
    }

    /// Checks for signals, and calls the function with the result of `arguments` if it is time. Returns whether to continue.
    pub fn look<A>(&mut self, arguments: impl FnOnce() -> A) -> bool
    where
        A: for<'py> pyo3::call::PyCallArgs<'py>,
    {
        if self.raised.is_none() {
            let is_due = self.tick.filter(|_| self.last.is_none_or(|last| last.elapsed() >= self.interval));
            // `None`: the interpreter is shutting down.
            let outcome = Python::try_attach(|py| {
                py.check_signals()?;
                is_due.map_or(Ok(()), |tick| tick.call1(py, arguments()).map(drop))
            });
            if is_due.is_some() {
                self.last = Some(Instant::now());
            }
            match outcome {
                Some(Ok(())) => {}
                Some(Err(error)) => self.raised = Some(error),
                None => return false,
            }
        }
        self.raised.is_none()
    }

    /// Calls a function now, unless an exception was raised before.
    pub fn call(&mut self, call: impl FnOnce(Python<'_>) -> PyResult<()>) {
        if self.raised.is_none() {
            self.raised = Python::try_attach(call).and_then(Result::err);
        }
    }

    /// The exception, if there was one.
    pub fn finish(self) -> PyResult<()> {
        self.raised.map_or(Ok(()), Err)
    }
}
