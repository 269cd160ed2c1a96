//! Opening a file of any format that is known.

use super::format::fasttext::FastTextModel;
use super::format::pickle::{self, TextbookVectors};
use super::format::safetensors::ModelFile;
use super::format::{
    Format, OpenOptions, OpenReport, VectorTable, npz, recognise, unpack, word2vec_binary, word2vec_text,
};
use super::mapped::Bytes;
use super::{Numbers, Rows, WordVectors, lookup};
use crate::error::{FormatError, Result};
use half::f16;
use rapidvec_core::{Vocabulary, WordId};
use std::path::Path;
use std::sync::Arc;

impl WordVectors {
    /// Opens a file of word vectors; its format is recognised by content, and it may be packed.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) if the file cannot be read; [`FormatError`] or
    /// [`PickleError`](crate::error::PickleError) if it is no whole file of a known format, or a vector is not finite.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, &OpenOptions::default()).map(|(vectors, _)| vectors)
    }

    /// Opens a file of word vectors as `options` say, and tells what was done with what could not be taken as it stood.
    ///
    /// ```
    /// use crate::WordVectors;
    /// use crate::format::OpenOptions;
    /// # let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("vectors.txt");
    /// std::fs::write(&path, "3 2\nyou 1 0\nwe 0.8 0.6\nyou 0 1\n").unwrap();
    /// let (vectors, report) = WordVectors::open_with(&path, &OpenOptions::default())?;
    /// assert_eq!((vectors.len(), report.duplicates), (2, 1));
    /// let two = OpenOptions { limit: Some(2), ..OpenOptions::default() };
    /// assert!(WordVectors::open_with(&path, &two)?.1.stopped_at_limit);
    /// # Ok::<(), rapidvec_vectors::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`WordVectors::open`], for what `options` do not allow.
    pub fn open_with(path: impl AsRef<Path>, options: &OpenOptions) -> Result<(Self, OpenReport)> {
        let mut report = OpenReport::default();
        let bytes = unpack::open(path.as_ref())?;
        let vectors = match recognise(&bytes)? {
            Format::Safetensors => of_model(bytes, options, &mut report)?,
            Format::Pickle => {
                let TextbookVectors { vocabulary, vector_size, vectors } = pickle::read(&bytes)?;
                of_table(VectorTable { vocabulary, vector_size, floats: vectors }, options, &mut report)?
            }
            Format::Word2vecText => of_rows(word2vec_text::read(&bytes, options, &mut report)?)?,
            Format::Glove => of_rows(word2vec_text::read_without_header(&bytes, options, &mut report)?)?,
            Format::Word2vecBinary => of_rows(word2vec_binary::read(&bytes, options, &mut report)?)?,
            Format::Npz => of_rows(npz::read(&bytes, options, &mut report)?)?,
            Format::FastText => FastTextModel::from_shared(&Arc::new(bytes), options, &mut report)?.into_vectors()?,
        };
        Ok((vectors, report))
    }
}

/// What a reader found that kept to the options itself.
fn of_rows(table: VectorTable) -> Result<WordVectors, FormatError> {
    WordVectors::new(table.vocabulary, table.vector_size, table.floats)
}

/// What a reader found that knows no options.
fn of_table(table: VectorTable, options: &OpenOptions, report: &mut OpenReport) -> Result<WordVectors, FormatError> {
    if options.limit.is_none_or(|limit| limit >= table.vocabulary.len()) {
        return of_rows(table);
    }
    let rows = Rows::new(table.vocabulary.len(), table.vector_size, table.floats)?;
    of_rows(allowed(&table.vocabulary, &rows, options, report))
}

fn of_model(bytes: Bytes, options: &OpenOptions, report: &mut OpenReport) -> Result<WordVectors, FormatError> {
    let model = ModelFile::from_shared(Arc::new(bytes))?;
    let rows = model.input();
    let is_cut = options.limit.is_some_and(|limit| limit < rows.len());
    if is_cut || options.allow_nan && !is_finite(&rows) {
        let vectors = of_rows(allowed(model.vocabulary(), &rows, options, report))?;
        return Ok(vectors.with_lower(lookup::was_lower(&model)));
    }
    WordVectors::from_model(model)
}

fn is_finite(rows: &Rows) -> bool {
    let mut finite = true;
    rows.for_each(0..rows.len(), |_, row| finite &= row.iter().all(|number| number.is_finite()));
    finite
}

/// A copy of what `options` let in. Rows that are not finite stay, to be refused, unless they are to be left out.
fn allowed(words: &Vocabulary, rows: &Rows, options: &OpenOptions, report: &mut OpenReport) -> VectorTable {
    let most = options.limit.map_or(rows.len(), |limit| limit.min(rows.len()));
    let mut vocabulary = Vocabulary::new();
    let mut numbers = Vec::with_capacity(most * rows.vector_size());
    rows.for_each(0..most, |id, row| {
        if options.allow_nan && !row.iter().all(|number| number.is_finite()) {
            report.not_finite += 1;
            return;
        }
        let id = id as WordId;
        vocabulary.insert(words.word(id), words.count(id));
        numbers.extend_from_slice(row);
    });
    report.stopped_at_limit = most < rows.len();
    let half = || numbers.iter().map(|&number| f16::from_f32(number)).collect();
    let floats = if rows.is_half() { Numbers::F16(half()) } else { Numbers::F32(numbers) };
    VectorTable { vocabulary, vector_size: rows.vector_size(), floats }
}
