//! The fast trainer: word2vec's own algorithm over a stream of ids, on all cores, with the widest registers there are.
//!
//! CBOW and SkipGram with negative sampling (Mikolov et al. 2013) or hierarchical softmax (Morin and Bengio 2005),
//! subsampling of frequent words, windows of random width, a learning rate that falls on a straight line. What is ours:
//!
//! - **A window is one step** ([`math::kernels::window`](rapidvec_core::kernels::window)): its negatives are drawn once and
//!   shared by its contexts, all scores are taken before anything moves. As good as fresh negatives for each pair, and five
//!   times as fast.
//! - **The corpus is shuffled** (`schedule.rs`), piece by piece, anew for each epoch: better vectors in the same time.
//! - **It is gone through in blocks** of such pieces: threads take the next block from one counter, so that none waits for
//!   another at the end of an epoch. All randomness of a block, and its learning rate, follow from the seed and its
//!   number. So a place in the corpus is all the state there is: no generator has to be saved, and a run that was stopped
//!   goes on as if it never had, with any number of threads.
//! - **Threads share the weights without locks** (`shared.rs`; Niu et al. 2011, "Hogwild"). With one thread the same run gives
//!   the same bits; with several the order of their steps differs from run to run. Rows that all of them move all the time are copied for
//!   each (`replicas.rs`).
//!
//! The textbook's trainer is [`nn`](rapidvec_textbook); a test holds the two together.

mod huffman;
mod loss_recorder;
mod negatives;
mod plan;
mod pool;
mod replicas;
mod schedule;
mod sentence;
mod shared;
mod state;
mod subsample;
mod trainer;
#[cfg(test)]
mod twin_tests;
mod worker;

pub use trainer::CpuTrainer;
