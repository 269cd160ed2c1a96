//! A file's bytes: mapped, or decompressed into memory.
//!
//! A file may decompress to [`MAX_RATIO`] times its size (vectors rarely reach 10 times). If it exceeds what vectors usually
//! reach, its length is first determined without keeping the data.
//!
//! The limit is [`WIDE_RATIO`] for a file that needs a wider window than [`USUAL_WINDOW`] (`xz -9`, `zstd --long`): the window
//! takes memory too, as much as was decompressed and at most [`Limits::MAX_WINDOW`].
//!
//! Peak memory while a file of `n` compressed bytes is rejected, without the file itself, which is mapped, and a megabyte of
//! buffers:
//!
//! | what is wrong | memory |
//! |---|---|
//! | zstd or xz, truncated | none: detected without decompressing ([`Compression::is_cut_short`]) |
//! | decompresses to too much | the window, at most 8 MB; a wider one as below |
//! | damaged (gzip, bzip2: or truncated), usual window | what was decompressed so far, at most `8 n + 2 MB`, and the window |
//! | damaged, wider window | the window: what was decompressed so far, at most `16 n + 2 MB` and 128 MB |
//! | valid, but not vectors | as for a valid file: what it decompresses to, and the window |
//!
//! So the bound for plain files, `n + 16 MB`, holds for the first two kinds. The others are valid up to the damage, and the
//! rows of a valid file are kept as they come: decompressing every file twice would take twice as long.

use crate::container::Archive;
use crate::error::{Error, FormatError, Result};
use crate::mapped::{Bytes, Section};
use rapidvec_core::compress::{Compression, DecompressError, Limits};
use rapidvec_core::memory::available_memory;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// The maximum ratio of decompressed to compressed size.
const MAX_RATIO: u64 = 100;
/// The ratio above which the length is determined first.
const USUAL_RATIO: u64 = 8;
/// A window that any file may use: what `zstd -19` and `xz -6` need.
const USUAL_WINDOW: u32 = 8 << 20;
/// The maximum ratio if the window is wider.
const WIDE_RATIO: u64 = 16;
/// This many bytes may always be decompressed.
const ALWAYS: u64 = 2 << 20;
/// Bytes decompressed at a time.
const STEP: u64 = 1 << 20;
/// Room beyond them, so that reading finds the end without asking for more.
const ROOM: usize = 64;

/// A file's bytes, and the archive they come from, if they do: with the name of the file in it.
#[derive(Debug)]
pub(crate) struct Opened {
    pub bytes: Bytes,
    pub archive: Option<(Archive, String)>,
}

/// The bytes of the file at `path`, decompressed if they are compressed; of an archive, those of the one file in it that may
/// hold vectors.
///
/// # Errors
/// An error of the system if it cannot be read or its compressed stream is damaged, [`FormatError::TooSmallPacked`],
/// [`FormatError::WideAndSmall`], [`FormatError::WideWindow`], [`FormatError::UnpackedMemory`]; those of [`Archive`].
pub(crate) fn open(path: &Path) -> Result<Bytes> {
    Ok(open_member(path, None)?.bytes)
}

/// As [`open`]; of an archive, the file called `member`.
///
/// # Errors
/// As [`open`]; [`FormatError::NoArchive`] if there is a name, but the file is not an archive.
pub(crate) fn open_member(path: &Path, member: Option<&str>) -> Result<Opened> {
    let bytes = decompressed(Bytes::map(path)?, path)?;
    within(bytes, path, member)
}

/// `bytes`, or the file in them if they are an archive.
fn within(bytes: Bytes, path: &Path, member: Option<&str>) -> Result<Opened> {
    let bytes = Arc::new(bytes);
    let Some(archive) = Archive::recognise(&bytes)? else {
        if let Some(wanted) = member {
            let wanted = wanted.chars().take(100).collect();
            return Err(FormatError::NoArchive { wanted, got: "another file".to_owned() }.into());
        }
        let bytes = Arc::try_unwrap(bytes).unwrap_or_else(|shared| {
            let all = 0..shared.len();
            Bytes::Part(Section::new(&shared, all))
        });
        return Ok(Opened { bytes, archive: None });
    };
    let (name, bytes) = archive.choose(member)?;
    let (name, bytes) = (name.to_owned(), decompressed(bytes, path)?);
    Ok(Opened { bytes, archive: Some((archive, name)) })
}

