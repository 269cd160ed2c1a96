//! A file's bytes, mapped, or unpacked into memory if the file is packed.
//!
//! What promises little and unpacks to much is refused before it is believed: a file may unpack to
//! [`MOST_RATIO`] times its size (vectors rarely reach 10 times), and while it is unpacked far beyond what vectors do, its
//! whole length is first counted without being kept.
#![forbid(unsafe_code)]

use crate::compress::Compression;
use crate::error::{Error, FormatError, Result};
use crate::vectors::mapped::Bytes;
use std::io::{self, Read};
use std::path::Path;

/// Unpacked bytes for each packed one, at most.
const MOST_RATIO: u64 = 100;
/// The ratio from which on the length is counted first.
const USUAL_RATIO: u64 = 8;
/// So many bytes may always be unpacked.
const ALWAYS: u64 = 2 << 20;
/// Bytes unpacked at a time.
const STEP: u64 = 1 << 20;

/// The bytes of the file at `path`, unpacked if they are packed.
///
/// # Errors
/// [`Error::Io`] if it cannot be read or its packed stream is damaged, [`FormatError::TooSmallPacked`],
/// [`FormatError::UnpackedMemory`].
pub(crate) fn open(path: &Path) -> Result<Bytes> {
    let bytes = Bytes::map(path)?;
    match Compression::recognise(&bytes) {
        Some(compression) => Ok(Bytes::Owned(unpack(compression, &bytes, path)?)),
        None => Ok(bytes),
    }
}

/// The first `most` bytes of the file at `path`, or a few more, unpacked if they are packed.
///
/// # Errors
/// [`Error::Io`] if it cannot be read or its packed stream is damaged there.
pub(super) fn head(path: &Path, most: u64) -> Result<Bytes> {
    let bytes = Bytes::map(path)?;
    let Some(compression) = Compression::recognise(&bytes) else { return Ok(bytes) };
    let mut head = Vec::new();
    let read = compression.reader(&bytes[..]).and_then(|reader| reader.take(most).read_to_end(&mut head));
    read.map_err(damaged(compression, path))?;
    Ok(Bytes::Owned(head))
}

fn unpack(compression: Compression, packed: &[u8], path: &Path) -> Result<Vec<u8>> {
    let (format, got) = (compression.name(), packed.len() as u64);
    let most = got.saturating_mul(MOST_RATIO).saturating_add(ALWAYS);
    let uncounted = got.saturating_mul(USUAL_RATIO).saturating_add(ALWAYS);
    if let Some(unpacked) = unpack_up_to(compression, packed, uncounted, path)? {
        return Ok(unpacked);
    }
    // What was unpacked so far is gone again: a hostile file gets no memory while it is counted.
    let too_small = || FormatError::TooSmallPacked { format, expected: MOST_RATIO, got }.into();
    if count(compression, packed, most, path)? > most {
        return Err(too_small());
    }
    unpack_up_to(compression, packed, most, path)?.ok_or_else(too_small)
}

/// All that `packed` unpacks to, or `None` if that is more than `most` bytes.
fn unpack_up_to(compression: Compression, packed: &[u8], most: u64, path: &Path) -> Result<Option<Vec<u8>>> {
    let available = available().unwrap_or(u64::MAX);
    let mut reader = compression.reader(packed).map_err(damaged(compression, path))?;
    let mut unpacked = Vec::new();
    loop {
        let more = reader.by_ref().take(STEP).read_to_end(&mut unpacked).map_err(damaged(compression, path))?;
        let length = unpacked.len() as u64;
        if more == 0 {
            return Ok(Some(unpacked));
        }
        if length > most {
            return Ok(None);
        }
        if length > available {
            let megabytes = |bytes: u64| bytes.div_ceil(1 << 20);
            let (needed, available) = (megabytes(length), megabytes(available));
            return Err(FormatError::UnpackedMemory { format: compression.name(), needed, available }.into());
        }
    }
}

/// How long `packed` is unpacked; counting stops after `most`.
fn count(compression: Compression, packed: &[u8], most: u64, path: &Path) -> Result<u64> {
    let reader = compression.reader(packed).map_err(damaged(compression, path))?;
    io::copy(&mut reader.take(most.saturating_add(1)), &mut io::sink()).map_err(damaged(compression, path))
}

/// What is wrong with a packed stream, and that it is one.
fn damaged(compression: Compression, path: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
    move |error| {
        let what =
            format!("the {} stream is damaged or cut short ({error}); restore it from its source", compression.name());
        Error::io(path)(io::Error::new(error.kind(), what))
    }
}

/// Bytes of memory that can be had now, where the system tells.
fn available() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Compression; 4] = [Compression::Gzip, Compression::Bzip2, Compression::Zstd, Compression::Xz];

    fn packed(compression: Compression, bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        compression.write(&mut file.as_file(), |out| out.write_all(bytes)).unwrap();
        file
    }

    #[test]
    fn a_packed_file_is_unpacked_and_any_other_is_mapped() {
        let text: Vec<u8> =
            (0..300_000u32).flat_map(|i| format!("{} ", i.wrapping_mul(2_654_435_761)).into_bytes()).collect();
        for compression in ALL {
            let file = packed(compression, &text);
            assert_eq!(&*open(file.path()).unwrap(), &text[..], "{compression:?}");
            assert_eq!(&*head(file.path(), 100).unwrap(), &text[..100]);
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &text).unwrap();
        assert!(matches!(open(file.path()).unwrap(), Bytes::Mapped(..)));
    }

    #[test]
    fn a_file_that_unpacks_to_far_more_than_it_is_long_is_refused() {
        for compression in ALL {
            let file = packed(compression, &vec![0; 16 << 20]);
            let refused = open(file.path());
            assert!(matches!(refused, Err(Error::Format(FormatError::TooSmallPacked { .. }))), "{compression:?}");
        }
    }

    #[test]
    fn a_file_that_is_packed_well_is_read_all_the_same() {
        let row = (0..1000).map(|i| format!("{} ", i * 7919 % 1009)).collect::<String>(); // seldom again before 4 KB
        let text = row.repeat(4000);
        for compression in [Compression::Gzip, Compression::Bzip2] {
            let file = packed(compression, text.as_bytes());
            let ratio = text.len() as u64 / file.as_file().metadata().unwrap().len();
            assert!(ratio > USUAL_RATIO, "{ratio}");
            if ratio < MOST_RATIO {
                assert_eq!(open(file.path()).unwrap().len(), text.len());
            }
        }
    }

    #[test]
    fn a_packed_file_cut_short_is_refused() {
        let text: Vec<u8> =
            (0..30_000u32).flat_map(|i| format!("{} ", i.wrapping_mul(2_654_435_761)).into_bytes()).collect();
        for compression in ALL {
            let file = packed(compression, &text);
            let length = file.as_file().metadata().unwrap().len();
            file.as_file().set_len(length - 9).unwrap();
            assert!(matches!(open(file.path()), Err(Error::Io { .. })), "{compression:?}");
        }
    }
}
