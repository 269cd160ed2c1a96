//! The losses of batches that the card has not reported yet.

use crate::device::{Device, DeviceBuffer, GpuError};

/// Examples whose losses the card keeps, at most, unless one batch has more.
const EXAMPLES: usize = 1 << 20;

/// Batches whose losses the card keeps, at most: then the computer waits for them, so that it is never far ahead.
const BATCHES: usize = 64;

/// A loss for each example of the last batches, in f32; their sums are f64.
#[derive(Debug)]
pub struct Losses {
    buffer: DeviceBuffer,
    batch_size: usize,
    /// Examples of each batch that is not reported yet.
    waiting: Vec<usize>,
    reported: Vec<f64>,
}

impl Losses {
    /// For batches of at most `batch_size` examples.
    ///
    /// # Errors
    /// [`GpuError::NoRoom`].
    pub fn new(device: &Device, batch_size: usize) -> Result<Self, GpuError> {
        let bytes = 4 * Self::batches(batch_size) * batch_size;
        Ok(Self {
            buffer: device.zeros("losses", bytes as u64)?,
            batch_size,
            waiting: Vec::new(),
            reported: Vec::new(),
        })
    }

    fn batches(batch_size: usize) -> usize {
        (EXAMPLES / batch_size).clamp(1, BATCHES)
    }

    /// Where they are on the card.
    pub fn buffer(&self) -> &DeviceBuffer {
        &self.buffer
    }

    /// Whether the losses of another batch have to wait until some are [`fetched`](Self::fetch).
    pub fn is_full(&self) -> bool {
        self.waiting.len() == Self::batches(self.batch_size)
    }

    /// Where the losses of the next batch go, which has `examples` examples.
    pub fn place(&mut self, examples: usize) -> usize {
        self.waiting.push(examples);
        (self.waiting.len() - 1) * self.batch_size
    }

    /// Waits for the losses of all batches so far.
    ///
    /// # Errors
    /// [`GpuError::Lost`], [`GpuError::Failed`].
    pub fn fetch(&mut self, device: &Device) -> Result<(), GpuError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let bytes = 4 * self.waiting.len() * self.batch_size;
        let losses: Vec<f32> = device.read_range(&self.buffer, 0..bytes as u64)?;
        let batches = self.waiting.drain(..).zip(losses.chunks(self.batch_size));
        self.reported.extend(batches.map(|(examples, losses)| mean(&losses[..examples])));
        Ok(())
    }

    /// The mean losses of the batches since the last call that were fetched.
    pub fn take(&mut self) -> Vec<f64> {
        std::mem::take(&mut self.reported)
    }
}

fn mean(losses: &[f32]) -> f64 {
    losses.iter().map(|&loss| f64::from(loss)).sum::<f64>() / losses.len().max(1) as f64
}
