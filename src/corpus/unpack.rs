//! Any stream of bytes becomes a stream of text: unpacked if it is compressed, without its UTF-8 mark.
//!
//! A stream that is cut short, damaged, or unpacks to absurdly much (a bomb: over [`MAX_RATIO`] times its size once more
//! than [`FREE_BYTES`] came out) is an error that names the source. A reader can only fail with [`io::Error`], so ours
//! travel inside one: [`as_io`] and [`from_io`].

#![forbid(unsafe_code)]

use super::head::{self, HEAD_BYTES};
use crate::error::{CorpusError, Error, Result};
use std::io::{self, BufReader, Cursor, ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// As much as this may unpack from anything: gzip cannot do more than 1,032 times, but bzip2, zstd and xz can.
const FREE_BYTES: u64 = 1 << 30;
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
    let counted = BufReader::with_capacity(BUFFER_BYTES, Counted { reader, bytes: Arc::clone(&packed) });
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

/// Counts what a decoder takes.
struct Counted<R> {
    reader: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.bytes.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
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
