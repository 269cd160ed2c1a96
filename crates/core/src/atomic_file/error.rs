//! Why a file cannot be written.

use std::path::PathBuf;

/// Why an output was rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// A file has that name, and must be kept.
    #[error("{} already exists", path.display())]
    Exists {
        /// The file that would be lost.
        path: PathBuf,
    },
    /// A file of that name appeared during the write, and must be kept.
    #[error("{} was created by another program in the meantime; the output is in {}", path.display(), kept.display())]
    NameTaken {
        /// The name that was free at first.
        path: PathBuf,
        /// Where the output is instead.
        kept: PathBuf,
    },
    /// A folder, a device or a pipe has that name.
    #[error("{} is {got}, expected the name of a file", path.display())]
    NotAFile {
        /// The path given as output.
        path: PathBuf,
        /// What is there.
        got: &'static str,
    },
    /// The folder that would hold the file does not exist.
    #[error("the folder {} does not exist; create it first", path.display())]
    NoFolder {
        /// The missing folder.
        path: PathBuf,
    },
    /// The folder that would hold the file exists, but no file can be created in it.
    #[error("cannot write to the folder {} ({reason}); choose another, or change its permissions", path.display())]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// What the system reported.
        reason: String,
    },
    /// Links that point at each other.
    #[error("{} is a link that leads to no file after {steps} steps", path.display())]
    EndlessLink {
        /// The link that was given.
        path: PathBuf,
        /// How many links were followed.
        steps: usize,
    },
}
