//! The current step, the time it took to get there, and the losses so far.

use crate::{BatchLayout, Config};
use rapidvec::{LossPoint, Progress, TrainError};
use std::time::Instant;

/// Losses are averaged over this many iterations before they are reported, as in the chapter.
const EVAL_INTERVAL: usize = 20;

/// Steps, seconds and losses.
pub(super) struct Clock {
    /// Steps begun.
    pub(super) step: u64,
    /// Steps whose loss is known: a device may be some steps ahead of its losses.
    recorded: u64,
    /// Steps in an epoch. Examples that do not fill a batch are skipped; in the next epoch these are others.
    pub(super) iterations: usize,
    epochs: usize,
    /// Examples in a batch.
    pub(super) batch_size: usize,
    seconds_before: f64,
    started: Option<Instant>,
    pub(super) loss_sum: f64,
    pub(super) loss_count: u32,
    pub(super) points: Vec<LossPoint>,
    predictions: u64,
    learning_rate: f32,
}

impl Clock {
    pub(super) fn new(config: &Config, examples: usize) -> Self {
        let batch_size = config.batch_size.min(examples);
        Self {
            step: 0,
            recorded: 0,
            iterations: examples / batch_size,
            epochs: config.epochs,
            batch_size,
            seconds_before: 0.0,
            started: None,
            loss_sum: 0.0,
            loss_count: 0,
            points: Vec::new(),
            predictions: BatchLayout::of(config).predictions() as u64,
            learning_rate: config.learning_rate,
        }
    }

    /// The progress of training.
    pub(super) fn progress(&self) -> Progress {
        let batch_size = self.batch_size as u64;
        Progress {
            block: self.step,
            blocks_per_epoch: self.iterations as u64,
            words: self.step * batch_size,
            words_per_epoch: self.iterations as u64 * batch_size,
            epochs: self.epochs,
            learning_rate: self.learning_rate,
            seconds: self.seconds(),
            loss: self.points.last().map(|point| point.loss),
        }
    }

    /// Epoch of the next step, from 0.
    pub(super) fn epoch(&self) -> u64 {
        self.step / self.iterations as u64
    }

    /// Iteration of the next step in its epoch, from 0.
    pub(super) fn iteration(&self) -> usize {
        (self.step % self.iterations as u64) as usize
    }

    /// Continues where a saved run was.
    pub(super) fn restore(&mut self, step: u64, seconds: f64, loss: (f64, u32), points: Vec<LossPoint>) {
        (self.step, self.recorded, self.seconds_before) = (step, step, seconds);
        (self.loss_sum, self.loss_count) = loss;
        self.points = points;
    }

    pub(super) fn start(&mut self) {
        self.started = Some(Instant::now());
    }

    pub(super) fn stop(&mut self) {
        self.seconds_before = self.seconds();
        self.started = None;
    }

    pub(super) fn seconds(&self) -> f64 {
        self.seconds_before + self.started.map_or(0.0, |started| started.elapsed().as_secs_f64())
    }

    /// Counts a step as begun. Returns whether its loss completes a point: at iterations 1, 21, 41, ... of each epoch.
    pub(super) fn count_step(&mut self) -> bool {
        let iteration = self.iteration();
        self.step += 1;
        iteration.is_multiple_of(EVAL_INTERVAL)
    }

    /// Takes the loss of the first step whose loss is not known yet.
    ///
    /// # Errors
    /// [`TrainError::Diverged`] if it is not finite.
    pub(super) fn record(&mut self, loss: f64) -> Result<(), TrainError> {
        let iterations = self.iterations as u64;
        let (epoch, block) = ((self.recorded / iterations) as usize + 1, self.recorded % iterations + 1);
        if !loss.is_finite() {
            return Err(TrainError::Diverged { epoch, block, loss });
        }
        self.recorded += 1;
        self.loss_sum += loss;
        self.loss_count += 1;
        if (block - 1).is_multiple_of(EVAL_INTERVAL as u64) {
            self.points.push(self.point(epoch, block));
            (self.loss_sum, self.loss_count) = (0.0, 0);
        }
        Ok(())
    }

    fn point(&self, epoch: usize, block: u64) -> LossPoint {
        let batch_size = self.batch_size as u64;
        LossPoint {
            epoch,
            block,
            words: block * batch_size,
            seconds: self.seconds(),
            loss: self.loss_sum / f64::from(self.loss_count),
            pairs: u64::from(self.loss_count) * batch_size * self.predictions,
            learning_rate: self.learning_rate,
        }
    }
}
