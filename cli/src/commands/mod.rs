//! One file per subcommand, each with `Args` and `run`.

pub mod align;
pub mod analogy;
pub mod average;
pub mod axis;
pub mod completions;
pub mod convert;
mod corpus;
mod default_model;
#[cfg(feature = "gpu")]
pub mod devices;
pub mod embed;
pub mod eval;
pub mod formats;
mod groups;
#[cfg(feature = "ann")]
pub mod index;
pub mod info;
pub mod interrupt;
pub mod man;
pub mod map;
mod named;
mod numbers;
pub mod odd;
mod open;
pub mod phrases;
pub mod plot;
pub mod project;
mod queries;
pub mod rank;
mod saved;
pub mod similar;
pub mod similarity;
pub mod synonyms;
mod text_args;
pub mod train;
pub mod verify;
pub mod vocab;
mod vocab_args;
pub mod weat;
