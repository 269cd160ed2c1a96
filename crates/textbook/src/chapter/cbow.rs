//! CBOW: predict a word from its context. Section 4.3.
//! CBOW 모델: 맥락에서 단어를 추측한다. 4.3절.

use super::{Embedding, Matrix, Model, NegativeSamplingLoss, UnigramSampler};

/// `h = (1 / 2w) * sum over c of W_in[contexts[c]]`, then the [`NegativeSamplingLoss`] of the target.
#[derive(Debug, Clone)]
pub struct CBOW {
    /// The word vectors: `W_in`, V x D. / 단어의 분산 표현: `W_in`, V x D.
    pub w_in: Matrix,
    /// `W_out`, V x D.
    pub w_out: Matrix,
    dw_in: Matrix,
    dw_out: Matrix,
    in_layers: Vec<Embedding>,
    ns_loss: NegativeSamplingLoss,
    sampler: UnigramSampler,
}

impl CBOW {
    /// An [`Embedding`] for each of the 2w context positions; they share `w_in`.
    /// 맥락의 위치 2w개마다 [`Embedding`] 하나. 모두 `w_in`을 공유한다.
    pub fn new(w_in: Matrix, w_out: Matrix, window_size: usize, sample_size: usize, sampler: UnigramSampler) -> Self {
        let (dw_in, dw_out) = (w_in.clone(), w_out.clone());
        let in_layers = vec![Embedding::default(); 2 * window_size];
        Self { w_in, w_out, dw_in, dw_out, in_layers, ns_loss: NegativeSamplingLoss::new(sample_size), sampler }
    }

    /// [`forward`](Model::forward) with these negatives instead of drawn ones.
    /// 뽑는 대신 주어진 부정적 예를 쓰는 [`forward`](Model::forward).
    pub fn forward_with(&mut self, contexts: &[Vec<usize>], target: &[usize], negatives: &[Vec<usize>]) -> f32 {
        let mut h = Matrix::zeros(target.len(), self.w_in.cols());
        for (layer, contexts) in self.in_layers.iter_mut().zip(contexts) {
            h += &layer.forward(&self.w_in, contexts);
        }
        h *= 1.0 / self.in_layers.len() as f32;
        self.ns_loss.forward(&self.w_out, &h, target, negatives)
    }
}

impl Model for CBOW {
    fn forward(&mut self, contexts: &[Vec<usize>], target: &[usize]) -> f32 {
        let negatives = self.sampler.get_negative_sample(target);
        self.forward_with(contexts, target, &negatives)
    }

    fn backward(&mut self) {
        self.dw_in *= 0.0;
        self.dw_out *= 0.0;
        let mut dh = self.ns_loss.backward(&mut self.dw_out);
        dh *= 1.0 / self.in_layers.len() as f32;
        for layer in &self.in_layers {
            layer.backward(&dh, &mut self.dw_in);
        }
    }

    fn params_and_grads(&mut self) -> [(&mut Matrix, &Matrix); 2] {
        [(&mut self.w_in, &self.dw_in), (&mut self.w_out, &self.dw_out)]
    }
}
