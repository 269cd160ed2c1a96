//! Errors as data: an enum for each kind of file or query, and [`Error`] over them all and over those of the crate below.

use std::path::Path;

#[cfg(feature = "ann")]
pub use crate::ann::error::IndexError;
pub use crate::evaluate::error::EvaluateError;
pub use crate::format::error::FormatError;
pub use crate::format::pickle::PickleError;
pub use crate::lines::error::TextError;
pub use crate::search::error::QueryError;
pub use rapidvec_core::atomic_file::OutputError;
pub use rapidvec_core::compress::DecompressError;
pub use rapidvec_core::{Error as CoreError, VocabularyError};

/// What this crate's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Anything that can go wrong in this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read or written, or a list of words is refused.
    #[error(transparent)]
    Core(#[from] CoreError),
    /// A file of questions or pairs of words is refused.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// A model file is refused.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// An approximate index is refused.
    #[cfg(feature = "ann")]
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A query cannot be answered.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// Lines of text cannot be read.
    #[error(transparent)]
    Text(#[from] TextError),
}

impl Error {
    /// For `map_err`: an error of the system that names `path`.
    pub fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Error + '_ {
        move |source| CoreError::io(path)(source).into()
    }
}
