//! Compressed streams: gzip, bzip2, zstd and xz, recognised by their first bytes, never by a name.
//!
//! Several streams one after the other (as `cat a.gz b.gz` makes) are read as one. A truncated or altered stream
//! is an error of the reader, never the end of the text; so is one that exceeds the [`Limits`].
//!
//! gzip is always built in; bzip2, xz and zstd (which compiles C) are the features of those names. Without them a file is
//! still recognised, and the error names the feature ([`DecompressError::NotBuiltIn`]).
//!
//! zstd and xz decompress with a window of the last bytes of output. The file declares its size, so a few bytes could
//! demand gigabytes. Two things prevent that: a window wider than allowed is rejected ([`DecompressError::Window`]), and
//! neither decoder fills its window in advance: xz's grows with the output, and the system provides zstd's memory only when
//! it is written to. `tests/packed_memory.rs` measures both.

mod format;
mod guard;
#[cfg(test)]
#[cfg(all(feature = "bzip2", feature = "xz", feature = "zstd"))]
mod tests;

use guard::Guard;
use std::io::{self, Read, Write};

pub use format::{Compression, MAGIC_BYTES};
pub use guard::{DecompressError, Limits};

impl Compression {
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
}
