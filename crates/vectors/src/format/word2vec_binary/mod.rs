//! Word vectors as word2vec writes them with `-binary 1`.
//!
//! A line `V D`; then for each of V words: the word, a space, D little-endian f32. word2vec itself puts a line end after
//! every row, gensim and the GoogleNews file do not: both are read, recognised by the bytes. Files are written without it.
//!
//! Nothing in such a file marks the beginning of a row. A word with a space in it shifts every number after it; so do line
//! ends that Windows made longer; and numbers may have the other byte order. Such files are recognised by the implausible
//! numbers they give (`corruption.rs`), and rejected.
//!
//! Limits: the format holds neither counts nor words with spaces or control characters. The empty word is read, not
//! written.

mod corruption;
mod read;
mod walk;
mod write;

pub use read::read;
pub use write::BinaryWriter;

pub(super) use walk::line_after_first_word;
