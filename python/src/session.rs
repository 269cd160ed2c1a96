//! Training runs: start, run for a while, checkpoint, resume, and the finished model.

use crate::any_session::{AnySession, Origin, any};
use crate::arrays::owned_matrix;
use crate::device::Asked;
use crate::errors::run;
use crate::text::{PhraseList, Reading, Text, phrases_of};
use crate::vectors::Vectors;
use crate::watch::Watch;
use numpy::PyArray2;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use rapidvec::atomic_file;
use rapidvec::checkpoint::{Checkpoint, Summary};
use rapidvec::corpus::Phrases;
use rapidvec::vectors::format::open_model;
use rapidvec::{
    Checkpoints, Config, CpuTrainer, EpochEnd, LossPoint, Model, ModelKind, NGrams, Observer, Pretrained, Progress,
    SaveEvent, Stopped, Trainer as _, Until,
};
use rapidvec_textbook::{Config as TextbookConfig, TextbookTrainer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// Time between two reports of progress.
pub const REPORT: Duration = Duration::from_millis(200);

/// A training run. It takes one call at a time; a concurrent call from another thread is an error.
#[pyclass(module = "rapidvec._native", frozen)]
pub struct Run {
    /// `None` when the model was taken.
    session: Mutex<Option<AnySession>>,
    /// When progress was last reported, whichever call did it.
    reported: Mutex<Option<Instant>>,
}

/// Block, blocks per epoch, epochs, words, words per epoch, seconds, learning rate, loss.
pub type Now = (u64, u64, usize, u64, u64, f64, f32, Option<f64>);

pub fn now(progress: &Progress) -> Now {
    let Progress { block, blocks_per_epoch, epochs, words, words_per_epoch, seconds, learning_rate, loss, .. } =
        *progress;
    (block, blocks_per_epoch, epochs, words, words_per_epoch, seconds, learning_rate, loss)
}

/// Epoch, block of the epoch, words, loss, pairs, learning rate, seconds.
type Point = (usize, u64, u64, f64, u64, f32, f64);

fn point(of: &LossPoint) -> Point {
    (of.epoch, of.block, of.words, of.loss, of.pairs, of.learning_rate, of.seconds)
}

#[pymethods]
impl Run {
    /// Starts a run of the trainer of this name with settings in JSON, which replace the defaults.
    #[staticmethod]
    #[pyo3(signature = (text, trainer, settings, *, threads = 0, device = "cpu", init = None, freeze = false, held_out = None))]
    #[allow(clippy::too_many_arguments)] // the parts of a run
    fn start(
        py: Python<'_>,
        text: &Text,
        trainer: &str,
        settings: &str,
        threads: usize,
        device: &str,
        init: Option<PathBuf>,
        freeze: bool,
        held_out: Option<&Text>,
    ) -> PyResult<Self> {
        let asked: Asked = device.parse()?;
        let mut session = match trainer {
            "word2vec" => {
                let config = word2vec_config(settings)?;
                run(py, || AnySession::word2vec(&config, asked, Origin::New(&text.corpus), threads))?
            }
            "textbook" => {
                let config = merged(&TextbookConfig::textbook(), settings)?;
                run(py, || AnySession::textbook(&config, asked, Origin::New(&text.corpus), threads))?
            }
            got => return Err(PyValueError::new_err(format!("trainer must be word2vec or textbook, got {got}"))),
        };
        let started = &mut session;
        run(py, || {
            any!(started, session => {
                session.describe_corpus(text.record.clone());
                if let Some(path) = init {
                    let words = session.init_from(&Pretrained::open(&path)?)?;
                    if freeze {
                        session.freeze(&words.ids)?;
                    }
                }
                held_out.map_or(Ok(()), |held_out| session.set_held_out(held_out.corpus.clone(), &mut ()))
            })
        })?;
        Ok(Self::new(session))
    }

    /// A run that continues a checkpoint on the text that it was made with.
    #[staticmethod]
    #[pyo3(signature = (path, text, *, epochs = None, threads = 0, device = "cpu"))]
    fn resume(
        py: Python<'_>,
        path: PathBuf,
        text: &Text,
        epochs: Option<usize>,
        threads: usize,
        device: &str,
    ) -> PyResult<Self> {
        let asked: Asked = device.parse()?;
        let session = run(py, || {
            let checkpoint = Checkpoint::open(&path)?;
            let from = Origin::Saved(&checkpoint, &text.corpus);
            if checkpoint.summary.config.as_ref().is_some_and(|config| config.is_of::<TextbookTrainer>()) {
                let mut config = checkpoint.config::<TextbookTrainer>()?;
                config.epochs = epochs.unwrap_or(config.epochs);
                return AnySession::textbook(&config, asked, from, threads);
            }
            let mut config = checkpoint.config::<CpuTrainer>()?;
            config.epochs = epochs.unwrap_or(config.epochs);
            AnySession::word2vec(&config, asked, from, threads)
        })?;
        Ok(Self::new(session))
    }

    /// Saves checkpoints and the finished model to `path`.
    #[pyo3(signature = (path, *, seconds = 60.0, overwrite = false, keep_state = false, half = false))]
    fn save_to(
        &self,
        py: Python<'_>,
        path: PathBuf,
        seconds: f64,
        overwrite: bool,
        keep_state: bool,
        half: bool,
    ) -> PyResult<()> {
        if !overwrite {
            run(py, || Ok(atomic_file::check(&path, atomic_file::Existing::Keep)?))?;
        }
        let wrong = |_| PyValueError::new_err(format!("checkpoint_seconds must be a number from 0, got {seconds}"));
        let interval = Duration::try_from_secs_f64(seconds).map_err(wrong)?;
        let policy = Checkpoints::to(path).interval(interval).overwrite(overwrite).keep_state(keep_state).half(half);
        self.with(|session| {
            any!(session, session => session.set_checkpoints(policy));
            Ok(())
        })
    }

    /// Trains `blocks` more blocks, or to the end of the epoch or of the run. Returns `finished`, `reached` or `interrupted`.
    #[pyo3(signature = (*, blocks = None, epoch = false, on_progress = None, on_epoch = None, on_saved = None))]
    fn run(
        &self,
        py: Python<'_>,
        blocks: Option<u64>,
        epoch: bool,
        on_progress: Option<Py<PyAny>>,
        on_epoch: Option<Py<PyAny>>,
        on_saved: Option<Py<PyAny>>,
    ) -> PyResult<&'static str> {
        let until = match blocks {
            Some(blocks) => Until::Blocks(blocks),
            None if epoch => Until::Epoch,
            None => Until::End,
        };
        let watch = Watch::new(on_progress.as_ref(), REPORT).since(*unpoisoned(&self.reported));
        let mut watcher = Watcher { watch, on_epoch, on_saved };
        let stopped = self.with(|session| run(py, || any!(session, session => session.run_until(until, &mut watcher))));
        *unpoisoned(&self.reported) = watcher.watch.last();
        watcher.watch.finish()?;
        Ok(match stopped? {
            Stopped::Finished => "finished",
            Stopped::Reached => "reached",
            Stopped::Interrupted => "interrupted",
        })
    }

    /// Saves a checkpoint now, if `save_to` was called.
    fn checkpoint(&self, py: Python<'_>) -> PyResult<()> {
        self.with(|session| run(py, || any!(session, session => session.checkpoint(&mut ()))))
    }

    /// Writes the run in its current state, with what is needed to resume if `with_state`. An existing file is replaced.
    #[pyo3(signature = (path, *, with_state = true))]
    fn write(&self, py: Python<'_>, path: PathBuf, with_state: bool) -> PyResult<()> {
        self.with(|session| run(py, || any!(session, session => session.save_to(&path, with_state))))
    }

    #[getter]
    fn progress(&self) -> PyResult<Now> {
        self.with(|session| Ok(any!(session, session => now(&session.trainer().progress()))))
    }

    #[getter]
    fn losses(&self) -> PyResult<Vec<Point>> {
        self.with(|session| Ok(any!(session, session => session.trainer().history().iter().map(point).collect())))
    }

    #[getter]
    fn held_out(&self) -> PyResult<Vec<(usize, f64)>> {
        let losses = self.with(|session| Ok(any!(session, session => session.held_out().to_vec())))?;
        Ok(losses.iter().map(|loss| (loss.epoch, loss.loss)).collect())
    }

    #[getter]
    fn settings(&self) -> PyResult<String> {
        self.with(|session| any!(session, session => json(session.trainer().config())))
    }

    /// The graphics card that the run trains on, `None` for the CPU.
    #[getter]
    fn device(&self) -> PyResult<Option<String>> {
        self.with(|session| Ok(any!(session, session => session.trainer().device())))
    }

    #[getter]
    fn saved(&self) -> PyResult<Option<PathBuf>> {
        self.with(|session| Ok(any!(session, session => session.saved().map(|(path, _)| path.to_owned()))))
    }

    /// The vectors as they are now: a copy.
    fn vectors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let (numbers, size) = self.with(|session| {
            Ok(any!(session, session => {
                let weights = session.trainer().weights();
                (weights.input.to_vec(), weights.input.cols())
            }))
        })?;
        owned_matrix(py, numbers, size)
    }

    fn words<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyList>> {
        self.with(|session| any!(session, session => crate::files::list_of(py, session.vocabulary())))
    }

    /// Takes the current model; the run ends.
    fn take_model(&self, py: Python<'_>) -> PyResult<Trained> {
        let session = self.lock()?.take().ok_or_else(taken)?;
        let model = run(py, || any!(session, session => session.into_model()))?;
        Ok(Trained { model })
    }
}

