//! Trainer: shuffle, take a batch, forward, backward, update. Section 4.3.
//! Trainer: 섞고, 미니배치를 꺼내고, 순전파, 역전파, 갱신. 4.3절.

use super::Matrix;
use rapidvec_core::{Purpose, Rng};

/// What the trainer needs from a model.
/// 모델이 갖춰야 할 것.
pub trait Model {
    /// The mean loss of a batch: `contexts[c][b]` is the word at position c around `target[b]`.
    /// 배치의 평균 손실. `contexts[c][b]`는 `target[b]` 주변에서 c번째 위치에 있는 단어다.
    fn forward(&mut self, contexts: &[Vec<usize>], target: &[usize]) -> f32;

    /// Computes the gradients of that loss.
    /// 그 손실의 기울기를 구한다.
    fn backward(&mut self);

    /// `(W_in, dW_in)` and `(W_out, dW_out)`.
    fn params_and_grads(&mut self) -> [(&mut Matrix, &Matrix); 2];
}

/// What the trainer needs from an optimizer.
/// 옵티마이저가 갖춰야 할 것.
pub trait Optimizer {
    /// Updates the weights by their gradients.
    /// 기울기로 가중치를 갱신한다.
    fn update(&mut self, params_and_grads: [(&mut Matrix, &Matrix); 2]);
}

/// Trains `model` with `optimizer`.
/// `optimizer`로 `model`을 학습시킨다.
#[derive(Debug)]
pub struct Trainer<M, O> {
    /// The model. / 모델.
    pub model: M,
    /// The optimizer. / 옵티마이저.
    pub optimizer: O,
}

impl<M: Model, O: Optimizer> Trainer<M, O> {
    /// Trains on all examples `max_epoch` times, in a new random order each time; examples that do not fill a batch wait for
    /// the next epoch. `eval` gets the epoch and its mean loss.
    /// 모든 예제를 매번 새로 섞어 `max_epoch`번 학습한다. 배치를 채우지 못한 예제는 다음 에폭을 기다린다. `eval`은 에폭과 평균
    /// 손실을 받는다.
    pub fn fit(
        &mut self,
        contexts: &[Vec<usize>],
        target: &[usize],
        max_epoch: usize,
        batch_size: usize,
        mut eval: impl FnMut(usize, f32),
    ) {
        let mut order: Vec<usize> = (0..target.len()).collect();
        for epoch in 0..max_epoch {
            Rng::stream(1, Purpose::Shuffle, epoch as u64).shuffle(&mut order);
            let mut losses = Vec::new();
            for batch in order.chunks_exact(batch_size) {
                let of_batch = |ids: &[usize]| batch.iter().map(|&i| ids[i]).collect::<Vec<_>>();
                let contexts: Vec<_> = contexts.iter().map(|context| of_batch(context)).collect();
                losses.push(self.model.forward(&contexts, &of_batch(target)));
                self.model.backward();
                self.optimizer.update(self.model.params_and_grads());
            }
            eval(epoch + 1, losses.iter().sum::<f32>() / losses.len() as f32);
        }
    }
}

/// `(contexts, target)` of a corpus: the target of example i is token w + i, `contexts[c][i]` the c-th of the 2w words around it.
/// 말뭉치의 `(contexts, target)`. 예제 i의 타깃은 w + i번째 토큰이고, `contexts[c][i]`는 그 주변 단어 2w개 가운데 c번째다.
pub fn create_contexts_target(corpus: &[usize], window_size: usize) -> (Vec<Vec<usize>>, Vec<usize>) {
    let examples = corpus.len().saturating_sub(2 * window_size);
    let tokens_from = |start: usize| corpus[start..][..examples].to_vec();
    let contexts = (0..=2 * window_size).filter(|&c| c != window_size).map(tokens_from).collect();
    (contexts, tokens_from(window_size))
}
