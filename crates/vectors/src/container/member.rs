//! A file in an archive, and the limits of all archives.

use crate::error::FormatError;

/// The maximum ratio of a member's size to its compressed size, beyond what is always allowed.
pub(super) const MAX_RATIO: u64 = 100;
/// Bytes that a member may always have.
pub(super) const ALWAYS: u64 = 2 << 20;
/// The maximum number of members; each one costs memory.
pub(super) const MAX_MEMBERS: usize = 10_000;

/// A file in an archive.
#[derive(Debug)]
pub(super) struct Member {
    pub name: String,
    /// Bytes it has.
    pub length: u64,
    pub place: Place,
}

/// Where its bytes are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place {
    /// As they are, from here on.
    At(usize),
    /// Compressed, in a zip: its number.
    Zip(usize),
}

pub(super) fn damaged(part: &str, problem: impl ToString) -> FormatError {
    FormatError::DamagedArchive { part: part.chars().take(100).collect(), problem: problem.to_string() }
}
