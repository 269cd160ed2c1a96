//! SGD: a step down the gradient, `w -= η dw`.
#![forbid(unsafe_code)]

use super::Plan;
use crate::math::kernels::kernels;
use crate::nn::{Batch, Gradients, Weights};

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
    pub fn step(weights: &mut Weights, gradients: &mut Gradients, batch: &Batch, plan: &Plan) {
        let sides = [
            (&mut weights.w_in, &mut gradients.dw_in, batch.unique_inputs()),
            (&mut weights.w_out, &mut gradients.dw_out, batch.unique_outputs()),
        ];
        for (w, dw, ids) in sides {
            let n = w.width();
            kernels().sgd_step(w.chunks_mut(), dw.chunks_mut(), n, ids, plan.rate);
        }
    }
}
