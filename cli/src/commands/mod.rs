//! One subcommand a file, all of one shape: `Args`, and `run`.

pub mod analogy;
pub mod convert;
#[cfg(feature = "ann")]
pub mod index;
pub mod info;
pub mod odd;
mod open;
mod queries;
pub mod rank;
pub mod similar;
pub mod similarity;
pub mod train;
pub mod verify;
