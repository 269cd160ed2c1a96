//! One subcommand a file, all of one shape: `Args`, and `run`.

pub mod analogy;
pub mod convert;
pub mod info;
pub mod map;
mod open;
pub mod project;
pub mod similar;
pub mod train;
pub mod verify;
