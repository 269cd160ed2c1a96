//! Why words cannot be laid out in two dimensions.

/// Why a projection or a grouping of vectors was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The numbers make no whole rows.
    #[error("{got} numbers are no whole rows of {expected}; pass words x vector size of them, row after row")]
    Shape {
        /// Numbers in a row.
        expected: usize,
        /// Numbers in all.
        got: usize,
    },
    /// Fewer rows than the method can work with.
    #[error("{method} needs at least {expected} words, got {got}; choose more words, or another method")]
    TooFew {
        /// What was to be done with them.
        method: &'static str,
        /// The least number of rows.
        expected: usize,
        /// How many there are.
        got: usize,
    },
    /// A row with NaN or infinity in it.
    #[error("row {row} holds {got}: expected finite numbers; leave that word out")]
    NotFinite {
        /// The row, from 0.
        row: usize,
        /// The number.
        got: f32,
    },
    /// A setting out of its range.
    #[error("{name} is {got}: expected {expected}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// Which values it can have.
        expected: &'static str,
        /// The value it was given.
        got: f64,
    },
    /// The descent ran away.
    #[error("t-SNE did not settle: word {row} ended at no finite place; try another perplexity, or PCA")]
    Unsettled {
        /// The row, from 0.
        row: usize,
    },
}
