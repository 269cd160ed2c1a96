//! One subcommand a file, all of one shape: `Args`, and `run`.

pub mod analogy;
pub mod convert;
pub mod embed;
pub mod eval;
pub mod info;
mod open;
pub mod similar;
pub mod train;
pub mod verify;
