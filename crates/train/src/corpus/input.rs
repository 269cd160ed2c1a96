//! An open source: a plain file, or a stream of bytes, decompressed if necessary.
//!
//! Compression is recognised by the first bytes. A plain file is read by position, not mapped: if another program truncates
//! it meanwhile, that is an error, where a mapping would end this process. Its size and modification time are kept, to check at
//! the end that it has not changed. Unix also keeps the time of the last change of any kind, which programs cannot set back as
//! they can the modification time.

use super::adapter::Adapter;
use super::decompress::{self, Unpacked};
use super::error::CorpusError;
use super::head::{self, HEAD_BYTES};
use super::source::Source;
use crate::error::{Error, Result};
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A source that is open.
pub(super) struct Input {
    /// Its name in messages.
    pub name: String,
    /// Shows later whether the file has changed; `None` if the source is not a file.
    pub stamp: Option<Stamp>,
    /// Its text.
    pub bytes: Bytes,
}

/// The text of a source. A UTF-8 mark at its start is not in it, but counts in offsets.
pub(super) enum Bytes {
    /// A plain file, read by position.
    Plain(PlainFile),
    /// A pipe, standard input, or the decompressed content of a file.
    Stream(Unpacked<'static>),
}

/// Opens a source and looks at its first bytes.
///
/// # Errors
/// It is missing, a folder, in another encoding, or compressed in a format that is not supported.
pub(super) fn open(source: &Source, adapter: &Adapter) -> Result<Input> {
    let name = source.to_string();
    let Source::File(path) = source else {
        let bytes = Bytes::Stream(decompress::stream(&name, io::stdin(), adapter)?);
        return Ok(Input { name, stamp: None, bytes });
    };
    let (file, about) = open_file(path)?;
    // Files that the system generates as they are read (under /proc) have size 0 and cannot be read by position.
    if !about.is_file() || about.len() == 0 {
        let bytes = Bytes::Stream(decompress::stream(&name, file, adapter)?);
        return Ok(Input { name, stamp: None, bytes });
    }
    let stamp = Some(Stamp::of(path, &about));
    let plain = PlainFile { file, path: path.to_owned(), text: 0..about.len() };
    let mut first = vec![0; HEAD_BYTES.min(about.len() as usize)];
    plain.read_at(&mut first, 0)?;
    let bytes = match head::compression(&first) {
        packed if packed.is_some() || !adapter.is_plain() => {
            Bytes::Stream(decompress::stream(&name, plain.into_stream().reader, adapter)?)
        }
        _ => {
            let mark = head::check(&first, &name)? as u64;
            Bytes::Plain(PlainFile { text: mark..about.len(), ..plain })
        }
    };
    Ok(Input { name, stamp, bytes })
}

/// Why the file at `path` could not be opened, from the error of the system.
pub(super) fn not_opened(path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |source| match source.kind() {
        ErrorKind::NotFound => CorpusError::Missing { path: path.to_owned() }.into(),
        _ => Error::io(path)(source),
    }
}

fn open_file(path: &Path) -> Result<(File, Metadata)> {
    let folder = || Error::from(CorpusError::Folder { path: path.to_owned() });
    let file = File::open(path).map_err(|source| match source.kind() {
        // Windows refuses to open a folder, with this kind.
        ErrorKind::PermissionDenied if path.is_dir() => folder(),
        _ => not_opened(path)(source),
    })?;
    let about = file.metadata().map_err(Error::io(path))?;
    if about.is_dir() { Err(folder()) } else { Ok((file, about)) }
}

/// A file's size and the times of its last changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    path: PathBuf,
    bytes: u64,
    modified: Option<SystemTime>,
    /// Seconds and nanoseconds of the last change of content or attributes (`ctime`), where the system has it.
    changed: Option<(i64, i64)>,
}

impl Stamp {
    fn of(path: &Path, about: &Metadata) -> Self {
        Self { path: path.to_owned(), bytes: about.len(), modified: about.modified().ok(), changed: changed(about) }
    }

