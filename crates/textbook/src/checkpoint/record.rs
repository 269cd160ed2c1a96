//! What a model's metadata tell of the chapter's trainer.

use crate::trainer::{LossPoint, Progress};
use rapidvec::checkpoint::{HeldOutLoss, MAX_POINTS, Storage};
use serde::{Deserialize, Serialize};

/// How far a model was trained. Without times, since those are never the same twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    /// Whole epochs done.
    pub epochs: usize,
    /// Steps done.
    pub steps: u64,
    /// Steps in an epoch.
    pub iterations: usize,
    /// Average losses: epoch and iteration, both from 1, and loss. Evenly thinned to 10,000 at most.
    pub losses: Vec<(usize, usize, f64)>,
}

impl Trained {
    pub(super) fn new(progress: Progress, history: &[LossPoint]) -> Self {
        let every = history.len().div_ceil(MAX_POINTS).max(1);
        let losses = history.iter().step_by(every).map(|point| (point.epoch, point.iteration, point.loss)).collect();
        Self { epochs: progress.epochs_done(), steps: progress.step, iterations: progress.iterations, losses }
    }
}

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
