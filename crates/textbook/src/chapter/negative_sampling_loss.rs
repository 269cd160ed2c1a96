//! NegativeSamplingLoss: 1 + K yes-or-no questions instead of one question with V answers. Section 4.2.
//! NegativeSamplingLoss 계층: 답이 V개인 질문 하나 대신 예/아니오 질문 1 + K개. 4.2절.

use super::{EmbeddingDot, Matrix, SigmoidWithLoss};

/// `loss = loss(target, 1) + sum over k of loss(negatives[k], 0)`
#[derive(Debug, Clone)]
pub struct NegativeSamplingLoss {
    embed_dot_layers: Vec<EmbeddingDot>,
    loss_layers: Vec<SigmoidWithLoss>,
}

impl NegativeSamplingLoss {
    /// K = `sample_size` negatives: K + 1 layers, the first for the target.
    /// 부정적 예 K = `sample_size`개: 계층은 K + 1개이고 첫째가 타깃(긍정적 예)용이다.
    pub fn new(sample_size: usize) -> Self {
        Self {
            embed_dot_layers: vec![EmbeddingDot::default(); sample_size + 1],
            loss_layers: vec![SigmoidWithLoss::default(); sample_size + 1],
        }
    }

    /// The answer for the target should be 1, for each of its negatives 0; the losses are added.
    /// 타깃의 정답은 1, 부정적 예의 정답은 0이다. 손실은 모두 더한다.
    pub fn forward(&mut self, w: &Matrix, h: &Matrix, target: &[usize], negatives: &[Vec<usize>]) -> f32 {
        let mut loss = 0.0;
        for (i, (embed_dot, sigmoid)) in self.embed_dot_layers.iter_mut().zip(&mut self.loss_layers).enumerate() {
            let (idx, label) = if i == 0 { (target, 1.0) } else { (&negatives[i - 1][..], 0.0) };
            let score = embed_dot.forward(w, h, idx);
            loss += sigmoid.forward(&score, label);
        }
        loss
    }

    /// Adds to `dw`; returns the gradient of h, the sum over all K + 1 layers.
    /// `dw`에 더하고, h의 기울기(K + 1개 계층이 돌려준 값의 합)를 반환한다.
    pub fn backward(&mut self, dw: &mut Matrix) -> Matrix {
        let layers = self.embed_dot_layers.iter_mut().zip(&self.loss_layers);
        let mut each = layers.map(|(embed_dot, sigmoid)| embed_dot.backward(&sigmoid.backward(), dw));
        let mut dh = each.next().expect("there is a layer for the target");
        each.for_each(|other| dh += &other);
        dh
    }
}
