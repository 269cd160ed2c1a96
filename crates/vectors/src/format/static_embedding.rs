//! Folders of model2vec and of sentence-transformers' StaticEmbedding: a vector for each token of a tokenizer.
//!
//! `model.safetensors` has the rows (`embeddings` or `embedding.weight`: F32, F16 or F64), and may have `mapping` (the row of each
//! token) and `weights` (a factor for each token). `tokenizer.json` has the tokens, of WordPiece, WordLevel, BPE or Unigram, as they
//! are spelled there: a piece within a word begins with `##` or lacks the mark of a space. Both may be in a folder within.
//!
//! Written are words as the tokens of a WordLevel tokenizer that splits at white space, so that the mean of a text's tokens is
//! what [`Embedder`](crate::Embedder) gives: rows of length 1.

mod read;
mod tokens;
mod write;

pub(crate) use read::{find, open};
pub use write::{StaticEmbeddingOptions, write};

const MODEL: &str = "model.safetensors";
const TOKENIZER: &str = "tokenizer.json";