impl Run {
    fn new(session: AnySession) -> Self {
        Self { session: Some(session).into(), reported: Mutex::default() }
    }

    /// Passes the session to `work`, unless another call is using it.
    fn with<T>(&self, act: impl FnOnce(&mut AnySession) -> PyResult<T>) -> PyResult<T> {
        act(self.lock()?.as_mut().ok_or_else(taken)?)
    }

    fn lock(&self) -> PyResult<MutexGuard<'_, Option<AnySession>>> {
        match self.session.try_lock() {
            Ok(session) => Ok(session),
            Err(TryLockError::Poisoned(session)) => Ok(session.into_inner()),
            Err(TryLockError::WouldBlock) => Err(PyRuntimeError::new_err("the run is in progress in another call")),
        }
    }
}

/// What a mutex holds, whatever happened to other threads.
fn unpoisoned<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

fn taken() -> PyErr {
    PyRuntimeError::new_err("the run is over: its model was taken")
}

/// A trained model in memory.
#[pyclass(module = "rapidvec._native", frozen)]
pub struct Trained {
    model: Model,
}

#[pymethods]
impl Trained {
    fn vectors(&self) -> Vectors {
        Vectors::new(self.model.vectors().clone(), self.model.metadata().clone())
    }

    /// The output vectors: a copy.
    fn output<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let output = self.model.output();
        owned_matrix(py, output.to_vec(), output.cols())
    }

    /// Writes the model.
    #[pyo3(signature = (path, *, overwrite = false))]
    fn save(&self, py: Python<'_>, path: PathBuf, overwrite: bool) -> PyResult<()> {
        run(py, || {
            if !overwrite {
                atomic_file::check(&path, atomic_file::Existing::Keep)?;
            }
            self.model.save(&path)
        })
    }
}

