//! Words and their numbers: who is word 42, which id has `toyota`, how often was it seen?

mod index;
mod vocabulary;

pub use vocabulary::{SENTENCE_END, Vocabulary, WordId};
