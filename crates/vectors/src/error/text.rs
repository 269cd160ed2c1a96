//! Why lines of text cannot be read.

/// Why a list of lines (questions, pairs of words, texts to embed) cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Bytes that are no UTF-8.
    #[error("{name}: line {line} is not UTF-8; convert the file first, for example with `iconv -t UTF-8`")]
    InvalidUtf8 {
        /// The text.
        name: String,
        /// The line, from 1.
        line: u64,
    },
    /// A NUL byte: binary data, or UTF-16.
    #[error("{name}: a NUL byte in line {line}: this is binary data or UTF-16, expected UTF-8 text")]
    Nul {
        /// The text.
        name: String,
        /// The line, from 1.
        line: u64,
    },
    /// A line that is no list of a few words.
    #[error("{name}: line {line} has {expected} bytes or more; is this a file of questions or pairs of words?")]
    LineTooLong {
        /// The text.
        name: String,
        /// The line, from 1.
        line: u64,
        /// A line has to be shorter than this.
        expected: usize,
    },
}
