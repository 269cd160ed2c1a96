//! Errors as data: one enum for each floor, one [`Error`] over them all.
//!
//! Every variant carries what a caller needs to act on it, and a message that says what is wrong and what to do next.

mod config;
mod corpus;
mod dataset;
mod evaluate;
mod format;
mod index;
mod map;
mod output;
mod pickle;
mod query;
mod text;
mod train;
mod vocabulary;
mod window;

use std::path::{Path, PathBuf};

pub use config::ConfigError;
pub use corpus::CorpusError;
pub use dataset::DatasetError;
pub use evaluate::EvaluateError;
pub use format::FormatError;
pub use index::IndexError;
pub use map::MapError;
pub use output::OutputError;
pub use pickle::PickleError;
pub use query::QueryError;
pub use text::TextError;
pub use train::TrainError;
pub use vocabulary::VocabularyError;
pub use window::{Bomb, WideWindow};

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
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// A file of questions or pairs of words is refused.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// A model file is refused.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// Words cannot be laid out in two dimensions.
    #[error(transparent)]
    Map(#[from] MapError),
    /// An approximate index is refused.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// An output cannot be written where it should go.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A Python pickle is refused.
    #[error(transparent)]
    Pickle(#[from] PickleError),
    /// A query cannot be answered.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// Lines of text cannot be read.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Training cannot start or go on.
    #[error(transparent)]
    Train(#[from] TrainError),
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
