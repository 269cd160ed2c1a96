//! Why vectors cannot be measured by a file.

/// Why a file of questions or pairs of words is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// Neither a question nor a pair is in it.
    #[error("{name} holds no question and no pair of words")]
    Empty {
        /// The file.
        name: String,
    },
    /// The first line is that of no kind we know.
    #[error(
        "{name}: line {line} has {got} fields: expected a section (`: capitals`), a question of 4 words, or a pair \
         (two words and a number, apart by tabs, commas or spaces)"
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
    #[error("{name}: line {line}: expected {expected} fields ({what}), got {got}; correct the line or take it out")]
    FieldCount {
        /// The file.
        name: String,
        /// The line, from 1.
        line: u64,
        /// What a line holds.
        what: &'static str,
        /// Fields that a line has.
        expected: usize,
        /// Fields that this one has.
        got: usize,
    },
    /// A question whose last word is a number: most likely pairs with one column too many.
    #[error(
        "{name}: line {line} ends in the number {got}: expected a question of 4 words, or a pair of two words and a number; \
         of pairs with more columns, such as SimLex's, cut out those three (cut -f1,2,4)"
    )]
    NumberInQuestion {
        /// The file.
        name: String,
        /// The line, from 1.
        line: u64,
        /// The number.
        got: String,
    },
    /// How alike two words are is told by something that is no number.
    #[error("{name}: line {line}: expected a finite number after the two words, got `{got}`")]
    NotANumber {
        /// The file.
        name: String,
        /// The line, from 1.
        line: u64,
        /// What stands there.
        got: String,
    },
}
