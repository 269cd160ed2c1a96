//! Words and their numbers: who is word 42, which id has `toyota`, how often was it seen?

mod ids;
mod index;
mod list;
mod vocabulary;

pub use ids::Ids;
pub(crate) use ids::{pack, width};
pub use list::{read_vocabulary, write_vocabulary};
pub use vocabulary::{SENTENCE_END, Vocabulary, WordId};
