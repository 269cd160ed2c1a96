//! A file's bytes, mapped into memory rather than read.
//!
//! Pages come from disk when they are touched and can be dropped again, so that a model larger than memory can be
//! queried. Limit: a mapped file must not be changed in place. rapidvec never does (it renames new files over
//! old ones, and the old bytes stay mapped), but if another program truncates a mapped file, the
//! system ends this process with SIGBUS.
#![allow(unsafe_code)]

use crate::error::{Error, Result};
use memmap2::Mmap;
use std::fs::{self, File};
use std::io;
use std::ops::{Deref, Range};
use std::path::Path;
use std::sync::Arc;

/// Files up to this many bytes are checked in full when opened. Of larger ones only the vocabulary's checksums are verified
/// then; the rest is checked by [`ModelFile::verify`](super::format::safetensors::ModelFile::verify), and by the first search,
/// which fails at NaN or infinity.
pub const CHECKED_ON_OPENING: usize = 256 << 20;

/// The bytes of a file, mapped, or bytes that were in memory already.
#[derive(Debug)]
pub enum Bytes {
    /// A mapped file, and the file itself: see [`Section::read`].
    Mapped(Mmap, File),
    /// Memory.
    Owned(Vec<u8>),
    /// A part of others: a file in an archive.
    Part(Section),
}

impl Bytes {
    /// Maps the file at `path`.
    ///
    /// # Errors
    /// An error of the system if it cannot be opened or is not a regular file.
    pub fn map(path: &Path) -> Result<Self> {
        // Checked before opening, which would block on a pipe without a writer.
        let kind = fs::metadata(path).map_err(Error::io(path))?.file_type();
        if !kind.is_file() {
            let got = if kind.is_dir() {
                "expected a file, got a folder"
            } else {
                "expected a file, got a pipe or device, which cannot be read in any order; save it to a file first"
            };
            let refusal = io::Error::new(io::ErrorKind::InvalidInput, got);
            return Err(Error::io(path)(refusal));
        }
        let file = File::open(path).map_err(Error::io(path))?;
        let about = file.metadata().map_err(Error::io(path))?;
        if about.len() == 0 {
            return Ok(Bytes::Owned(Vec::new())); // an empty file cannot be mapped
        }
        // SAFETY: the mapping is read-only; this module's documentation forbids
        // changing the file in place, and our own writers never do.
        let map = unsafe { Mmap::map(&file) }.map_err(Error::io(path))?;
        Ok(Bytes::Mapped(map, file))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Mapped(map, _) => map,
            Bytes::Owned(bytes) => bytes,
            Bytes::Part(section) => section,
        }
    }
}

/// A stretch of a file that keeps the file mapped.
#[derive(Debug, Clone)]
pub struct Section {
    bytes: Arc<Bytes>,
    range: Range<usize>,
}

impl Section {
    /// The bytes in `range`, which must lie in `bytes`.
    pub fn new(bytes: &Arc<Bytes>, range: Range<usize>) -> Self {
        debug_assert!(range.start <= range.end && range.end <= bytes.len());
        Self { bytes: Arc::clone(bytes), range }
    }

    /// The bytes in `range` of this section, through `buffer` if that is cheaper than the first access to the map: a map is
    /// filled page by page, with a page fault for every few of them, which costs more than a copy into a buffer that stays in
    /// the cache. A small file is read more than once ([`CHECKED_ON_OPENING`]), so its map pays.
    ///
    /// # Errors
    /// Those of the system, for example if the file was truncated meanwhile.
    pub fn read<'b>(&'b self, range: Range<usize>, buffer: &'b mut Vec<u8>) -> io::Result<&'b [u8]> {
        #[cfg(unix)]
        if let Bytes::Mapped(_, file) = &*self.bytes
            && self.bytes.len() > CHECKED_ON_OPENING
        {
            use std::os::unix::fs::FileExt;
            buffer.resize(range.len(), 0);
            file.read_exact_at(buffer, (self.range.start + range.start) as u64)?;
            return Ok(buffer);
        }
        let _ = buffer;
        Ok(&self[range])
    }
}

impl Section {
    /// A part of it.
    pub fn part(&self, range: Range<usize>) -> Self {
        Self::new(&self.bytes, self.range.start + range.start..self.range.start + range.end)
    }

    /// The bytes as f32, if they are aligned and in this machine's byte order.
    pub fn as_f32(&self) -> Option<&[f32]> {
        // SAFETY: every bit pattern is a valid f32.
        let (before, numbers, after) = unsafe { self.align_to() };
        (cfg!(target_endian = "little") && before.is_empty() && after.is_empty()).then_some(numbers)
    }
}

impl Deref for Section {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[self.range.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::CoreError;

    #[test]
    fn maps_a_file_also_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for content in [&b""[..], b"seven"] {
            std::fs::write(&path, content).unwrap();
            assert_eq!(&*Bytes::map(&path).unwrap(), content);
        }
    }

    #[test]
    fn a_section_reads_what_it_maps_and_notices_a_large_file_cut_short() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "0123456789").unwrap();
        let large = folder.path().join("large");
        std::fs::write(&large, "0123456789").unwrap();
        File::options().write(true).open(&large).unwrap().set_len(CHECKED_ON_OPENING as u64 + 10).unwrap(); // no bytes on disk
        let some = [Bytes::map(&path).unwrap(), Bytes::map(&large).unwrap(), Bytes::Owned(b"0123456789".to_vec())];
        for bytes in some {
            let section = Section::new(&Arc::new(bytes), 2..9);
            assert_eq!(section.read(1..4, &mut Vec::new()).unwrap(), b"345");
            assert_eq!(&section[1..4], b"345");
        }
        let section = Section::new(&Arc::new(Bytes::map(&large).unwrap()), 0..10);
        std::fs::write(&large, "01").unwrap();
        #[cfg(unix)]
        assert!(section.read(1..4, &mut Vec::new()).is_err());
        let _ = section;
    }

    #[test]
    fn refuses_a_folder_or_missing_file_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for wrong in [folder.path().to_owned(), folder.path().join("missing")] {
            let Err(Error::Core(CoreError::Io { path, .. })) = Bytes::map(&wrong) else {
                panic!("{wrong:?} was mapped")
            };
            assert_eq!(path, wrong);
        }
    }

    #[test]
    fn an_old_mapping_outlives_the_file_that_replaces_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "old").unwrap();
        let old = Bytes::map(&path).unwrap();
        use rapidvec_core::atomic_file::{self, Existing};
        atomic_file::write(&path, Existing::Replace, |out| out.write_all(b"new and longer")).unwrap();
        assert_eq!(&*old, b"old");
    }
}
