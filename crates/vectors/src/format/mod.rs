//! One file per format.
//!
//! [`recognise()`] looks at content, never at a file's name.

pub mod fasttext;
pub mod npz;
pub mod pickle;
pub mod safetensors;
pub mod word2vec_binary;
pub mod word2vec_text;

pub(crate) mod error;
mod foreign;
mod header;
mod model;
mod npy;
mod options;
mod packed;
mod recognise;
mod table_builder;
pub(crate) mod unpack;
mod writer;

pub use error::FormatError;
pub use model::open_model;
pub(crate) use npy::head as npy_head;
pub use options::{InvalidWord, OpenOptions, OpenReport, VectorTable};
pub use packed::write as write_packed;
pub use recognise::{Format, recognise, recognise_file};
pub use writer::{RowsView, TableView, VectorWriter};
