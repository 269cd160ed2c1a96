//! Why processes cannot train together.

use rapidvec_core::collective::CollectiveError;

/// Why processes cannot train together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GangError {
    /// Processes do not find each other, or one is gone.
    #[error("worker {worker}: {source}")]
    Collective {
        /// This process.
        worker: usize,
        /// What happened to its connections.
        source: CollectiveError,
    },
    /// Another process failed.
    #[error("worker {worker} failed: {reason}")]
    Worker {
        /// Which one.
        worker: usize,
        /// Its error.
        reason: String,
    },
    /// A process sent something that cannot be read.
    #[error("worker {worker} sent {what} that cannot be read: {reason}")]
    Unreadable {
        /// Which one.
        worker: usize,
        /// What was expected.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// An option that several processes cannot share.
    #[error("several workers cannot train with {what}")]
    Unsupported {
        /// The option.
        what: &'static str,
    },
}
