//! How gradients become steps.
//!
//! An optimizer is in two parts. A clock for each matrix ([`Optimizer`], of which [`Adam`] has something to know) follows
//! which step it is and which row was updated when; it is the same for all columns. What is kept for each number, Adam's
//! moments, lies beside the weights in the [`Parameter`](crate::Parameter), with whichever thread has those columns.

mod adam;
mod clip;
mod missed;
mod optimizer;
mod sgd;

pub use adam::{Adam, settle};
pub use clip::clip_gradients;
pub use optimizer::Optimizer;
pub use sgd::SGD;
