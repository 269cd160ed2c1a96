//! One file per format.
//!
//! [`recognise()`] goes by content, never by a file's name.

pub mod pickle;
pub mod safetensors;

mod options;
mod recognise;

pub use options::{InvalidWord, OpenOptions, OpenReport, Table};
pub use recognise::{Format, recognise, recognise_file};
