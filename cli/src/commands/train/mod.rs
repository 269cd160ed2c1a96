//! `rapidvec train`: from a text to a model, which can be interrupted and resumed at any time.

mod args;
mod device;
mod display;
mod flags;
mod gang_settings;
#[cfg(feature = "gpu")]
mod gpu;
mod launched;
mod log;
mod outputs;
mod plot;
mod queries;
mod rescue;
mod resume;
mod run;
mod signals;
mod start;
mod summary;
mod textbook;
mod textbook_settings;
mod together;
mod watcher;
mod word2vec;
mod word2vec_settings;

pub use args::Args;
pub use start::run;
