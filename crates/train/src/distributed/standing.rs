//! How far each process is, and all of them together.

use crate::cpu::CpuTrainer;
use crate::progress::Progress;
use crate::trainer::Trainer;
use serde::{Deserialize, Serialize};

/// How far a process is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Standing {
    /// It was asked to stop.
    pub stop: bool,
    /// A checkpoint is due.
    pub due: bool,
    /// Why it failed.
    pub failed: Option<String>,
    /// Ids done, over all epochs, and in all.
    pub ids: [u64; 2],
    /// Blocks done, over all epochs, and in an epoch.
    pub blocks: [u64; 2],
    /// Words done, over all epochs, and in an epoch.
    pub words: [u64; 2],
    /// Whole epochs done.
    pub epochs: usize,
    /// The sum of losses so far.
    pub loss: f64,
    /// Pairs so far.
    pub pairs: u64,
}

impl Standing {
    pub fn of(trainer: &CpuTrainer, ids: u64) -> Self {
        let Progress { block, blocks_per_epoch, words, words_per_epoch, epochs, .. } = trainer.progress();
        Self {
            ids: [trainer.ids_done(), ids * epochs as u64],
            blocks: [block, blocks_per_epoch],
            words: [words, words_per_epoch],
            epochs: block.checked_div(blocks_per_epoch).map_or(epochs, |epoch| epoch as usize),
            loss: trainer.loss_sum(),
            pairs: trainer.pairs(),
            ..Self::default()
        }
    }

    pub fn is_finished(&self) -> bool {
        self.ids[0] >= self.ids[1]
    }
}

/// How far all are.
#[derive(Debug, Clone, Default)]
pub(super) struct All(pub Vec<Standing>);

impl All {
    fn sum(&self, of: impl Fn(&Standing) -> u64) -> u64 {
        self.0.iter().map(of).sum()
    }

    pub fn is_finished(&self) -> bool {
        self.0.iter().all(Standing::is_finished)
    }

    /// Processes that have something to do.
    pub fn at_work(&self) -> usize {
        self.0.iter().filter(|standing| !standing.is_finished()).count()
    }

    /// The share of the run that is done, and that of one id.
    pub fn done(&self) -> [f64; 2] {
        let all = self.sum(|standing| standing.ids[1]).max(1) as f64;
        [self.sum(|standing| standing.ids[0]) as f64 / all, 1.0 / all]
    }

    /// Ids done, over all epochs.
    pub fn ids(&self) -> u64 {
        self.sum(|standing| standing.ids[0])
    }

    /// Ids and words of the whole text, in a run of `epochs` epochs.
    pub fn text(&self, epochs: usize) -> [u64; 2] {
        let ids = self.sum(|standing| standing.ids[1]) / epochs.max(1) as u64;
        [ids, self.sum(|standing| standing.words[1])]
    }

    /// Whole epochs that all have done.
    pub fn epochs(&self) -> usize {
        self.0.iter().map(|standing| standing.epochs).min().unwrap_or(0)
    }

    pub fn loss(&self) -> (f64, u64) {
        (self.0.iter().map(|standing| standing.loss).sum(), self.sum(|standing| standing.pairs))
    }

    /// The progress of all; `own` has what is the same for each.
    pub fn progress(&self, own: &Progress, seconds: f64, loss: Option<f64>) -> Progress {
        Progress {
            block: self.sum(|standing| standing.blocks[0]),
            blocks_per_epoch: self.sum(|standing| standing.blocks[1]),
            words: self.sum(|standing| standing.words[0]),
            words_per_epoch: self.sum(|standing| standing.words[1]),
            seconds,
            loss,
            ..*own
        }
    }
}
