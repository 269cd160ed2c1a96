//! Ctrl-C, SIGTERM and SIGHUP: the first stops training after a checkpoint, the second ends the program at once.

use crate::commands::interrupt::{self, end};
use crate::output::{messages, say};
use rapidvec::{Observer, Progress};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::{Duration, Instant};

/// A signal this soon after the first counts as the same: a terminal or `timeout` may signal both a program and its group.
const ECHO: Duration = Duration::from_millis(500);

/// Nothing to save yet.
const READING: u8 = 0;
/// A signal stops training.
const TRAINING: u8 = 1;
/// Training was signalled to stop.
const STOPPING: u8 = 2;

static STATE: AtomicU8 = AtomicU8::new(READING);

/// How signals are handled.
pub enum Signals {
    /// On a thread of their own.
    Thread,
    /// Where no thread can be started: they set this flag while the program trains, and end it before.
    Flag(Arc<AtomicBool>),
}

/// Stops on a signal, and does nothing else.
pub struct StopOnSignal<'s>(&'s Signals);

impl Observer for StopOnSignal<'_> {
    fn progress(&mut self, _: &Progress) -> ControlFlow<()> {
        if self.0.stop() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Signals {
    /// An observer that only watches for signals.
    pub fn observer(&self) -> StopOnSignal<'_> {
        StopOnSignal(self)
    }

    /// From now on a signal ends the program with a message.
    pub fn listen() -> Self {
        let mut asked = None;
        match interrupt::on_signal(move || on_signal(&mut asked)) {
            Ok(()) => Self::Thread,
            Err(_) => Self::Flag(Arc::default()),
        }
    }

    /// From now on a signal stops training.
    pub fn training_begins(&self) {
        STATE.store(TRAINING, Ordering::SeqCst);
        if let Self::Flag(flag) = self {
            // If this fails, signals still end the program; the last checkpoint stays.
            let _ = interrupt::flag_on_signal(flag);
        }
    }

    /// Whether training should stop.
    pub fn stop(&self) -> bool {
        match self {
            Self::Thread => STATE.load(Ordering::Relaxed) == STOPPING,
            Self::Flag(flag) => flag.load(Ordering::Relaxed),
        }
    }
}

fn on_signal(asked: &mut Option<Instant>) {
    match STATE.compare_exchange(TRAINING, STOPPING, Ordering::SeqCst, Ordering::SeqCst) {
        Ok(_) => {
            *asked = Some(Instant::now());
            say(messages::finishing());
        }
        Err(READING) => {
            say(messages::nothing_saved_yet());
            end();
        }
        Err(_) if asked.is_some_and(|asked| asked.elapsed() < ECHO) => {}
        Err(_) => end(),
    }
}
