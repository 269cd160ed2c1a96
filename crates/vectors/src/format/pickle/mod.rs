//! Python pickles, read without running anything in them: the chapter's own model file, which is written too; words with
//! vectors as people pickle them; gensim's models.
//!
//! The chapter saves `pickle.dump({'word_vecs': float16 array, 'word_to_id': dict, 'id_to_word': dict}, f, -1)`. A pickle is
//! a program for a stack machine whose instructions may call any function of Python; this reader has its own
//! machine, which knows a few names (NumPy's arrays, element types and scalars, Python's dictionaries and sets), treats them as
//! data, and rejects all others by name; classes of gensim are names of data. Protocols 0 to 5, as CPython 3 writes them; NumPy 1.x and 2.x; `word_vecs` of 2, 4 or 8
//! bytes per number, either byte order, in rows or in columns. Other keys of the dictionary are ignored.
//!
//! Source: `pickletools.py` of CPython (what each instruction does), `ndarray.__reduce__` and `dtype.__reduce__` of NumPy.
//!
//! Limits: nesting, unfinished values and memory ([`read`]); ids are below 2^31. Not read: pickles of Python 2, object and
//! structured arrays, buffers outside the file.

mod error;
pub(crate) mod gensim;
mod globals;
mod input;
mod machine;
mod matrix;
mod numpy;
mod objects;
mod read;
mod textbook;
mod value;
mod words;
mod writer;

pub use error::PickleError;
pub use gensim::KeyedVectorsWriter;
pub use read::{looks_like_pickle, read};
pub use writer::PickleWriter;
