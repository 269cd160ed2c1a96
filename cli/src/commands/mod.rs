//! One subcommand a file, all of one shape: `Args`, and `run`.

pub mod analogy;
pub mod convert;
mod corpus;
mod counting;
pub mod info;
pub mod map;
mod open;
pub mod project;
mod reading;
pub mod similar;
pub mod train;
pub mod verify;
pub mod vocab;