    /// Checks that the file at the same path still has this size and time.
    ///
    /// # Errors
    /// [`CorpusError::Changed`], also if the file is gone.
    pub fn check(&self) -> Result<()> {
        let got = match fs::metadata(&self.path) {
            Ok(about) => Self::of(&self.path, &about),
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(self.changed("no file".into())),
            Err(error) => return Err(Error::io(&self.path)(error)),
        };
        if got == *self { Ok(()) } else { Err(self.changed(got.describe(self))) }
    }

    fn changed(&self, got: String) -> Error {
        CorpusError::Changed { path: self.path.clone(), expected: self.describe(self), got }.into()
    }

    /// The size, and for a later stamp whether the file was written since the first one.
    fn describe(&self, first: &Self) -> String {
        let since = if self.modified != first.modified {
            ", written since"
        } else if self.changed != first.changed {
            ", changed since"
        } else {
            ""
        };
        format!("{} bytes{since}", self.bytes)
    }
}

#[cfg(unix)]
fn changed(about: &Metadata) -> Option<(i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    Some((about.ctime(), about.ctime_nsec()))
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> Option<(i64, i64)> {
    None
}

/// A plain file, as long as it was when it was opened.
pub(super) struct PlainFile {
    file: File,
    path: PathBuf,
    /// Where its text is, in bytes: from behind a UTF-8 mark to the end of the file as it was opened.
    pub text: Range<u64>,
}

impl PlainFile {
    /// Fills `buffer` with the bytes from `offset`. Several threads may do so at once.
    ///
    /// # Errors
    /// [`CorpusError::Changed`] if the file is shorter by now; an error of the system.
    pub fn read_at(&self, mut buffer: &mut [u8], mut offset: u64) -> Result<()> {
        while !buffer.is_empty() {
            match positioned_read(&self.file, buffer, offset) {
                Ok(0) => return Err(self.cut_short(offset)),
                Ok(length) => {
                    buffer = &mut buffer[length..];
                    offset += length as u64;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io(&self.path)(error)),
            }
        }
        Ok(())
    }

    fn cut_short(&self, offset: u64) -> Error {
        let (expected, got) = (format!("{} bytes", self.text.end), format!("{offset} bytes"));
        CorpusError::Changed { path: self.path.clone(), expected, got }.into()
    }

    /// Its text from start to end, as a stream.
    pub fn into_stream(self) -> Unpacked<'static> {
        let (mark, at) = (self.text.start as usize, self.text.start);
        Unpacked { reader: Box::new(PlainReader { file: self, at }), mark }
    }
}

/// A plain file, read from start to end.
struct PlainReader {
    file: PlainFile,
    at: u64,
}

impl Read for PlainReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.file.text.end - self.at;
        let length = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        self.file.read_at(&mut buffer[..length], self.at).map_err(decompress::as_io)?;
        self.at += length as u64;
        Ok(length)
    }
}

