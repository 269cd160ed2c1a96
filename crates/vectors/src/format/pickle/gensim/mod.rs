//! gensim's own files, `.kv` and `.model`: a pickle of objects, and large arrays in `FILE.ATTR.npy` beside it.
//!
//! Objects are read as data: their class is a name, their attributes are a dictionary. `Word2Vec`, `FastText`, `Doc2Vec` (its
//! words) and `KeyedVectors` of gensim 4, 3, 2 and 1 keep the same things under other names:
//!
//! | | gensim 4 | gensim 3 | before |
//! |---|---|---|---|
//! | words | `wv.index_to_key` | `wv.index2word` | `index2word` of the model |
//! | counts | `wv.expandos["count"]` | `wv.vocab[word].count` | the same of the model |
//! | vectors | `wv.vectors` | `wv.vectors` | `syn0` of `wv` or the model |
//! | output vectors | `syn1neg` | `trainables.syn1neg` | `syn1neg` |
//! | n-grams (fastText) | `wv.vectors_vocab`, `wv.vectors_ngrams` | the same | |
//!
//! Arrays that are rows of f4 or f2 stay where they are, in the pickle or in their own file, mapped. Limits: n-grams of files
//! before gensim 3.8 that number them in another way are left out, and the report says so; the vectors of Doc2Vec's documents,
//! and the inner nodes of hierarchical softmax (`syn1`), are not read.

mod arrays;
mod attributes;
mod ngrams;
mod words;
mod write;

use super::machine;
use super::read::class_of;
use super::value::{Heap, Value};
use crate::WordVectors;
use crate::beside::Beside;
use crate::error::{FormatError, Result};
use crate::format::{OpenOptions, OpenReport};
use crate::mapped::Bytes;
use arrays::Arrays;
use attributes::Part;
use std::sync::Arc;
pub use write::KeyedVectorsWriter;

/// Opens a model of gensim, running nothing in it.
///
/// # Errors
/// [`PickleError`](super::PickleError) as of any pickle; [`FormatError::NotVectors`], [`FormatError::MissingFile`], and what
/// `options` do not allow; errors of the system.
pub(crate) fn open(
    bytes: &Arc<Bytes>,
    beside: &Beside<'_>,
    options: &OpenOptions,
) -> Result<(WordVectors, OpenReport)> {
    let others = usize::try_from(beside.bytes()).unwrap_or(usize::MAX);
    let (root, heap) = machine::run_with(bytes, others).map_err(FormatError::from)?;
    let arrays = Arrays { heap: &heap, bytes, beside };
    let model = Part::root(&heap, root).ok_or_else(|| not_vectors(&heap, root))?;
    let words = [model.inner("wv"), Some(model.clone())].into_iter().flatten().find(|part| part.words().is_some());
    let Some(of_words) = words else { return Err(not_vectors(&heap, root).into()) };
    let (mut vectors, mut report) = words::open(&of_words, &arrays, options)?;
    let is_whole = vectors.len() == of_words.words().map_or(0, |words| words.len());
    if let Some(ngrams) = ngrams::of(&of_words, &arrays)? {
        report.ngrams_left_out = ngrams.is_none();
        if let Some(ngrams) = ngrams {
            vectors = vectors.with_subwords(ngrams)?;
        }
    }
    let output = [Some(model.clone()), model.inner("trainables")].into_iter().flatten();
    let output = output.map(|part| arrays.rows(&part, &["syn1neg"])).find_map(Result::transpose).transpose()?;
    // Rows that were left out of one matrix would be missing in the other.
    if let Some(output) = output.filter(|output| is_whole && output.len() >= vectors.len()) {
        let rows = vectors.len();
        vectors = vectors.with_output(output.first(rows))?;
    }
    Ok((vectors, report))
}

fn not_vectors(heap: &Heap<'_>, root: Value) -> FormatError {
    match class_of(heap, root) {
        Some((module, name)) => {
            let class = format!("{}.{}", super::globals::cut(module), super::globals::cut(name));
            FormatError::NotVectors { class }
        }
        None => super::PickleError::NoVectors { got: heap.kind(root) }.into(),
    }
}
