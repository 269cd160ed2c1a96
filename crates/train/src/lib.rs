//! Fast word2vec: train word vectors; open, search, evaluate and save vectors in all common formats.
//!
//! ```
//! use rapidvec::Word2Vec;
//!
//! let text = "the king sat near the queen\nthe man sat near the woman\n".repeat(100);
//! let model = Word2Vec::skip_gram().vector_size(20).epochs(10).train_text(&text)?;
//! for (word, score) in model.vectors().most_similar("king", 3)? {
//!     println!("{word} {score:.3}");
//! }
//! # Ok::<(), rapidvec::Error>(())
//! ```
//!
//! Train on sentences in memory, whose tokens may contain spaces:
//!
//! ```
//! # use rapidvec::Word2Vec;
//! # use rapidvec::corpus::{Corpus, CorpusOptions};
//! # let sentences = [["New York", "is", "large"], ["Seoul", "is", "large"]].repeat(500);
//! let corpus = Corpus::from_sentences(&sentences, &CorpusOptions::default().min_count(1))?;
//! let model = Word2Vec::cbow().train(&corpus)?;
//! # assert_eq!(model.vectors().len(), 4);
//! # Ok::<(), rapidvec::Error>(())
//! ```
//!
//! | to | use |
//! |---|---|
//! | train in one call | [`Word2Vec`], with the settings of [`Config`] |
//! | read text: files, folders, pipes, sentences, ids | [`corpus`] |
//! | checkpoints, held-out loss, starting vectors, continuing a model | [`Session`] |
//! | watch and stop a run | [`Observer`] |
//! | several runs and their mean | [`Session::start_runs`] |
//! | resume a run | [`checkpoint`] |
//! | train with several processes, on one machine or on many | [`distributed`] |
//! | drive training block by block | [`Trainer`], [`CpuTrainer`] |
//! | open, query, evaluate, save vectors | [`WordVectors`], [`vectors`] |
//!
//! The layers of the textbook chapter this project grew from are the crate `rapidvec-textbook`.

#![deny(unsafe_code)]
// `CBOW` and `SGD` are the field's spelling.
#![allow(clippy::upper_case_acronyms)]

/// The Rust in the README files and in the book is run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
#[doc = include_str!("../../../README.ko.md")]
#[doc = include_str!("../../../docs/rust.md")]
#[doc = include_str!("../../../docs/uncertainty.md")]
pub struct ReadmeExamples;

pub mod checkpoint;
pub mod config;
pub mod corpus;
mod cpu;
pub mod distributed;
pub mod error;
mod model;
mod observer;
mod progress;
mod session;
mod trainer;
mod word2vec;

pub use config::{Config, ConfigError, ModelKind};
#[doc(hidden)]
pub use cpu::{BlockRunner, BlockStats, EpochBlocks, Piece, Sampling};
pub use cpu::{CpuTrainer, HuffmanTree, Matrices, Outputs};
pub use error::{Error, Result};
pub use model::Model;
pub use observer::{EpochEnd, Observer, SaveEvent};
pub use progress::{LossPoint, Progress, epoch_loss};
pub use rapidvec_core::{
    ClosedRows, EOS_ID, Ids, Matrix, Vocabulary, WordId, atomic_file, compress, cores, memory, parallel,
    read_vocabulary, threads_of, write_vocabulary,
};
pub use rapidvec_vectors as vectors;
pub use rapidvec_vectors::{AnalogyMethod, Hits, NGrams, Search, Units, WordVectors};
pub use session::{CHECKPOINT_INTERVAL, Checkpoints, Pretrained, Runs, Session, Started};
pub use trainer::{Stopped, SubwordWeights, TrainError, Trainer, Until, Weights};
pub use word2vec::Word2Vec;
