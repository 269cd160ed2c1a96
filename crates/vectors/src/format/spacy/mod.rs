//! spaCy's word vectors: the folder `vocab` of a pipeline, the pipeline, or the package that holds it.
//!
//! `vectors` is a NumPy matrix; `key2row` (MessagePack) maps the hash of a word to its row, so that several words may share one;
//! `strings.json` lists the words. A word's hash is MurmurHash2 of 64 bits with seed 1, except for the names of spaCy's symbols (such as
//! `number` or `root`), whose places in `symbols.txt` (spaCy 3.8, `symbols.pyx`) are their hashes; `strings.json` does not have those.
//!
//! With floret's vectors (`vectors.cfg` says so) there is no `key2row`: a word's vector is the mean of the rows of its n-grams and of the word
//! itself, each in one to four rows by MurmurHash3. Here the words of `strings.json` have vectors; unknown words have none.

mod floret;
mod hash;
mod keys;
mod read;
mod strings;
mod write;

pub(crate) use read::{find, open};
pub use write::write;

const VECTORS: &str = "vectors";
const KEYS: &str = "key2row";
const STRINGS: &str = "strings.json";
const CONFIG: &str = "vectors.cfg";

#[cfg(test)]
mod tests;
