//! Models and checkpoints: a training run in one file, to be queried, or gone on with to the same bits.
//!
//! A *model* holds words, both matrices and what made them, but no times: a run that was stopped and resumed ends in the
//! same file, byte for byte, as one that never was. A *checkpoint* is a model too, with the trainer's state beside it, so
//! every query opens it, also while training goes on. The format is that of
//! [`safetensors`](mod@rapidvec_vectors::format::safetensors); this is what a checkpoint has on top:
//!
//! | tensor | type | holds |
//! |---|---|---|
//! | `trainer.w_in`, `trainer.w_out` | F32, V x D | the weights as they lie in memory: rows not visited for a while are behind |
//! | `trainer.adam.dw_in`, `.dw_out` | F32, V x D | the gradients that Adam has still to settle |
//! | `trainer.adam.m_in`, `.v_in`, `.m_out`, `.v_out` | F32, V x D | Adam's moments |
//! | `trainer.adam.last_in`, `.last_out` | U32, V | the step of each row's last update |
//! | `trainer.history.epoch`, `.iteration` | U32 | where each point of the loss history was taken |
//! | `trainer.history.seconds`, `.loss` | U64 | the bits of those f64 numbers |
//!
//! Those are the chapter's trainer's. The fast trainer's are fewer: its `trainer.history.*` (with `.words`, `.pairs` and `.rate`
//! instead of `.iteration`), `trainer.frozen` (ids of words whose vectors are kept), and `trainer.w_in`, `trainer.w_out` only
//! where the model is stored in half precision.
//!
//! `input.weight` and `output.weight` are the weights as the dense optimizer would have them. Metadata: `config` (of the
//! fast trainer `engine`), `corpus` ([`CorpusRecord`]), `trained`, and in a checkpoint `trainer` (step, seconds, the loss since the
//! last point, and how the finished model shall be stored).

mod engine;
#[doc(hidden)]
pub mod fields;
mod record;

pub use engine::{EngineCheckpoint, EngineRun, EngineTrained, load_engine, save_engine_checkpoint, save_engine_model};
pub use record::{CorpusRecord, HeldOutLoss, MAX_POINTS, Storage};
