//! Why groups of words or models cannot be compared.

/// Why groups of words or models cannot be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MeasureError {
    /// A group has too few words.
    #[error("{group} needs at least {expected} word(s), got {got}")]
    FewWords {
        /// The group.
        group: &'static str,
        /// The fewest words it can have.
        expected: usize,
        /// The words it has.
        got: usize,
    },
    /// A word is in both groups of targets, so that no partition tells them apart.
    #[error("`{word}` is in both groups of targets")]
    InBoth {
        /// The word.
        word: String,
    },
    /// A word is twice in one group.
    #[error("`{word}` is twice in {group}")]
    Twice {
        /// The word.
        word: String,
        /// The group.
        group: &'static str,
    },
    /// The two ends of an axis have the same mean.
    #[error("the two ends of the axis have the same mean direction")]
    NoDirection,
    /// Too few words are in both models to rotate one onto the other.
    #[error("the models share {got} word(s): a rotation of vectors of {expected} numbers needs at least {expected}")]
    FewShared {
        /// Numbers per vector.
        expected: usize,
        /// Words in both.
        got: usize,
    },
    /// The vectors of two models have different sizes.
    #[error("the models have different vector sizes: {expected} and {got}")]
    VectorSize {
        /// That of the first.
        expected: usize,
        /// That of the second.
        got: usize,
    },
    /// Fewer than two runs.
    #[error("a mean needs at least 2 runs, got {got}")]
    FewRuns {
        /// The runs given.
        got: usize,
    },
    /// A run, or the mean, is not valid.
    #[error(transparent)]
    Format(#[from] crate::error::FormatError),
    /// A word of a group has no vector, or its vector is not finite.
    #[error(transparent)]
    Query(#[from] crate::error::QueryError),
}
