//! Anything that can go wrong in this crate.

use crate::atomic_file::error::OutputError;
use crate::collective::CollectiveError;
use crate::word_list::error::VocabularyError;
use std::path::{Path, PathBuf};

/// What this crate's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Anything that can go wrong in this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Processes cannot work together.
    #[error(transparent)]
    Collective(#[from] CollectiveError),
    /// An output cannot be written to its path.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A list of words is rejected.
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
    /// The operating system reported an error.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder in question.
        path: PathBuf,
        /// What the system reported.
        source: std::io::Error,
    },
}

impl Error {
    /// For `map_err`: an [`Error::Io`] that names `path`.
    pub fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Error + '_ {
        move |source| Error::Io { path: path.to_owned(), source }
    }
}
