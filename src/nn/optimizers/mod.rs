//! How gradients become steps.
//!
//! An optimizer is in two parts. The clock ([`SGD`], [`Adam`]) knows what step it is and which row was updated when; it
//! makes a [`Plan`] for each batch, the same for all columns. The state (for Adam its [`Moments`]) lies beside the
//! weights, column by column, with whichever thread has those columns.

mod adam;
mod clip;
mod missed;
mod optimizer;
mod sgd;

pub use adam::{Adam, Moments};
pub use clip::clip_gradients;
pub use optimizer::{Optimizer, OptimizerState, Plan};
pub use sgd::SGD;