fn decompressed(bytes: Bytes, path: &Path) -> Result<Bytes> {
    match Compression::recognise(&bytes) {
        Some(compression) => Ok(Bytes::Owned(unpack(compression, &bytes, path)?)),
        None => Ok(bytes),
    }
}

/// The first `most` bytes of the file at `path`, or more, decompressed if they are compressed; of an archive, as
/// [`open_member`].
///
/// # Errors
/// As [`open_member`], but a compressed stream is read only so far.
pub(super) fn head(path: &Path, most: u64, member: Option<&str>) -> Result<Bytes> {
    let bytes = Bytes::map(path)?;
    let head = match Compression::recognise(&bytes) {
        None => bytes,
        Some(compression) => {
            let mut head = Vec::new();
            let reader = compression.reader(&bytes[..], Limits::total(u64::MAX)).map_err(Error::io(path))?;
            reader.take(most).read_to_end(&mut head).map_err(Error::io(path))?;
            if Archive::is_one(&head) {
                return Ok(open_member(path, member)?.bytes); // the directory may be at its end
            }
            Bytes::Owned(head)
        }
    };
    Ok(within(head, path, member)?.bytes)
}

fn unpack(compression: Compression, packed: &[u8], path: &Path) -> Result<Vec<u8>> {
    let stream = Packed { compression, packed, path, window: USUAL_WINDOW };
    if compression.is_cut_short(packed) {
        let cut = DecompressError::CutShort { format: compression.name(), unpacked: 0 };
        return Err(Error::io(path)(cut.into()));
    }
    match stream.unpack() {
        Err(Failure::Stream(error)) if is_wide(&error) => stream.unpack_wide(),
        result => result.map_err(|failure| failure.explain(path)),
    }
}

/// A compressed file in memory or mapped, and how wide a window it may use.
#[derive(Clone, Copy)]
struct Packed<'a> {
    compression: Compression,
    packed: &'a [u8],
    path: &'a Path,
    window: u32,
}

/// Why it could not be decompressed.
enum Failure {
    Stream(io::Error),
    Refused(FormatError),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}

impl Failure {
    fn explain(self, path: &Path) -> Error {
        match self {
            Self::Stream(error) => Error::io(path)(error),
            Self::Refused(error) => error.into(),
        }
    }
}

fn is_too_much(error: &io::Error) -> bool {
    matches!(DecompressError::of(error), Some(DecompressError::Ratio { .. }))
}

fn is_wide(error: &io::Error) -> bool {
    matches!(DecompressError::of(error), Some(DecompressError::Window { .. }))
}

