//! One subcommand a file, all of one shape: `Args`, and `run`.

pub mod analogy;
pub mod completions;
pub mod convert;
mod corpus;
mod counting;
mod default_model;
pub mod embed;
pub mod eval;
#[cfg(feature = "ann")]
pub mod index;
pub mod info;
pub mod interrupt;
pub mod man;
pub mod map;
mod numbers;
pub mod odd;
mod open;
pub mod project;
mod queries;
pub mod rank;
mod reading;
pub mod similar;
pub mod similarity;
pub mod train;
pub mod verify;
pub mod vocab;