/// The contents of a checkpoint: the source of its text, how to read it again, and whether it is the textbook trainer's.
#[pyfunction]
#[pyo3(signature = (path, threads, phrases = Vec::new()))]
pub fn checkpoint_reading(
    py: Python<'_>,
    path: PathBuf,
    threads: usize,
    phrases: Vec<PhraseList>,
) -> PyResult<(Vec<String>, Reading)> {
    let given = phrases_of(phrases)?;
    run(py, || {
        let checkpoint = Checkpoint::open(&path)?;
        let is_textbook = checkpoint.summary.config.as_ref().is_some_and(|config| config.is_of::<TextbookTrainer>());
        let words = Arc::new(checkpoint.vocabulary().clone());
        let options =
            if is_textbook { checkpoint.corpus.options() } else { checkpoint.corpus.count_options(&words, threads) };
        let phrases = match &checkpoint.corpus.phrases {
            Some(recorded) if given.is_empty() => Phrases::read_all(&recorded.files)?,
            _ => given,
        };
        checkpoint.corpus.check_phrases(&phrases)?;
        Ok((checkpoint.corpus.sources.clone(), Reading { options: options.phrases(phrases) }))
    })
}

/// The metadata of a model, as JSON texts by key, and whether training can resume from it.
#[pyfunction]
pub fn summary(py: Python<'_>, path: PathBuf) -> PyResult<(std::collections::BTreeMap<String, String>, bool)> {
    run(py, || {
        let model = open_model(&path)?;
        let summary = Summary::of(&model)?;
        Ok((model.metadata(), summary.has_state))
    })
}

