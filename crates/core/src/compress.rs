//! Compressed streams: gzip, bzip2, zstd and xz, recognised by their first bytes, never by a name.
//!
//! Several streams one after the other (as `cat a.gz b.gz` makes) are read as one. A stream that is cut short or altered
//! is an error of the reader, never the end of the text.
//!
//! zstd and xz unpack with a window: the last bytes that came out. Its size stands in the file, so that a few bytes can ask
//! for gigabytes. Two things keep that from us. A wider window than is allowed is refused ([`WideWindow`]), and neither
//! decoder fills a window that it has not unpacked yet: xz's grows with what comes out, and the system gives zstd's no
//! memory before it is written to. `tests/packed_memory.rs` measures both.

use crate::error::WideWindow;
use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many first bytes [`Compression::recognise`] looks at.
pub const MAGIC_BYTES: usize = 6;

/// The widest window that [`Compression::reader`] unpacks with: that of `zstd --long=27`, twice that of `xz -9`.
pub const WIDEST_WINDOW: u32 = 128 << 20;

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

    /// Whether it shows without unpacking that the end of `packed` is missing: zstd's blocks tell their lengths, xz's stream
    /// ends with two bytes of its own. gzip and bzip2 do not tell, nor does an end that was lost at the right place.
    pub fn is_cut_short(self, packed: &[u8]) -> bool {
        match self {
            Self::Gzip | Self::Bzip2 => false,
            Self::Zstd => ends_within_a_frame(packed),
            Self::Xz => {
                let padding = packed.iter().rev().take_while(|&&byte| byte == 0).count(); // allowed behind a stream
                !packed[..packed.len() - padding].ends_with(b"YZ")
            }
        }
    }

    /// What `packed` unpacks to, as it is read, in bounded memory.
    ///
    /// # Errors
    /// The system's, where the decoder cannot be set up. What the bytes have wrong shows while they are read.
    pub fn reader<'a>(self, packed: impl BufRead + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
        self.reader_within(packed, WIDEST_WINDOW)
    }

    /// As [`reader`](Self::reader), with windows of at most `window` bytes, a power of two.
    ///
    /// # Errors
    /// As [`reader`](Self::reader); reading fails with [`WideWindow`] where a wider one is asked for.
    pub fn reader_within<'a>(
        self,
        packed: impl BufRead + Send + 'a,
        window: u32,
    ) -> io::Result<Box<dyn Read + Send + 'a>> {
        debug_assert!(window.is_power_of_two());
        Ok(match self {
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(packed)),
            Self::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(packed)),
            Self::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(packed)?;
                decoder.window_log_max(window.ilog2())?;
                Box::new(Windowed { decoder, format: self, window })
            }
            Self::Xz => {
                // What the decoder takes beside its window is well below a megabyte; the next wider window is half as wide again.
                let kilobytes = (window >> 10) + 1024;
                let decoder = lzma_rust2::XzReader::new_mem_limit(packed, true, kilobytes);
                Box::new(Windowed { decoder, format: self, window })
            }
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

/// Goes from frame to frame of zstd; whatever else is wrong with one is the decoder's to tell.
fn ends_within_a_frame(mut packed: &[u8]) -> bool {
    while !packed.is_empty() {
        match zstd::zstd_safe::find_frame_compressed_size(packed) {
            Ok(length) if (1..=packed.len()).contains(&length) => packed = &packed[length..],
            Ok(_) => return false,
            Err(code) => return zstd::zstd_safe::get_error_name(code) == ZSTD_CUT,
        }
    }
    false
}

/// A decoder that says [`WideWindow`] where its library says so in its own way.
struct Windowed<R> {
    decoder: R,
    format: Compression,
    window: u32,
}

impl<R: Read> Read for Windowed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.decoder.read(buffer).map_err(|error| match self.format {
            Compression::Zstd if error.to_string() == ZSTD_WINDOW => self.too_wide(),
            Compression::Xz if error.kind() == ErrorKind::OutOfMemory => self.too_wide(),
            _ => error,
        })
    }
}

impl<R> Windowed<R> {
    fn too_wide(&self) -> io::Error {
        io::Error::other(WideWindow { format: self.format.name(), expected: self.window >> 20 })
    }
}

/// What zstd calls it.
const ZSTD_WINDOW: &str = "Frame requires too much memory for decoding";
const ZSTD_CUT: &str = "Src size is incorrect";

