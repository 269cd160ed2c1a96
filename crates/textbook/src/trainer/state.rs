//! What a checkpoint holds of a trainer, so that it resumes as if it had never stopped, bit for bit.

use super::engine::Engine;
use super::learner::Side;
use super::train::TextbookTrainerOn;
use crate::{Adam, Field, Optimizer, OptimizerKind};
use rapidvec::checkpoint::{StateReader, StateWriter};
use rapidvec::{Result, TrainError};
use serde::{Deserialize, Serialize};

const W_IN: &str = "w_in";
const W_OUT: &str = "w_out";
const LAST: [&str; 2] = ["adam.last_in", "adam.last_out"];

/// Each tensor of Adam's state that is a matrix, as it is in memory: rows lack the steps since their last update.
const ADAM: [(&str, Side, Field); 6] = [
    ("adam.dw_in", Side::In, Field::Gradient),
    ("adam.dw_out", Side::Out, Field::Gradient),
    ("adam.m_in", Side::In, Field::FirstMoment),
    ("adam.v_in", Side::In, Field::SecondMoment),
    ("adam.m_out", Side::Out, Field::FirstMoment),
    ("adam.v_out", Side::Out, Field::SecondMoment),
];

/// The part of the state that is not a tensor.
#[derive(Debug, Serialize, Deserialize)]
struct StateRecord {
    /// Steps done.
    step: u64,
    /// Steps in an epoch.
    iterations: usize,
    /// Seconds of training so far.
    seconds: f64,
    /// Sum of the losses since the last [`LossPoint`](rapidvec::LossPoint).
    loss_sum: f64,
    /// Number of losses in `loss_sum`.
    loss_count: u32,
}

impl<E: Engine> TextbookTrainerOn<E> {
    /// See [`Trainer::save_state`](rapidvec::Trainer::save_state).
    pub(super) fn write_state<'a>(&'a self, out: &mut StateWriter<'a>) -> Result<()> {
        let clock = &self.clock;
        out.record(&StateRecord {
            step: clock.step,
            iterations: clock.iterations,
            seconds: clock.seconds(),
            loss_sum: clock.loss_sum,
            loss_count: clock.loss_count,
        })?;
        out.f32(W_IN, self.learner.get(Side::In, Field::Weight));
        out.f32(W_OUT, self.learner.get(Side::Out, Field::Weight));
        if self.config.optimizer == OptimizerKind::Adam {
            for (name, side, field) in ADAM {
                out.f32(name, self.learner.get(side, field));
            }
            for (name, optimizer) in LAST.into_iter().zip(&self.batches.optimizers) {
                out.u32(name, optimizer.last_updates());
            }
        }
        Ok(())
    }

    /// See [`Trainer::load_state`](rapidvec::Trainer::load_state).
    pub(super) fn read_state(&mut self, from: &StateReader) -> Result<()> {
        let record: StateRecord = from.record()?;
        if record.iterations != self.clock.iterations {
            return Err(mismatch("iterations per epoch", record.iterations, self.clock.iterations).into());
        }
        if record.step > self.clock.progress().total_blocks() {
            let steps = self.clock.progress().total_blocks();
            return Err(mismatch("steps, more than this run has:", record.step, steps).into());
        }
        let numbers = self.vocab_size * self.config.vector_size;
        self.learner.set(Side::In, Field::Weight, &from.f32(W_IN, numbers)?);
        self.learner.set(Side::Out, Field::Weight, &from.f32(W_OUT, numbers)?);
        if self.config.optimizer == OptimizerKind::Adam {
            for (name, side, field) in ADAM {
                self.learner.set(side, field, &from.f32(name, numbers)?);
            }
            for (name, optimizer) in LAST.into_iter().zip(&mut self.batches.optimizers) {
                let last = from.u32(name, self.vocab_size)?;
                if let Some(late) = last.iter().find(|&&last| u64::from(last) > record.step) {
                    return Err(mismatch("updates until step", record.step, late).into());
                }
                // `build` checked that steps fit 32 bits.
                let adam = Adam::resume(self.config.learning_rate, record.step as u32, last);
                *optimizer = Optimizer::Adam(Box::new(adam));
            }
        }
        let StateRecord { step, seconds, loss_sum, loss_count, .. } = record;
        self.clock.restore(step, seconds, (loss_sum, loss_count), from.history()?);
        Ok(())
    }
}

fn mismatch(what: &'static str, expected: impl ToString, got: impl ToString) -> TrainError {
    TrainError::Mismatch { what, expected: expected.to_string(), got: got.to_string() }
}
