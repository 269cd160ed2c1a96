//! Errors as data: an enum for each kind of file or query, and [`Error`] over them all.

use std::path::{Path, PathBuf};

#[cfg(feature = "ann")]
pub use crate::ann::error::IndexError;
pub use crate::evaluate::error::EvaluateError;
pub use crate::format::error::FormatError;
pub use crate::format::pickle::PickleError;
pub use crate::lines::error::TextError;
pub use crate::search::error::QueryError;
pub use rapidvec_core::VocabularyError;
pub use rapidvec_core::atomic_file::OutputError;
pub use rapidvec_core::compress::DecompressError;

/// What this crate's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Anything that can go wrong in this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
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
    /// An output cannot be written where it should go.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A query cannot be answered.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// Lines of text cannot be read.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A list of words is refused.
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder in question.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Error {
    /// For `map_err`: an [`Error::Io`] that names `path`.
    pub fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Error + '_ {
        move |source| Error::Io { path: path.to_owned(), source }
    }
}

impl From<rapidvec_core::Error> for Error {
    fn from(error: rapidvec_core::Error) -> Self {
        match error {
            rapidvec_core::Error::Output(error) => error.into(),
            rapidvec_core::Error::Vocabulary(error) => error.into(),
            rapidvec_core::Error::Io { path, source } => Error::Io { path, source },
            other => unreachable!("{other}"),
        }
    }
}
