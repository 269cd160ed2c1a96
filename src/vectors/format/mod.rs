//! One file per format.
//!
//! [`recognise()`] goes by content, never by a file's name.

pub mod fasttext;
pub mod pickle;
pub mod safetensors;

mod gather;
mod options;
mod recognise;

pub use options::{InvalidWord, OpenOptions, OpenReport, Table};
pub use recognise::{Format, recognise, recognise_file};
