//! A whole fastText model, `.bin`: words, vectors, and the n-gram rows that give vectors to unknown words.
//!
//! Everything is little-endian and without gaps (fastText 0.9.3, `fasttext.cc`, `args.cc`, `dictionary.cc`,
//! `densematrix.cc`). `V` words, `L` labels, `D` numbers per vector, `B` buckets of n-grams.
//!
//! | part | holds |
//! |---|---|
//! | signature | i32 793712314; i32 version, 11 or 12 |
//! | settings | i32 each: D, window, epochs, minimum count, negatives, word n-grams, loss, model, B, shortest and longest n-gram, update rate; f64 sampling threshold |
//! | dictionary | i32 V + L, V, L; i64 tokens; i64 pruned n-grams, -1 for none; then V words and L labels |
//! | a word | its bytes, byte 0, i64 count, u8 kind: 0 word, 1 label |
//! | input | u8 quantised; i64 V + B, i64 D; as many f32: V rows of words, then B rows of n-grams |
//! | output | u8 quantised; i64 rows (V, or L of a classifier), i64 D; as many f32 |
//!
//! A word's vector is what fastText's `getWordVector` gives: the mean of its own row and its n-grams'
//! ([`Subwords`](crate::Subwords)), with fastText's bits. Labels are checked and not kept. The words' own rows, the n-grams and the output
//! matrix stay in the file, for further training and for copies.
//! Limits: quantised models (`.ftz`), models pruned without being quantised (which fastText rejects, too) and bytes after
//! the output matrix are rejected.

mod header;
mod read;
mod whole;
mod write;

pub use header::Training;
pub(crate) use read::open;
pub use read::read;
pub use whole::{FastTextModel, FastTextParts, NGramTable, read_whole, write_whole};
pub use write::FastTextWriter;

/// The number that every model begins with.
pub(super) const MAGIC: i32 = 793_712_314;

/// fastText's number for the loss.
const HIERARCHICAL_SOFTMAX: i32 = 1;

/// Where the metadata of a copy have how the model was trained, as JSON.
const TRAINING_KEY: &str = "fasttext";

#[cfg(test)]
mod tests;
#[cfg(test)]
mod write_tests;
