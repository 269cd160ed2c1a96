//! Temporary files without a name, and their bytes mapped into memory.
//!
//! Nothing is left behind however the program ends, and no other program can change or truncate such a file.
#![allow(unsafe_code)]

use memmap2::{Mmap, MmapOptions};
use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

/// A temporary file without a name. Clones are the same file.
#[derive(Debug, Clone)]
pub struct TemporaryFile(Arc<File>);

impl TemporaryFile {
    /// A new, empty file in `folder`.
    ///
    /// # Errors
    /// The system's.
    pub fn new_in(folder: &Path) -> io::Result<Self> {
        tempfile::tempfile_in(folder).map(|file| Self(file.into()))
    }

    /// Writes all `bytes`, the first at `offset`.
    ///
    /// # Errors
    /// The system's, a full disk included.
    #[cfg(unix)]
    pub fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(&*self.0, bytes, offset)
    }

    /// Fills `bytes`, the first from `offset`.
    ///
    /// # Errors
    /// The system's; [`io::ErrorKind::UnexpectedEof`] if the file is shorter.
    #[cfg(unix)]
    pub fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&*self.0, bytes, offset)
    }

    /// Writes all `bytes`, the first at `offset`.
    ///
    /// # Errors
    /// The system's, a full disk included.
    #[cfg(windows)]
    pub fn write_all_at(&self, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = std::os::windows::fs::FileExt::seek_write(&*self.0, bytes, offset)?;
            bytes = &bytes[written..];
            offset += written as u64;
        }
        Ok(())
    }

    /// Fills `bytes`, the first from `offset`.
    ///
    /// # Errors
    /// The system's; [`io::ErrorKind::UnexpectedEof`] if the file is shorter.
    #[cfg(windows)]
    pub fn read_exact_at(&self, mut bytes: &mut [u8], mut offset: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            match std::os::windows::fs::FileExt::seek_read(&*self.0, bytes, offset)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => {
                    bytes = &mut bytes[read..];
                    offset += read as u64;
                }
            }
        }
        Ok(())
    }

    /// Maps the first `len` bytes, at least one. Nothing can be written afterwards.
    ///
    /// # Errors
    /// The file is shorter, clones of it are still in use, or it cannot be mapped.
    pub fn into_mapped(self, len: usize) -> io::Result<MappedBytes> {
        let file = Arc::try_unwrap(self.0).map_err(|_| io::ErrorKind::ResourceBusy)?;
        if len == 0 || file.metadata()?.len() < len as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // SAFETY: the file has no name, so no other program can change or truncate it; this one had the only
        // handle, which is dropped here.
        unsafe { MmapOptions::new().len(len).map(&file) }.map(MappedBytes)
    }
}

/// The bytes of a [`TemporaryFile`].
#[derive(Debug)]
pub struct MappedBytes(Mmap);

impl Deref for MappedBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_anywhere_is_read_and_mapped() {
        let file = TemporaryFile::new_in(&std::env::temp_dir()).unwrap();
        file.write_all_at(b"goodbye", 4).unwrap();
        file.write_all_at(b"say ", 0).unwrap();
        let mut bytes = [0; 3];
        file.read_exact_at(&mut bytes, 4).unwrap();
        assert_eq!(&bytes, b"goo");
        assert_eq!(file.read_exact_at(&mut bytes, 9).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(&*file.into_mapped(11).unwrap(), b"say goodbye");
    }

    #[test]
    fn a_file_that_is_shorter_or_still_in_use_is_not_mapped() {
        for len in [0, 1] {
            let file = TemporaryFile::new_in(&std::env::temp_dir()).unwrap();
            assert_eq!(file.into_mapped(len).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }
        let file = TemporaryFile::new_in(&std::env::temp_dir()).unwrap();
        file.write_all_at(b"a", 0).unwrap();
        let clone = file.clone();
        assert_eq!(file.into_mapped(1).unwrap_err().kind(), io::ErrorKind::ResourceBusy);
        drop(clone);
    }
}