/// Counts what a decoder takes, so that it can be set against what comes out.
pub struct Counted<R> {
    reader: R,
    bytes: Arc<AtomicU64>,
}

impl<R> Counted<R> {
    /// Around `reader`; the bytes it has given stand in `bytes`.
    pub fn new(reader: R, bytes: &Arc<AtomicU64>) -> Self {
        Self { reader, bytes: Arc::clone(bytes) }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.bytes.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of zstd with this window descriptor: 10 + exponent bits above 3 bits of mantissa; then a raw block, the last.
    fn zstd_frame(window: u8, text: &[u8]) -> Vec<u8> {
        let block = (text.len() as u32) << 3 | 1;
        [&b"\x28\xb5\x2f\xfd\0"[..], &[window], &block.to_le_bytes()[..3], text].concat()
    }

    /// What xz made of `text`, with another size of dictionary in its first block's header.
    fn xz_with_dictionary(text: &[u8], size: u8) -> Vec<u8> {
        let mut packed = pack(Compression::Xz, text);
        // Stream header (12 bytes); then length, flags, filter 0x21 with 1 byte of properties, which is the size.
        assert_eq!(packed[12..16], [2, 0, 0x21, 1]);
        packed[16] = size;
        let sum = crc32(&packed[12..20]);
        packed[20..24].copy_from_slice(&sum.to_le_bytes());
        packed
    }

    fn crc32(bytes: &[u8]) -> u32 {
        let mut sum = flate2::Crc::new();
        sum.update(bytes);
        sum.sum()
    }

    fn within(packed: &[u8], window: u32) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        Compression::recognise(packed).unwrap().reader_within(packed, window)?.read_to_end(&mut text)?;
        Ok(text)
    }

    #[test]
    fn a_window_may_be_as_wide_as_allowed_and_no_wider() {
        // Exponents 13 (8 MB), 17 (128 MB), 18 and 31 (2 TB); in xz's steps 22 is 8 MB, 23 is 12, 30 is 128, 31 is 192, 40 is 4 GB.
        for window in [8 << 20, WIDEST_WINDOW] {
            let exponent = window.ilog2() as u8;
            let (zstd, xz) = ((exponent - 10) << 3, (exponent - 12) * 2);
            for packed in [zstd_frame(zstd, b"you say"), xz_with_dictionary(b"you say", xz)] {
                assert_eq!(within(&packed, window).unwrap(), b"you say");
            }
            for (format, packed) in [
                ("zstd", zstd_frame(zstd + 1, b"you say")),
                ("zstd", zstd_frame(31 << 3, b"you say")),
                ("xz", xz_with_dictionary(b"you say", xz + 1)),
                ("xz", xz_with_dictionary(b"you say", 40)),
            ] {
                let refused = WideWindow::of(&within(&packed, window).unwrap_err());
                assert_eq!(refused, Some(WideWindow { format, expected: window >> 20 }));
            }
        }
        // No size of a dictionary.
        assert!(WideWindow::of(&unpack(&xz_with_dictionary(b"a", 41)).unwrap_err()).is_none());
    }

    #[test]
    fn a_second_stream_has_no_wider_window_either() {
        for (first, second) in [
            (zstd_frame(0, b"a"), zstd_frame(18 << 3, b"b")),
            (pack(Compression::Xz, b"a"), xz_with_dictionary(b"b", 40)),
        ] {
            let error = unpack(&[first, second].concat()).unwrap_err();
            assert!(WideWindow::of(&error).is_some(), "{error}");
        }
    }

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
    fn a_missing_end_shows_without_unpacking_where_the_format_tells() {
        for compression in ALL {
            let told = matches!(compression, Compression::Zstd | Compression::Xz);
            let one = pack(compression, &text());
            let padding = if compression == Compression::Xz { &[0; 8][..] } else { &[] };
            let whole = [&one, &one[..], padding].concat();
            assert!(!compression.is_cut_short(&one) && !compression.is_cut_short(&whole), "{compression:?}");
            for length in [MAGIC_BYTES, 12, one.len() / 2, one.len() - 1, one.len() + 9, 2 * one.len() - 1] {
                assert_eq!(compression.is_cut_short(&whole[..length]), told, "{compression:?} cut to {length}");
            }
        }
        // Not cut short, but another thing wrong with it: a block of the kind that is reserved.
        assert!(!Compression::Zstd.is_cut_short(b"\x28\xb5\x2f\xfd\0\0\x07\0\0a"));
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
