//! Adam on the dense trajectory, at sparse cost.
//!
//! The chapter's Adam moves all V rows at every step. Here a row rests between two batches that touch it: its gradient
//! stays where `backward` left it, and just before the row is read again [`settle`] takes the step on that
//! gradient and all the steps that the row missed since, in one pass (derivation in `missed.rs`). In exact arithmetic the
//! weights are those of the dense program; in f32 they differ by rounding alone, and over 20,000 steps this way stays closer
//! to a dense run in f64 than a dense run in f32 does. Kingma and Ba 2015; the book, chapter 4.
#![forbid(unsafe_code)]

use super::Plan;
use super::missed::Missed;
use crate::math::kernels::kernels;
use crate::math::kernels::plain::Settlement;
use crate::nn::{Batch, Parameter, Parameters};
use crate::words::WordId;

/// Adam's clock: which step it is, and at which step each row was updated last.
#[derive(Debug, Clone)]
pub struct Adam {
    missed: Missed,
    /// Step of the last update of each row of `w_in`; 0 is never.
    last_in: Vec<u32>,
    /// The same for `w_out`.
    last_out: Vec<u32>,
    step: u32,
}

impl Adam {
    /// Before the first step on two matrices of `vocab_size` rows.
    pub fn new(learning_rate: f32, vocab_size: usize) -> Self {
        Self::resume(learning_rate, 0, vec![0; vocab_size], vec![0; vocab_size])
    }

    /// After `step` steps, when rows were updated last at `last_in` and `last_out`, none of which is above `step`.
    pub fn resume(learning_rate: f32, step: u32, last_in: Vec<u32>, last_out: Vec<u32>) -> Self {
        Self { missed: Missed::after(learning_rate, step), last_in, last_out, step }
    }

    /// What the next step on `batch` needs; counts that step as done.
    pub fn plan(&mut self, batch: &Batch, plan: &mut Plan) {
        self.step += 1;
        let sides = [
            (&mut self.last_in, batch.unique_inputs(), &mut plan.inputs),
            (&mut self.last_out, batch.unique_outputs(), &mut plan.outputs),
        ];
        for (last, ids, settlements) in sides {
            settlements.clear();
            for &id in ids {
                let last = &mut last[id as usize];
                settlements.push(self.missed.since(*last));
                *last = self.step;
            }
        }
        self.missed.advance();
    }

    /// What every row of (`w_in`, `w_out`) has to settle to show the weights as they are now. Changes nothing.
    pub fn plan_for_all_rows(&self) -> (Vec<Settlement>, Vec<Settlement>) {
        let mut missed = self.missed.clone();
        let mut all = |last: &[u32]| last.iter().map(|&last| missed.since(last)).collect();
        (all(&self.last_in), all(&self.last_out))
    }

    /// Step of the last update of each row of (`w_in`, `w_out`); 0 is never.
    pub fn last_updates(&self) -> (&[u32], &[u32]) {
        (&self.last_in, &self.last_out)
    }
}

/// Takes the pending steps of the rows that `batch` reads; afterwards their gradients are zero.
///
/// # Panics
/// If `parameters` have no moments, or `plan` is of another batch.
pub fn settle(parameters: &mut Parameters, batch: &Batch, plan: &Plan) {
    settle_rows(&mut parameters.w_in, batch.unique_inputs(), &plan.inputs);
    settle_rows(&mut parameters.w_out, batch.unique_outputs(), &plan.outputs);
}

/// Takes the pending steps of these rows of one matrix; afterwards their gradients are zero.
///
/// # Panics
/// If the matrix has no moments.
pub fn settle_rows(w: &mut Parameter, ids: &[WordId], settlements: &[Settlement]) {
    assert!(w.has_moments() && ids.len() == settlements.len(), "Adam keeps moments, and a settlement for each row");
    let shape = w.shape();
    kernels().adam_settle(w.chunks_mut(), shape, ids, settlements);
}
