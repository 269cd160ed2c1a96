//! One file per format.
//!
//! [`recognise()`] goes by content, never by a file's name.

pub mod pickle;
pub mod safetensors;

mod recognise;

pub use recognise::{Format, recognise, recognise_file};
