//! Any stream of bytes becomes a stream of text: unpacked if it is compressed, without its UTF-8 mark.
//!
//! A stream that is cut short, damaged, or unpacks to absurdly much (a bomb: over [`MAX_RATIO`] times its size once more
//! than [`FREE_BYTES`] came out) is an error that names the source. Before that it costs what so much text costs: a second
//! or two of the processor's time, and for its words, which are kept as they come, up to two bytes of memory for each byte of text. A reader can only fail with [`io::Error`], so ours
//! travel inside one: [`as_io`] and [`from_io`].

use super::head::{self, HEAD_BYTES};
use crate::corpus::CorpusError;
use crate::error::{Error, Result};
use rapidvec_core::compress::Counted;
use rapidvec_core::error::WideWindow;
use std::io::{self, BufReader, Cursor, ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// As much as this may unpack from anything: gzip cannot do more than 1,032 times, but bzip2, zstd and xz can.
const FREE_BYTES: u64 = 256 << 20;
/// Behind that the unpacked text may be so many times as long as what it was packed in. Text is 3 to 20 times as long.
const MAX_RATIO: u64 = 1_000;
const BUFFER_BYTES: usize = 128 * 1024;

/// The text of a stream.
pub(super) struct Unpacked<'a> {
    /// The bytes.
    pub reader: Box<dyn Read + Send + 'a>,
    /// Bytes of the UTF-8 mark that stood before them: 0 or 3.
    pub mark: usize,
}

/// Looks at a stream's first bytes, and unpacks it if they say so.
///
/// # Errors
/// Another encoding, a format that cannot be unpacked here, one within another; a stream that fails at once.
pub(super) fn stream<'a>(name: &str, reader: impl Read + Send + 'a) -> Result<Unpacked<'a>> {
    let (first, reader) = peek(name, reader)?;
    let Some(compression) = head::compression(&first) else {
        return without_mark(first, reader, name);
    };
    let packed = Arc::new(AtomicU64::new(0));
    let counted = BufReader::with_capacity(BUFFER_BYTES, Counted::new(reader, &packed));
    let decoder = compression.reader(counted).map_err(|error| Error::io(Path::new(name))(error))?;
    let format = compression.name();
    let guard = Guard { decoder, name: name.to_owned(), format, packed, unpacked: 0, free_bytes: FREE_BYTES };
    let (first, reader) = peek(name, guard)?;
    match head::compression(&first) {
        Some(inner) => {
            Err(CorpusError::PackedTwice { name: name.to_owned(), outer: format, inner: inner.name() }.into())
        }
        None => without_mark(first, reader, name),
    }
}

/// The first bytes, and a reader that starts with them again.
fn peek<'a>(name: &str, mut reader: impl Read + Send + 'a) -> Result<(Vec<u8>, impl Read + Send + 'a)> {
    let mut first = Vec::with_capacity(HEAD_BYTES);
    let read = reader.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut first);
    read.map_err(|error| from_io(name, error))?;
    Ok((first.clone(), Cursor::new(first).chain(reader)))
}

fn without_mark<'a>(first: Vec<u8>, mut reader: impl Read + Send + 'a, name: &str) -> Result<Unpacked<'a>> {
    let mark = head::check(&first, name)?;
    let skipped = reader.read_exact(&mut [0; HEAD_BYTES][..mark]);
    skipped.map_err(|error| from_io(name, error))?;
    Ok(Unpacked { reader: Box::new(reader), mark })
}

/// A decoder whose errors name the file, and which does not unpack without end.
struct Guard<R> {
    decoder: R,
    name: String,
    format: &'static str,
    packed: Arc<AtomicU64>,
    unpacked: u64,
    free_bytes: u64,
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.decoder.read(buffer).map_err(|error| self.explain(error))?;
        self.unpacked += length as u64;
        let packed = self.packed.load(Ordering::Relaxed);
        if self.unpacked > self.free_bytes && self.unpacked / MAX_RATIO > packed {
            let (name, format, unpacked) = (self.name.clone(), self.format, self.unpacked);
            return Err(as_io(CorpusError::Expands { name, format, packed, unpacked, limit: MAX_RATIO }.into()));
        }
        Ok(length)
    }
}

impl<R> Guard<R> {
    fn explain(&self, error: io::Error) -> io::Error {
        let (name, format, unpacked) = (self.name.clone(), self.format, self.unpacked);
        let ours = error.get_ref().is_some_and(|inner| inner.is::<Error>());
        // What the system refused has a number; what the decoder made up has none.
        if ours || error.raw_os_error().is_some() || error.kind() == ErrorKind::Interrupted {
            return error;
        }
        if let Some(window) = WideWindow::of(&error) {
            return as_io(CorpusError::WideWindow { name, window }.into());
        }
        as_io(match error.kind() {
            ErrorKind::UnexpectedEof => CorpusError::PackedCutShort { name, format, unpacked }.into(),
            _ => CorpusError::PackedDamaged { name, format, unpacked, reason: error.to_string() }.into(),
        })
    }
}

/// One of our errors, for a reader to fail with.
pub(super) fn as_io(error: Error) -> io::Error {
    io::Error::other(error)
}

