//! What a trainer tells while it runs, and all it has to remember to go on another day.

use serde::{Deserialize, Serialize};

/// The average loss of a pair over a stretch of the corpus, about a hundredth of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LossPoint {
    /// Epoch, from 1.
    pub epoch: usize,
    /// Words of this epoch gone through at the end of the stretch, with those that subsampling left out.
    pub words: u64,
    /// Seconds of training until then, over all runs.
    pub seconds: f64,
    /// Average loss of a pair; 0 where the stretch had none.
    pub loss: f64,
    /// Pairs trained in the stretch.
    pub pairs: u64,
    /// The learning rate at its end.
    pub learning_rate: f32,
}

/// How far training is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Schedule of the corpus done, over all epochs: the step that messages name.
    pub block: u64,
    /// Schedule in an epoch.
    pub blocks: u64,
    /// Words gone through, over all epochs.
    pub words: u64,
    /// Words in an epoch.
    pub words_per_epoch: u64,
    /// Epochs to do.
    pub epochs: usize,
    /// The learning rate now.
    pub learning_rate: f32,
    /// Seconds of training, over all runs.
    pub seconds: f64,
}

impl Progress {
    /// Whole epochs done.
    pub fn epochs_done(&self) -> usize {
        (self.block / self.blocks.max(1)) as usize
    }

    /// Whether nothing is left to do.
    pub fn is_finished(&self) -> bool {
        self.block >= self.blocks * self.epochs as u64
    }

    /// Words to go through in all.
    pub fn words_in_all(&self) -> u64 {
        self.words_per_epoch * self.epochs as u64
    }
}

/// All that a trainer needs to go on as if it had never stopped, beside its two matrices.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CpuState {
    /// Schedule done, over all epochs.
    pub block: u64,
    /// Words in them.
    pub words: u64,
    /// Seconds of training so far.
    pub seconds: f64,
    /// Sum of losses since the last [`LossPoint`].
    pub loss_sum: f64,
    /// Pairs in `loss_sum`.
    pub loss_pairs: u64,
    /// All points so far.
    pub history: Vec<LossPoint>,
}

impl CpuState {
    /// The average loss of a pair over all of epoch `epoch`, from 1, so far; `None` where it has no pair.
    pub fn epoch_loss(&self, epoch: usize) -> Option<f64> {
        let points = self.history.iter().filter(|point| point.epoch == epoch);
        let (loss, pairs) =
            points.fold((0.0, 0), |(loss, pairs), point| (loss + point.loss * point.pairs as f64, pairs + point.pairs));
        (pairs > 0).then(|| loss / pairs as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_of_an_epoch_is_that_of_its_pairs() {
        let point = |epoch, loss, pairs| LossPoint { epoch, words: 1, seconds: 0.0, loss, pairs, learning_rate: 0.1 };
        let history = vec![point(1, 4.0, 10), point(1, 1.0, 30), point(2, 3.0, 5), point(3, 0.0, 0)];
        let state = CpuState { history, ..CpuState::default() };
        assert_eq!([1, 2, 3, 4].map(|epoch| state.epoch_loss(epoch)), [Some(1.75), Some(3.0), None, None]);
    }
}
