//! EmbeddingDot: the score of one word, instead of the scores of all V. Section 4.2.
//! EmbeddingDot 계층: V개 단어 전부가 아니라 단어 하나의 점수만 구한다. 4.2절.

use super::{Embedding, Matrix};

/// `out = sum(W[idx] * h)`
#[derive(Debug, Clone, Default)]
pub struct EmbeddingDot {
    embed: Embedding,
    /// What backward needs: h and W[idx]. / 역전파에 필요한 값: h와 W[idx].
    cache: Option<(Matrix, Matrix)>,
}

impl EmbeddingDot {
    /// The dot product of `h[b]` and `W[idx[b]]` for each example.
    /// 예제마다 `h[b]`와 `W[idx[b]]`의 내적.
    pub fn forward(&mut self, w: &Matrix, h: &Matrix, idx: &[usize]) -> Vec<f32> {
        let target_w = self.embed.forward(w, idx);
        let out = (0..idx.len()).map(|b| dot(&target_w[b], &h[b])).collect(); // sum(target_W * h, axis=1)
        self.cache = Some((h.clone(), target_w));
        out
    }

    /// The product rule: `dW[idx] += dout * h`, and `dh = dout * W[idx]`, which it returns.
    /// 곱의 미분: `dW[idx] += dout * h`, 그리고 반환값 `dh = dout * W[idx]`.
    ///
    /// # Panics
    /// If `forward` did not run before. / 순전파를 먼저 실행하지 않은 경우.
    pub fn backward(&mut self, dout: &[f32], dw: &mut Matrix) -> Matrix {
        let (mut dtarget_w, mut dh) = self.cache.take().expect("forward runs before backward");
        for (b, &dout) in dout.iter().enumerate() {
            dtarget_w[b].iter_mut().for_each(|h| *h *= dout); // dout * h
            dh[b].iter_mut().for_each(|w| *w *= dout); // dout * target_W
        }
        self.embed.backward(&dtarget_w, dw);
        dh
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