struct Watcher<'a> {
    watch: Watch<'a>,
    on_epoch: Option<Py<PyAny>>,
    on_saved: Option<Py<PyAny>>,
}

impl Observer for Watcher<'_> {
    fn progress(&mut self, progress: &Progress) -> ControlFlow<()> {
        if self.watch.look(|| (now(progress),)) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    fn epoch_end(&mut self, end: &EpochEnd) {
        if let Some(call) = &self.on_epoch {
            self.watch.call(|py| call.call1(py, (end.epoch, end.loss, end.held_out)).map(drop));
        }
    }

    fn saved(&mut self, event: &SaveEvent) {
        let Some(call) = &self.on_saved else { return };
        let Some((kind, text)) = saved_as(event) else { return };
        self.watch.call(|py| call.call1(py, (kind, text)).map(drop));
    }
}

/// What happened to a file, as Python is told.
pub fn saved_as(event: &SaveEvent) -> Option<(&'static str, String)> {
    Some(match event {
        SaveEvent::Saved(path) => ("saved", path.display().to_string()),
        SaveEvent::Failed(error) => ("failed", error.to_string()),
        SaveEvent::SinglePrecision { word, got } => {
            ("single-precision", format!("the vector of {word} has {got}, which half precision cannot hold"))
        }
        SaveEvent::Moved { path, .. } => ("moved", path.display().to_string()),
        _ => return None,
    })
}

/// The defaults of word2vec, which depend on the model.
pub fn word2vec_config(settings: &str) -> PyResult<Config> {
    let given: Map<String, Value> = parsed(settings)?;
    let model = given.get("model").and_then(Value::as_str).unwrap_or("cbow");
    let model = match model {
        "cbow" => ModelKind::Cbow,
        "skipgram" => ModelKind::SkipGram,
        got => return Err(PyValueError::new_err(format!("model must be cbow or skipgram, got {got}"))),
    };
    let mut base = Config::new(model);
    if let Some(rate) = given.get("learning_rate").and_then(Value::as_f64) {
        base = base.learning_rate(rate as f32);
    }
    if given.get("hierarchical_softmax") == Some(&Value::Bool(true)) {
        base = base.hierarchical_softmax();
    }
    let mut rest = given;
    if let Some(ngrams) = rest.remove("subwords").filter(|ngrams| !ngrams.is_null()) {
        base = base.subwords(merged(&NGrams::default(), &ngrams.to_string())?);
    }
    merged(&base, &Value::Object(rest).to_string())
}

/// Replaces the settings that are given in JSON.
fn merged<C: Serialize + DeserializeOwned>(base: &C, settings: &str) -> PyResult<C> {
    let wrong = |error: serde_json::Error| PyValueError::new_err(error.to_string());
    let mut all = serde_json::to_value(base).map_err(wrong)?;
    let given: Map<String, Value> = parsed(settings)?;
    if let Some(all) = all.as_object_mut() {
        all.extend(given);
    }
    serde_json::from_value(all).map_err(wrong)
}

fn parsed<T: DeserializeOwned>(settings: &str) -> PyResult<T> {
    serde_json::from_str(settings).map_err(|error| PyValueError::new_err(error.to_string()))
}

fn json(of: &impl Serialize) -> PyResult<String> {
    serde_json::to_string(of).map_err(|error| PyValueError::new_err(error.to_string()))
}
