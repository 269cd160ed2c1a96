//! Holds ids in memory while there is room, then in an unnamed temporary file.
//!
//! In memory each stretch has its own pages, which are returned to the system as soon as it is consumed. So the ids of a text
//! and the numbers they are made from are never in memory both in full. (An allocator would keep the pages.)
//!
//! The file has no name, so nothing is left behind however the program ends.

use super::error::CorpusError;
use crate::error::{Error, Result};
use memmap2::MmapMut;
use rapidvec_core::pack;
use rapidvec_core::temporary::TemporaryFile;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Bytes of a number, until it is known how many words there are.
const WIDTH: usize = size_of::<u32>();

/// Numbers turned into bytes at a time.
const CHUNK: usize = 1 << 16;

/// Below this many numbers pages of their own would be mostly empty.
const WORTH_PAGES: usize = 1 << 14;

/// Budget for ids.
#[derive(Debug)]
pub(super) struct Store {
    folder: PathBuf,
    /// Bytes that memory may take.
    limit: u64,
    /// Bytes still available.
    room: AtomicU64,
    file: Mutex<Option<Spill>>,
}

/// The temporary file, and where it ends.
#[derive(Debug)]
struct Spill {
    file: TemporaryFile,
    end: u64,
}

/// A stretch of ids.
#[derive(Debug)]
pub(super) enum Stored {
    Memory(Vec<u32>),
    /// As many as `len` at the start of the pages.
    Pages {
        pages: MmapMut,
        len: usize,
    },
    File {
        file: TemporaryFile,
        offset: u64,
        len: usize,
    },
}

impl Stored {
    pub fn len(&self) -> usize {
        match self {
            Stored::Memory(ids) => ids.len(),
            Stored::Pages { len, .. } | Stored::File { len, .. } => *len,
        }
    }

    /// A copy of `ids` in memory; `None` if the system has no pages for it.
    fn in_memory(ids: &[u32]) -> Option<Self> {
        if ids.len() < WORTH_PAGES {
            return Some(Stored::Memory(ids.to_vec()));
        }
        let mut pages = MmapMut::map_anon(size_of_val(ids)).ok()?;
        fill(&mut pages, ids);
        Some(Stored::Pages { pages, len: ids.len() })
    }
}

/// Writes numbers to the start of `bytes`.
fn fill(bytes: &mut [u8], ids: &[u32]) {
    pack(ids, WIDTH, &mut bytes[..size_of_val(ids)]);
}

/// The numbers in `bytes`.
fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks::<WIDTH>().0.iter().map(|&bytes| u32::from_le_bytes(bytes))
}

impl Store {
    /// A budget of `memory` bytes; the rest goes to a file in `folder`.
    pub fn new(memory: u64, folder: PathBuf) -> Self {
        Self { folder, limit: memory, room: AtomicU64::new(memory), file: Mutex::new(None) }
    }

    /// Bytes that memory may take.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Bytes in the file.
    pub fn spilled(&self) -> u64 {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map_or(0, |spill| spill.end)
    }

