//! What can be wrong with how much a packed stream unpacks to, and in how much memory.

use std::io;

/// A stream of zstd or xz asks for a wider window than is allowed. Readers fail with it inside an [`io::Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected {format} data that is unpacked with a window of at most {expected} MB, got a wider one; \
     unpack it yourself, or pack it with a smaller one (without `--long`, `--ultra` or `dict=`)"
)]
pub struct WideWindow {
    /// How it is packed.
    pub format: &'static str,
    /// Megabytes that are allowed.
    pub expected: u32,
}

impl WideWindow {
    /// The window that a reader failed for, if that is why it failed.
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

/// A stream unpacks to absurdly much. Readers fail with it inside an [`io::Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{packed} bytes of {format} unpacked to {unpacked} already, over {expected} times as much; if it is no trap, unpack it \
     yourself"
)]
pub struct Bomb {
    /// How it is packed.
    pub format: &'static str,
    /// Packed bytes read.
    pub packed: u64,
    /// Bytes that came out of them.
    pub unpacked: u64,
    /// The ratio that is allowed.
    pub expected: u64,
}
