//! NumPy's `.npz`: a zip archive with an array of words and an array of vectors.
//!
//! | array | type | shape | holds |
//! |---|---|---|---|
//! | `vectors` | f4, f2 or f8, rows after one another | V x D | the word vectors; f8 is rounded to f4 when read |
//! | `words` | U (text) or S (bytes, UTF-8) | V | the words, in the order of the rows |
//! | `counts` | u8 (reading: any whole numbers) | V | the number of times each word was seen; may be missing |
//!
//! `numpy.load(path)` reads them without pickles: `f["words"][i]` has the vector `f["vectors"][i]`. The writer writes f4 (or
//! f2 on request) and U, or S if the longest word would make U too large. It compresses words but not vectors, which hardly
//! shrink. Times in the archive are 1980-01-01, so that the same content gives the same bytes. Parts beyond 4 GB are zip64.
//!
//! The reader also accepts archives with one two-dimensional array of floats and one one-dimensional array of words, whatever
//! their names. Arrays of Python objects are pickles: they are rejected, never executed. Numbers are little-endian.
//!
//! Limits: NumPy drops zero characters at a word's end, so such words are not written. Arrays that decompress to more than
//! 32 MB and 200 times their size, words of more than a megabyte, and more than 1,000 arrays are rejected.

mod archive;
pub(super) mod array;
mod read;
mod text;
mod write;

pub(super) use read::only_matrix;
pub use read::read;
pub use write::NpzWriter;

const VECTORS: &str = "vectors";
const WORDS: &str = "words";
const COUNTS: &str = "counts";

/// An array may always decompress to this many bytes...
const ALWAYS_UNPACKED: u64 = 32 << 20;

/// ... and to this many times its compressed size.
const MAX_RATIO: u64 = 200;

/// The largest array of words that is written.
const MAX_WORDS_BYTES: u64 = 512 << 20;

/// The longest word, in bytes.
const MAX_WORD_BYTES: usize = 1 << 20;

#[cfg(test)]
mod tests;
