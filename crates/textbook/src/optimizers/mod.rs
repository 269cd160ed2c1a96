//! How gradients become steps.
//!
//! An optimizer has two parts. For each matrix, [`Optimizer`] keeps what does not depend on the column: with [`Adam`], the current
//! step and the step at which each row was last updated. What is kept for each number, Adam's moments, lies next to the weights
//! in the [`Parameter`](crate::Parameter), on the thread that trains those columns.

mod adam;
mod lazy_adam;
mod optimizer;
mod sgd;

pub use crate::parameter::settle;
pub use adam::Adam;
pub use optimizer::Optimizer;
pub use sgd::SGD;
