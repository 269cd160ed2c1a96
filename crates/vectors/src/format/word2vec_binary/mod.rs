//! Word vectors as word2vec writes them with `-binary 1`.
//!
//! A line `V D`; then for each of V words: the word, a space, D little-endian f32. word2vec itself puts a line end after
//! every row, gensim and the GoogleNews file do not: both are read, recognised by the bytes. Files are written without.
//!
//! Nothing in such a file says where a row begins. A reader is easily misled: by a word with a space in it (every
//! number after it is shifted), by numbers of the other byte order, by line ends that Windows made longer. Such files are
//! recognised by the implausible numbers they yield (`corruption.rs`), and refused.
//!
//! Limits: counts have no place in this format, nor have words with spaces or control characters, nor, when written, the
//! empty word.

mod corruption;
mod read;
mod walk;
mod write;

pub use read::read;
pub use write::BinaryWriter;

pub(super) use walk::line_after_first_word;
