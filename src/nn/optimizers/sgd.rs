//! SGD: a step down the gradient, `w -= η dw`.
#![forbid(unsafe_code)]

use super::Plan;
use crate::math::kernels::kernels;
use crate::nn::{Batch, Parameters};

/// Plain stochastic gradient descent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SGD {
    /// η, the size of a step.
    pub learning_rate: f32,
}

impl SGD {
    /// What the next step needs.
    pub fn plan(&mut self, plan: &mut Plan) {
        plan.rate = self.learning_rate;
    }

    /// Updates the rows that `batch` touched, and makes their gradients zero.
    pub fn step(parameters: &mut Parameters, batch: &Batch, plan: &Plan) {
        let sides = [(&mut parameters.w_in, batch.unique_inputs()), (&mut parameters.w_out, batch.unique_outputs())];
        for (w, ids) in sides {
            let shape = w.shape();
            kernels().sgd_step(w.chunks_mut(), shape, ids, plan.rate);
        }
    }
}
