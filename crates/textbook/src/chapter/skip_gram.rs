//! SkipGram: predict each word of the context from the word between them. Section 4.3.
//! SkipGram 모델: 가운데 단어에서 맥락의 단어 하나하나를 추측한다. 4.3절.

use super::{Embedding, Matrix, Model, NegativeSamplingLoss, UnigramSampler};

/// `h = W_in[target]`, then a [`NegativeSamplingLoss`] for each of the 2w context positions; the losses are added.
#[derive(Debug, Clone)]
pub struct SkipGram {
    /// The word vectors: `W_in`, V x D. / 단어의 분산 표현: `W_in`, V x D.
    pub w_in: Matrix,
    /// `W_out`, V x D.
    pub w_out: Matrix,
    dw_in: Matrix,
    dw_out: Matrix,
    in_layer: Embedding,
    loss_layers: Vec<NegativeSamplingLoss>,
    sampler: UnigramSampler,
}

impl SkipGram {
    /// A [`NegativeSamplingLoss`] for each of the 2w context positions; they share `w_out`.
    /// 맥락의 위치 2w개마다 [`NegativeSamplingLoss`] 하나. 모두 `w_out`을 공유한다.
    pub fn new(w_in: Matrix, w_out: Matrix, window_size: usize, sample_size: usize, sampler: UnigramSampler) -> Self {
        let (dw_in, dw_out) = (w_in.clone(), w_out.clone());
        let loss_layers = vec![NegativeSamplingLoss::new(sample_size); 2 * window_size];
        Self { w_in, w_out, dw_in, dw_out, in_layer: Embedding::default(), loss_layers, sampler }
    }

    /// [`forward`](Model::forward) with these negatives, a set for each position, instead of drawn ones.
    /// 뽑는 대신 위치마다 주어진 부정적 예를 쓰는 [`forward`](Model::forward).
    pub fn forward_with(&mut self, contexts: &[Vec<usize>], target: &[usize], negatives: &[Vec<Vec<usize>>]) -> f32 {
        let h = self.in_layer.forward(&self.w_in, target);
        let mut loss = 0.0;
        for ((layer, context), negatives) in self.loss_layers.iter_mut().zip(contexts).zip(negatives) {
            loss += layer.forward(&self.w_out, &h, context, negatives);
        }
        loss
    }
}

impl Model for SkipGram {
    fn forward(&mut self, contexts: &[Vec<usize>], target: &[usize]) -> f32 {
        // Each position draws its own negatives. / 위치마다 부정적 예를 따로 뽑는다.
        let negatives: Vec<_> = contexts.iter().map(|context| self.sampler.get_negative_sample(context)).collect();
        self.forward_with(contexts, target, &negatives)
    }

    fn backward(&mut self) {
        self.dw_in *= 0.0;
        self.dw_out *= 0.0;
        for layer in &mut self.loss_layers {
            let dh = layer.backward(&mut self.dw_out);
            self.in_layer.backward(&dh, &mut self.dw_in);
        }
    }

    fn params_and_grads(&mut self) -> [(&mut Matrix, &Matrix); 2] {
        [(&mut self.w_in, &self.dw_in), (&mut self.w_out, &self.dw_out)]
    }
}
