//! Word vectors as text: word2vec's, fastText's `.vec`, GloVe's.
//!
//! A line for each of V words: the word, and D numbers. word2vec's and fastText's files begin with a line `V D`; GloVe's do
//! not, and D is what most of the first lines agree on. Numbers are written with the fewest digits that distinguish them from
//! every other f32, and read to the nearest f32, so that none changes.
//!
//! The reader accepts what real files have: runs of spaces and tabs, Windows line ends, a byte order mark, words with
//! spaces, the empty word, duplicate words. It rejects lines with too few or too many numbers, files with fewer or more lines
//! than they declare, and numbers that are not finite. One fault cannot be detected: a file without a last line end may be
//! truncated within its last number; [`OpenReport::unfinished`] reports it.
//!
//! Limits: these formats hold neither counts nor words with white space. The empty word is read, not written.
//!
//! [`OpenReport::unfinished`]: super::OpenReport::unfinished

mod line;
mod number;
mod pieces;
mod read;
mod sample;
mod write;

pub(super) use number::whole as whole_number;
pub use read::{read, read_without_header};
pub use write::TextWriter;

pub(super) use read::read_matrix;
pub(super) use sample::{
    agreed_size, has_base64_words, has_numbers_only, has_separators_as_words, is_matrix, is_row, is_table_of_numbers,
};
