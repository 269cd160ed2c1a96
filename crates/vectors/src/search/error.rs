//! Why a query cannot be answered.

#[cfg(feature = "ann")]
use crate::ann::error::IndexError;
use crate::spelling::quoted;

/// Why a query cannot be answered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The word is not in the vocabulary, and no n-grams give it a vector.
    #[error("`{word}` is not in the vocabulary{}", hint(word, similar))]
    UnknownWord {
        /// The word of the query.
        word: String,
        /// Up to three words of similar spelling, best first.
        similar: Vec<String>,
    },
    /// The word is not in the vocabulary, and has too many n-grams to look up.
    #[error(
        "a word of {bytes} bytes that is not in the vocabulary has up to {got} n-grams: expected at most {expected}"
    )]
    WordTooLong {
        /// The word's length.
        bytes: usize,
        /// N-grams that are looked up for one word.
        expected: u64,
        /// An upper bound on the word's n-grams.
        got: u64,
    },
    /// A query vector has another size than those of the model, or holds NaN or infinity.
    #[error("query vector: expected {expected} finite values, got {got}")]
    Vector {
        /// Numbers per word in the model.
        expected: usize,
        /// Finite numbers in the query vector.
        got: usize,
    },
    /// A question names a row that cannot be an answer.
    #[error("expected a row from {from} to below {to}, got {got}")]
    NoRow {
        /// The first row that can be an answer.
        from: usize,
        /// The end of these rows.
        to: usize,
        /// The row given.
        got: usize,
    },
    /// Weights by frequency need counts, and the file has none.
    #[error("the model has no word counts, which weights by frequency need")]
    NoCounts,
    /// The `a` of the weights `a / (a + frequency)`.
    #[error("expected a positive number for the weights a / (a + frequency), got {got}")]
    SifWeight {
        /// The number given.
        got: String,
    },
    /// A vector holds NaN or infinity: the file is damaged. Large files are not read completely on opening, so a query
    /// may be the first to find it.
    #[error(
        "the vector of `{word}` (row {row}) holds {got}: expected finite numbers. Restore the file from its source"
    )]
    NotFinite {
        /// The word.
        word: String,
        /// Its id.
        row: usize,
        /// The number.
        got: f32,
    },
    /// The file of the vectors can no longer be read.
    #[error("cannot read the vectors: {message}. Was the file changed in the meantime?")]
    Unreadable {
        /// The system's message.
        message: String,
    },
    /// A weight is NaN or infinite.
    #[error("the weight of `{word}` is {got}: expected a finite number")]
    Weight {
        /// The word.
        word: String,
        /// Its weight.
        got: f32,
    },
    /// A query about words without any word.
    #[error("expected at least one word, got none")]
    NoWords,
    /// The approximate index failed.
    #[cfg(feature = "ann")]
    #[error(transparent)]
    Index(#[from] IndexError),
}

fn hint(word: &str, similar: &[String]) -> String {
    let quoted: Vec<_> = similar.iter().map(|suggestion| quoted(suggestion, word)).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => format!("; did you mean {only}?"),
        Some((last, others)) => format!("; did you mean {} or {last}?", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_suggests_similar_spellings() {
        let message = |similar: &[&str]| {
            let similar = similar.iter().map(|&s| s.to_owned()).collect();
            QueryError::UnknownWord { word: "yuo".into(), similar }.to_string()
        };
        assert_eq!(message(&["you"]), "`yuo` is not in the vocabulary; did you mean `you`?");
        assert!(message(&["you", "yuan", "duo"]).ends_with("did you mean `you`, `yuan` or `duo`?"));
        assert_eq!(message(&[]), "`yuo` is not in the vocabulary");
    }
}
