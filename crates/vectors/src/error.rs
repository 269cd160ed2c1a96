//! [`Error`]: all errors of this crate and of the crate below. Each kind of file or query has its own enum.

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
    /// A file cannot be read or written, or a list of words is rejected.
    #[error(transparent)]
    Core(#[from] CoreError),
    /// A file of questions or pairs of words is rejected.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// A model file is rejected.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// An approximate index is rejected.
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
