//! The program's observer: progress on stderr, the log, and signals that stop training.

use super::args::Args;
use super::display::{Display, Unit};
use super::flags::Flags;
use super::log::{Columns, Log};
use super::signals::Signals;
use crate::output::messages;
use rapidvec::checkpoint::HeldOutLoss;
use rapidvec::{EpochEnd, LossPoint, Observer, Progress, SaveEvent, Session};
use std::ops::ControlFlow;

/// Watches a run.
pub struct Watcher<'a> {
    signals: &'a Signals,
    display: Display,
    log: Option<Log>,
    /// The last point of an epoch, which is logged with its held-out loss.
    last: Option<LossPoint>,
    blocks_per_epoch: u64,
}

impl<'a> Watcher<'a> {
    /// Shows a run as `args` say, from where it is now.
    pub fn new<T: Flags>(args: &Args, signals: &'a Signals, session: &Session<T>) -> anyhow::Result<Self> {
        let trainer = session.trainer();
        Self::of(args, signals, T::UNIT, &trainer.progress(), trainer.history(), session.held_out())
    }

    /// Shows a run as `args` say that is at `now`, with these losses so far.
    pub fn of(
        args: &Args,
        signals: &'a Signals,
        unit: Unit,
        now: &Progress,
        history: &[LossPoint],
        held_out: &[HeldOutLoss],
    ) -> anyhow::Result<Self> {
        let columns = Columns::of(unit);
        let log = args.log.as_deref().map(|path| Log::create(path, columns, history, held_out)).transpose()?;
        let display = Display::new(args.progress, unit, now);
        Ok(Self { signals, display, log, last: None, blocks_per_epoch: now.blocks_per_epoch })
    }

    /// Ends the display and the log.
    ///
    /// # Errors
    /// The log's first error, if it had one.
    pub fn finish(self) -> anyhow::Result<()> {
        self.log.map_or(Ok(()), Log::finish)
    }
}

impl Observer for Watcher<'_> {
    fn progress(&mut self, now: &Progress) -> ControlFlow<()> {
        self.display.now(now);
        self.log.iter_mut().for_each(Log::tick);
        if self.signals.stop() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn loss(&mut self, point: &LossPoint) {
        self.display.point(point);
        if point.block == self.blocks_per_epoch {
            self.last = Some(*point);
        } else {
            self.log.iter_mut().for_each(|log| log.row(point, None));
        }
    }

    fn run_begins(&mut self, run: usize, runs: usize, now: &Progress) {
        self.display.run_begins(run, runs, now);
    }

    fn epoch_end(&mut self, epoch: &EpochEnd) {
        self.display.epoch_end(epoch);
        let last = self.last.take();
        if let Some(log) = &mut self.log {
            last.iter().for_each(|point| log.row(point, epoch.held_out));
            // A finished run cannot be resumed, so rows lost in a kill after the model is saved would be lost for good.
            log.flush();
        }
    }

    fn saved(&mut self, event: &SaveEvent) {
        match event {
            SaveEvent::Failed(error) => {
                self.display.warn(&messages::checkpoint_failed(error));
            }
            SaveEvent::SinglePrecision { word, got } => self.display.note(&messages::single_precision(word, got)),
            SaveEvent::Moved { taken, path } => {
                self.display.warn(&messages::saved_elsewhere(taken.display(), path.display()));
            }
            _ => {}
        }
    }
}
