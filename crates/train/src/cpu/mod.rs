//! The word2vec trainer on the CPU: word2vec's algorithm over a stream of ids, on all cores, with the widest registers.
//!
//! CBOW and SkipGram with negative sampling (Mikolov et al. 2013) or hierarchical softmax (Morin and Bengio 2005),
//! subsampling of frequent words, windows of random width, linear learning rate decay. What differs from word2vec.c:
//!
//! - **A window is one step** (`rapidvec_core::kernels::window`): its negatives are drawn once and
//!   shared by its contexts; all scores are computed before anything is updated. This is as good as fresh negatives for each pair, and five
//!   times as fast.
//! - **The corpus is shuffled** (`schedule.rs`), piece by piece, in another order each epoch: better vectors in the same time.
//! - **It is processed in blocks** of such pieces: threads take the next block from one counter, so they hardly wait for
//!   each other at the end of an epoch. All random numbers of a block, and its learning rate, follow from the seed and its
//!   number. So the position in the corpus is the only state: no generator has to be saved, and a stopped run
//!   continues as if it had never stopped, with any number of threads.
//! - **Threads share the weights without locks** (`shared.rs`; Niu et al. 2011, "Hogwild"). With one thread the same run gives
//!   the same bits; with several, the order of their steps differs from run to run. Rows that all of them update constantly
//!   are replicated for each (`replicas.rs`).
//! - **Subwords** (`composer.rs`, `subword_table.rs`): the rows of a word and its n-grams are added up once for all windows the word is in.
//!
//! A test compares whole runs with plain loops in f64 (`twin_tests.rs`).

mod composed;
mod composer;
mod elsewhere;
mod huffman;
mod loss_recorder;
mod negatives;
mod outputs;
mod plan;
mod pool;
mod positions;
mod replicas;
mod schedule;
mod sentence;
mod share;
mod shared;
mod start;
mod state;
mod subsample;
mod subword_table;
mod together;
mod trainer;
#[cfg(test)]
mod twin_tests;
mod uses;
mod worker;

pub use elsewhere::{BlockRunner, EpochBlocks, Piece, Sampling};
pub use huffman::HuffmanTree;
pub use outputs::{Matrices, Outputs};
pub(crate) use share::Share;
pub use trainer::CpuTrainer;
pub use worker::BlockStats;
