//! Corpora that rapidvec knows by name.
//!
//! A data set's files are looked for in the folder the caller names, then in `$RAPIDVEC_DATA`, then in the user's cache,
//! and are else downloaded (feature `download`). Wherever a file came from, its length and SHA-256 are checked on the very
//! bytes that are then read: a corpus that was cut short is refused, never trained on.

#[cfg(feature = "download")]
mod download;
mod error;
mod locate;
pub mod ptb;

pub use error::DatasetError;
pub use locate::{DataFile, Locator, Timeouts};
