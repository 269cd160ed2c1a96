//! Corpora that quickvec knows by name.

pub mod builtin;
