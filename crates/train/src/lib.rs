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
mod observer;
mod progress;
mod trainer;

pub use config::{Config, ConfigError, ModelKind};
pub use cpu::CpuTrainer;
pub use error::{Error, Result};
pub use observer::{EpochEnd, Observer, SaveEvent};
pub use progress::{LossPoint, Progress, epoch_loss};
pub use rapidvec_core::{
    EOS_ID, Ids, Vocabulary, WordId, atomic_file, compress, cores, memory, parallel, read_vocabulary, threads_of,
    write_vocabulary,
};
pub use rapidvec_vectors as vectors;
pub use rapidvec_vectors::{AnalogyMethod, Hits, Search, WordVectors};
pub use trainer::{Stopped, TrainError, Trainer, Until, Weights};
