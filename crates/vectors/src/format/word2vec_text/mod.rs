//! Word vectors as text: word2vec's, fastText's `.vec`, GloVe's.
//!
//! A line for each of V words: the word, and D numbers. Before them stands, in word2vec's and fastText's files, a line
//! `V D`; GloVe has none, and D is what most of the first lines agree on. Numbers are written in the fewest digits that
//! distinguish them from every other f32 and read to the nearest f32, so that none changes.
//!
//! Reading accepts what is found in the wild: runs of spaces and tabs, lines of Windows, a byte order mark, words with
//! spaces in them, the empty word, words that come twice. It refuses a line with too few or too many numbers, a file
//! with fewer or more lines than it declares, and numbers that are not finite. One fault cannot be detected: a file without
//! a last line end may be cut short within its last number; [`OpenReport::unfinished`] reports it.
//!
//! Limits: counts have no place in these formats, nor have words with white space, nor, when written, the empty word.
//!
//! [`OpenReport::unfinished`]: super::OpenReport::unfinished

mod line;
mod number;
mod pieces;
mod read;
mod sample;
mod write;

pub use read::{read, read_without_header};
pub use write::TextWriter;

pub(super) use sample::{agreed_size, has_base64_words, is_matrix, is_row};
