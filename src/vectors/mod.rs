//! Vectors and the questions one can ask them.

pub mod format;
mod storage;

pub use storage::Floats;
