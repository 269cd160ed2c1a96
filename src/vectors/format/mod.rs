//! One file per format.

pub mod pickle;
