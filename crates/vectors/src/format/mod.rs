//! One file per format.
//!
//! [`recognise()`] looks at content, never at a file's name.

pub mod csv;
pub mod dl4j;
pub mod fasttext;
pub mod finalfusion;
pub mod npz;
pub mod pickle;
pub mod safetensors;
pub mod spacy;
pub mod static_embedding;
pub mod word2vec_binary;
pub mod word2vec_text;

mod cursor;
pub(crate) mod error;
mod foreign;
mod header;
pub(crate) mod language;
mod model;
pub(crate) mod npy;
mod options;
mod packed;
mod recognise;
mod table_builder;
pub(crate) mod unlabelled;
pub(crate) mod unpack;
mod writer;

pub use error::FormatError;
pub use model::open_model;
pub use npy::NpyWriter;
pub(crate) use npy::head as npy_head;
pub use options::{InvalidWord, Matrix, OpenOptions, OpenReport, VectorTable};
pub use packed::write as write_packed;
pub use recognise::{Format, recognise, recognise_file, recognise_member};
pub use writer::{RowsView, TableView, VectorWriter, words_path};
