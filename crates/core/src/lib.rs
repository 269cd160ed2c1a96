//! The foundation of rapidvec: numbers and words.
//!
//! | module | content |
//! |---|---|
//! | [`compress`] | gzip, bzip2, zstd and xz, recognised by content |
//! | [`atomic_file`] | files that appear whole or not at all, and replace others only if allowed |
//! | [`parallel`] | work shared among threads |
//! | [`collective`] | work shared among processes |
//! | [`memory`] | the memory that is available |
//! | [`temporary`] | nameless temporary files, mapped |
#![deny(unsafe_code)]

mod alias;
pub mod atomic_file;
mod chunk;
pub mod collective;
pub mod compress;
mod error;
mod ids;
#[doc(hidden)]
pub mod kernels;
mod lowercase;
mod matrix;
pub mod memory;
pub mod parallel;
mod rng;
mod setters;
pub mod temporary;
mod vocabulary;
mod word_index;
mod word_list;

pub use alias::AliasTable;
pub use chunk::{Chunk, LANES, PANEL_CHUNKS, panels};
pub use error::{Error, Result};
pub use ids::{EOS_ID, Ids, WordId};
#[doc(hidden)]
pub use ids::{pack, width};
pub use lowercase::{push_lowercase, to_lowercase};
pub use matrix::{ClosedRows, Matrix};
pub use parallel::{cores, threads_of};
pub use rng::{Purpose, Rng};
pub use vocabulary::Vocabulary;
pub use word_list::{VocabularyError, read_vocabulary, write_vocabulary};
