//! Adam on the dense trajectory, at sparse cost.
//!
//! The chapter's Adam moves all V rows at every step. Here a row rests between two batches that touch it: its gradient
//! stays where `backward` left it, and just before the row is read again [`Moments::settle`] takes the step on that
//! gradient and all the steps that the row missed since, in one pass (derivation in `missed.rs`). In exact arithmetic the
//! weights are those of the dense program; in f32 they differ by rounding alone, and over 20,000 steps this way stays closer
//! to a dense run in f64 than a dense run in f32 does. Kingma and Ba 2015; the book, chapter 4.
#![forbid(unsafe_code)]

use super::Plan;
use super::missed::Missed;
use crate::math::Matrix;
use crate::math::kernels::kernels;
use crate::math::kernels::plain::Settlement;
use crate::nn::{Batch, Gradients, Weights};
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

/// First and second moments of both matrices, for the columns of one thread.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    /// First moment of `w_in`.
    pub m_in: Matrix,
    /// Second moment of `w_in`.
    pub v_in: Matrix,
    /// First moment of `w_out`.
    pub m_out: Matrix,
    /// Second moment of `w_out`.
    pub v_out: Matrix,
}

impl Moments {
    /// Zeros, for two V x D matrices.
    pub fn zeros(vocab_size: usize, cols: usize) -> Self {
        let zeros = || Matrix::zeros(vocab_size, cols);
        Self { m_in: zeros(), v_in: zeros(), m_out: zeros(), v_out: zeros() }
    }

    /// Takes the pending steps of the rows that `batch` reads; afterwards their gradients are zero.
    pub fn settle(&mut self, weights: &mut Weights, gradients: &mut Gradients, batch: &Batch, plan: &Plan) {
        let inputs = (batch.unique_inputs(), &plan.inputs[..]);
        self.settle_rows(weights, gradients, inputs, (batch.unique_outputs(), &plan.outputs));
    }

    /// Takes the pending steps of these rows of `w_in` and of `w_out`.
    pub fn settle_rows(
        &mut self,
        weights: &mut Weights,
        gradients: &mut Gradients,
        inputs: (&[WordId], &[Settlement]),
        outputs: (&[WordId], &[Settlement]),
    ) {
        let sides = [
            (&mut weights.w_in, &mut gradients.dw_in, &mut self.m_in, &mut self.v_in, inputs),
            (&mut weights.w_out, &mut gradients.dw_out, &mut self.m_out, &mut self.v_out, outputs),
        ];
        for (w, dw, m, v, (ids, settlements)) in sides {
            let n = w.width();
            let (w, dw, m, v) = (w.chunks_mut(), dw.chunks_mut(), m.chunks_mut(), v.chunks_mut());
            kernels().adam_settle(w, dw, m, v, n, ids, settlements);
        }
    }
}