#[cfg(unix)]
fn positioned_read(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn positioned_read(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec_core::compress::Compression;
    use std::time::Duration;

    fn file(bytes: &[u8]) -> (tempfile::TempDir, Source, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t");
        fs::write(&path, bytes).unwrap();
        (folder, Source::File(path.clone()), path)
    }

    fn plain(source: &Source) -> (PlainFile, Stamp) {
        let Input { bytes: Bytes::Plain(file), stamp: Some(stamp), .. } =
            open(source, &Adapter::default()).unwrap_or_else(|e| panic!("{e}"))
        else {
            panic!("no plain file")
        };
        (file, stamp)
    }

    #[test]
    fn a_plain_file_is_read_by_position_from_several_threads() {
        let text: Vec<u8> = (0..100_000_u32).flat_map(|i| format!("{i} ").into_bytes()).collect();
        let (_folder, source, path) = file(&[b"\xef\xbb\xbf", &text[..]].concat());
        let (plain, _) = plain(&source);
        assert_eq!(plain.text, 3..text.len() as u64 + 3);
        std::thread::scope(|scope| {
            for part in 0..8 {
                let (plain, text) = (&plain, &text);
                scope.spawn(move || {
                    let range = part * text.len() / 8..(part + 1) * text.len() / 8;
                    let mut buffer = vec![0; range.len()];
                    plain.read_at(&mut buffer, plain.text.start + range.start as u64).unwrap();
                    assert_eq!(buffer, text[range]);
                });
            }
        });
        let mut all = Vec::new();
        plain.into_stream().reader.read_to_end(&mut all).unwrap();
        assert!(
            all == text
                && open(&source, &Adapter::default()).is_ok_and(|input| input.name == path.display().to_string())
        );
    }

    /// FAULTS 31.
    #[test]
    fn a_file_cut_short_while_it_is_open_is_an_error() {
        let (_folder, source, path) = file(&vec![b'a'; 1 << 20]);
        let (plain, _) = plain(&source);
        File::options().write(true).open(&path).unwrap().set_len(1000).unwrap();
        let cut =
            |error: &Error| matches!(error, Error::Corpus(CorpusError::Changed { got, .. }) if got == "1000 bytes");
        assert!(cut(&plain.read_at(&mut [0; 600], 500).unwrap_err()));
        let error = io::copy(&mut plain.into_stream().reader, &mut io::sink()).unwrap_err();
        assert!(cut(&decompress::from_io("t", error)));
    }

    /// FAULTS 31.
    #[test]
    fn a_stamp_shows_whether_the_file_has_changed() {
        let (_folder, source, path) = file(b"one");
        let stamp = open(&source, &Adapter::default()).unwrap_or_else(|e| panic!("{e}")).stamp.unwrap();
        stamp.check().unwrap();
        let message = || stamp.check().unwrap_err().to_string();
        let later = SystemTime::now() + Duration::from_secs(5);
        File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
        assert!(message().contains("expected 3 bytes, got 3 bytes, written since"), "{}", message());
        fs::write(&path, "longer").unwrap();
        assert!(message().contains("expected 3 bytes, got 6 bytes"), "{}", message());
        fs::remove_file(&path).unwrap();
        assert!(message().contains("got no file"), "{}", message());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_rewritten_with_its_time_set_back_has_changed() {
        let (_folder, source, path) = file(b"one");
        let stamp = open(&source, &Adapter::default()).unwrap_or_else(|e| panic!("{e}")).stamp.unwrap();
        let before = fs::metadata(&path).unwrap();
        while changed(&fs::metadata(&path).unwrap()) == changed(&before) {
            fs::write(&path, "two").unwrap(); // a file system's clock ticks some hundred times a second
            File::options().write(true).open(&path).unwrap().set_modified(before.modified().unwrap()).unwrap();
        }
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before.modified().unwrap());
        let message = stamp.check().unwrap_err().to_string();
        assert!(message.contains("expected 3 bytes, got 3 bytes, changed since"), "{message}");
    }

    #[test]
    fn a_compressed_file_is_a_stream_with_a_stamp() {
        let mut packed = Vec::new();
        Compression::Gzip.write(&mut packed, |out| std::io::Write::write_all(out, b"you say")).unwrap();
        let (_folder, source, _) = file(&packed);
        let Input { bytes: Bytes::Stream(Unpacked { mut reader, mark: 0 }), stamp: Some(stamp), .. } =
            open(&source, &Adapter::default()).unwrap_or_else(|e| panic!("{e}"))
        else {
            panic!("no stream")
        };
        assert_eq!((io::read_to_string(&mut reader).unwrap().as_str(), stamp.bytes), ("you say", packed.len() as u64));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_the_system_makes_up_is_a_stream() {
        let input =
            open(&Source::File("/proc/self/status".into()), &Adapter::default()).unwrap_or_else(|e| panic!("{e}"));
        let (Bytes::Stream(Unpacked { mut reader, .. }), None) = (input.bytes, input.stamp) else { panic!() };
        assert!(io::read_to_string(&mut reader).unwrap().starts_with("Name:"));
    }
}
