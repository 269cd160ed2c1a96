//! Compressed streams: gzip, bzip2, zstd and xz, recognised by their first bytes, never by a name.
//!
//! Several streams one after the other (as `cat a.gz b.gz` makes) are read as one. A stream that is cut short or altered
//! is an error of the reader, never the end of the text; so is one that decompresses to absurdly much ([`Limits`]).
//!
//! gzip is always built in; bzip2, xz and zstd (which compiles C) are the features of those names. Without them a file is
//! still recognised, and the error names the feature ([`DecompressError::NotBuiltIn`]).
//!
//! zstd and xz decompress with a window: the last bytes that came out. The file states its size, so that a few bytes can
//! demand gigabytes. Two things prevent that. A window wider than allowed is refused ([`DecompressError::Window`]), and
//! neither decoder fills a window that it has not decompressed yet: xz's grows with what comes out, and the system provides
//! zstd's memory only when it is written to. `tests/packed_memory.rs` measures both.

mod guard;
#[cfg(test)]
#[cfg(all(feature = "bzip2", feature = "xz", feature = "zstd"))]
mod tests;

use guard::Guard;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

pub use guard::{DecompressError, Limits};

/// How many first bytes [`Compression::recognise`] looks at.
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

    /// Its name in messages, and as a feature.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
        }
    }

    /// Whether it is evident without decompressing that the end of `packed` is missing: zstd's blocks state their lengths,
    /// xz's stream ends with two bytes of its own. gzip and bzip2 show nothing, nor does an end lost at the right place.
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

    /// Reads what `packed` decompresses to, in bounded memory.
    ///
    /// Reading fails with a [`DecompressError`] inside the [`io::Error`] where the bytes are invalid or exceed `limits`.
    ///
    /// # Errors
    /// [`DecompressError::NotBuiltIn`]; the system's, where the decoder cannot be set up.
    pub fn reader<'a>(self, packed: impl Read + Send + 'a, limits: Limits) -> io::Result<Box<dyn Read + Send + 'a>> {
        debug_assert!(limits.window.is_power_of_two());
        Ok(match self {
            Self::Gzip => {
                Box::new(Guard::new(packed, self, limits, |packed| Ok(flate2::bufread::MultiGzDecoder::new(packed)))?)
            }
            #[cfg(feature = "bzip2")]
            Self::Bzip2 => {
                Box::new(Guard::new(packed, self, limits, |packed| Ok(bzip2::bufread::MultiBzDecoder::new(packed)))?)
            }
            #[cfg(feature = "zstd")]
            Self::Zstd => Box::new(Guard::new(packed, self, limits, |packed| {
                let mut decoder = zstd::Decoder::with_buffer(packed)?;
                decoder.window_log_max(limits.window.ilog2())?;
                Ok(decoder)
            })?),
            #[cfg(feature = "xz")]
            Self::Xz => Box::new(Guard::new(packed, self, limits, |packed| {
                // What the decoder needs besides its window is well below a megabyte; the next wider window is half as wide again.
                let kilobytes = (limits.window >> 10) + 1024;
                Ok(lzma_rust2::XzReader::new_mem_limit(packed, true, kilobytes))
            })?),
            #[cfg(not(all(feature = "bzip2", feature = "xz", feature = "zstd")))]
            other => return Err(other.not_built_in()),
        })
    }

    /// Writes what `write` writes, compressed, to `out`.
    ///
    /// # Errors
    /// [`DecompressError::NotBuiltIn`]; those of `write` and of `out`.
    pub fn write<T>(self, out: &mut dyn Write, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> io::Result<T> {
        match self {
            Self::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(out, flate2::Compression::default());
                let written = write(&mut encoder)?;
                encoder.finish().map(|_| written)
            }
            #[cfg(feature = "bzip2")]
            Self::Bzip2 => {
                let mut encoder = bzip2::write::BzEncoder::new(out, bzip2::Compression::default());
                let written = write(&mut encoder)?;
                encoder.finish().map(|_| written)
            }
            #[cfg(feature = "zstd")]
            Self::Zstd => {
                let mut encoder = zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                let written = write(&mut encoder)?;
                encoder.finish().map(|_| written)
            }
            #[cfg(feature = "xz")]
            Self::Xz => {
                let mut encoder = lzma_rust2::XzWriter::new(out, lzma_rust2::XzOptions::with_preset(6))?;
                let written = write(&mut encoder)?;
                encoder.finish().map(|_| written)
            }
            #[cfg(not(all(feature = "bzip2", feature = "xz", feature = "zstd")))]
            other => Err(other.not_built_in()),
        }
    }

    #[cfg(not(all(feature = "bzip2", feature = "xz", feature = "zstd")))]
    fn not_built_in(self) -> io::Error {
        DecompressError::NotBuiltIn { format: self.name() }.into()
    }

    /// Whether its decoder failed for a window that is too wide.
    fn is_wide_window(self, error: &io::Error) -> bool {
        match self {
            Self::Gzip | Self::Bzip2 => false,
            Self::Zstd => error.to_string() == "Frame requires too much memory for decoding",
            Self::Xz => error.kind() == ErrorKind::OutOfMemory,
        }
    }
}

/// Walks from frame to frame of zstd; anything else that is wrong with one is for the decoder to report.
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
