//! finalfusion's `.fifu`: a list of chunks, little-endian.
//!
//! `FiFu`, version 0 and the kinds of the chunks; then each chunk as its kind (u32), its length (u64) and its data: metadata (TOML),
//! a vocabulary, a matrix and the lengths of its rows. finalfusion scales the rows of words to length 1 and keeps their lengths aside;
//! what is read here are the vectors as they were before. A matrix may be quantised: a row is then a code for each of its parts,
//! which stands for a row of a table of that part; the whole may be rotated by a projection.
//!
//! N-grams are read from vocabularies with fastText's hashes and a matrix that is not quantised. Other n-grams (finalfusion's own
//! hashes, a list of n-grams) are left out, and the report says so.

mod read;
mod storage;
mod vocabulary;

pub(crate) use read::open;
pub use read::read;

pub(in crate::format) const MAGIC: &[u8] = b"FiFu";

/// The kinds of chunks.
mod kind {
    pub const SIMPLE: u32 = 1;
    pub const ARRAY: u32 = 2;
    pub const HASHED: u32 = 3;
    pub const QUANTISED: u32 = 4;
    pub const METADATA: u32 = 5;
    pub const LENGTHS: u32 = 6;
    pub const FASTTEXT: u32 = 7;
    pub const EXPLICIT: u32 = 8;
    pub const FLORET: u32 = 9;
}
