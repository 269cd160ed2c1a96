//! The progress and the losses of a run, for every trainer.
//!
//! A *block* is the unit of work that a trainer counts and stops between: a piece of the corpus for the word2vec trainer, an
//! iteration (one mini-batch) for the textbook's.

use serde::{Deserialize, Serialize};

/// How long [`Trainer::run`](crate::Trainer::run) trains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// For exactly this many blocks, or until all epochs are done. A block is the unit of [`Progress::block`].
    Blocks(u64),
    /// To the end of the current epoch.
    Epoch,
    /// Until all epochs are done.
    End,
}

/// The progress of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Blocks done, over all epochs.
    pub block: u64,
    /// Blocks in an epoch.
    pub blocks_per_epoch: u64,
    /// Words processed, over all epochs, including those that subsampling skipped.
    pub words: u64,
    /// Words in an epoch.
    pub words_per_epoch: u64,
    /// Epochs to train.
    pub epochs: usize,
    /// The learning rate now.
    pub learning_rate: f32,
    /// Seconds of training, over all runs.
    pub seconds: f64,
    /// The last average loss; `None` before the first.
    pub loss: Option<f64>,
}

impl Progress {
    /// Whole epochs done.
    pub fn epochs_done(&self) -> usize {
        (self.block / self.blocks_per_epoch.max(1)) as usize
    }

    /// The block, over all epochs, at which a run from here with this `until` ends.
    pub fn block_of(&self, until: Until) -> u64 {
        let total = self.total_blocks();
        match until {
            Until::Blocks(count) => self.block.saturating_add(count).min(total),
            Until::Epoch => ((self.block / self.blocks_per_epoch.max(1) + 1) * self.blocks_per_epoch).min(total),
            Until::End => total,
        }
    }

    /// Whether the run is between two epochs, or at its start or end.
    pub fn is_epoch_end(&self) -> bool {
        self.block.is_multiple_of(self.blocks_per_epoch.max(1))
    }

    /// Whether nothing is left to do.
    pub fn is_finished(&self) -> bool {
        self.block >= self.total_blocks()
    }

    /// Blocks of the whole run.
    pub fn total_blocks(&self) -> u64 {
        self.blocks_per_epoch * self.epochs as u64
    }

    /// Words of the whole run.
    pub fn total_words(&self) -> u64 {
        self.words_per_epoch * self.epochs as u64
    }
}

/// The average loss of the pairs trained since the point before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LossPoint {
    /// Epoch, from 1.
    pub epoch: usize,
    /// Blocks of this epoch done.
    pub block: u64,
    /// Words of this epoch processed, including those that subsampling skipped.
    pub words: u64,
    /// Seconds of training until then, over all runs.
    pub seconds: f64,
    /// The average loss; 0 without pairs.
    pub loss: f64,
    /// Pairs trained since the point before.
    pub pairs: u64,
    /// The learning rate then.
    pub learning_rate: f32,
}

/// The average loss of a pair over all of epoch `epoch`, from 1, so far; `None` if it has no pair.
pub fn epoch_loss(history: &[LossPoint], epoch: usize) -> Option<f64> {
    let first = history.partition_point(|point| point.epoch < epoch);
    let (mut loss, mut pairs) = (0.0, 0);
    for point in history[first..].iter().take_while(|point| point.epoch == epoch) {
        loss += point.loss * point.pairs as f64;
        pairs += point.pairs;
    }
    (pairs > 0).then(|| loss / pairs as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_of_an_epoch_is_that_of_its_pairs() {
        let point =
            |epoch, loss, pairs| LossPoint { epoch, block: 1, words: 1, seconds: 0.0, loss, pairs, learning_rate: 0.1 };
        let history = [point(1, 4.0, 10), point(1, 1.0, 30), point(2, 3.0, 5), point(3, 0.0, 0)];
        assert_eq!([1, 2, 3, 4].map(|epoch| epoch_loss(&history, epoch)), [Some(1.75), Some(3.0), None, None]);
    }
}