/// What a reader failed with: ours, or the system's with the source's name.
pub(super) fn from_io(name: &str, error: io::Error) -> Error {
    error.downcast::<Error>().unwrap_or_else(|error| Error::io(Path::new(name))(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec_core::compress::Compression;

    const ALL: [Compression; 4] = [Compression::Gzip, Compression::Bzip2, Compression::Zstd, Compression::Xz];

    fn pack(compression: Compression, text: &[u8]) -> Vec<u8> {
        let mut packed = Vec::new();
        compression.write(&mut packed, |out| out.write_all(text)).unwrap();
        packed
    }

    fn read(bytes: &[u8]) -> Result<(Vec<u8>, usize), CorpusError> {
        let ours = |error| match error {
            Error::Corpus(error) => error,
            other => panic!("{other}"),
        };
        let Unpacked { mut reader, mark } = stream("t", bytes).map_err(ours)?;
        let mut text = Vec::new();
        reader.read_to_end(&mut text).map_err(|error| ours(from_io("t", error)))?;
        Ok((text, mark))
    }

    fn text() -> Vec<u8> {
        (0..20_000).flat_map(|i| format!("word{} ", i * 7919 % 10_007).into_bytes()).collect()
    }

    #[test]
    fn packed_and_plain_text_come_out_the_same_without_their_mark() {
        for mark in [0, 3] {
            let marked = [&b"\xef\xbb\xbf"[..mark], &text()].concat();
            assert_eq!(read(&marked).unwrap(), (text(), mark));
            for compression in ALL {
                assert_eq!(read(&pack(compression, &marked)).unwrap(), (text(), mark), "{compression:?}");
            }
        }
        assert_eq!(read(b"").unwrap(), (vec![], 0));
        assert_eq!(read(b"BZh1 is a word").unwrap().0, b"BZh1 is a word");
    }

    #[test]
    fn a_stream_cut_short_is_named_with_what_came_out() {
        for compression in ALL {
            let packed = pack(compression, &text());
            for length in [12, packed.len() / 2, packed.len() - 1] {
                match read(&packed[..length]).unwrap_err() {
                    CorpusError::PackedCutShort { name, format, .. } => {
                        assert_eq!((name.as_str(), format), ("t", compression.name()));
                    }
                    other => panic!("{compression:?} cut to {length}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn damaged_bytes_and_what_follows_a_stream_are_errors() {
        for compression in [Compression::Gzip, Compression::Bzip2, Compression::Xz] {
            let mut packed = pack(compression, &text());
            let middle = packed.len() / 2;
            packed[middle] ^= 0x55;
            let error = read(&packed).unwrap_err();
            assert!(matches!(error, CorpusError::PackedDamaged { .. }), "{compression:?}: {error:?}");
        }
        let gzip = [&pack(Compression::Gzip, &text()), &b"and some text behind"[..]].concat();
        assert!(matches!(read(&gzip), Err(CorpusError::PackedDamaged { format: "gzip", .. })));
    }

    #[test]
    fn what_is_within_is_looked_at_too() {
        let twice = pack(Compression::Xz, &pack(Compression::Gzip, b"text"));
        let expected = CorpusError::PackedTwice { name: "t".into(), outer: "xz", inner: "gzip" };
        assert_eq!(read(&twice).unwrap_err(), expected);
        assert!(matches!(
            read(&pack(Compression::Zstd, b"\xff\xfea\0")),
            Err(CorpusError::Encoding { encoding: "UTF-16", .. })
        ));
    }

    /// FAULTS 37. The floor is lowered: a gigabyte of zeros takes a debug build too long.
    #[test]
    fn a_bomb_is_refused_by_its_ratio_behind_the_floor() {
        let guarded = |free_bytes| {
            let packed = pack(Compression::Zstd, &vec![b' '; 32 << 20]);
            let size = Arc::new(AtomicU64::new(0));
            let counted = BufReader::new(Counted::new(Cursor::new(packed), &size));
            let decoder = Compression::Zstd.reader(counted).unwrap();
            let mut guard = Guard { decoder, name: "t".into(), format: "zstd", packed: size, unpacked: 0, free_bytes };
            io::copy(&mut guard, &mut io::sink())
        };
        assert_eq!(guarded(32 << 20).unwrap(), 32 << 20);
        let error = from_io("t", guarded(1 << 20).unwrap_err());
        assert!(
            matches!(&error, Error::Corpus(CorpusError::Expands { unpacked, .. }) if *unpacked < 2 << 20),
            "{error}"
        );
    }

    /// Logs that say the same all day are no trap, whatever their ratio.
    #[test]
    fn what_repeats_itself_is_read_whole_below_the_floor() {
        let text = b"2026-01-01 heartbeat of the worker is ok\n".repeat(1 << 19);
        for compression in [Compression::Zstd, Compression::Xz] {
            let packed = pack(compression, &text);
            assert!((text.len() / packed.len()) as u64 > MAX_RATIO, "{compression:?}: {} bytes", packed.len());
            assert!(read(&packed).unwrap().0 == text, "{compression:?}");
        }
    }

    #[test]
    fn a_window_of_gigabytes_is_refused_by_name() {
        // A frame of zstd that asks for 2 GB, and holds one byte.
        let error = read(b"\x28\xb5\x2f\xfd\0\xa8\x09\0\0a").unwrap_err();
        let window = WideWindow { format: "zstd", expected: 128 };
        assert_eq!(error, CorpusError::WideWindow { name: "t".into(), window });
        assert!(
            error.to_string().starts_with("t: expected zstd data that is unpacked with a window of at most 128 MB")
        );
    }

    #[test]
    fn what_the_system_refuses_stays_its_error() {
        struct Broken<'a>(&'a [u8]);
        impl Read for Broken<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                match self.0.read(buffer) {
                    Ok(0) => Err(io::Error::from_raw_os_error(5)),
                    other => other,
                }
            }
        }
        let packed = pack(Compression::Gzip, &text());
        let mut reader = stream("t", Broken(&packed[..5000])).unwrap().reader;
        let error = from_io("t", io::copy(&mut reader, &mut io::sink()).unwrap_err());
        assert!(matches!(&error, Error::Io { source, .. } if source.raw_os_error() == Some(5)), "{error}");
    }
}
