//! The ids of a whole text, packed: in memory, or in a temporary file that is mapped.
#![allow(unsafe_code)]

use memmap2::{Mmap, MmapOptions};
use rapidvec_core::Ids;
use std::fs::File;
use std::io;

/// The ids of a whole text.
#[derive(Debug)]
pub(super) struct Kept {
    place: Place,
    /// Bytes of an id.
    width: usize,
}

#[derive(Debug)]
enum Place {
    Memory(Vec<u8>),
    Mapped(Mmap),
}

impl Kept {
    pub fn in_memory(bytes: Vec<u8>, width: usize) -> Self {
        Self { place: Place::Memory(bytes), width }
    }

    /// Maps the first `len` ids of `file`, which has no name and is written no more.
    ///
    /// # Errors
    /// The file is shorter, or cannot be mapped.
    pub fn mapped(file: &File, len: usize, width: usize) -> io::Result<Self> {
        let bytes = len.checked_mul(width).ok_or(io::ErrorKind::InvalidInput)?;
        if len == 0 || file.metadata()?.len() < bytes as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // SAFETY: the file was made by `tempfile`, which gives it no name: no other program can change it or cut it
        // short, and this one writes it no more.
        let map = unsafe { MmapOptions::new().len(bytes).map(file) }?;
        Ok(Self { place: Place::Mapped(map), width })
    }

    pub fn is_mapped(&self) -> bool {
        matches!(self.place, Place::Mapped(_))
    }

    pub fn get(&self) -> Ids<'_> {
        match &self.place {
            Place::Memory(bytes) => Ids::packed(bytes, self.width),
            Place::Mapped(map) => Ids::packed(map, self.width),
        }
    }
}
