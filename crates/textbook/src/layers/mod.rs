//! The chapter's layers, one a file: `forward`, `backward`, and what the one leaves for the other.

mod embedding;
mod embedding_dot;
mod mat_mul;
mod negative_sampling_loss;
mod sigmoid_with_loss;
mod softmax_with_loss;
mod unigram_sampler;

pub use embedding::Embedding;
pub use embedding_dot::EmbeddingDot;
pub use mat_mul::MatMul;
pub use negative_sampling_loss::NegativeSamplingLoss;
pub use sigmoid_with_loss::SigmoidWithLoss;
pub use softmax_with_loss::SoftmaxWithLoss;
pub use unigram_sampler::UnigramSampler;
