//! Models and checkpoints: a training run in one file, to query, or to resume to the same bits.
//!
//! A *model* holds words, both matrices and what made them, but no times: a run that was stopped and resumed ends in the
//! same file, byte for byte, as one that was not. A *checkpoint* is a model with the trainer's state in it, so it can be
//! queried while training continues. The format is that of [`safetensors`](mod@rapidvec_vectors::format::safetensors).
//! A checkpoint adds these tensors:
//!
//! | tensor | type | holds |
//! |---|---|---|
//! | `trainer.history.epoch` | U32 | the epoch of each point of the loss history |
//! | `trainer.history.block`, `.words`, `.pairs` | U64 | its block and words within the epoch, and its pairs |
//! | `trainer.history.seconds`, `.loss` | U64 | the bits of those f64 numbers |
//! | `trainer.history.rate` | F32 | its learning rate |
//! | `trainer.*` | F32, U32, U64 | what the trainer adds |
//!
//! The word2vec trainer adds `trainer.frozen` (U32, ids of words whose vectors are not trained), `trainer.frozen_output` (the same of output vectors), and `trainer.w_in` and
//! `trainer.w_out` (F32) only where the model is stored in half precision. Where it trains by both objectives, `output.weight`
//! has the rows of words, and a checkpoint those of the tree's nodes as `trainer.w_nodes` (F32). With
//! subwords or position weights a half-precision checkpoint also has `trainer.w_ngrams` and `trainer.w_positions`. The textbook trainer adds `trainer.w_in` and
//! `trainer.w_out` as they are in memory, and with Adam `trainer.adam.*`. Where the model is to be the mean of several runs, the matrices of
//! those before the one that was stopped are `trainer.run.K.input` and `trainer.run.K.output` (F32), K from 0.
//!
//! Metadata, as JSON: `config` (the trainer's name and its settings), `corpus` ([`CorpusRecord`]), `lowercase` (whether the
//! text was put in lower case), `runs` ([`RunsRecord`], if the model is the mean of several runs), `trained` ([`Trained`]), `device` (what it was last trained on, if that was not the CPU), and in a checkpoint `trainer` (the state that is not a tensor, how the
//! finished model is stored, and the held-out losses).

#[doc(hidden)]
pub mod fields;
mod file;
mod history;
mod record;
mod state;
mod summary;

pub(crate) use fields::{damaged, mismatch};
pub(crate) use file::model_metadata;
pub use file::{Checkpoint, Run, save_checkpoint, save_model, write};
pub(crate) use file::{RecordOf, SERIES, mean_metadata, write_mean, write_run};
pub(crate) use record::SeriesRecord;
pub use record::{CorpusRecord, HeldOutLoss, PhrasesRecord, RunsRecord, Storage, Trained};
pub use state::{StateReader, StateWriter};
#[doc(hidden)]
pub use summary::Tagged;
pub use summary::{SavedConfig, Summary};

#[cfg(test)]
mod tests;
