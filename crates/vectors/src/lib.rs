//! Word vectors: open and save them in all common formats, search and evaluate them.
//!
//! ```no_run
//! # fn main() -> rapidvec_vectors::Result<()> {
//! let vectors = rapidvec_vectors::WordVectors::open("model.safetensors")?; // or word2vec, GloVe, fastText, npz
//! for (word, score) in vectors.most_similar("king", 5)? {
//!     println!("{word} {score:.3}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`mod@format`] lists the formats. [`WordVectors::search`] answers queries exactly, by a scan of every row. With the feature
//! `ann`, an approximate index (module `ann`) finds most of the nearest words in a fraction of the time.

#![deny(unsafe_code)]

#[cfg(feature = "ann")]
pub mod ann;
mod beside;
mod chosen;
mod container;
mod derive;
mod embed;
pub mod error;
pub mod evaluate;
pub mod format;
mod labels;
mod lines;
mod lookup;
mod mapped;
pub mod measure;
mod normed_rows;
mod open;
mod save;
mod search;
mod spelling;
mod storage;
mod subwords;
mod take;
mod unit;
mod units;
mod word_vectors;

pub use chosen::{JOIN_WEIGHT, ModelVectors};
pub use derive::Join;
pub use embed::{EmbedReport, Embedder, NpySpool};
pub use error::{Error, Result};
pub use save::{Caveat, Part, SaveOptions, SaveReport};
#[cfg(feature = "ann")]
pub use search::Recall;
pub use search::{AnalogyMethod, Hits, RowSearch, Search};
pub use storage::{Numbers, Rows};
pub use subwords::{NGramLists, NGrams, Subwords, compose, ngram_hash};
pub use unit::{normalize, unit_rows};
pub use units::Units;
pub use word_vectors::WordVectors;
