//! word2vec on a graphics card: the algorithm of `rapidvec::CpuTrainer`, whose state, losses and files it shares.
//!
//! The corpus is sent piece by piece, in the shuffled order of the epoch, so its size does not matter to the card. A piece
//! becomes a segment or several; a workgroup takes a segment, and many workgroups run at a time:
//!
//! 1. `shaders/compact.wgsl` drops the words that subsampling skips.
//! 2. `shaders/segments.wgsl` walks through the sentences. For each window `shaders/targets.wgsl` draws negatives, shared by
//!    its contexts; `skip_gram_*.wgsl` or `cbow_*.wgsl` computes all scores of the window, then all updates.
//! 3. Context rows live in workgroup memory (`ring.wgsl`): each is read once and written once. Where they do not fit, because
//!    vectors or windows are large, they stay in the card's memory (`direct.wgsl`).
//!
//! Random numbers follow from the seed, the epoch and the place in the corpus (`shaders/random.wgsl`), whichever workgroup
//! takes a segment. Workgroups share both matrices without locks, as threads do on the CPU: one may overwrite what another
//! has just added to the same row. The more windows are in flight, the more often; [`GpuTrainer::set_windows_in_flight`]
//! limits them. With one there is no race, and the same adapter gives the same bits every time.
//!
//! Each shader has a twin in plain loops (`plain/`), which defines what it computes. Tests compare them.

mod batch;
mod card;
#[cfg(test)]
mod plain;
mod runner;
mod shape;
mod source;
mod tables;
#[cfg(test)]
mod tests;
mod trainer;

pub use shape::MAX_VECTOR_SIZE;
pub use trainer::{GpuTrainer, WINDOWS_IN_FLIGHT};
