//! One [`Error`] over the errors of all floors, each of which is defined beside the code that raises it.

use std::path::{Path, PathBuf};

pub use crate::config::ConfigError;
pub use crate::corpus::CorpusError;
pub use crate::trainer::TrainError;
pub use rapidvec_core::VocabularyError;
pub use rapidvec_core::atomic_file::OutputError;
pub use rapidvec_core::compress::DecompressError;
#[cfg(feature = "ann")]
pub use rapidvec_vectors::error::IndexError;
pub use rapidvec_vectors::error::{EvaluateError, FormatError, PickleError, QueryError, TextError};

/// What the library's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Anything that can go wrong in this library.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A hyper-parameter is out of its range.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A text cannot be made into a corpus.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// A known data set is missing or not what it should be.
    #[cfg(feature = "datasets")]
    #[error(transparent)]
    Dataset(#[from] crate::corpus::datasets::DatasetError),
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
    /// Training cannot start, resume or continue.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// A list of words is refused.
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
    /// An operation of the system failed.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder in question.
        path: PathBuf,
        /// The system's error.
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
        rapidvec_vectors::Error::from(error).into()
    }
}

impl From<rapidvec_vectors::Error> for Error {
    fn from(error: rapidvec_vectors::Error) -> Self {
        use rapidvec_vectors::Error as Below;
        match error {
            Below::Evaluate(error) => error.into(),
            Below::Format(error) => error.into(),
            #[cfg(feature = "ann")]
            Below::Index(error) => error.into(),
            Below::Output(error) => error.into(),
            Below::Query(error) => error.into(),
            Below::Text(error) => error.into(),
            Below::Vocabulary(error) => error.into(),
            Below::Io { path, source } => Error::Io { path, source },
            other => unreachable!("{other}"),
        }
    }
}
