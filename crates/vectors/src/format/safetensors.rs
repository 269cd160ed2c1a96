//! rapidvec's own format: one safetensors file holds words, vectors, and how they were trained.
//!
//! A safetensors file is 8 bytes with the header's length (little-endian), the header (JSON), then the tensors' bytes,
//! little-endian, without gaps. `V` is the number of words, `D` the vector size.
//!
//! | tensor | type | shape | holds |
//! |---|---|---|---|
//! | `input.weight` | F32 or F16 | V x D | the word vectors: the matrix `w_in`, row `i` for the word with id `i` |
//! | `output.weight` | as `input.weight` | V x D | the matrix `w_out`; may be missing |
//! | `vocab.text` | U8 | bytes | all words concatenated, UTF-8 |
//! | `vocab.ends` | U64 | V | word `i` ends before byte `ends[i]` of the text and starts where the previous one ends |
//! | `vocab.counts` | U64 | V | the number of times each word was seen |
//! | `ngrams.weight` | as `input.weight` | N x D | the rows of n-grams, if the model has subwords: see [`Subwords`](crate::Subwords) |
//! | `ngrams.buckets` | U32 | N | the bucket of each of these rows, ascending; if it is missing, N is the number of buckets |
//! | `ngrams.words` | as `input.weight` | V x D | the rows that words have of their own; `input.weight` is then the mean of such a row and of the word's n-grams |
//! | `positions.weight` | as `input.weight` | 2W x D | the weights of the positions in a window of W words to each side, from the first word before the target to the last one after it |
//! | `runs.weight` | F16 | N x V x D | the vectors of the N runs, from 2, that the model is the mean of: rotated onto it, of length 1; may be missing |
//! | `trainer.*` | F32, U32 or U64 | n | a checkpoint's state; not needed for queries |
//!
//! | metadata | holds |
//! |---|---|
//! | `rapidvec.format` | the version of this format: `1` |
//! | `checksum.<tensor>` | XXH3-128 of the tensor's bytes, 32 hexadecimal digits; every tensor has one |
//! | `checksum.header` | the same of the rest of the header: see below |
//! | `ngrams` | the n-grams' lengths, number of buckets and units, JSON; present if `ngrams.weight` is |
//! | `config` | the trainer's name and settings, JSON; may be missing |
//! | `corpus` | what it was trained on (name, tokens, fingerprint), JSON; may be missing |
//! | `trained` | how far (epochs, steps), JSON; may be missing |
//! | `vectors` | which rows are the word vectors, JSON: `matrix` (`output`, or `joined` for `input + weight · output`) and `weight`; if it is missing, those of `input.weight` |
//! | `trainer` | a checkpoint's state that is not a tensor, JSON; may be missing |
//!
//! Other keys and other tensors, such as `gensim.*` of the Python package, are available to readers. `checksum.header`
//! covers every other key of the metadata in byte order, as key, byte 0, value, byte 0, and then every tensor in byte order
//! of the names, as name, byte 0, type, byte 0, and each dimension and the two offsets as 8 little-endian bytes.
//!
//! Tensors are in descending order of their types' size (U64, F32, U32, F16, U8), then by name, and the header is padded with
//! spaces so that the first starts at a multiple of 64. The same content gives the same bytes. Readers accept any order
//! and alignment. Words are unique; no number in a matrix is NaN or infinite.

mod header;
mod keys;
mod read;
mod write;

pub use crate::mapped::CHECKED_ON_OPENING;
pub(crate) use read::Extras;
pub use read::{MAX_RUNS, ModelFile, verify};
pub(crate) use write::ModelWriter;
pub use write::{Contents, ExtraTensor, ModelParts, SubwordParts, to_bytes, write, write_contents};

/// The version of the format that this module writes, and the only one it reads.
pub const VERSION: &str = "1";

/// Longest header, in bytes, that the safetensors format allows.
const MAX_HEADER_BYTES: u64 = 100_000_000;

const INPUT: &str = "input.weight";
const OUTPUT: &str = "output.weight";
const TEXT: &str = "vocab.text";
const ENDS: &str = "vocab.ends";
const COUNTS: &str = "vocab.counts";
const NGRAMS: &str = "ngrams.weight";
const NGRAM_BUCKETS: &str = "ngrams.buckets";
const NGRAM_WORDS: &str = "ngrams.words";
const POSITIONS: &str = "positions.weight";
const RUNS: &str = "runs.weight";
const TRAINER: &str = "trainer.";
const TRAINER_KEY: &str = "trainer";
const NGRAMS_KEY: &str = "ngrams";
const FORMAT_KEY: &str = "rapidvec.format";
const CHECKSUM: &str = "checksum.";
const HEADER: &str = "header";

/// Whether `bytes` begin as a safetensors file does: a length that is possible, then JSON's opening brace.
pub(super) fn is_likely(bytes: &[u8]) -> bool {
    bytes
        .split_first_chunk()
        .is_some_and(|(&length, rest)| u64::from_le_bytes(length) <= MAX_HEADER_BYTES && rest.first() == Some(&b'{'))
}

#[cfg(test)]
mod tests;
