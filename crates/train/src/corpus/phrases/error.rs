//! Why phrases cannot be found or a file of phrases cannot be read.

use std::path::PathBuf;

/// Why a file of phrases is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PhraseError {
    /// It was written by a later version.
    #[error("{} has phrases of format {got}; this version reads format {expected}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// The format this version reads.
        expected: u64,
        /// The format of the file.
        got: u64,
    },
    /// A line cannot be read.
    #[error("{}, line {line}: {reason}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// It has no phrase.
    #[error("{} has no phrases", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A text that is read once only cannot be counted pass by pass.
    #[error("{name} can be read only once, and {passes} passes read it {passes} times. Save it to a file first")]
    ReadOnce {
        /// The text.
        name: String,
        /// The number of passes.
        passes: usize,
    },
}
