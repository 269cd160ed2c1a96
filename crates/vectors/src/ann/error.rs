//! Why an approximate index cannot be used.

/// Why an index file was rejected, or an index could not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The first bytes are not those of an index.
    #[error("not an index of rapidvec")]
    NotAnIndex,
    /// The file was cut short, or something was appended.
    #[error("the index is {}: expected {expected} bytes, got {got}. Rebuild it",
        if got < expected { "cut short" } else { "too long" })]
    Length {
        /// Bytes that the header describes, itself included.
        expected: u64,
        /// Bytes in the file.
        got: u64,
    },
    /// The bytes are not those that were written.
    #[error("the index was altered: expected checksum {expected}, got {got}. Rebuild it")]
    Checksum {
        /// The checksum recorded in the file.
        expected: String,
        /// The checksum of the bytes.
        got: String,
    },
    /// The index was built from other vectors.
    #[error("the index belongs to another model (fingerprint {got}, this model has {expected}). Rebuild it")]
    OtherModel {
        /// The fingerprint of the vectors.
        expected: String,
        /// The fingerprint recorded in the index.
        got: String,
    },
    /// The graph contradicts itself, or was written by another version of the underlying library.
    #[error("the index is damaged or of another version: {what}. Rebuild it")]
    Damaged {
        /// What is wrong.
        what: &'static str,
    },
    /// The underlying library failed, for example for lack of memory.
    #[error("the index cannot be used: {message}")]
    Library {
        /// The library's message.
        message: String,
    },
}
