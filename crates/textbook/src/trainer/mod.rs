//! Training: shuffle, batch, forward, backward, update, on as many threads as a model has panels of columns.

mod batches;
mod clock;
mod engine;
mod learner;
mod memory;
mod shard;
mod state;
mod train;
mod workers;

pub use engine::Engine;
pub use learner::{Learner, Side};
pub use train::{TextbookTrainer, TextbookTrainerOn};
