//! Where ids lie: in memory while there is room, then in an unnamed temporary file.
//!
//! The file has no name, so that nothing is left behind however the program ends. Its numbers are in the machine's own
//! order: nobody else ever reads it.

#![forbid(unsafe_code)]

use crate::error::{CorpusError, Error, Result};
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Numbers turned into bytes at a time.
const CHUNK: usize = 1 << 16;

/// Room for ids.
pub(super) struct Store {
    folder: PathBuf,
    /// Bytes that memory may still take.
    room: AtomicU64,
    file: Mutex<Option<Spill>>,
}

/// The temporary file, and where it ends.
struct Spill {
    file: Arc<File>,
    end: u64,
}

/// A stretch of ids.
#[derive(Debug)]
pub(super) enum Stored {
    Memory(Vec<u32>),
    File { file: Arc<File>, offset: u64, len: usize },
}

impl Stored {
    pub fn len(&self) -> usize {
        match self {
            Stored::Memory(ids) => ids.len(),
            Stored::File { len, .. } => *len,
        }
    }
}

impl Store {
    /// Room for `memory` bytes; what is over goes to a file in `folder`.
    pub fn new(memory: u64, folder: PathBuf) -> Self {
        Self { folder, room: AtomicU64::new(memory), file: Mutex::new(None) }
    }

    /// Bytes in the file.
    pub fn spilled(&self) -> u64 {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map_or(0, |spill| spill.end)
    }

    /// Keeps a copy of `ids`.
    pub fn put(&self, ids: &[u32]) -> Result<Stored> {
        let bytes = size_of_val(ids) as u64;
        let taken = self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |room| room.checked_sub(bytes));
        if taken.is_ok() {
            return Ok(Stored::Memory(ids.to_vec()));
        }
        let (file, offset) = self.reserve(bytes)?;
        self.write(&file, ids, offset)?;
        Ok(Stored::File { file, offset, len: ids.len() })
    }

    /// A part of the file that nobody else writes.
    pub fn reserve(&self, bytes: u64) -> Result<(Arc<File>, u64)> {
        let mut spill = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let spill = match &mut *spill {
            Some(spill) => spill,
            none => {
                let file = tempfile::tempfile_in(&self.folder).map_err(|source| self.failed(source))?;
                none.insert(Spill { file: file.into(), end: 0 })
            }
        };
        let offset = spill.end;
        spill.end += bytes;
        Ok((Arc::clone(&spill.file), offset))
    }

    /// Writes `ids` to a part of the file that was reserved.
    pub fn write(&self, file: &File, ids: &[u32], mut offset: u64) -> Result<()> {
        let mut bytes = Vec::with_capacity(CHUNK.min(ids.len()) * 4);
        for ids in ids.chunks(CHUNK) {
            bytes.clear();
            bytes.extend(ids.iter().flat_map(|id| id.to_ne_bytes()));
            write_all_at(file, &bytes, offset).map_err(|source| self.failed(source))?;
            offset += bytes.len() as u64;
        }
        Ok(())
    }

    /// The ids, to be changed at will. Their room is free again.
    pub fn take(&self, stored: Stored) -> Result<Vec<u32>> {
        match stored {
            Stored::Memory(ids) => {
                self.room.fetch_add(size_of_val(&ids[..]) as u64, Ordering::Relaxed);
                Ok(ids)
            }
            Stored::File { file, offset, len } => self.read(&file, offset, len),
        }
    }

    /// Changes ids where they lie; there may be fewer of them afterwards.
    pub fn change(&self, stored: &mut Stored, change: impl FnOnce(&mut Vec<u32>)) -> Result<()> {
        match stored {
            Stored::Memory(ids) => change(ids),
            Stored::File { file, offset, len } => {
                let mut ids = self.read(file, *offset, *len)?;
                change(&mut ids);
                assert!(ids.len() <= *len, "a change writes no more ids than it was given");
                *len = ids.len();
                self.write(file, &ids, *offset)?;
            }
        }
        Ok(())
    }

    fn read(&self, file: &File, mut offset: u64, len: usize) -> Result<Vec<u32>> {
        let mut ids = Vec::with_capacity(len);
        let mut bytes = vec![0; CHUNK.min(len) * 4];
        while ids.len() < len {
            let bytes = &mut bytes[..CHUNK.min(len - ids.len()) * 4];
            read_exact_at(file, bytes, offset).map_err(|source| self.failed(source))?;
            let number = |bytes: &[u8]| u32::from_ne_bytes(bytes.try_into().expect("chunks of four have four"));
            ids.extend(bytes.chunks_exact(4).map(number));
            offset += bytes.len() as u64;
        }
        Ok(ids)
    }

    fn failed(&self, source: io::Error) -> Error {
        CorpusError::Temporary { folder: self.folder.clone(), reason: source.to_string() }.into()
    }
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
        bytes = &bytes[written..];
        offset += written as u64;
    }
    Ok(())
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                bytes = &mut bytes[read..];
                offset += read as u64;
            }
        }
    }
    Ok(())
}
