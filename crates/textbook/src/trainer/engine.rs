//! Where a model's weights are and its training steps run.

use super::learner::{Learner, Side};
use crate::{Batch, Config, Field, Optimizer, Weights};
use rapidvec::Result;
use std::sync::Arc;

/// Keeps a model's weights and runs its training steps: [`Learner`] on threads of the CPU, the crate `rapidvec-gpu` on a
/// graphics card.
///
/// Between [`forward`](Self::forward) and [`pause`](Self::pause) the numbers may be elsewhere: what reads or writes them
/// is called before the first step or after a pause.
pub trait Engine: Sized {
    /// The model that `config` describes, starting from `weights`, on `threads` threads (0: one for each core) where threads
    /// do the work.
    ///
    /// # Errors
    /// [`Error::Device`](rapidvec::Error::Device) if the device cannot be used.
    fn new(config: &Config, weights: &Weights, threads: usize) -> Result<Self>;

    /// A model on the same device, whose losses are the same bits whenever it is asked.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    fn evaluator(&self, config: &Config, weights: &Weights) -> Result<Self>;

    /// How many threads train.
    fn threads(&self) -> usize;

    /// The device, if it is not the CPU.
    fn device(&self) -> Option<String> {
        None
    }

    /// The first half of a step. If [`backward`](Self::backward) returned a batch, it is that one. [`losses`](Self::losses)
    /// gives its loss.
    ///
    /// # Errors
    /// [`Error`](rapidvec::Error) if a thread or the device failed.
    fn forward(&mut self, batch: &Arc<Batch>) -> Result<()>;

    /// The second half: gradients and update. `prepare` makes the next batch, if there is one, while others work.
    ///
    /// # Errors
    /// As [`forward`](Self::forward).
    fn backward(
        &mut self,
        batch: &Arc<Batch>,
        prepare: impl FnOnce() -> Option<Arc<Batch>>,
    ) -> Result<Option<Arc<Batch>>>;

    /// The mean losses of all batches since the last call, each before its update, in order.
    ///
    /// # Errors
    /// As [`forward`](Self::forward).
    fn losses(&mut self) -> Result<Vec<f64>>;

    /// Ends a stretch of steps.
    ///
    /// # Errors
    /// As [`forward`](Self::forward).
    fn pause(&mut self) -> Result<()>;

    /// The weights with every step taken that `optimizers` (of `w_in` and of `w_out`) still have pending.
    fn weights(&self, optimizers: &[Optimizer; 2]) -> Weights;

    /// A field of a matrix as it lies in memory, V x D row-major; zeros for a field that is not kept.
    fn get(&self, side: Side, field: Field) -> Vec<f32>;

    /// Overwrites a field of a matrix with V x D numbers.
    fn set(&mut self, side: Side, field: Field, numbers: &[f32]);

    /// Overwrites the weights of row `id` with D numbers; no step is pending for it afterwards.
    fn set_weights(&mut self, side: Side, id: u32, row: &[f32]);
}

impl Engine for Learner {
    fn new(config: &Config, weights: &Weights, threads: usize) -> Result<Self> {
        Ok(Self::new(config, weights, threads))
    }

    fn evaluator(&self, config: &Config, weights: &Weights) -> Result<Self> {
        Ok(Self::new(config, weights, 1))
    }

    fn threads(&self) -> usize {
        self.threads()
    }

    fn forward(&mut self, batch: &Arc<Batch>) -> Result<()> {
        let loss = self.forward(batch)?;
        self.losses.push(loss);
        Ok(())
    }

    fn backward(
        &mut self,
        batch: &Arc<Batch>,
        prepare: impl FnOnce() -> Option<Arc<Batch>>,
    ) -> Result<Option<Arc<Batch>>> {
        Ok(self.backward(batch, prepare)?)
    }

    fn losses(&mut self) -> Result<Vec<f64>> {
        Ok(std::mem::take(&mut self.losses))
    }

    fn pause(&mut self) -> Result<()> {
        Ok(())
    }

    fn weights(&self, optimizers: &[Optimizer; 2]) -> Weights {
        self.weights(optimizers)
    }

    fn get(&self, side: Side, field: Field) -> Vec<f32> {
        self.get(side, field)
    }

    fn set(&mut self, side: Side, field: Field, numbers: &[f32]) {
        self.set(side, field, numbers);
    }

    fn set_weights(&mut self, side: Side, id: u32, row: &[f32]) {
        self.set_weights(side, id, row);
    }
}
