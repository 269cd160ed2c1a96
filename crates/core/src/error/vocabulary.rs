//! Why a list of words is refused.

use std::path::PathBuf;

/// Why a file with a vocabulary is refused, or a vocabulary cannot be written to one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VocabularyError {
    /// A line that is not a word, a tab and a count.
    #[error("{}, line {line}: expected a word, a tab and how often it was seen, got {got:?}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The line, or its start.
        got: String,
    },
    /// A word that no text can have: empty, or with white space or a NUL in it.
    #[error("{}, line {line}: {word:?} is no word: a word has no white space and no NUL in it", path.display())]
    NoWord {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What stands there.
        word: String,
    },
    /// A word that was there before.
    #[error("{}, line {line}: the word {word:?} was there before; each word may have one line only", path.display())]
    Duplicate {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The word.
        word: String,
    },
    /// Bytes that are no UTF-8.
    #[error("{}, line {line}: not UTF-8; is this a list of words?", path.display())]
    InvalidUtf8 {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
    },
    /// A line that is longer than any word and its count.
    #[error("{}, line {line}: longer than {limit} bytes; is this a list of words?", path.display())]
    LongLine {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The most bytes.
        limit: usize,
    },
    /// Counts that together are more than 64 bits hold.
    #[error("{}, line {line}: all counts up to here add up to more than {limit}", path.display())]
    Overflow {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The most that can be counted.
        limit: u64,
    },
    /// No line at all.
    #[error("{} holds no words; expected lines of a word, a tab and a count", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A word that a list of lines cannot hold.
    #[error("the word {word:?} has white space or a NUL in it (or nothing at all), which a list of words cannot hold")]
    Unwritable {
        /// The word.
        word: String,
    },
}
