//! Embedding: take rows of W by their number, instead of multiplying W by one-hot vectors. Section 4.1.
//! Embedding 계층: 원핫 벡터와 W를 곱하는 대신 W에서 번호에 해당하는 행을 꺼낸다. 4.1절.

use super::Matrix;

/// `out = W[idx]`
#[derive(Debug, Clone, Default)]
pub struct Embedding {
    idx: Vec<usize>,
}

impl Embedding {
    /// `W[idx]`, B x D: row b is row `idx[b]` of W.
    /// `W[idx]`, B x D: b번째 행은 W의 `idx[b]`번째 행이다.
    pub fn forward(&mut self, w: &Matrix, idx: &[usize]) -> Matrix {
        self.idx = idx.to_vec();
        let mut out = Matrix::zeros(idx.len(), w.cols());
        for (b, &id) in idx.iter().enumerate() {
            out[b].copy_from_slice(&w[id]); // W[idx]
        }
        out
    }

    /// `np.add.at(dW, idx, dout)`: add, never assign; a row that was taken twice gets both gradients.
    /// `np.add.at(dW, idx, dout)`: 할당하지 않고 더한다. 두 번 꺼낸 행은 두 기울기를 모두 받는다.
    pub fn backward(&self, dout: &Matrix, dw: &mut Matrix) {
        for (b, &id) in self.idx.iter().enumerate() {
            for (dw, dout) in dw[id].iter_mut().zip(&dout[b]) {
                *dw += dout;
            }
        }
    }
}
