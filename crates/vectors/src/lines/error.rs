//! Why lines of text cannot be read.

/// Why a list of lines (questions, pairs of words, texts to embed) cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Bytes that are not valid UTF-8.
    #[error("{name}: line {line} is not valid UTF-8; convert the file first, for example with `iconv -t UTF-8`")]
    InvalidUtf8 {
        /// The text.
        name: String,
        /// The line, from 1.
        line: u64,
    },
    /// A NUL byte: binary data, or UTF-16.
    #[error("{name}: a NUL byte in line {line}: expected UTF-8 text, got binary data or UTF-16")]
    Nul {
        /// The text.
        name: String,
        /// The line, from 1.
        line: u64,
    },
    /// A line that is too long to be a list of a few words.
    #[error("{name}: line {line} is too long: expected less than {expected} bytes")]
    LineTooLong {
        /// The text.
        name: String,
        /// The line, from 1.
        line: u64,
        /// A line has to be shorter than this.
        expected: usize,
    },
    /// A line that is not a JSON object.
    #[error("{name}: line {line}: not a JSON object: {reason}")]
    Json {
        /// The text.
        name: String,
        /// The line, from 1.
        line: u64,
        /// The parser's message.
        reason: String,
    },
    /// A JSON object without text in the field.
    #[error("{name}: line {line}: the JSON object has no text in the field `{field}`")]
    NoField {
        /// The text.
        name: String,
        /// The line, from 1.
        line: u64,
        /// The field.
        field: String,
    },
}
