//! What a trainer reports while it runs, and the state from which it resumes.

use serde::{Deserialize, Serialize};

/// The average loss over the iterations since the point before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LossPoint {
    /// Epoch, from 1.
    pub epoch: usize,
    /// Iteration in the epoch, from 1.
    pub iteration: usize,
    /// Seconds of training until then, over all runs.
    pub seconds: f64,
    /// Average loss.
    pub loss: f64,
}

/// How far training has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Steps done, over all epochs.
    pub step: u64,
    /// Steps in an epoch.
    pub iterations: usize,
    /// Epochs to do.
    pub epochs: usize,
}

impl LossPoint {
    pub(crate) fn shared(&self) -> rapidvec::LossPoint {
        let Self { epoch, iteration, seconds, loss } = *self;
        let block = iteration as u64;
        rapidvec::LossPoint { epoch, block, words: 0, seconds, loss, pairs: 1, learning_rate: 0.0 }
    }
}

impl Progress {
    pub(crate) fn shared(&self) -> rapidvec::Progress {
        rapidvec::Progress {
            block: self.step,
            blocks_per_epoch: self.iterations as u64,
            words: 0,
            words_per_epoch: 0,
            epochs: self.epochs,
            learning_rate: 0.0,
            seconds: 0.0,
            loss: None,
        }
    }

    /// Steps to do in all.
    pub fn steps(&self) -> u64 {
        self.iterations as u64 * self.epochs as u64
    }

    /// Whole epochs done.
    pub fn epochs_done(&self) -> usize {
        (self.step / self.iterations as u64) as usize
    }

    /// Whether nothing is left to do.
    pub fn is_finished(&self) -> bool {
        self.step >= self.steps()
    }
}

/// Everything a trainer needs to resume as if it had never stopped, bit for bit. Matrices are V x D, row-major, as they lie
/// in memory: rows that Adam has not touched for a while lack the steps since `last_in` or `last_out`.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainerState {
    /// Steps done.
    pub step: u64,
    /// Seconds of training so far.
    pub seconds: f64,
    /// Sum of the losses since the last [`LossPoint`].
    pub loss_sum: f64,
    /// Number of losses in `loss_sum`.
    pub loss_count: u32,
    /// All points so far.
    pub history: Vec<LossPoint>,
    /// Input weights.
    pub w_in: Vec<f32>,
    /// Output weights.
    pub w_out: Vec<f32>,
    /// Adam's part, if the optimizer is Adam.
    pub adam: Option<AdamState>,
}

/// Adam's part of a [`TrainerState`].
#[derive(Debug, Clone, PartialEq)]
pub struct AdamState {
    /// Step of the last update of each row of `w_in`.
    pub last_in: Vec<u32>,
    /// Step of the last update of each row of `w_out`.
    pub last_out: Vec<u32>,
    /// Gradient of each row of `w_in` at its last update, not applied yet.
    pub dw_in: Vec<f32>,
    /// Gradient of each row of `w_out` at its last update.
    pub dw_out: Vec<f32>,
    /// First moment of `w_in`.
    pub m_in: Vec<f32>,
    /// Second moment of `w_in`.
    pub v_in: Vec<f32>,
    /// First moment of `w_out`.
    pub m_out: Vec<f32>,
    /// Second moment of `w_out`.
    pub v_out: Vec<f32>,
}
