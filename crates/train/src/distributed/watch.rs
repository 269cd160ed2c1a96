//! Watches one process, and shows the progress of all.

use crate::observer::Observer;
use crate::progress::Progress;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// Stops a trainer when a round ends, and remembers whether the observer wants to stop.
pub(super) struct Watch<'o> {
    observer: &'o mut dyn Observer,
    /// All processes when the round began, and this one.
    all: Progress,
    own: Progress,
    /// Processes at work, which are thought to be as fast as this one.
    at_work: u64,
    end: Option<Instant>,
    wants_stop: bool,
    /// Whether the round ends early then.
    has_time: bool,
}

impl<'o> Watch<'o> {
    pub fn new(
        observer: &'o mut dyn Observer,
        all: Progress,
        own: &Progress,
        at_work: usize,
        time: Option<Duration>,
    ) -> Self {
        let end = time.and_then(|time| Instant::now().checked_add(time));
        Self { observer, all, own: *own, at_work: at_work as u64, end, wants_stop: false, has_time: time.is_some() }
    }

    pub fn wants_stop(&self) -> bool {
        self.wants_stop
    }
}

impl Observer for Watch<'_> {
    fn progress(&mut self, now: &Progress) -> ControlFlow<()> {
        let done = |all: u64, own: u64, now: u64| all + now.saturating_sub(own) * self.at_work;
        let all = Progress {
            block: done(self.all.block, self.own.block, now.block).min(self.all.total_blocks()),
            words: done(self.all.words, self.own.words, now.words).min(self.all.total_words()),
            learning_rate: now.learning_rate,
            seconds: self.all.seconds + (now.seconds - self.own.seconds),
            ..self.all
        };
        self.wants_stop |= self.observer.progress(&all).is_break();
        let is_over = self.end.is_some_and(|end| Instant::now() >= end);
        if is_over || self.wants_stop && self.has_time { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
