//! Every hyper-parameter: its name, its default, its range, checked once.
//!
//! [`Config`] is for the chapter's trainer ([`nn`](crate::nn)), [`EngineConfig`] for the fast one.

mod engine;
mod range;
mod textbook;

pub use engine::{ContextSum, EngineConfig};
pub use textbook::{Config, ModelKind, OptimizerKind};
