//! What a trainer knows of a run that it trains a part of.
//!
//! Its random numbers are its own, and its learning rate is that of the whole run: it follows from what all processes have done.

/// Bits of a block's number that belong to the process.
pub(super) const WORKER_SHIFT: u32 = 48;

/// What a trainer knows of a run that it trains a part of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Share {
    /// Which process it is.
    pub worker: u64,
    /// The share of the run that was done when this trainer was at id `since`, over all epochs.
    pub done: f64,
    /// See `done`.
    pub since: u64,
    /// The share of the run that is done meanwhile with each id of this trainer.
    pub each: f64,
}

impl Share {
    /// The share of the run that is done when this trainer is at id `at`, over all epochs.
    pub fn done_at(&self, at: u64) -> f64 {
        (self.done + at.saturating_sub(self.since) as f64 * self.each).min(1.0)
    }

    /// The number of a block among those of all processes.
    pub fn block(&self, block: u64) -> u64 {
        block + (self.worker << WORKER_SHIFT)
    }
}
