//! Why an approximate index was refused.

/// Why a file of an approximate index was refused, or an index could not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The first bytes are not those of an index.
    #[error("this is no index of rapidvec; make one with `rapidvec index MODEL`")]
    NotAnIndex,
    /// The file was cut short, or something was appended.
    #[error("the index is {}: expected {expected} bytes, got {got}; make it anew with `rapidvec index MODEL`",
        if got < expected { "cut short" } else { "too long" })]
    Length {
        /// Bytes that the header describes, itself included.
        expected: u64,
        /// Bytes in the file.
        got: u64,
    },
    /// The bytes are not those that were written.
    #[error("the index was altered: expected checksum {expected}, got {got}; make it anew with `rapidvec index MODEL`")]
    Checksum {
        /// The checksum that the file records.
        expected: String,
        /// The checksum of what is there.
        got: String,
    },
    /// The index was made of other vectors.
    #[error(
        "the index belongs to another model (fingerprint {got}, this one has {expected}); make it anew with \
         `rapidvec index MODEL`"
    )]
    OtherModel {
        /// The fingerprint of the vectors.
        expected: String,
        /// The fingerprint that the index records.
        got: String,
    },
    /// The graph contradicts itself, or was written by another version of the library beneath.
    #[error("the index is damaged or of another version: {what}; make it anew with `rapidvec index MODEL`")]
    Damaged {
        /// What is wrong.
        what: &'static str,
    },
    /// The library beneath failed, as for lack of memory.
    #[error("the index cannot be used: {message}")]
    Library {
        /// What it said.
        message: String,
    },
}
