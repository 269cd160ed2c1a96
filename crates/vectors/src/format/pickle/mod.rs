//! The chapter's own model file, a Python pickle, read and written without running anything in it.
//!
//! The chapter saves `pickle.dump({'word_vecs': float16 array, 'word_to_id': dict, 'id_to_word': dict}, f, -1)`. A pickle is
//! a program for a stack machine whose instructions may call any function of Python; this reader has its own
//! machine, which knows seven names (NumPy's arrays, element types and scalars, and an ordered dictionary), treats them as
//! data, and rejects all others. Protocols 0 to 5, as CPython 3 writes them; NumPy 1.x and 2.x; `word_vecs` of 2, 4 or 8
//! bytes per number, either byte order, in rows or in columns. Other keys of the dictionary are ignored.
//!
//! Source: `pickletools.py` of CPython (what each instruction does), `ndarray.__reduce__` and `dtype.__reduce__` of NumPy.
//!
//! Limits: nesting, unfinished values and memory ([`read`]); ids are below 2^31. Not read: pickles of Python 2, object and
//! structured arrays, buffers outside the file.

mod error;
mod globals;
mod input;
mod machine;
mod numpy;
mod textbook;
mod value;
mod writer;

pub use error::PickleError;
pub use textbook::{looks_like_pickle, read};
pub use writer::PickleWriter;
