//! The fast layers, one per file: `forward`, `backward`, and what the first keeps for the second.
//!
//! They compute what the [plain layers](crate::chapter) compute, over all words of a batch at once: a call is a loop of a
//! vectorised kernel over rows of a matrix. `fused_step` is `backward` and the step of SGD in one pass over the rows, so that
//! gradients are never written to memory.

mod embedding;
mod embedding_dot;
mod mat_mul;
mod sigmoid_with_loss;
mod softmax_with_loss;
mod unigram_sampler;

pub use embedding::Embedding;
pub use embedding_dot::EmbeddingDot;
pub use mat_mul::MatMul;
pub use sigmoid_with_loss::SigmoidWithLoss;
pub use softmax_with_loss::SoftmaxWithLoss;
pub use unigram_sampler::UnigramSampler;
