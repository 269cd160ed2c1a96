//! One [`Error`] over the errors of all floors, each of which is defined next to the code that raises it.

use std::path::Path;

pub use crate::config::ConfigError;
pub use crate::corpus::{CorpusError, PhraseError};
pub use crate::distributed::GangError;
pub use crate::trainer::TrainError;
#[cfg(feature = "ann")]
pub use rapidvec_vectors::error::IndexError;
pub use rapidvec_vectors::error::{
    CoreError, DecompressError, Error as VectorsError, EvaluateError, FormatError, OutputError, PickleError,
    QueryError, TextError, VocabularyError,
};
pub use rapidvec_vectors::measure::MeasureError;

/// What the library's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Anything that can go wrong in this library.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A hyper-parameter is out of its range.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A text cannot be read as a corpus.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// Phrases cannot be found or read.
    #[error(transparent)]
    Phrases(#[from] PhraseError),
    /// A known data set is missing or not what it should be.
    #[cfg(feature = "datasets")]
    #[error(transparent)]
    Dataset(#[from] crate::corpus::datasets::DatasetError),
    /// Training cannot start, resume or continue.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// Models cannot be rotated onto each other.
    #[error(transparent)]
    Measure(#[from] MeasureError),
    /// Processes cannot train together.
    #[error(transparent)]
    Gang(#[from] GangError),
    /// A device that a trainer uses, such as a graphics card, cannot be used or failed.
    #[error(transparent)]
    Device(Box<dyn std::error::Error + Send + Sync>),
    /// A model cannot be opened, queried or evaluated, or a file cannot be read or written.
    #[error(transparent)]
    Vectors(#[from] VectorsError),
}

impl Error {
    /// For `map_err`: an error of the system that names `path`.
    pub fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Error + '_ {
        move |source| VectorsError::io(path)(source).into()
    }
}

/// Converts the errors of the crates below, for `?`.
macro_rules! from_below {
    ($($error:ty),*) => {
        $(impl From<$error> for Error {
            fn from(error: $error) -> Self {
                VectorsError::from(error).into()
            }
        })*
    };
}

from_below!(CoreError, EvaluateError, FormatError, QueryError, TextError);
#[cfg(feature = "ann")]
from_below!(IndexError);
