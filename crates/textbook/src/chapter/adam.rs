//! Adam: the step size of each weight follows from running means of its gradient and of the gradient's square.
//! Adam: 기울기와 기울기 제곱의 이동 평균으로 가중치마다 갱신 크기를 정한다.
//!
//! As in the chapter's program, every row moves at every step, even if its gradient is 0. Kingma and Ba 2015.
//! 기울기가 0인 행도 매 단계 움직인다. 책의 프로그램이 그렇다. Kingma and Ba 2015.

use super::{Matrix, Optimizer};

/// `m += (1 - β1)(g - m)`, `v += (1 - β2)(g² - v)`, `W -= lr_t * m / (sqrt(v) + 1e-7)`
#[derive(Debug, Clone)]
pub struct Adam {
    lr: f32,
    beta1: f32,
    beta2: f32,
    iter: i32,
    /// The moments m and v of both matrices. / 두 행렬의 모멘트 m과 v.
    moments: Option<[(Matrix, Matrix); 2]>,
}

impl Adam {
    /// The book's constants: β1 = 0.9, β2 = 0.999; its learning rate is 0.001.
    /// 책의 상수: β1 = 0.9, β2 = 0.999. 책의 학습률은 0.001이다.
    pub fn new(lr: f32) -> Self {
        Self { lr, beta1: 0.9, beta2: 0.999, iter: 0, moments: None }
    }
}

impl Optimizer for Adam {
    fn update(&mut self, params_and_grads: [(&mut Matrix, &Matrix); 2]) {
        let zeros = |dw: &Matrix| Matrix::zeros(dw.rows(), dw.cols());
        let grads = [params_and_grads[0].1, params_and_grads[1].1];
        let moments = self.moments.get_or_insert_with(|| grads.map(|dw| (zeros(dw), zeros(dw))));
        self.iter += 1;
        let lr_t = self.lr * (1.0 - self.beta2.powi(self.iter)).sqrt() / (1.0 - self.beta1.powi(self.iter));
        for ((w, dw), (m, v)) in params_and_grads.into_iter().zip(moments) {
            let (w, m, v) = (w.numbers_mut(), m.numbers_mut(), v.numbers_mut());
            for (i, g) in dw.numbers().iter().enumerate() {
                m[i] += (1.0 - self.beta1) * (g - m[i]);
                v[i] += (1.0 - self.beta2) * (g * g - v[i]);
                w[i] -= lr_t * m[i] / (v[i].sqrt() + 1e-7);
            }
        }
    }
}
