//! Turns a stream of bytes into a stream of text: decompressed if necessary, without its UTF-8 mark.
//!
//! A stream that is cut short, damaged or a decompression bomb ([`Limits::CORPUS`]) is an error that names the source. Until
//! it is recognised, a bomb costs as much as that much text: a second or two of CPU time, and up to two bytes of memory for
//! each byte of text, since its words are kept. A reader can only fail with [`io::Error`], so our errors
//! are wrapped in one: [`as_io`] and [`from_io`].

use super::adapter::Adapter;
use super::error::CorpusError;
use super::head::{self, HEAD_BYTES};
use crate::error::{Error, Result};
use rapidvec_core::compress::{DecompressError, Limits};
use std::io::{self, Cursor, Read};
use std::path::Path;

/// The text of a stream.
pub(super) struct Unpacked<'a> {
    /// The bytes.
    pub reader: Box<dyn Read + Send + 'a>,
    /// Bytes of the UTF-8 mark that stood before them: 0 or 3.
    pub mark: usize,
}

/// Decompresses a stream if its first bytes say that it is compressed.
///
/// # Errors
/// Another encoding, a format that cannot be decompressed here, one within another; a stream that fails at once.
pub(super) fn stream<'a>(name: &str, reader: impl Read + Send + 'a, adapter: &Adapter) -> Result<Unpacked<'a>> {
    let (first, reader) = peek(name, reader)?;
    let Some(compression) = head::compression(&first) else {
        return text(first, reader, name, adapter);
    };
    let decoder = compression.reader(reader, Limits::CORPUS).map_err(|error| from_io(name, error))?;
    let (first, reader) = peek(name, decoder)?;
    match head::compression(&first) {
        Some(inner) => {
            let (name, outer, inner) = (name.to_owned(), compression.name(), inner.name());
            Err(CorpusError::PackedTwice { name, outer, inner }.into())
        }
        None => text(first, reader, name, adapter),
    }
}

/// The text of a stream that is not compressed.
fn text<'a>(first: Vec<u8>, reader: impl Read + Send + 'a, name: &str, adapter: &Adapter) -> Result<Unpacked<'a>> {
    let Unpacked { reader, mark } = match adapter.has_charset() {
        true => Unpacked { reader: Box::new(reader), mark: 0 }, // the decoder knows marks
        false => without_mark(first, reader, name)?,
    };
    Ok(Unpacked { reader: adapter.text(name, reader), mark })
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

/// One of our errors, for a reader to fail with.
pub(super) fn as_io(error: Error) -> io::Error {
    io::Error::other(error)
}

/// Why a reader failed: one of our errors, the decoder's or the system's with the source's name.
pub(super) fn from_io(name: &str, error: io::Error) -> Error {
    if let Some(reason) = DecompressError::of(&error) {
        return CorpusError::Decompress { name: name.to_owned(), reason: reason.clone() }.into();
    }
    error.downcast::<Error>().unwrap_or_else(|error| Error::io(Path::new(name))(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{CoreError, VectorsError};
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
        let Unpacked { mut reader, mark } = stream("t", bytes, &Adapter::default()).map_err(ours)?;
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
                    CorpusError::Decompress { name, reason: DecompressError::CutShort { format, .. } } => {
                        assert_eq!((name.as_str(), format), ("t", compression.name()));
                    }
                    other => panic!("{compression:?} cut to {length}: {other:?}"),
                }
            }
        }
    }

    fn is_damaged(error: &CorpusError) -> bool {
        matches!(error, CorpusError::Decompress { reason: DecompressError::Damaged { .. }, .. })
    }

    #[test]
    fn damaged_bytes_and_what_follows_a_stream_are_errors() {
        for compression in [Compression::Gzip, Compression::Bzip2, Compression::Xz] {
            let mut packed = pack(compression, &text());
            let middle = packed.len() / 2;
            packed[middle] ^= 0x55;
            let error = read(&packed).unwrap_err();
            assert!(is_damaged(&error), "{compression:?}: {error:?}");
        }
        let gzip = [&pack(Compression::Gzip, &text()), &b"and some text behind"[..]].concat();
        assert!(is_damaged(&read(&gzip).unwrap_err()));
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

    /// Repetitive logs are not bombs, whatever their ratio.
    #[test]
    fn what_repeats_itself_is_read_whole_below_the_floor() {
        let text = b"2026-01-01 heartbeat of the worker is ok\n".repeat(1 << 19);
        for compression in [Compression::Zstd, Compression::Xz] {
            let packed = pack(compression, &text);
            assert!(
                (text.len() / packed.len()) as u64 > Limits::CORPUS.max_ratio,
                "{compression:?}: {} bytes",
                packed.len()
            );
            assert!(read(&packed).unwrap().0 == text, "{compression:?}");
        }
    }

    #[test]
    fn a_window_of_gigabytes_is_refused_by_name() {
        // A frame of zstd that asks for 2 GB, and holds one byte.
        let error = read(b"\x28\xb5\x2f\xfd\0\xa8\x09\0\0a").unwrap_err();
        let reason = DecompressError::Window { format: "zstd", limit: 128 };
        assert_eq!(error, CorpusError::Decompress { name: "t".into(), reason });
        assert!(error.to_string().starts_with("t: expected zstd data with a window of at most 128 MB"));
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
        let mut reader = stream("t", Broken(&packed[..5000]), &Adapter::default()).unwrap().reader;
        let error = from_io("t", io::copy(&mut reader, &mut io::sink()).unwrap_err());
        assert!(
            matches!(&error, Error::Vectors(VectorsError::Core(CoreError::Io { source, .. })) if source.raw_os_error() == Some(5)),
            "{error}"
        );
    }
}
