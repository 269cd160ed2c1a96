//! Vectors and the questions one can ask them.
//!
//! [`WordVectors`] answers questions about any file that [`mod@format`] recognises. The scan is exact: every row is
//! compared, no index approximates.

mod analogy;
pub mod format;
pub mod map;
mod mapped;
mod open;
mod search;
mod spelling;
mod storage;
mod subwords;
mod word_vectors;

pub use analogy::AnalogyMethod;
pub use search::Neighbour;
pub use storage::{Floats, Rows};
pub use subwords::Subwords;
pub use word_vectors::WordVectors;
