//! Why a list of words is rejected.

use std::path::PathBuf;

/// Why a file with a vocabulary is rejected, or a vocabulary cannot be written to one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VocabularyError {
    /// A line that is not a word and a count although the first one is.
    #[error("{}, line {line}: expected a word and a count, got {got:?}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The line, or its start.
        got: String,
    },
    /// A word that cannot occur in a text: empty, or with a NUL or white space other than single spaces in it.
    #[error(
        "{}, line {line}: {word:?} is not a word: it is empty, or has a NUL or white space other than single spaces in it",
        path.display()
    )]
    NoWord {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The text in its place.
        word: String,
    },
    /// A word that occurred before.
    #[error("{}, line {line}: the word {word:?} occurred before; each word may have one line only", path.display())]
    Duplicate {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The word.
        word: String,
    },
    /// Bytes that are not valid UTF-8.
    #[error("{}, line {line}: invalid UTF-8; is this a list of words?", path.display())]
    InvalidUtf8 {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
    },
    /// A line longer than any word and its count.
    #[error("{}, line {line}: longer than {limit} bytes; is this a list of words?", path.display())]
    LongLine {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The maximum length in bytes.
        limit: usize,
    },
    /// Counts whose sum exceeds 64 bits.
    #[error("{}, line {line}: the counts up to here add up to more than {limit}", path.display())]
    Overflow {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The maximum sum.
        limit: u64,
    },
    /// A list without lines.
    #[error("{} has no words; expected lines of a word and a count", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A word that a list of lines cannot hold.
    #[error(
        "a list of words cannot hold {word:?}: it is empty, or has a NUL or white space other than single spaces in it"
    )]
    Unwritable {
        /// The word.
        word: String,
    },
}
