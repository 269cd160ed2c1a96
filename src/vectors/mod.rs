//! Vectors and the questions one can ask them.
//!
//! [`WordVectors`] answers questions about any file that [`mod@format`] recognises. The scan is exact: every row is
//! compared, no index approximates.

mod analogy;
mod batch;
mod best;
mod compare;
mod embed;
pub mod evaluate;
pub mod format;
mod lines;
mod mapped;
mod restrict;
mod scan;
mod search;
mod spelling;
mod storage;
mod word_vectors;

pub use analogy::AnalogyMethod;
pub use embed::{EmbedReport, Embedder, NpySpool};
pub use restrict::Restricted;
pub use search::Neighbour;
pub use storage::{Floats, Rows};
pub use word_vectors::WordVectors;
