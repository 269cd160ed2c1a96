//! The loss history in a checkpoint, one tensor per column: a header has no room for the points of a large corpus.

use super::state::{StateReader, StateWriter};
use crate::error::FormatError;
use crate::progress::LossPoint;

const EPOCHS: &str = "history.epoch";
const BLOCKS: &str = "history.block";
const WORDS: &str = "history.words";
const SECONDS: &str = "history.seconds";
const LOSSES: &str = "history.loss";
const PAIRS: &str = "history.pairs";
const RATES: &str = "history.rate";

/// Adds the history to a trainer's state.
pub fn write(points: &[LossPoint], out: &mut StateWriter) {
    fn column<T>(points: &[LossPoint], of: impl Fn(&LossPoint) -> T) -> Vec<T> {
        points.iter().map(of).collect()
    }
    // Epochs fit 32 bits: the settings allow a million.
    out.u32(EPOCHS, column(points, |point| point.epoch as u32));
    out.u64(BLOCKS, column(points, |point| point.block));
    out.u64(WORDS, column(points, |point| point.words));
    out.u64(SECONDS, column(points, |point| point.seconds.to_bits()));
    out.u64(LOSSES, column(points, |point| point.loss.to_bits()));
    out.u64(PAIRS, column(points, |point| point.pairs));
    out.f32(RATES, column(points, |point| point.learning_rate));
}

impl StateReader<'_> {
    /// The loss history.
    ///
    /// # Errors
    /// As [`f32`](Self::f32).
    pub fn history(&self) -> Result<Vec<LossPoint>, FormatError> {
        let epochs = self.u32(EPOCHS, None)?;
        let column = |name| self.u64(name, epochs.len());
        let (blocks, words, seconds) = (column(BLOCKS)?, column(WORDS)?, column(SECONDS)?);
        let (losses, pairs) = (column(LOSSES)?, column(PAIRS)?);
        let rates = self.f32(RATES, epochs.len())?;
        let point = |i: usize| LossPoint {
            epoch: epochs[i] as usize,
            block: blocks[i],
            words: words[i],
            seconds: f64::from_bits(seconds[i]),
            loss: f64::from_bits(losses[i]),
            pairs: pairs[i],
            learning_rate: rates[i],
        };
        Ok((0..epochs.len()).map(point).collect())
    }
}
