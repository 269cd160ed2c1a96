//! `rapidvec train`: from a text to a model, which can be interrupted and resumed at any time.

mod args;
mod display;
mod flags;
mod log;
mod outputs;
mod plot;
mod queries;
mod resume;
mod run;
mod signals;
mod start;
mod summary;
mod textbook;
mod watcher;
mod word2vec;

pub use args::Args;
pub use start::{DEFAULT_OUTPUT, run};
