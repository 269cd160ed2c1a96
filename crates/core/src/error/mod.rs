//! Errors as data.

mod output;
mod vocabulary;
mod window;

use std::path::{Path, PathBuf};

pub use output::OutputError;
pub use vocabulary::VocabularyError;
pub use window::{Bomb, WideWindow};

/// What this crate's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Anything that can go wrong in this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An output cannot be written where it should go.
    #[error(transparent)]
    Output(#[from] OutputError),
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
