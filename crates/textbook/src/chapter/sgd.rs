//! SGD: a step down the gradient.
//! SGD(확률적 경사 하강법): 기울기 방향으로 한 걸음 내려간다.

use super::{Matrix, Optimizer};

/// `W -= lr * dW`
#[derive(Debug, Clone)]
pub struct SGD {
    /// The learning rate. / 학습률.
    pub lr: f32,
}

impl Optimizer for SGD {
    fn update(&mut self, params_and_grads: [(&mut Matrix, &Matrix); 2]) {
        for (w, dw) in params_and_grads {
            for (w, g) in w.numbers_mut().iter_mut().zip(dw.numbers()) {
                *w -= self.lr * g;
            }
        }
    }
}
