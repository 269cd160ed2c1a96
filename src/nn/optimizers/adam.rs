//! Adam on the dense trajectory, at sparse cost.
//!
//! The chapter's Adam moves all V rows at every step. Here a row is brought up to date just before it is read
//! ([`Moments::catch_up`], derivation in `missed.rs`) and stepped after its gradient is known, so a step costs the rows of
//! its batch. In exact arithmetic both give the same weights; in f32 they differ by rounding alone, and over 20,000 steps
//! this one stays closer to a dense run in f64 than a dense run in f32 does. Kingma and Ba 2015; the book, chapter 4.
#![forbid(unsafe_code)]

use super::Plan;
use super::missed::Missed;
use crate::math::Matrix;
use crate::math::kernels::kernels;
use crate::math::kernels::plain::CatchUp;
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
        plan.rate = self.missed.rate() as f32;
        let sides = [
            (&mut self.last_in, batch.inputs.unique(), &mut plan.missed_in),
            (&mut self.last_out, batch.outputs.unique(), &mut plan.missed_out),
        ];
        for (last, ids, missed) in sides {
            missed.clear();
            for &id in ids {
                let last = &mut last[id as usize];
                missed.push(self.missed.since(*last));
                *last = self.step;
            }
        }
        self.missed.advance();
    }

    /// What every row of (`w_in`, `w_out`) must catch up with to show the weights as they are now. Changes nothing.
    pub fn plan_for_all_rows(&self) -> (Vec<CatchUp>, Vec<CatchUp>) {
        let all = |last: &[u32]| last.iter().map(|&last| self.missed.since(last)).collect();
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

    /// Brings the rows that `batch` reads up to the step before `plan`'s.
    pub fn catch_up(&mut self, weights: &mut Weights, batch: &Batch, plan: &Plan) {
        self.catch_up_rows(
            weights,
            (batch.inputs.unique(), &plan.missed_in),
            (batch.outputs.unique(), &plan.missed_out),
        );
    }

    /// Brings these rows of `w_in` and of `w_out` up to date.
    pub fn catch_up_rows(
        &mut self,
        weights: &mut Weights,
        inputs: (&[WordId], &[CatchUp]),
        outputs: (&[WordId], &[CatchUp]),
    ) {
        let sides = [
            (&mut weights.w_in, &mut self.m_in, &mut self.v_in, inputs),
            (&mut weights.w_out, &mut self.m_out, &mut self.v_out, outputs),
        ];
        for (w, m, v, (ids, missed)) in sides {
            let n = w.width();
            kernels().adam_catch_up(w.chunks_mut(), m.chunks_mut(), v.chunks_mut(), n, ids, missed);
        }
    }

    /// Takes `plan`'s step on the rows that `batch` touched.
    pub fn step(&mut self, weights: &mut Weights, gradients: &Gradients, batch: &Batch, plan: &Plan) {
        let sides = [
            (&mut weights.w_in, &mut self.m_in, &mut self.v_in, &gradients.dw_in, batch.inputs.unique()),
            (&mut weights.w_out, &mut self.m_out, &mut self.v_out, &gradients.dw_out, batch.outputs.unique()),
        ];
        for (w, m, v, dw, ids) in sides {
            let n = w.width();
            kernels().adam_step(w.chunks_mut(), m.chunks_mut(), v.chunks_mut(), n, ids, dw.chunks(), plan.rate);
        }
    }
}