    /// Keeps a copy of `ids`.
    pub fn put(&self, ids: &[u32]) -> Result<Stored> {
        let bytes = size_of_val(ids) as u64;
        let taken = self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |room| room.checked_sub(bytes));
        if let Some(stored) = taken.ok().and_then(|_| Stored::in_memory(ids)) {
            return Ok(stored);
        }
        let (file, offset) = self.reserve(bytes)?;
        self.write(&file, ids, WIDTH, offset)?;
        Ok(Stored::File { file, offset, len: ids.len() })
    }

    /// Reserves a part of the file.
    pub fn reserve(&self, bytes: u64) -> Result<(TemporaryFile, u64)> {
        let mut spill = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let spill = match &mut *spill {
            Some(spill) => spill,
            none => {
                let file = TemporaryFile::new_in(&self.folder).map_err(|source| self.failed(source))?;
                none.insert(Spill { file, end: 0 })
            }
        };
        let offset = spill.end;
        spill.end += bytes;
        Ok((spill.file.clone(), offset))
    }

    /// Writes `ids`, `width` bytes each, to a reserved part of the file.
    pub fn write(&self, file: &TemporaryFile, ids: &[u32], width: usize, mut offset: u64) -> Result<()> {
        let mut buffer = vec![0; CHUNK.min(ids.len()) * width];
        for ids in ids.chunks(CHUNK) {
            let bytes = &mut buffer[..ids.len() * width];
            pack(ids, width, bytes);
            file.write_all_at(bytes, offset).map_err(|source| self.failed(source))?;
            offset += bytes.len() as u64;
        }
        Ok(())
    }

    /// The ids as a vector. Their memory is freed.
    pub fn take(&self, stored: Stored) -> Result<Vec<u32>> {
        match stored {
            Stored::Memory(ids) => Ok(ids),
            Stored::Pages { pages, len } => Ok(numbers(&pages[..len * WIDTH]).collect()),
            Stored::File { file, offset, len } => self.read(&file, offset, len),
        }
    }

    /// Changes ids in place; there may be fewer of them afterwards.
    pub fn change(&self, stored: &mut Stored, change: impl FnOnce(&mut Vec<u32>)) -> Result<()> {
        let mut ids = match stored {
            Stored::Memory(ids) => {
                change(ids);
                return Ok(());
            }
            Stored::Pages { pages, len } => numbers(&pages[..*len * WIDTH]).collect(),
            Stored::File { file, offset, len } => self.read(file, *offset, *len)?,
        };
        change(&mut ids);
        assert!(ids.len() <= stored.len(), "a change writes no more ids than it was given");
        match stored {
            Stored::Memory(_) => {}
            Stored::Pages { pages, len } => {
                fill(pages, &ids);
                *len = ids.len();
            }
            Stored::File { file, offset, len } => {
                *len = ids.len();
                self.write(file, &ids, WIDTH, *offset)?;
            }
        }
        Ok(())
    }

    fn read(&self, file: &TemporaryFile, mut offset: u64, len: usize) -> Result<Vec<u32>> {
        let mut ids = Vec::with_capacity(len);
        let mut bytes = vec![0; CHUNK.min(len) * WIDTH];
        while ids.len() < len {
            let bytes = &mut bytes[..CHUNK.min(len - ids.len()) * WIDTH];
            file.read_exact_at(bytes, offset).map_err(|source| self.failed(source))?;
            ids.extend(numbers(bytes));
            offset += bytes.len() as u64;
        }
        Ok(ids)
    }

    fn failed(&self, source: io::Error) -> Error {
        CorpusError::Temporary { folder: self.folder.clone(), reason: source.to_string() }.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_and_can_be_changed_wherever_they_lie() {
        for memory in [0, u64::MAX] {
            let store = Store::new(memory, std::env::temp_dir());
            for len in [0, 1, WORTH_PAGES - 1, WORTH_PAGES, 3 * CHUNK + 7] {
                let ids: Vec<u32> = (0..len as u32).map(|id| id.wrapping_mul(0x9e37_79b9)).collect();
                let mut stored = store.put(&ids).unwrap();
                store.change(&mut stored, |ids| ids.retain(|id| id % 3 == 0)).unwrap();
                let expected: Vec<_> = ids.into_iter().filter(|id| id % 3 == 0).collect();
                assert_eq!(stored.len(), expected.len());
                assert_eq!(store.take(stored).unwrap(), expected);
            }
            assert_eq!(store.spilled() > 0, memory == 0);
        }
    }

    #[test]
    fn what_is_over_goes_to_the_file() {
        let store = Store::new(100, std::env::temp_dir());
        let stored = [20, 20, 5].map(|len| store.put(&vec![7; len]).unwrap());
        assert!(matches!(stored, [Stored::Memory(_), Stored::File { .. }, Stored::Memory(_)]));
        assert_eq!(store.spilled(), 80);
    }
}
