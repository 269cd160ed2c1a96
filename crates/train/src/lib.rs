//! Word vectors, learned fast: word2vec on all cores, files of word vectors, search, evaluation.
#![deny(unsafe_code)]
// `CBOW` and `SGD` are the field's spelling.
#![allow(clippy::upper_case_acronyms)]

/// The Rust in the README files is run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
#[doc = include_str!("../../../README.ko.md")]
pub struct ReadmeExamples;

pub mod checkpoint;
pub mod config;
pub mod corpus;
mod cpu;
pub mod error;
mod model;
mod observer;
mod progress;
mod session;
mod trainer;
mod word2vec;

pub use config::{Config, ConfigError, ModelKind};
pub use cpu::CpuTrainer;
pub use error::{Error, Result};
pub use model::Model;
pub use observer::{EpochEnd, Observer, SaveEvent};
pub use progress::{LossPoint, Progress, epoch_loss};
pub use rapidvec_core::{
    EOS_ID, Ids, Vocabulary, WordId, atomic_file, compress, cores, memory, parallel, read_vocabulary, threads_of,
    write_vocabulary,
};
pub use rapidvec_vectors as vectors;
pub use rapidvec_vectors::{AnalogyMethod, Neighbour, WordVectors};
pub use session::{CHECKPOINT_INTERVAL, Checkpoints, Pretrained, Session, Started};
pub use trainer::{Stopped, TrainError, Trainer, Until, Weights};
pub use word2vec::Word2Vec;
