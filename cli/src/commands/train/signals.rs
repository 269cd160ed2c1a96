//! Ctrl-C, SIGTERM and SIGHUP: the first stops training after a checkpoint, the second ends the program at once.

use crate::commands::interrupt::{self, end};
use crate::output::{messages, say};
use rapidvec::{Observer, Progress};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU8, Ordering};
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

/// Signals are handled while this exists.
pub struct Signals(());

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
    pub fn listen() -> anyhow::Result<Self> {
        let mut asked = None;
        interrupt::on_signal(move || on_signal(&mut asked))?;
        Ok(Self(()))
    }

    /// From now on a signal stops training.
    pub fn training_begins(&self) {
        STATE.store(TRAINING, Ordering::SeqCst);
    }

    /// Whether training should stop.
    pub fn stop(&self) -> bool {
        STATE.load(Ordering::Relaxed) == STOPPING
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
