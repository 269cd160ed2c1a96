//! The chapter in plain loops: each class of the book in its own file, with forward and backward as in the book.
//! 책의 4장을 평범한 반복문으로 옮긴 것: 클래스마다 파일 하나, 순전파와 역전파는 책 그대로.
//!
//! | section / 절 | class / 클래스 | the main line / 핵심이 되는 한 줄 |
//! |---|---|---|
//! | 4.1 | [`Embedding`] | `out = W[idx]` |
//! | 4.2 | [`EmbeddingDot`] | `out = sum(W[idx] * h)` |
//! | 4.2 | [`SigmoidWithLoss`] | `y = 1 / (1 + exp(-x))`, `dx = (y - t) / B` |
//! | 4.2 | [`UnigramSampler`] | `p = count^0.75`, `p[target] = 0` |
//! | 4.2 | [`NegativeSamplingLoss`] | `loss = loss(target, 1) + sum(loss(negative, 0))` |
//! | 4.3 | [`CBOW`] | `h = mean(W_in[contexts])` |
//! | 4.3 | [`SkipGram`] | `h = W_in[target]` |
//! | 4.3 | [`SGD`], [`Adam`] | `W -= lr * dW`, `W -= lr_t * m / (sqrt(v) + 1e-7)` |
//! | 4.3 | [`Trainer`] | `forward`, `backward`, `update` |
//!
//! Nothing here is fast: every gradient is V x D, and Adam updates all of it at each step. The rest of this crate computes the
//! same numbers faster, as tests check. One thing differs from the book: layers borrow their weights from the model instead of
//! keeping a reference, so that layers which share `W_in` add to one gradient.
//! 여기 있는 코드는 빠르지 않다. 기울기는 모두 V x D 크기이고 Adam은 매 단계 그 전부를 갱신한다. 이 크레이트의 나머지는 같은 값을
//! 더 빠르게 계산하며, 테스트가 둘이 같음을 확인한다. 책과 다른 점은 하나다. 계층이 가중치를 직접 갖지 않고 모델에서 빌린다. 그래서
//! `W_in`을 공유하는 계층들은 기울기 하나에 함께 더한다.
//!
//! The book's `config.GPU = True`, `to_gpu` and `to_cpu` (`common/np.py`, `common/util.py`) are in the crate `rapidvec-gpu`, whose
//! shaders run the fast half of this crate on a graphics card.
//! 책의 `config.GPU = True`, `to_gpu`, `to_cpu`(`common/np.py`, `common/util.py`)는 크레이트 `rapidvec-gpu`에 있다. 그 셰이더들이 이
//! 크레이트의 빠른 절반을 그래픽 카드에서 계산한다.
//!
//! V: words, D: numbers in a vector, B: examples in a batch, w: words on each side, K: negatives.
//! V: 단어 수, D: 벡터의 차원 수, B: 배치의 예제 수, w: 한쪽 맥락의 단어 수, K: 부정적 예의 수.

mod adam;
mod cbow;
mod embedding;
mod embedding_dot;
mod matrix;
mod negative_sampling_loss;
mod sgd;
mod sigmoid_with_loss;
mod skip_gram;
mod trainer;
mod unigram_sampler;

pub use adam::Adam;
pub use cbow::CBOW;
pub use embedding::Embedding;
pub use embedding_dot::EmbeddingDot;
pub use matrix::Matrix;
pub use negative_sampling_loss::NegativeSamplingLoss;
pub use sgd::SGD;
pub use sigmoid_with_loss::SigmoidWithLoss;
pub use skip_gram::SkipGram;
pub use trainer::{Model, Optimizer, Trainer, create_contexts_target};
pub use unigram_sampler::UnigramSampler;

#[cfg(test)]
mod tests;
