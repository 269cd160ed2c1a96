//! One of several processes that train together.

use crate::errors::{exception, run};
use crate::session::{Now, REPORT, now, saved_as, word2vec_config};
use crate::text::{Reading, Text};
use crate::watch::Watch;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rapidvec::checkpoint::Checkpoint;
use rapidvec::corpus::{Corpus, CorpusOptions, Feed};
use rapidvec::distributed::collective::{CollectiveError, Door, Group, Seat, Token, Waits};
use rapidvec::distributed::{Gang, GangSession, Period, Resumed, SharedText, SyncPlan, options_of_part};
use rapidvec::error::{CoreError, Error};
use rapidvec::{Checkpoints, Observer, Progress, SaveEvent, Stopped};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

/// A process that trains together with others: it opens a door, meets the others, reads its part of the text, and trains.
#[pyclass(module = "rapidvec._native", frozen)]
pub struct Worker {
    door: Door,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    gang: Option<Gang>,
    resumed: Option<Resumed>,
    text: Option<SharedText>,
    session: Option<GangSession>,
}

fn collective(error: CollectiveError) -> Error {
    CoreError::from(error).into()
}

fn too_early() -> PyErr {
    PyValueError::new_err("a worker meets the others, reads its text, starts and runs, in this order")
}

#[pymethods]
impl Worker {
    /// Opens a door at an address of this machine.
    #[new]
    fn new(host: &str) -> PyResult<Self> {
        let place = if host.contains(':') { format!("[{host}]:0") } else { format!("{host}:0") };
        let door = Door::open(&place).map_err(|error| exception(collective(error)))?;
        Ok(Self { door, inner: Mutex::default() })
    }

    /// Where others connect to.
    #[getter]
    fn address(&self) -> String {
        self.door.address().to_string()
    }

    /// Meets the others, whose doors are at these addresses.
    #[pyo3(signature = (rank, addresses, token, *, start_seconds = 300.0, answer_seconds = 1800.0))]
    fn meet(
        &self,
        py: Python<'_>,
        rank: usize,
        addresses: Vec<String>,
        token: &str,
        start_seconds: f64,
        answer_seconds: f64,
    ) -> PyResult<()> {
        let seat = Seat { rank, size: addresses.len() };
        let waits = Waits { start: seconds(start_seconds)?, answer: seconds(answer_seconds)? };
        self.with(|inner| {
            let group = run(py, || {
                let token = Token::new(token).map_err(collective)?;
                Group::of_list(&self.door, &addresses, seat, &token, waits).map_err(collective)
            })?;
            inner.gang = Some(group.into());
            Ok(())
        })
    }

    /// Learns what is in the checkpoint at `path`, which only the first worker opens. How to read the text again, and its names.
    #[pyo3(signature = (path, *, threads = 0))]
    fn tell(&self, py: Python<'_>, path: PathBuf, threads: usize) -> PyResult<(Vec<String>, Reading)> {
        self.with(|inner| {
            let gang = inner.gang.as_mut().ok_or_else(too_early)?;
            let resumed = run(py, || {
                let opened = if gang.is_first() { Checkpoint::open(&path).map(Some) } else { Ok(None) };
                Resumed::tell(gang, opened)
            })?;
            let options = resumed.record.count_options(&resumed.vocabulary, threads);
            let reading = Reading { options: options.vocabulary(resumed.vocabulary.clone()) };
            let names = resumed.record.sources.clone();
            inner.resumed = Some(resumed);
            Ok((names, reading))
        })
    }

