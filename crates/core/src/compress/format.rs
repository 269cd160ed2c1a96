//! The compressed formats, and how each is recognised.

use std::io::{self, ErrorKind};
use std::path::Path;

/// The number of first bytes that [`Compression::recognise`] examines.
pub const MAGIC_BYTES: usize = 6;

/// A compressed format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// bzip2.
    Bzip2,
    /// RFC 8878.
    Zstd,
    /// xz.
    Xz,
}

impl Compression {
    /// The format of a file that begins with `head`, which should have [`MAGIC_BYTES`] or more.
    pub fn recognise(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Self::Bzip2),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            _ => None,
        }
    }

    /// The format to write a file of this name in, by its extension: `.gz`, `.bz2`, `.zst`, `.xz`.
    pub fn of_ending(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "gz" => Some(Self::Gzip),
            "bz2" => Some(Self::Bzip2),
            "zst" => Some(Self::Zstd),
            "xz" => Some(Self::Xz),
            _ => None,
        }
    }

    /// Its name in messages, and of the feature.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
        }
    }

    /// Whether it is evident without decompressing that the end of `packed` is missing: zstd's blocks declare their lengths, and
    /// an xz stream ends with two certain bytes. gzip and bzip2 do not show it, nor does a cut exactly between two streams.
    pub fn is_cut_short(self, packed: &[u8]) -> bool {
        match self {
            Self::Gzip | Self::Bzip2 => false,
            #[cfg(feature = "zstd")]
            Self::Zstd => ends_within_a_frame(packed),
            #[cfg(not(feature = "zstd"))]
            Self::Zstd => false,
            Self::Xz => {
                let padding = packed.iter().rev().take_while(|&&byte| byte == 0).count(); // allowed after a stream
                !packed[..packed.len() - padding].ends_with(b"YZ")
            }
        }
    }

    /// Whether its decoder failed because of a window that is too wide.
    pub(super) fn is_wide_window(self, error: &io::Error) -> bool {
        match self {
            Self::Gzip | Self::Bzip2 => false,
            Self::Zstd => error.to_string() == "Frame requires too much memory for decoding",
            Self::Xz => error.kind() == ErrorKind::OutOfMemory,
        }
    }
}

/// Walks from frame to frame of zstd; the decoder reports anything else that is wrong.
#[cfg(feature = "zstd")]
fn ends_within_a_frame(mut packed: &[u8]) -> bool {
    while !packed.is_empty() {
        match zstd::zstd_safe::find_frame_compressed_size(packed) {
            Ok(length) if (1..=packed.len()).contains(&length) => packed = &packed[length..],
            Ok(_) => return false,
            Err(code) => return zstd::zstd_safe::get_error_name(code) == "Src size is incorrect",
        }
    }
    false
}
