//! Vectors and the questions one can ask them.

pub mod format;
