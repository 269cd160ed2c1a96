//! How gradients become steps.
//!
//! An optimizer is in two parts. The clock ([`SGD`], [`Adam`]) knows what step it is and which row was updated when; it
//! makes a [`Plan`] for each batch, the same for all columns. What is kept for each number, Adam's moments, lies beside the
//! weights in the [`Parameter`](crate::nn::Parameter), with whichever thread has those columns.

mod adam;
mod clip;
mod missed;
mod optimizer;
mod sgd;

pub use adam::{Adam, settle, settle_rows};
pub use clip::clip_gradients;
pub use optimizer::{Optimizer, Plan};
pub use sgd::SGD;
