//! Phrases: words that stand together more often than chance would have it, such as `new york`, are found, and read as one word.

mod error;
mod file;
mod find;
mod join;
mod join_table;
mod joiner;
mod list;
mod options;
mod pairs;
mod scoring;
mod tally;
#[cfg(test)]
mod tests;

pub use error::PhraseError;
pub use find::{PassReport, WordPairs};
pub(super) use joiner::{Joiner, Waiting};
pub use list::{Pass, PassSettings, Phrase, Phrases};
pub use options::{ENGLISH_CONNECTOR_WORDS, PhraseOptions};
pub use scoring::{PairCounts, Scoring};
