//! A model's file as it is: words as bytes, and all three matrices.

use super::FastTextWriter;
use super::header::Training;
use super::read::Layout;
use crate::error::{FormatError, Result};
use crate::format::safetensors::SubwordParts;
use crate::format::unpack;
use crate::format::writer::{RowsView, TableView, VectorWriter};
use crate::format::{InvalidWord, OpenOptions};
use crate::subwords::NGrams;
use rapidvec_core::Vocabulary;
use rapidvec_core::memory::check_room;
use std::path::Path;

/// All that a model's file holds but its labels.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FastTextModel {
    /// The words as they are in the file, which need not be UTF-8, and their counts.
    pub words: Vec<(Vec<u8>, u64)>,
    /// D.
    pub vector_size: usize,
    /// Characters in the shortest and in the longest n-gram, and B, as the file has them: 0 buckets or a longest n-gram shorter than the
    /// shortest means that words have none.
    pub ngrams: [usize; 3],
    /// The rows that words have of their own, V x D.
    pub own: Vec<f32>,
    /// The rows of the buckets, B x D.
    pub rows: Vec<f32>,
    /// The output rows, V x D; none of a classifier.
    pub output: Option<Vec<f32>>,
    /// How the model was trained.
    pub training: Training,
}

/// Reads a model, also a compressed one, and also one of the format before versions had numbers.
///
/// # Errors
/// As [`WordVectors::open`](crate::WordVectors::open), except that words may be invalid and numbers not finite; [`FormatError::Memory`].
pub fn read_whole(path: &Path) -> Result<FastTextModel> {
    let bytes = unpack::open(path)?;
    let options = OpenOptions { invalid_word: InvalidWord::Replace, allow_nan: true, ..OpenOptions::default() };
    let layout = Layout::of(&bytes, &options, true)?;
    let (words, size) = (layout.dictionary.len(), layout.vector_size);
    check_room::<f32>((2 * words + layout.buckets) * size).map_err(FormatError::from)?;
    let numbers = |range: std::ops::Range<usize>| {
        bytes[range].as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect::<Vec<f32>>()
    };
    let words_of = (0..words).map(|row| layout.dictionary.word(row)).map(|(word, count)| (word.to_vec(), count));
    Ok(FastTextModel {
        words: words_of.collect(),
        vector_size: size,
        ngrams: layout.sizes,
        own: numbers(layout.rows(layout.input, words)),
        rows: numbers(layout.ngram_rows()),
        output: layout.output.map(|start| numbers(layout.rows(start, words))),
        training: layout.whole_training(),
    })
}

/// What [`write_whole`] writes, borrowed.
#[derive(Debug, Clone)]
pub struct FastTextParts<'a> {
    /// The words and their counts.
    pub vocabulary: &'a Vocabulary,
    /// D.
    pub vector_size: usize,
    /// The rows that words have of their own, V x D.
    pub own: &'a [f32],
    /// The n-grams of words, if they have any.
    pub ngrams: Option<NGramTable<'a>>,
    /// The output rows, V x D.
    pub output: Option<&'a [f32]>,
    /// How the model was trained.
    pub training: Training,
}

/// The rows of n-grams, borrowed.
#[derive(Debug, Clone, Copy)]
pub struct NGramTable<'a> {
    /// Which n-grams words have.
    pub ngrams: NGrams,
    /// The buckets that have a row, ascending; `None`: all.
    pub buckets: Option<&'a [u32]>,
    /// Their rows, N x D.
    pub rows: &'a [f32],
}

/// Writes a model that fastText and gensim load, atomically; compressed if the name ends so.
///
/// # Errors
/// [`FormatError`] for what the format cannot hold, such as a word with a zero byte; errors of the system.
pub fn write_whole(path: &Path, parts: &FastTextParts<'_>) -> Result<()> {
    let rows = |numbers| RowsView::of_slice(numbers, parts.vector_size);
    let table = TableView::new(parts.vocabulary, parts.vector_size, parts.own);
    let subwords = parts.ngrams.map(|table| SubwordParts {
        ngrams: table.ngrams,
        buckets: table.buckets.map(Into::into),
        rows: rows(table.rows),
        words: Some(rows(parts.own)),
    });
    FastTextWriter::with(table, subwords, parts.output.map(rows), parts.training.clone())?.write(path)
}
