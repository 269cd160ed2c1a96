//! Training: shuffle, batch, forward, backward, update, on as many threads as the columns of a model can keep busy.

mod clock;
mod examples;
mod learner;
mod shares;
mod state;
mod steps;
mod team;
mod train;

pub use learner::Learner;
pub use state::{AdamState, LossPoint, Progress, TrainerState};
pub use train::{Pause, TextbookTrainer};
