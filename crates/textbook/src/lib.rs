//! The textbook chapter "word2vec, made fast", written twice: in plain loops to read, and fast to train with.
//!
//! A training step passes down this list and back up:
//!
//! | section | in plain loops | fast | what it does |
//! |---|---|---|---|
//! | 4.1 | [`chapter::Embedding`] | [`layers::Embedding`] | takes rows of `w_in`, as a product with one-hot vectors would |
//! | 4.2 | [`chapter::EmbeddingDot`] | [`layers::EmbeddingDot`] | scores a word: its row of `w_out` times the hidden vector |
//! | 4.2 | [`chapter::SigmoidWithLoss`] | [`layers::SigmoidWithLoss`] | the score's probability and its cross entropy |
//! | 4.2 | [`chapter::UnigramSampler`] | [`layers::UnigramSampler`] | draws the negatives |
//! | 4.2 | [`chapter::NegativeSamplingLoss`] | in [`TextbookTrainer`] | one true word, a few negatives, their losses added |
//! | 4.3 | [`chapter::CBOW`], [`chapter::SkipGram`] | [`Config::model`] | the two models |
//! | 4.3 | [`chapter::SGD`], [`chapter::Adam`] | [`Config::optimizer`] | how gradients become steps |
//! | 4.3 | [`chapter::Trainer`] | [`TextbookTrainer`] | shuffle, batch, forward, backward, update |
//! | 4.3 | | `to_gpu`, `to_cpu` of the crate `rapidvec-gpu` | the same on a graphics card: `config.GPU = True` |
//! | 3 | | [`layers::MatMul`], [`layers::SoftmaxWithLoss`] | what the chapter replaces, for comparison |
//!
//! Begin with [`chapter`]: it is the book's program, class by class. The fast half computes
//! the same numbers (tests hold the two together, and both to recorded runs of the chapter's NumPy program) with sparse
//! gradients: only rows that a batch reads are touched, so a step costs the same for any vocabulary. Adam's updates of the
//! other rows are summed in closed form and applied when a row is read next. Threads share a model by columns, and get the
//! same bits as one thread.
//!
//! Letters: V words, D columns, B examples in a batch, w words on each side, K negatives.

#![forbid(unsafe_code)]
// `CBOW` and `SGD` are the field's spelling.
#![allow(clippy::upper_case_acronyms)]

mod batch_layout;
pub mod builtin;
pub mod chapter;
mod config;
pub mod layers;
mod lookup;
mod optimizers;
mod parameter;
mod trainer;
mod weights;

pub use config::{Config, OptimizerKind};
pub use trainer::{TextbookTrainer, TextbookTrainerOn};
pub use weights::Weights;

// The parts of a training step, for tests and benchmarks.
#[doc(hidden)]
pub use batch_layout::BatchLayout;
#[doc(hidden)]
pub use layers::{Embedding, EmbeddingDot, MatMul, SigmoidWithLoss, SoftmaxWithLoss, UnigramSampler};
#[doc(hidden)]
pub use lookup::{Batch, Lookup};
#[doc(hidden)]
pub use optimizers::{Adam, Optimizer, SGD};
#[doc(hidden)]
pub use parameter::{Field, Parameter};
#[doc(hidden)]
pub use trainer::{Engine, Learner, Side};
#[doc(hidden)]
pub use weights::Parameters;

#[cfg(test)]
mod check;
