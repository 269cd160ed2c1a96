//! Why a file cannot be written.

use std::path::PathBuf;

/// Why an output was refused before anything was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// There is a file of that name already.
    #[error("{} exists already; choose another name, or overwrite it with --force", path.display())]
    Exists {
        /// The file that would be lost.
        path: PathBuf,
    },
    /// A folder, a device or a pipe has that name.
    #[error("{} is {got}, expected the name of a file; choose another name", path.display())]
    NotAFile {
        /// What was given as output.
        path: PathBuf,
        /// What lies there.
        got: &'static str,
    },
    /// The folder that would hold the file is not there.
    #[error("there is no folder {}; create it first", path.display())]
    NoFolder {
        /// The missing folder.
        path: PathBuf,
    },
    /// The folder that would hold the file is there, but takes none.
    #[error("the folder {} cannot be written to ({reason}); choose another, or change who may write there", path.display())]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Links that point at each other.
    #[error("{} is a link that leads to no file after {steps} steps; choose another name", path.display())]
    EndlessLink {
        /// The link that was given.
        path: PathBuf,
        /// How many links were followed.
        steps: usize,
    },
}
