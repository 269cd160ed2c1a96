//! The textbook: word2vec from the layers of the chapter "word2vec, made fast", under the chapter's names.
//!
//! A training step goes down this list and back up:
//!
//! | chapter | here | what it does |
//! |---|---|---|
//! | 4.1 | [`Embedding`] | takes rows of `w_in`: what a one-hot product would compute |
//! | 4.2 | [`EmbeddingDot`] | scores a word: its row of `w_out` times the hidden vector |
//! | 4.2 | [`SigmoidWithLoss`] | the score's probability and its cross entropy |
//! | 4.2 | [`UnigramSampler`] | draws the negatives |
//! | 4.2 | [`NegativeSamplingLoss`] | one true word, a few negatives, their losses added |
//! | 4.3 | [`CBOW`], [`SkipGram`] | the two models, wired from those layers |
//! | 4.3 | [`SGD`], [`Adam`] | how gradients become steps |
//! | 4.3 | [`TextbookTrainer`] | shuffle, batch, forward, backward, update |
//! | 3 | [`MatMul`], [`SoftmaxWithLoss`] | what the chapter replaces, for comparison |
//!
//! Layers own no weights: the model has `w_in` and `w_out`, layers borrow them. A layer remembers from `forward` what its
//! `backward` needs. Gradients are sparse: a [`Lookup`] lists the different rows it touches, and nothing but those rows is
//! written or read, so a step costs what it touches and not the vocabulary. Threads share a model by columns
//! ([`Columns`]), never by rows: the only numbers that threads have to add up are the scores.
//!
//! Letters: V words, D columns, B examples in a batch, w words on each side, K negatives.

#![forbid(unsafe_code)]
// `CBOW` and `SGD` are the field's spelling.
#![allow(clippy::upper_case_acronyms)]

pub mod builtin;
pub mod chapter;
pub mod checkpoint;
mod columns;
mod config;
pub mod layers;
mod lookup;
pub mod models;
pub mod optimizers;
mod parameter;
mod trainer;
mod wiring;

pub use columns::{AllColumns, Columns, Stopped};
pub use config::{Config, OptimizerKind};
pub use layers::{
    Embedding, EmbeddingDot, MatMul, NegativeSamplingLoss, SigmoidWithLoss, SoftmaxWithLoss, UnigramSampler,
};
pub use lookup::Lookup;
pub use models::{CBOW, Model, Parameters, SkipGram, Weights};
pub use optimizers::{Adam, Optimizer, SGD};
pub use parameter::{Field, Parameter};
pub use rapidvec::{Error, Result};
pub use trainer::{AdamState, Learner, LossPoint, Pause, Progress, TextbookTrainer, TrainerState};
pub use wiring::Wiring;

#[cfg(test)]
mod check;
