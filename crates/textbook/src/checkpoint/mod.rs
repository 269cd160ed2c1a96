//! Models and checkpoints of the chapter's trainer.

mod load;
mod record;
mod save;
#[cfg(test)]
mod tests;

pub use load::{Checkpoint, load};
pub use save::{Run, save_checkpoint, save_model};
