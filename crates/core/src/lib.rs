//! What every part of rapidvec stands on: numbers and words.
//!
//! | module | what it answers |
//! |---|---|
//! | [`kernels`] | the arithmetic, for the instruction set of this CPU |
//! | [`compress`] | gzip, bzip2, zstd and xz, told by content |
//! | [`mod@file`] | how is a file written so that it is whole or not there? |
#![deny(unsafe_code)]

mod alias;
pub mod compress;
mod cores;
pub mod error;
pub mod file;
mod ids;
pub mod kernels;
mod matrix;
mod rng;
mod vocabulary;
mod word_index;
mod word_list;

pub use alias::AliasTable;
pub use cores::{cores, threads_of};
pub use error::{Error, Result};
pub use ids::Ids;
#[doc(hidden)]
pub use ids::{pack, width};
pub use matrix::{Chunk, LANES, Matrix, PANEL_CHUNKS, panels};
pub use rng::{Purpose, Rng};
pub use vocabulary::{EOS_ID, Vocabulary, WordId};
pub use word_list::{read_vocabulary, write_vocabulary};
