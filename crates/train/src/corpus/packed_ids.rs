//! The ids of a whole text, packed: in memory, or in a temporary file that is mapped.

use rapidvec_core::Ids;
use rapidvec_core::temporary::{MappedBytes, TemporaryFile};
use std::io;

/// The ids of a whole text.
#[derive(Debug)]
pub(super) struct PackedIds {
    place: Place,
    /// Bytes of an id.
    width: usize,
}

#[derive(Debug)]
enum Place {
    Memory(Vec<u8>),
    Mapped(MappedBytes),
}

impl PackedIds {
    pub fn in_memory(bytes: Vec<u8>, width: usize) -> Self {
        Self { place: Place::Memory(bytes), width }
    }

    /// Maps the first `len` ids of `file`.
    ///
    /// # Errors
    /// As [`TemporaryFile::into_mapped`].
    pub fn mapped(file: TemporaryFile, len: usize, width: usize) -> io::Result<Self> {
        let bytes = len.checked_mul(width).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(Self { place: Place::Mapped(file.into_mapped(bytes)?), width })
    }

    pub fn is_mapped(&self) -> bool {
        matches!(self.place, Place::Mapped(_))
    }

    /// The bytes and their number per id, if they are in memory.
    pub fn into_bytes(self) -> Result<(Vec<u8>, usize), Self> {
        match self.place {
            Place::Memory(bytes) => Ok((bytes, self.width)),
            Place::Mapped(_) => Err(self),
        }
    }

    pub fn get(&self) -> Ids<'_> {
        match &self.place {
            Place::Memory(bytes) => Ids::packed(bytes, self.width),
            Place::Mapped(map) => Ids::packed(map, self.width),
        }
    }
}
