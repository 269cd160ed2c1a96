//! Why a known data set cannot be used.

use std::path::PathBuf;
use std::time::Duration;

/// Why a known data set cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// No data set has this name.
    #[error("there is no data set {name:?}; there are {known}")]
    UnknownName {
        /// The name given.
        name: String,
        /// The names that exist.
        known: &'static str,
    },
    /// The file is in none of the folders, and was not downloaded.
    #[error("{file} was not found in {}, and {reason}. Download {url} into one of these folders", folders(looked_in))]
    NotFound {
        /// The file's name.
        file: &'static str,
        /// The folders that were searched, in order.
        looked_in: Vec<PathBuf>,
        /// Why it was not downloaded.
        reason: &'static str,
        /// Its address.
        url: String,
    },
    /// A file has the right name, but is truncated or altered.
    #[error(
        "{} is not the right file: expected {what} {expected}, got {got}. \
         Move it away to have it searched elsewhere or downloaded again",
        path.display()
    )]
    WrongFile {
        /// The file.
        path: PathBuf,
        /// Which property was compared.
        what: &'static str,
        /// What it should be.
        expected: String,
        /// What it is.
        got: String,
    },
    /// A server sent something else, or less, or more. Nothing was saved.
    #[error(
        "{url} sent a wrong file: expected {what} {expected}, got {got}. Nothing was saved; try again, or another address"
    )]
    WrongDownload {
        /// The address.
        url: String,
        /// Which property was compared.
        what: &'static str,
        /// What it should be.
        expected: String,
        /// What it is.
        got: String,
    },
    /// A server refused. Nothing was saved.
    #[error("{url}: HTTP status {status}")]
    HttpStatus {
        /// The address.
        url: String,
        /// The status, 200 being success.
        status: u16,
    },
    /// A server stopped sending. Nothing was saved.
    #[error(
        "{url} sent {received} of {expected} bytes and then nothing until a time limit ({limits:?}). Nothing was saved; try again"
    )]
    Stalled {
        /// The address.
        url: String,
        /// Bytes received.
        received: u64,
        /// Bytes expected.
        expected: u64,
        /// The limits: for connecting, for each silence, for everything.
        limits: [Duration; 3],
    },
    /// The connection could not be made, or broke. Nothing was saved.
    #[error(
        "{url}: {source} after {received} of {expected} bytes. Nothing was saved; try again, or download the file yourself"
    )]
    Connection {
        /// The address.
        url: String,
        /// Bytes received.
        received: u64,
        /// Bytes expected.
        expected: u64,
        /// The system's message.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn folders(paths: &[PathBuf]) -> String {
    let names: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    if names.is_empty() { "any folder (none is known)".to_owned() } else { names.join(", ") }
}
