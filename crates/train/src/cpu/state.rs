//! What the CPU trainer needs to resume, besides its two matrices.

use crate::progress::LossPoint;
use serde::{Deserialize, Serialize};

/// All that the trainer needs to continue as if it had never stopped, besides its two matrices.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct CpuState {
    /// Blocks done, over all epochs.
    pub block: u64,
    /// Words in them.
    pub words: u64,
    /// Seconds of training so far.
    pub seconds: f64,
    /// Sum of losses since the last [`LossPoint`].
    pub loss_sum: f64,
    /// Pairs in `loss_sum`.
    pub loss_pairs: u64,
    /// All points so far. A checkpoint holds them as tensors.
    #[serde(skip)]
    pub history: Vec<LossPoint>,
}

impl CpuState {
    /// The last average loss.
    pub fn last_loss(&self) -> Option<f64> {
        self.history.iter().rev().find(|point| point.pairs > 0).map(|point| point.loss)
    }
}
