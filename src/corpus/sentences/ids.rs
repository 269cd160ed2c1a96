//! The ids of a whole text, in one slice: in memory, or in a temporary file that is mapped.
#![allow(unsafe_code)]

use crate::words::WordId;
use memmap2::Mmap;
use std::fs::File;
use std::io;
use std::ops::Deref;

/// The ids of a whole text.
#[derive(Debug)]
pub(super) enum Ids {
    Memory(Vec<WordId>),
    Mapped(MappedIds),
}

impl Deref for Ids {
    type Target = [WordId];

    fn deref(&self) -> &[WordId] {
        match self {
            Ids::Memory(ids) => ids,
            Ids::Mapped(ids) => ids.get(),
        }
    }
}

/// Ids in a file that has no name and that nobody writes any more.
#[derive(Debug)]
pub(super) struct MappedIds {
    map: Mmap,
    len: usize,
}

impl MappedIds {
    /// Maps the first `len` ids of `file`, written in this machine's order of bytes.
    ///
    /// # Errors
    /// The file is shorter, or cannot be mapped.
    pub fn new(file: &File, len: usize) -> io::Result<Self> {
        let bytes = len.checked_mul(size_of::<WordId>()).ok_or(io::ErrorKind::InvalidInput)?;
        if len == 0 || file.metadata()?.len() < bytes as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // SAFETY: the file was made by `tempfile`, which gives it no name: no other program can change it or cut it
        // short, and this one writes it no more.
        let map = unsafe { memmap2::MmapOptions::new().len(bytes).map(file) }?;
        Ok(Self { map, len })
    }

    fn get(&self) -> &[WordId] {
        // SAFETY: the mapping has `len` times four bytes (it was asked for with that length), begins at a page, which is
        // aligned for `u32`, and lives as long as `self`; any bytes make a `u32`.
        unsafe { std::slice::from_raw_parts(self.map.as_ptr().cast(), self.len) }
    }
}
