//! Watching a run, and stopping it.

use crate::progress::{LossPoint, Progress};
use std::ops::ControlFlow;
use std::path::Path;

/// Receives what happens during training. Every method does nothing by default.
///
/// Methods are called on the thread that called `run`; meanwhile the other threads keep training.
///
/// ```
/// use rapidvec::{LossPoint, Observer};
///
/// struct Losses(Vec<f64>);
///
/// impl Observer for Losses {
///     fn loss(&mut self, point: &LossPoint) {
///         self.0.push(point.loss);
///     }
/// }
/// ```
pub trait Observer {
    /// Called every few hundredths of a second, or after every iteration of the textbook trainer. `Break` stops training
    /// after the blocks in progress; the state is kept, and a later `run` continues.
    fn progress(&mut self, now: &Progress) -> ControlFlow<()> {
        let _ = now;
        ControlFlow::Continue(())
    }

    /// A new point of the loss history, about a hundred in an epoch.
    fn loss(&mut self, point: &LossPoint) {
        let _ = point;
    }

    /// A run begins or is resumed, of several that the model is the mean of; from 1. Only a [`Session`](crate::Session) calls this.
    fn run_begins(&mut self, run: usize, runs: usize, now: &Progress) {
        let _ = (run, runs, now);
    }

    /// The end of an epoch, after the held-out text was scored. Only a [`Session`](crate::Session) calls this.
    fn epoch_end(&mut self, epoch: &EpochEnd) {
        let _ = epoch;
    }

    /// A file was saved, or could not be. Only a [`Session`](crate::Session) calls this.
    fn saved(&mut self, event: &SaveEvent) {
        let _ = event;
    }
}

/// An observer that ignores everything.
impl Observer for () {}

/// An epoch that is over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EpochEnd {
    /// The epoch, from 1.
    pub epoch: usize,
    /// The average training loss over the epoch; `None` if it had no pair.
    pub loss: Option<f64>,
    /// The average loss on the held-out text, if there is one.
    pub held_out: Option<f64>,
    /// The last point of the loss history.
    pub last: Option<LossPoint>,
}

/// What happened when a run saved its model or a checkpoint.
#[derive(Debug)]
#[non_exhaustive]
pub enum SaveEvent<'a> {
    /// Saved here.
    Saved(&'a Path),
    /// A checkpoint could not be saved; training continues.
    Failed(&'a crate::Error),
    /// A vector does not fit half precision: from now on the model is saved in single precision.
    SinglePrecision {
        /// The word of the vector.
        word: &'a str,
        /// The number that does not fit.
        got: f32,
    },
    /// Another program wrote a file to the run's path. It was kept, and this run now saves to another one.
    Moved {
        /// The path of that file.
        taken: &'a Path,
        /// Where this run saves from now on.
        path: &'a Path,
    },
}
