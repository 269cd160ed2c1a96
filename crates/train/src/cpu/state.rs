//! What the CPU trainer needs to resume, besides its two matrices.

use crate::progress::LossPoint;
use serde::{Deserialize, Serialize};

/// What the trainer needs, besides its two matrices, to continue as if it had never stopped.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct CpuState {
    /// Blocks done, over all epochs.
    pub block: u64,
    /// Words in them.
    pub words: u64,
    /// Seconds of training so far.
    pub seconds: f64,
    /// Sum of losses since the last [`LossPoint`].
    #[serde(rename = "loss_sum")]
    pub point_loss: f64,
    /// Pairs in `point_loss`.
    #[serde(rename = "loss_pairs")]
    pub point_pairs: u64,
    /// Words that subsampling kept since the start of the run. Older files lack it and the next two.
    #[serde(default)]
    pub kept: u64,
    /// Pairs since the start of the run.
    #[serde(default)]
    pub pairs: u64,
    /// Sum of their losses.
    #[serde(default, rename = "loss")]
    pub loss_sum: f64,
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
