//! What a model's metadata tell of the chapter's trainer.

use rapidvec::checkpoint::{HeldOutLoss, Storage};
use serde::{Deserialize, Serialize};

/// A checkpoint's state that is no tensor.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TrainerRecord {
    pub step: u64,
    pub iterations: usize,
    pub seconds: f64,
    pub loss_sum: f64,
    pub loss_count: u32,
    pub storage: Storage,
    pub held_out: Vec<HeldOutLoss>,
}
