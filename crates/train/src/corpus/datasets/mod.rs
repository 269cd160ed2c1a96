//! Corpora that rapidvec knows by name.
//!
//! A data set's files are searched in the folders that the caller names, then in the user's cache, and otherwise
//! downloaded (feature `download`). Wherever a file came from, its length and SHA-256 are checked on the very
//! bytes that are then read: a truncated corpus is rejected, never trained on.

mod data_file;
#[cfg(feature = "download")]
mod download;
mod error;
mod locate;
pub mod ptb;

pub use data_file::{DataFile, Timeouts};
pub use error::DatasetError;
pub use locate::{Locator, PTB_URL};
