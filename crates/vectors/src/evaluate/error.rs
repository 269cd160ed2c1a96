//! Why a file of questions or pairs is rejected.

/// Why a file of questions or pairs of words is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// It has neither questions nor pairs.
    #[error("{name} holds no questions and no pairs of words")]
    Empty {
        /// The file.
        name: String,
    },
    /// The first line is of neither kind.
    #[error(
        "{name}: line {line} has {got} fields: expected a section (`: capitals`), a question of 4 words, or a pair \
         (two words and a number, separated by tabs, semicolons, commas, bars or spaces)"
    )]
    Unrecognised {
        /// The file.
        name: String,
        /// The line, from 1.
        line: u64,
        /// Fields it has, split at white space.
        got: usize,
    },
    /// A line with too few or too many words.
    #[error("{name}: line {line}: expected {expected} fields ({what}), got {got}. Correct or remove the line")]
    FieldCount {
        /// The file.
        name: String,
        /// The line, from 1.
        line: u64,
        /// The contents of a line.
        what: &'static str,
        /// Fields of a correct line.
        expected: usize,
        /// Fields of this line.
        got: usize,
    },
    /// More lines of related words than can be asked with each other.
    #[error(
        "{name} has more than {limit} lines of a word and the words related to it, each of which is asked with all others"
    )]
    TooManyRelated {
        /// The file.
        name: String,
        /// The most lines.
        limit: usize,
    },
    /// A column that the table does not have.
    #[error("{name}: line {line}: there is no column `{wanted}`; the first line has: {columns}")]
    NoColumn {
        /// The file.
        name: String,
        /// The line, from 1.
        line: u64,
        /// The column that was asked for.
        wanted: String,
        /// The fields of the first line.
        columns: String,
    },
    /// A question whose last word is a number: most likely pairs with one column too many.
    #[error(
        "{name}: line {line} ends in the number {got}: expected a question of 4 words, or a pair of two words and a number. \
         For pairs with more columns, such as SimLex's, extract these three (cut -f1,2,4)"
    )]
    NumberInQuestion {
        /// The file.
        name: String,
        /// The line, from 1.
        line: u64,
        /// The number.
        got: String,
    },
    /// The similarity of two words is not a finite number.
    #[error("{name}: line {line}: expected a finite number after the two words, got `{got}`")]
    NotANumber {
        /// The file.
        name: String,
        /// The line, from 1.
        line: u64,
        /// The text in its place.
        got: String,
    },
}
