//! The compiled part of the Python package `rapidvec`: Python objects in, the crates' results out.
//!
//! All logic is in the crates. This one has conversions, and behaves well in a Python process: it releases the GIL during work,
//! checks for signals, raises Python's exceptions, and its arrays own the memory that they expose.

#![deny(unsafe_code)]

mod any_session;
mod arrays;
mod arrow;
mod corpus;
mod counts;
mod device;
mod errors;
mod feed;
mod files;
mod gang;
mod program;
mod search;
mod session;
mod subwords;
mod text;
mod text_reader;
mod training;
mod vectors;
mod watch;

use pyo3::prelude::*;

/// The module `rapidvec._native`; `_native.pyi` documents it.
#[pymodule(gil_used = false)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::corpus::Corpus;
    #[pymodule_export]
    use crate::device::devices;
    #[pymodule_export]
    use crate::errors::{DivergedError, FormatError, InternalError, WorkerError};
    #[pymodule_export]
    use crate::files::{load_model, load_vectors, save_model, save_vectors};
    #[pymodule_export]
    use crate::gang::{Worker, part_reading};
    #[pymodule_export]
    use crate::program::cli;
    #[pymodule_export]
    use crate::search::RowSearch;
    #[pymodule_export]
    use crate::session::{Run, Trained, checkpoint_reading, summary};
    #[pymodule_export]
    use crate::subwords::{
        compose_vectors, hash, load_fasttext, ngram_buckets, ngrams_of_word, random_ngrams, save as save_fasttext,
    };
    #[pymodule_export]
    use crate::text::{Reading, Text, builtin_text};
    #[pymodule_export]
    use crate::training::{Training, huffman, random_vectors};
    #[pymodule_export]
    use crate::vectors::Vectors;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("DROP", rapidvec::EOS_ID)
    }
}
