//! An index's file: our header, then the bytes of the library.
//!
//! `RVANNIDX`, then little-endian: version (u32), connectivity (u32), expansion_add (u32), expansion_search (u32), vector size
//! (u64), words (u64), length of the body after the header (u64), fingerprint of the model (16 bytes), XXH3-128 of the header
//! bytes before it and of the body (16 bytes).
//!
//! A checksum detects damage, not malice: a forged file can have a matching one. So `graph` also checks every link before
//! the library, which trusts its input, reads a byte.

use super::distance::compare_by_our_kernel;
use super::error::IndexError;
use super::graph::{check, take};
use super::{ApproximateIndex, IndexOptions, empty, library};
use crate::WordVectors;
use crate::error::Result;
use crate::mapped::Bytes;
use rapidvec_core::atomic_file::{self, Existing};
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

const MAGIC: &[u8; 8] = b"RVANNIDX";
const VERSION: u32 = 1;
/// Bytes before the checksum, and including it.
const CHECKED: usize = 64;
const HEADER: usize = CHECKED + 16;

/// Rows that the fingerprint covers, spread over the model.
const SAMPLED_ROWS: usize = 4096;

/// Upper bound of the options: far beyond useful values, and small enough that no size overflows.
const MAX_OPTION: u32 = 1 << 12;

impl ApproximateIndex {
    /// The default path of a model's index: the model's path followed by `.ann`.
    pub fn path_beside(model: &Path) -> PathBuf {
        let mut name = model.as_os_str().to_owned();
        name.push(".ann");
        name.into()
    }

    /// Whether `bytes` begin like the file of an index.
    pub fn is_likely(bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }

    /// Writes the index to `path`, atomically.
    ///
    /// # Errors
    /// [`IndexError::Library`] if there is not enough memory; those of [`atomic_file::write`].
    pub fn save(&self, path: &Path, vectors: &WordVectors) -> Result<()> {
        let mut body = vec![0; self.index.serialized_length()];
        self.index.save_to_buffer(&mut body).map_err(library)?;
        let header = header(self.options, vectors, &body);
        Ok(atomic_file::write(path, Existing::Replace, |out| {
            out.write_all(&header)?;
            out.write_all(&body)
        })?)
    }

    /// Opens the index at `path`, which must have been built from these vectors.
    ///
    /// # Errors
    /// An error of the system if the file cannot be read; [`IndexError`] if it is not a whole, unaltered index of
    /// this model.
    pub fn open(path: &Path, vectors: &WordVectors) -> Result<Self> {
        Ok(Self::from_bytes(&Bytes::map(path)?, vectors)?)
    }

    /// As [`open`](Self::open), of a file in memory.
    ///
    /// # Errors
    /// [`IndexError`].
    pub fn from_bytes(bytes: &[u8], vectors: &WordVectors) -> Result<Self, IndexError> {
        let (options, body) = parse(bytes, vectors)?;
        let mut index = empty(vectors.vector_size(), options)?;
        let mut template = vec![0; index.serialized_length()];
        index.save_to_buffer(&mut template).map_err(library)?;
        check(body, &template, vectors.len(), vectors.vector_size(), options.connectivity as usize)?;
        index.load_from_buffer(body).map_err(library)?;
        compare_by_our_kernel(&mut index); // loading has restored the library's own
        if index.size() != vectors.len() {
            return Err(IndexError::Damaged { what: "words are missing" });
        }
        index.change_expansion_search(options.expansion_search as usize);
        Ok(Self { index, options })
    }
}

/// The whole header, checksum included.
fn header(options: IndexOptions, vectors: &WordVectors, body: &[u8]) -> Vec<u8> {
    let mut header = MAGIC.to_vec();
    for number in [VERSION, options.connectivity, options.expansion_add, options.expansion_search] {
        header.extend(number.to_le_bytes());
    }
    for number in [vectors.vector_size(), vectors.len(), body.len()] {
        header.extend((number as u64).to_le_bytes());
    }
    header.extend(fingerprint(vectors).to_le_bytes());
    header.extend(checksum(&header, body).to_le_bytes());
    header
}

fn checksum(header: &[u8], body: &[u8]) -> u128 {
    let mut hash = Xxh3::new();
    hash.update(header);
    hash.update(body);
    hash.digest128()
}

/// Identifies the vectors, by their sizes, words, and a sample of the rows.
fn fingerprint(vectors: &WordVectors) -> u128 {
    let (text, ends) = vectors.vocabulary().arena();
    let mut hash = Xxh3::new();
    for number in [vectors.len(), vectors.vector_size(), usize::from(vectors.rows().is_half()), text.len()] {
        hash.update(&(number as u64).to_le_bytes());
    }
    hash.update(text.as_bytes());
    hash.update(&xxh3_128(&ends.iter().flat_map(|end| end.to_le_bytes()).collect::<Vec<_>>()).to_le_bytes());
    for row in (0..vectors.len()).step_by(vectors.len().div_ceil(SAMPLED_ROWS).max(1)) {
        hash.update(&vectors.rows().bytes(row..row + 1));
    }
    hash.digest128()
}

/// The options and the body, once the whole header has been checked.
fn parse<'b>(bytes: &'b [u8], vectors: &WordVectors) -> Result<(IndexOptions, &'b [u8]), IndexError> {
    if !bytes.starts_with(MAGIC) {
        return Err(IndexError::NotAnIndex);
    }
    let Some((header, body)) = bytes.split_at_checked(HEADER) else {
        return Err(IndexError::Length { expected: HEADER as u64, got: bytes.len() as u64 });
    };
    let expected = (HEADER as u64).saturating_add(number(header, 40));
    if expected != bytes.len() as u64 {
        return Err(IndexError::Length { expected, got: bytes.len() as u64 });
    }
    let (recorded, real) = (wide(header, CHECKED), checksum(&header[..CHECKED], body));
    if recorded != real {
        return Err(IndexError::Checksum { expected: format!("{recorded:032x}"), got: format!("{real:032x}") });
    }
    let [version, connectivity, expansion_add, expansion_search] = [8, 12, 16, 20].map(|at| small(header, at));
    if version != VERSION {
        return Err(IndexError::Damaged { what: "unknown version" });
    }
    let (recorded, real) = (wide(header, 48), fingerprint(vectors));
    let sizes = [number(header, 24), number(header, 32)];
    if recorded != real || sizes != [vectors.vector_size() as u64, vectors.len() as u64] {
        return Err(IndexError::OtherModel { expected: format!("{real:032x}"), got: format!("{recorded:032x}") });
    }
    if !(2..=MAX_OPTION).contains(&connectivity)
        || [expansion_add, expansion_search].iter().any(|x| !(1..=MAX_OPTION).contains(x))
    {
        return Err(IndexError::Damaged { what: "an option is out of range" });
    }
    Ok((IndexOptions { connectivity, expansion_add, expansion_search }, body))
}

fn small(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(take(bytes, at))
}

fn number(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(take(bytes, at))
}

fn wide(bytes: &[u8], at: usize) -> u128 {
    u128::from_le_bytes(take(bytes, at))
}
