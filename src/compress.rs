//! Compressed streams: gzip, bzip2, zstd and xz, recognised by their first bytes, never by a name.
//!
//! Several streams one after the other (as `cat a.gz b.gz` makes) are read as one. A stream that is cut short or altered
//! is an error of the reader, never the end of the text.
#![forbid(unsafe_code)]

use std::io::{self, BufRead, Read, Write};
use std::path::Path;

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
    /// What the bytes of a file begin with, if it is one of ours. Takes the first [`MAGIC_BYTES`] or more.
    pub fn recognise(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Self::Bzip2),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            _ => None,
        }
    }

    /// The format that a file's ending asks for when it is written: `.gz`, `.bz2`, `.zst`, `.xz`.
    pub fn of_ending(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "gz" => Some(Self::Gzip),
            "bz2" => Some(Self::Bzip2),
            "zst" => Some(Self::Zstd),
            "xz" => Some(Self::Xz),
            _ => None,
        }
    }

    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
        }
    }

    /// What `packed` unpacks to, as it is read, in bounded memory.
    ///
    /// # Errors
    /// The system's, where the decoder cannot be set up. What the bytes have wrong shows while they are read.
    pub fn reader<'a>(self, packed: impl BufRead + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
        Ok(match self {
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(packed)),
            Self::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(packed)),
            Self::Zstd => Box::new(zstd::Decoder::with_buffer(packed)?),
            Self::Xz => Box::new(lzma_rust2::XzReader::new(packed, true)),
        })
    }

    /// Writes what `write` writes, packed, to `out`.
    ///
    /// # Errors
    /// Those of `write` and of `out`.
    pub fn write<T>(self, out: &mut dyn Write, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> io::Result<T> {
        match self {
            Self::Gzip => {
                let mut packer = flate2::write::GzEncoder::new(out, flate2::Compression::default());
                let written = write(&mut packer)?;
                packer.finish()?;
                Ok(written)
            }
            Self::Bzip2 => {
                let mut packer = bzip2::write::BzEncoder::new(out, bzip2::Compression::default());
                let written = write(&mut packer)?;
                packer.finish()?;
                Ok(written)
            }
            Self::Zstd => {
                let mut packer = zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                let written = write(&mut packer)?;
                packer.finish()?;
                Ok(written)
            }
            Self::Xz => {
                let mut packer = lzma_rust2::XzWriter::new(out, lzma_rust2::XzOptions::with_preset(6))?;
                let written = write(&mut packer)?;
                packer.finish()?;
                Ok(written)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Compression; 4] = [Compression::Gzip, Compression::Bzip2, Compression::Zstd, Compression::Xz];

    fn pack(compression: Compression, text: &[u8]) -> Vec<u8> {
        let mut packed = Vec::new();
        compression.write(&mut packed, |out| out.write_all(text)).unwrap();
        packed
    }

    fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        Compression::recognise(packed).unwrap().reader(packed)?.read_to_end(&mut text)?;
        Ok(text)
    }

    fn text() -> Vec<u8> {
        (0..20_000).flat_map(|i| format!("word{} ", i * 7919 % 10_007).into_bytes()).collect()
    }

    #[test]
    fn what_is_packed_is_recognised_and_unpacks_to_the_same() {
        for compression in ALL {
            let packed = pack(compression, &text());
            assert_eq!(Compression::recognise(&packed[..MAGIC_BYTES]), Some(compression));
            assert_eq!(unpack(&packed).unwrap(), text(), "{compression:?}");
        }
    }

    #[test]
    fn two_streams_in_one_file_are_read_as_one() {
        for compression in ALL {
            let packed = [pack(compression, b"you say "), pack(compression, b"goodbye")].concat();
            assert_eq!(unpack(&packed).unwrap(), b"you say goodbye", "{compression:?}");
        }
    }

    #[test]
    fn a_stream_cut_short_anywhere_is_an_error() {
        for compression in ALL {
            let packed = pack(compression, &text()[..5000]);
            for length in (MAGIC_BYTES..packed.len()).step_by(97) {
                assert!(unpack(&packed[..length]).is_err(), "{compression:?} cut at {length} of {}", packed.len());
            }
        }
    }

    #[test]
    fn a_changed_byte_is_an_error() {
        for compression in [Compression::Gzip, Compression::Bzip2, Compression::Xz] {
            let mut packed = pack(compression, &text()[..5000]);
            let middle = packed.len() / 2;
            packed[middle] ^= 1;
            assert!(unpack(&packed).map_or(true, |got| got != text()[..5000]), "{compression:?}");
            assert!(unpack(&packed).is_err(), "{compression:?}");
        }
    }
}
