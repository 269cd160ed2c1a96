//! SigmoidWithLoss: is this the word, yes or no? A score becomes a probability, and the probability a loss. Section 4.2.
//! SigmoidWithLoss 계층: 이 단어인가, 아닌가? 점수를 확률로, 확률을 손실로 바꾼다. 4.2절.

/// `y = 1 / (1 + exp(-x))`, `loss = -(t log y + (1 - t) log(1 - y))`
#[derive(Debug, Clone, Default)]
pub struct SigmoidWithLoss {
    y: Vec<f32>,
    t: f32,
}

impl SigmoidWithLoss {
    /// The mean loss of scores `x`, one for each example; `t` is the answer for all of them, 1 or 0.
    /// 예제별 점수 `x`의 평균 손실. `t`는 모두에 공통인 정답 레이블(1 또는 0)이다.
    pub fn forward(&mut self, x: &[f32], t: f32) -> f32 {
        self.t = t;
        self.y = x.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect();
        // The same loss, computed from the score: log(y) would be -inf for a y that rounds to 0, so the book adds 1e-7.
        // 같은 손실을 점수에서 바로 구한다. y가 0으로 반올림되면 log(y)는 -inf가 되므로 책에서는 1e-7을 더한다.
        let loss = |x: &f32| x.max(0.0) - x * t + (-x.abs()).exp().ln_1p();
        x.iter().map(loss).sum::<f32>() / x.len() as f32
    }

    /// `dx = (y - t) / B`: the answer minus the correct one.
    /// `dx = (y - t) / B`: 출력한 답과 정답의 차이.
    pub fn backward(&self) -> Vec<f32> {
        self.y.iter().map(|y| (y - self.t) / self.y.len() as f32).collect()
    }
}
