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
        /// The names there are.
        known: &'static str,
    },
    /// The file is in none of the folders, and was not downloaded.
    #[error(
        "{file} was not found in {}, and {reason}; fetch {url} and put it into one of these folders, \
         or name its folder with --data-dir or RAPIDVEC_DATA",
        folders(looked_in)
    )]
    NotFound {
        /// The file's name.
        file: &'static str,
        /// The folders that were searched, in order.
        looked_in: Vec<PathBuf>,
        /// Why it was not downloaded.
        reason: &'static str,
        /// Where it is to be had.
        url: String,
    },
    /// A file has the right name, but it was cut short or altered.
    #[error(
        "{} is not the file it should be: expected {what} {expected}, got {got}; \
         move it away, and it is looked for elsewhere or fetched again",
        path.display()
    )]
    WrongFile {
        /// The file.
        path: PathBuf,
        /// What was compared.
        what: &'static str,
        /// What it should be.
        expected: String,
        /// What it is.
        got: String,
    },
    /// A server sent something else, or less, or more. Nothing was kept.
    #[error(
        "{url} did not send the right file: expected {what} {expected}, got {got}; nothing was kept, try again or another mirror"
    )]
    WrongDownload {
        /// The address.
        url: String,
        /// What was compared.
        what: &'static str,
        /// What it should be.
        expected: String,
        /// What it is.
        got: String,
    },
    /// A server refused. Nothing was kept.
    #[error("{url} answered with HTTP status {status}; is the address right? RAPIDVEC_PTB_URL names another")]
    HttpStatus {
        /// The address.
        url: String,
        /// The status, 200 being success.
        status: u16,
    },
    /// A server stopped sending. Nothing was kept.
    #[error(
        "{url} sent {received} of {expected} bytes and then nothing for too long (limits: {limits:?}); nothing was kept, try again"
    )]
    Stalled {
        /// The address.
        url: String,
        /// Bytes received.
        received: u64,
        /// Bytes expected.
        expected: u64,
        /// The limits: one for connecting, one for each silence, one for it all.
        limits: [Duration; 3],
    },
    /// The connection could not be made, or broke. Nothing was kept.
    #[error(
        "{url}: {source} after {received} of {expected} bytes; nothing was kept, try again, or put the file into --data-dir"
    )]
    Connection {
        /// The address.
        url: String,
        /// Bytes received.
        received: u64,
        /// Bytes expected.
        expected: u64,
        /// What the network said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn folders(paths: &[PathBuf]) -> String {
    let names: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    if names.is_empty() { "any folder (none is known)".to_owned() } else { names.join(", ") }
}
