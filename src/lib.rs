//! Word vectors, learned fast.
#![deny(unsafe_code)]
// `CBOW` and `SGD` are the field's spelling.
#![allow(clippy::upper_case_acronyms)]

pub mod checkpoint;
pub mod config;
pub mod corpus;
pub mod error;
pub mod file;
pub mod math;
pub mod nn;
pub mod vectors;
pub mod words;

pub use config::{Config, ModelKind, OptimizerKind};
pub use error::{Error, Result};
pub use vectors::{AnalogyMethod, Neighbour, WordVectors};
pub use words::{Vocabulary, WordId};
