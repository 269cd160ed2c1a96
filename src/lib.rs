//! Word vectors, learned fast: word2vec as a textbook chapter builds it, layer by layer, without the chapter's wait.
//! The chapter is the fourth of Saito Koki's *Deep Learning from Scratch 2*.
//!
//! The whole pipeline, text to answers:
//!
//! ```
//! use rapidvec::{Config, WordVectors, checkpoint, corpus, nn};
//!
//! fn main() -> rapidvec::Result<()> {
//!     let options = corpus::ReadOptions::default();
//!     let text = "the king saw the queen and the man saw the woman .\n".repeat(40);
//!     let corpus = corpus::Corpus::from_text("tale", &text, &options)?;
//!     let config = Config { epochs: 20, vector_size: 20, window: 2, negatives: 3, ..Config::textbook() };
//!
//!     let mut trainer = nn::Trainer::new(&config, &corpus.ids, corpus.vocabulary.counts(), 0)?;
//!     while trainer.run(|_| false, |point| println!("loss {:.2}", point.loss))? != nn::Pause::Finished {}
//!
//!     let record = checkpoint::CorpusRecord::new(&corpus, vec!["tale".into()], &options);
//!     let (vocabulary, storage) = (&corpus.vocabulary, checkpoint::Storage::default());
//!     let run = checkpoint::Run { config: &config, corpus: &record, vocabulary, storage, held_out: &[] };
//!     let model = std::env::temp_dir().join("tale.safetensors");
//!     checkpoint::save_model(&model, &run, &trainer)?;
//!
//!     for near in WordVectors::open(&model)?.most_similar("king", 5)? {
//!         println!("{} {:.2}", near.word, near.similarity);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Modules
//!
//! Data flows down this list; a module imports from those above it only.
//!
//! | module | what it answers |
//! |---|---|
//! | [`error`](mod@error) | what can go wrong, as data |
//! | [`config`] | the settings, their defaults and ranges |
//! | [`math`] | matrices, random streams, the kernels of this CPU |
//! | [`compress`] | gzip, bzip2, zstd and xz, told by content |
//! | [`mod@file`] | how is a file written so that it is whole or not there? |
//! | [`words`] | word to id and back, counts |
//! | [`corpus`] | text to ids, data sets |
//! | [`nn`] | the chapter: layers, models, optimizers, the trainer |
//! | [`engine`] | the fast trainer: word2vec's own algorithm |
//! | [`vectors`] | files of word vectors, nearest words, analogies |
//! | [`checkpoint`] | a model, or a run to be gone on with, in one file |
//!
//! # What is promised
//!
//! Trained by [`nn`], the same corpus, settings and seed give the same bits, whatever the number of threads or the
//! instruction set, and whether the run was stopped and resumed or not; trained by [`engine`], with one thread and one kind
//! of kernels. Files are written whole or not at all. A file that was cut short or altered is refused, and nothing in a file
//! is ever executed.
//!
//! # Features
//!
//! `download` (off by default): fetch data sets that are not on this machine, over TLS, checked by SHA-256. Without it
//! the library has no network code.
#![deny(unsafe_code)]
// `CBOW` and `SGD` are the field's spelling.
#![allow(clippy::upper_case_acronyms)]

/// The Rust in the README files is run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../README.ko.md")]
pub struct ReadmeExamples;

pub mod checkpoint;
pub mod compress;
pub mod config;
pub mod corpus;
pub mod engine;
pub mod error;
pub mod file;
pub mod math;
pub mod nn;
pub mod vectors;
pub mod words;

pub use config::{Config, EngineConfig, ModelKind, OptimizerKind};
pub use error::{Error, Result};
pub use vectors::{AnalogyMethod, Neighbour, WordVectors};
pub use words::{Vocabulary, WordId};
