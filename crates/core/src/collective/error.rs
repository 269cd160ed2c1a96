//! Why processes cannot work together.

use std::io;

/// Why a process did not get into a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It does not have the token of the job.
    Token,
    /// It counts another number of ranks.
    Size,
    /// Its rank is another one's, or too high.
    Rank,
    /// It is not a rapidvec of this version.
    Version,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(match self {
            Self::Token => "it has another job token",
            Self::Size => "it counts another number of workers",
            Self::Rank => "its rank is taken or too high",
            Self::Version => "it is another version of rapidvec",
        })
    }
}

/// Why processes cannot work together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CollectiveError {
    /// The job token is too short or too long.
    #[error("the job token must have from {} to {} bytes, got {got}", expected.0, expected.1)]
    Token {
        /// The least and the most.
        expected: (usize, usize),
        /// Bytes of the token.
        got: usize,
    },
    /// There is no such rank.
    #[error("a rank must be below the number of workers, {size}, got {rank}")]
    NoSuchRank {
        /// The rank.
        rank: usize,
        /// Ranks of the group.
        size: usize,
    },
    /// A list of addresses has another length.
    #[error("expected the addresses of {expected} workers, got {got}")]
    Addresses {
        /// Ranks of the group.
        expected: usize,
        /// Addresses in the list.
        got: usize,
    },
    /// This process cannot accept connections.
    #[error("cannot listen at {address}: {source}")]
    Listen {
        /// Where.
        address: String,
        /// What the system reported.
        source: io::Error,
    },
    /// Nobody answers at an address.
    #[error("rank {rank} cannot be reached at {address}: {source}")]
    Unreachable {
        /// Whose address it is.
        rank: usize,
        /// The address.
        address: String,
        /// What the system reported.
        source: io::Error,
    },
    /// Another process did not let this one in.
    #[error("rank {rank} at {address} refused this worker: {reason}")]
    Refused {
        /// Whose address it is.
        rank: usize,
        /// The address.
        address: String,
        /// Why.
        reason: Refusal,
    },
    /// Not all ranks came in time.
    #[error(
        "{} of {size} workers did not come within {seconds} s: rank {}{}",
        ranks.len(), list(ranks), turned_away(*refused, *last)
    )]
    Missing {
        /// Those that did not come.
        ranks: Vec<usize>,
        /// Ranks of the group.
        size: usize,
        /// How long this one waited.
        seconds: u64,
        /// Connections that were not let in.
        refused: u64,
        /// Why the last of them was not.
        last: Option<Refusal>,
    },
    /// Another process has ended, or its connection broke.
    #[error("rank {rank} is gone: {source}")]
    Lost {
        /// Which one.
        rank: usize,
        /// What the system reported.
        source: io::Error,
    },
    /// Another process did not answer in time.
    #[error("rank {rank} did not answer within {seconds} s")]
    Slow {
        /// Which one.
        rank: usize,
        /// How long this one waited.
        seconds: u64,
    },
    /// Another process sent something else.
    #[error("rank {rank} sent {got}, expected {expected}")]
    Message {
        /// Which one.
        rank: usize,
        /// What this one expected.
        expected: String,
        /// What arrived.
        got: String,
    },
}

fn list(ranks: &[usize]) -> String {
    ranks.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

fn turned_away(refused: u64, last: Option<Refusal>) -> String {
    last.map_or_else(String::new, |last| format!("; of {refused} connections that were refused, the last: {last}"))
}
