//! Vectors and the questions one can ask them.
//!
//! [`WordVectors`] answers questions about any file that [`mod@format`] recognises. The scan is exact: every row is
//! compared. With the feature `ann` there is an index besides (`ann`), which finds most of the nearest words in a
//! fraction of the time.

#![deny(unsafe_code)]

mod analogy;
#[cfg(feature = "ann")]
pub mod ann;
mod batch;
mod compare;
mod embed;
pub mod error;
pub mod evaluate;
pub mod format;
mod lines;
mod lookup;
mod mapped;
mod open;
mod restrict;
mod save;
mod scan;
mod search;
mod spelling;
mod storage;
mod subwords;
mod threads;
mod top_k;
mod word_vectors;

pub use analogy::AnalogyMethod;
pub use compare::Ranked;
pub use embed::{EmbedReport, Embedder, NpySpool};
pub use error::{Error, Result};
pub use restrict::Restricted;
pub use save::{Caveat, Part, SaveOptions, SaveReport};
pub use search::Neighbour;
pub use storage::{Numbers, Rows};
pub use subwords::Subwords;
pub use word_vectors::WordVectors;
