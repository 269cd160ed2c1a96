//! Training with the fast trainer: `--recipe word2vec`.

mod begin;
mod known;
mod progress;
mod resume;
mod session;
mod settings;

pub use begin::begin;
pub use resume::resume;
pub use settings::EngineSettings;
