//! `rapidvec train`: from a text to a model, to be stopped and gone on with at any time.

mod args;
mod begin;
mod ending;
mod engine;
mod keeping;
mod log;
mod memory;
mod plot;
mod queries;
mod resume;
mod session;
mod signals;

use super::corpus;

pub use args::Args;
pub use begin::{DEFAULT_OUTPUT, run};
