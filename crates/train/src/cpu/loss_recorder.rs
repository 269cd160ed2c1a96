//! Records the losses of a run, block by block in the order of the epoch, and explains failures.

use super::plan;
use super::pool::Failure;
use super::schedule::Schedule;
use super::state::CpuState;
use super::worker::BlockStats;
use crate::config::Config;
use crate::observer::Observer;
use crate::progress::LossPoint;
use crate::trainer::TrainError;
use std::collections::BTreeMap;

/// The approximate number of points of the loss history in an epoch.
const POINTS: u64 = 100;

/// Blocks that arrived out of order, and the sums of those recorded.
pub(super) struct LossRecorder<'s, 'a> {
    state: &'s mut CpuState,
    config: &'a Config,
    blocks: Schedule<'a>,
    epoch: u64,
    words_per_epoch: u64,
    /// Blocks that were finished before an earlier one.
    waiting: BTreeMap<u64, BlockStats>,
}

impl<'s, 'a> LossRecorder<'s, 'a> {
    /// For epoch `epoch`, from 0.
    pub fn new(
        state: &'s mut CpuState,
        config: &'a Config,
        blocks: Schedule<'a>,
        epoch: u64,
        words_per_epoch: u64,
    ) -> Self {
        Self { state, config, blocks, epoch, words_per_epoch, waiting: BTreeMap::new() }
    }

    /// The number of blocks recorded, over all epochs.
    pub fn block(&self) -> u64 {
        self.state.block
    }

    /// The last average loss.
    pub fn last(&self) -> Option<f64> {
        self.state.last_loss()
    }

    /// Records blocks in their order, so that sums and points do not depend on the speed of threads.
    pub fn take(&mut self, all_stats: Vec<(u64, BlockStats)>, seconds: f64, observer: &mut dyn Observer) {
        let blocks = self.blocks.count();
        let stretch = blocks.div_ceil(POINTS);
        self.waiting.extend(all_stats);
        while let Some(stats) = self.waiting.remove(&(self.state.block - self.epoch * blocks)) {
            self.state.block += 1;
            self.state.words += stats.words;
            self.state.point_loss += stats.loss;
            self.state.point_pairs += stats.pairs;
            self.state.kept += stats.kept;
            self.state.loss_sum += stats.loss;
            self.state.pairs += stats.pairs;
            let in_epoch = self.state.block - self.epoch * blocks;
            if in_epoch == blocks || in_epoch.is_multiple_of(stretch) {
                observer.loss(self.point(seconds));
            }
        }
    }

    fn point(&mut self, seconds: f64) -> &LossPoint {
        let learning_rate = plan::rate_after(self.config, &self.blocks, self.state.block);
        let state = &mut *self.state;
        let (loss, pairs) = (std::mem::take(&mut state.point_loss), std::mem::take(&mut state.point_pairs));
        let point = LossPoint {
            epoch: self.epoch as usize + 1,
            block: state.block - self.epoch * self.blocks.count(),
            words: state.words - self.epoch * self.words_per_epoch,
            seconds,
            loss: if pairs > 0 { loss / pairs as f64 } else { 0.0 },
            pairs,
            learning_rate,
        };
        state.history.push(point);
        &state.history[state.history.len() - 1]
    }
}

/// The error that describes a failure in epoch `epoch`.
pub(super) fn explain(epoch: u64, failure: Failure) -> TrainError {
    match failure {
        Failure::Diverged { block, loss } => TrainError::Diverged { epoch: epoch as usize + 1, block: block + 1, loss },
        Failure::Panicked(error) => error,
    }
}
