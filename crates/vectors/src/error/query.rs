//! Why a question to the vectors has no answer.

/// Why a question to the vectors has no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The word is not in the vocabulary.
    #[error("the vocabulary has no word `{word}`{}", hint(similar))]
    UnknownWord {
        /// The word that was asked for.
        word: String,
        /// Up to three words that are spelt nearly so, best first.
        similar: Vec<String>,
    },
    /// A vector to search with has another size than those of the model, or holds NaN or infinity.
    #[error("expected a vector of {expected} finite numbers, got {got} finite ones")]
    Vector {
        /// Numbers per word in the model.
        expected: usize,
        /// Finite numbers in the vector that was given.
        got: usize,
    },
    /// Weights by frequency were asked for where nothing tells frequencies.
    #[error(
        "the model does not tell how often words were seen, and weights by frequency (--sif) rest on that; \
         embed without them, or train with rapidvec, whose models keep the counts"
    )]
    NoCounts,
    /// The `a` of the weights `a / (a + frequency)`.
    #[error("expected a positive number for the weights a / (a + frequency), got {got}")]
    SifWeight {
        /// What was given.
        got: String,
    },
    /// A vector that was looked at holds NaN or infinity: the file is damaged. Large files are not read through on
    /// opening, so that this shows only now.
    #[error(
        "the vector of `{word}` (row {row}) holds {got}: expected finite numbers; restore the file from its source"
    )]
    NotFinite {
        /// The word.
        word: String,
        /// Its id.
        row: usize,
        /// The number.
        got: f32,
    },
    /// The file of the vectors cannot be read any more.
    #[error("cannot read the vectors: {message}; was the file changed meanwhile?")]
    Unreadable {
        /// What the system said.
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
    /// A question about words without words in it.
    #[error("expected at least one word, got none")]
    NoWords,
}

fn hint(similar: &[String]) -> String {
    let quoted: Vec<_> = similar.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => "; it holds only words of its corpus, as they are spelt there, and of these no more than were opened"
            .to_owned(),
        Some((only, [])) => format!("; did you mean {only}?"),
        Some((last, others)) => format!("; did you mean {} or {last}?", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_offers_near_spellings() {
        let message = |similar: &[&str]| {
            let similar = similar.iter().map(|&s| s.to_owned()).collect();
            QueryError::UnknownWord { word: "yuo".into(), similar }.to_string()
        };
        assert_eq!(message(&["you"]), "the vocabulary has no word `yuo`; did you mean `you`?");
        assert!(message(&["you", "yuan", "duo"]).ends_with("did you mean `you`, `yuan` or `duo`?"));
        assert!(message(&[]).contains("as they are spelt there"));
    }
}