    /// Reads this worker's part of files, folders and patterns.
    #[pyo3(signature = (names, reading, tick = None))]
    fn read(&self, py: Python<'_>, names: Vec<String>, reading: &Reading, tick: Option<Py<PyAny>>) -> PyResult<()> {
        self.with(|inner| {
            let gang = inner.gang.as_mut().ok_or_else(too_early)?;
            let mut watch = Watch::new(tick.as_ref(), REPORT);
            let read = run(py, || {
                SharedText::read(gang, &names, &reading.options, &mut |now| {
                    let continues = watch.look(|| (now.bytes, now.total, now.tokens));
                    if continues { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                })
            });
            watch.finish()?;
            inner.text = Some(read?);
            Ok(())
        })
    }

    /// Takes a part that this worker has read, as `part_reading` says; None if it has no words.
    fn take(&self, py: Python<'_>, part: Option<&Text>, name: String, reading: &Reading) -> PyResult<()> {
        self.with(|inner| {
            let gang = inner.gang.as_mut().ok_or_else(too_early)?;
            let mut text = run(py, || {
                let part = part.map_or_else(|| nothing(&reading.options), |part| Ok(part.corpus.clone()));
                SharedText::of_part(gang, part, &reading.options)
            })?;
            (text.record.name, text.record.sources) = (name.clone(), vec![name]);
            inner.text = Some(text);
            Ok(())
        })
    }

    /// Starts a run with settings in JSON, or continues the checkpoint that this worker was told of.
    #[pyo3(signature = (settings, *, threads = 0, sync_seconds = None, sync_words = None, full_sync_every = None))]
    fn start(
        &self,
        py: Python<'_>,
        settings: &str,
        threads: usize,
        sync_seconds: Option<f64>,
        sync_words: Option<u64>,
        full_sync_every: Option<u64>,
    ) -> PyResult<()> {
        let plan = |base: SyncPlan| SyncPlan {
            period: sync_words.map(Period::Words).or(sync_seconds.map(Period::Seconds)).unwrap_or(base.period),
            full_every: full_sync_every.unwrap_or(base.full_every),
        };
        self.with(|inner| {
            let (Some(gang), Some(text)) = (inner.gang.take(), inner.text.take()) else { return Err(too_early()) };
            let session = match inner.resumed.take() {
                Some(mut resumed) => {
                    resumed.set_plan(plan(resumed.plan()));
                    run(py, || GangSession::resume(gang, text, resumed, threads))?
                }
                None => {
                    let config = word2vec_config(settings)?;
                    run(py, || GangSession::start(gang, text, &config, threads, plan(SyncPlan::default())))?
                }
            };
            inner.session = Some(session);
            Ok(())
        })
    }

    /// Says where the first worker saves.
    #[pyo3(signature = (path, *, seconds = 60.0, overwrite = false, keep_state = false, half = false))]
    fn save_to(&self, path: PathBuf, seconds: f64, overwrite: bool, keep_state: bool, half: bool) -> PyResult<()> {
        let interval = self::seconds(seconds)?;
        let policy = Checkpoints::to(path).interval(interval).overwrite(overwrite).keep_state(keep_state).half(half);
        self.with(|inner| {
            inner.session.as_mut().ok_or_else(too_early)?.set_checkpoints(policy);
            Ok(())
        })
    }

    /// Trains to the end: `finished`; or until `on_progress` returns false in any worker: `interrupted`.
    #[pyo3(signature = (*, on_progress = None, on_saved = None))]
    fn run(
        &self,
        py: Python<'_>,
        on_progress: Option<Py<PyAny>>,
        on_saved: Option<Py<PyAny>>,
    ) -> PyResult<&'static str> {
        self.with(|inner| {
            let session = inner.session.as_mut().ok_or_else(too_early)?;
            let (watch, stops) = (Watch::new(None, REPORT), false);
            let mut watcher = Watcher { watch, on_progress, on_saved, reported: None, stops };
            let stopped = run(py, || session.run(&mut watcher));
            watcher.watch.finish()?;
            Ok(if stopped? == Stopped::Finished { "finished" } else { "interrupted" })
        })
    }

    /// Seconds of training, of waiting and of synchronising; synchronisations, those of all rows, bytes sent.
    #[getter]
    fn costs(&self) -> PyResult<(f64, f64, f64, u64, u64, u64)> {
        self.with(|inner| {
            let costs = inner.session.as_ref().ok_or_else(too_early)?.costs();
            let [training, waiting, synchronising] =
                [costs.training, costs.waiting, costs.synchronising].map(|time| time.as_secs_f64());
            Ok((training, waiting, synchronising, costs.rounds[0], costs.rounds[1], costs.sent))
        })
    }

    /// The file that was saved last.
    #[getter]
    fn saved(&self) -> PyResult<Option<PathBuf>> {
        self.with(|inner| {
            let session = inner.session.as_ref().ok_or_else(too_early)?;
            Ok(session.saved().map(|(path, _)| path.to_owned()))
        })
    }
}

/// How a worker reads a part that it passes to `take`.
#[pyfunction]
pub fn part_reading(reading: &Reading) -> Reading {
    Reading { options: options_of_part(&reading.options) }
}

fn nothing(options: &CorpusOptions) -> rapidvec::Result<Corpus> {
    match &options.vocabulary {
        Some(words) => Ok(Corpus::from_ids("nothing", &[], words.clone())),
        None => Feed::new(options).finish(),
    }
}

fn seconds(seconds: f64) -> PyResult<Duration> {
    let wrong = |_| PyValueError::new_err(format!("seconds must be a number from 0, got {seconds}"));
    Duration::try_from_secs_f64(seconds).map_err(wrong)
}

impl Worker {
    fn with<T>(&self, act: impl FnOnce(&mut Inner) -> PyResult<T>) -> PyResult<T> {
        let busy = |_| PyValueError::new_err("the worker is at work in another call");
        act(&mut *self.inner.try_lock().map_err(busy)?)
    }
}

struct Watcher<'a> {
    watch: Watch<'a>,
    on_progress: Option<Py<PyAny>>,
    on_saved: Option<Py<PyAny>>,
    reported: Option<std::time::Instant>,
    stops: bool,
}

impl Observer for Watcher<'_> {
    fn progress(&mut self, progress: &Progress) -> ControlFlow<()> {
        let is_due = progress.is_finished() || self.reported.is_none_or(|last| last.elapsed() >= REPORT);
        if let (Some(call), true, false) = (&self.on_progress, is_due, self.stops) {
            let now: Now = now(progress);
            let mut stops = false;
            self.watch.call(|py| {
                stops = call.call1(py, (now,))?.extract::<Option<bool>>(py)? == Some(false);
                Ok(())
            });
            self.stops |= stops;
            self.reported = Some(std::time::Instant::now());
        }
        if self.stops || !self.watch.look(|| ()) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn saved(&mut self, event: &SaveEvent) {
        if let (Some(call), Some((kind, text))) = (&self.on_saved, saved_as(event)) {
            self.watch.call(|py| call.call1(py, (kind, text)).map(drop));
        }
    }
}
