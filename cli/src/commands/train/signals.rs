//! Ctrl-C, SIGTERM and SIGHUP: the first asks training to stop, the second ends the program.

use crate::commands::interrupt::{self, end};
use crate::output::say;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

/// A signal this soon after the first is the same wish: a terminal or `timeout` may tell a program and its group.
const ECHO: Duration = Duration::from_millis(500);

/// Nothing to save yet.
const READING: u8 = 0;
/// A signal is a wish to stop.
const TRAINING: u8 = 1;
/// That wish was uttered.
const STOPPING: u8 = 2;

static STATE: AtomicU8 = AtomicU8::new(READING);

/// Proof that signals are listened to.
pub struct Signals(());

impl Signals {
    /// From now on a signal ends the program with a word about it.
    pub fn listen() -> anyhow::Result<Self> {
        let mut asked = None;
        interrupt::on_signal(move || on_signal(&mut asked))?;
        Ok(Self(()))
    }

    /// From now on a signal asks training to stop.
    pub fn training_begins(&self) {
        STATE.store(TRAINING, Ordering::SeqCst);
    }

    /// Whether training shall stop.
    pub fn stop(&self) -> bool {
        STATE.load(Ordering::Relaxed) == STOPPING
    }
}

fn on_signal(asked: &mut Option<Instant>) {
    match STATE.compare_exchange(TRAINING, STOPPING, Ordering::SeqCst, Ordering::SeqCst) {
        Ok(_) => {
            *asked = Some(Instant::now());
            say("stopping after this batch; once more to stop at once, without saving");
        }
        Err(READING) => {
            say("interrupted before training began: nothing was saved");
            end();
        }
        Err(_) if asked.is_some_and(|asked| asked.elapsed() < ECHO) => {}
        Err(_) => end(),
    }
}