impl Packed<'_> {
    fn unpack(&self) -> Result<Vec<u8>, Failure> {
        let (format, got) = (self.compression.name(), self.packed.len() as u64);
        if let Some(unpacked) = self.unpack_up_to(self.times(USUAL_RATIO))? {
            return Ok(unpacked);
        }
        // What was decompressed so far is freed: a hostile file takes no memory while its length is determined.
        let too_small = || Failure::Refused(FormatError::TooSmallPacked { format, expected: MAX_RATIO, got });
        self.unpack_counted(self.times(MAX_RATIO))?.ok_or_else(too_small)
    }

    fn unpack_wide(self) -> Result<Vec<u8>> {
        let wide = Packed { window: Limits::MAX_WINDOW, ..self };
        let (format, got) = (self.compression.name(), self.packed.len() as u64);
        let counted = wide.unpack_counted(self.times(WIDE_RATIO)).map_err(|failure| failure.explain(self.path))?;
        let (window, expected) = (USUAL_WINDOW >> 20, WIDE_RATIO);
        counted.ok_or_else(|| FormatError::WideAndSmall { format, window, expected, got }.into())
    }

    /// `ratio` times the compressed size, plus what is always allowed.
    fn times(&self, ratio: u64) -> u64 {
        (self.packed.len() as u64).saturating_mul(ratio).saturating_add(ALWAYS)
    }

    /// Decompresses it, up to `most` bytes.
    fn reader(&self, most: u64) -> io::Result<impl Read> {
        self.compression.reader(self.packed, Limits { window: self.window, ..Limits::total(most) })
    }

    /// As [`unpack_up_to`](Self::unpack_up_to); nothing is kept before the whole stream was decompressed once.
    fn unpack_counted(&self, most: u64) -> Result<Option<Vec<u8>>, Failure> {
        match io::copy(&mut self.reader(most)?, &mut io::sink()) {
            Err(error) if is_too_much(&error) => Ok(None),
            result => result.map(|_| self.unpack_up_to(most))?,
        }
    }

    /// The decompressed data, or `None` if it is more than `most` bytes.
    fn unpack_up_to(&self, most: u64) -> Result<Option<Vec<u8>>, Failure> {
        let available = available_memory().unwrap_or(u64::MAX);
        let mut reader = self.reader(most)?;
        let mut unpacked = Vec::new();
        loop {
            // Reading alone would end the process if the memory is refused.
            unpacked.try_reserve(STEP as usize + ROOM).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
            match reader.by_ref().take(STEP).read_to_end(&mut unpacked) {
                Ok(0) => return Ok(Some(unpacked)),
                Ok(_) => {}
                Err(error) if is_too_much(&error) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
            let length = unpacked.len() as u64;
            if length > available {
                let megabytes = |bytes: u64| bytes.div_ceil(1 << 20);
                let (needed, available) = (megabytes(length), megabytes(available));
                let format = self.compression.name();
                return Err(Failure::Refused(FormatError::UnpackedMemory { format, needed, available }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::CoreError;

    const ALL: [Compression; 4] = [Compression::Gzip, Compression::Bzip2, Compression::Zstd, Compression::Xz];

    fn packed(compression: Compression, bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        compression.write(&mut file.as_file(), |out| out.write_all(bytes)).unwrap();
        file
    }

    #[test]
    fn a_compressed_file_is_decompressed_and_any_other_is_mapped() {
        let text: Vec<u8> =
            (0..300_000u32).flat_map(|i| format!("{} ", i.wrapping_mul(2_654_435_761)).into_bytes()).collect();
        for compression in ALL {
            let file = packed(compression, &text);
            assert_eq!(&*open(file.path()).unwrap(), &text[..], "{compression:?}");
            assert_eq!(&*head(file.path(), 100, None).unwrap(), &text[..100]);
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &text).unwrap();
        assert!(matches!(open(file.path()).unwrap(), Bytes::Mapped(..)));
    }

    #[test]
    fn a_file_that_decompresses_to_far_more_than_its_size_is_refused() {
        for compression in ALL {
            let file = packed(compression, &vec![0; 16 << 20]);
            let refused = open(file.path());
            assert!(matches!(refused, Err(Error::Format(FormatError::TooSmallPacked { .. }))), "{compression:?}");
        }
    }

    #[test]
    fn a_file_that_compresses_well_is_still_read() {
        let row = (0..1000).map(|i| format!("{} ", i * 7919 % 1009)).collect::<String>(); // seldom again before 4 KB
        let text = row.repeat(4000);
        for compression in [Compression::Gzip, Compression::Bzip2] {
            let file = packed(compression, text.as_bytes());
            let ratio = text.len() as u64 / file.as_file().metadata().unwrap().len();
            assert!(ratio > USUAL_RATIO, "{ratio}");
            if ratio < MAX_RATIO {
                assert_eq!(open(file.path()).unwrap().len(), text.len());
            }
        }
    }

    #[test]
    fn a_compressed_file_cut_short_is_refused() {
        let text: Vec<u8> =
            (0..30_000u32).flat_map(|i| format!("{} ", i.wrapping_mul(2_654_435_761)).into_bytes()).collect();
        for compression in ALL {
            let file = packed(compression, &text);
            let length = file.as_file().metadata().unwrap().len();
            file.as_file().set_len(length - 9).unwrap();
            assert!(matches!(open(file.path()), Err(Error::Core(CoreError::Io { .. }))), "{compression:?}");
        }
    }
}
