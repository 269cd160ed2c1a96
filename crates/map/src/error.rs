//! Why words cannot be laid out in two dimensions.

/// Why vectors could not be projected or grouped.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The number of values is not a multiple of the row length.
    #[error("expected a multiple of {expected} values (words x vector size), got {got}")]
    Shape {
        /// Numbers in a row.
        expected: usize,
        /// Numbers in all.
        got: usize,
    },
    /// Fewer rows than the method needs.
    #[error("{method} needs at least {expected} words, got {got}. Choose more words, or another method")]
    TooFew {
        /// The method.
        method: &'static str,
        /// The minimum number of rows.
        expected: usize,
        /// The number of rows given.
        got: usize,
    },
    /// A row contains NaN or infinity.
    #[error("row {row} contains {got}; expected finite values. Leave that word out")]
    NotFinite {
        /// The row, from 0.
        row: usize,
        /// The number.
        got: f32,
    },
    /// A setting is out of range.
    #[error("{name} is {got}: expected {expected}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// The values it accepts.
        expected: &'static str,
        /// The value it was set to.
        got: f64,
    },
    /// The gradient descent diverged.
    #[error("t-SNE diverged: word {row} has no finite position. Try another perplexity, or PCA")]
    Unsettled {
        /// The row, from 0.
        row: usize,
    },
}
