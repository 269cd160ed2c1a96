//! Opens a file of any known format.

use super::format::safetensors::ModelFile;
use super::format::unpack::{self, Opened};
use super::format::{
    Format, Matrix, OpenOptions, OpenReport, VectorTable, csv, dl4j, fasttext, finalfusion, language, npz, pickle,
    recognise, spacy, static_embedding, unlabelled, word2vec_binary, word2vec_text,
};
use super::mapped::Bytes;
use super::{ModelVectors, Numbers, Rows, WordVectors, lookup};
use crate::beside::Beside;
use crate::error::{Error, FormatError, Result};
use half::f16;
use rapidvec_core::memory::check_room;
use rapidvec_core::{Vocabulary, WordId};
use std::path::Path;
use std::sync::Arc;

impl WordVectors {
    /// Opens a file of word vectors; its format is recognised by content, and it may be compressed.
    ///
    /// # Errors
    /// An error of the system if the file cannot be read; [`FormatError`] if it is not a whole file of a known
    /// format, or a vector is not finite.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, &OpenOptions::default()).map(|(vectors, _)| vectors)
    }

    /// Opens a file of word vectors with `options`, and reports what was changed or dropped.
    ///
    /// ```
    /// use rapidvec_vectors::WordVectors;
    /// use rapidvec_vectors::format::OpenOptions;
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
        let path = path.as_ref();
        open(path, options).map_err(|error| match unfinished(path) {
            Some(ending) if matches!(error, Error::Format(_)) => FormatError::Unfinished { ending }.into(),
            _ => error,
        })
    }

    /// Opens the bytes of a file of word vectors; not compressed ones, and not one that needs others beside it.
    ///
    /// # Errors
    /// As [`WordVectors::open_with`].
    pub fn from_bytes(bytes: Vec<u8>, options: &OpenOptions) -> Result<(Self, OpenReport)> {
        read(Bytes::Owned(bytes), &Beside::Nowhere, options)
    }
}

/// The end of the name that browsers and downloaders give a file until it is whole.
fn unfinished(path: &Path) -> Option<&'static str> {
    let ending = path.extension()?;
    ["part", "crdownload", "download", "partial", "opdownload"].into_iter().find(|known| ending == *known)
}

fn open(path: &Path, options: &OpenOptions) -> Result<(WordVectors, OpenReport)> {
    if let Some(folder) = static_embedding::find(path) {
        return of_folder(static_embedding::open(&folder, options)?, options);
    }
    if let Some(folder) = spacy::find(path) {
        return of_folder(spacy::open(&folder, options)?, options);
    }
    let Opened { bytes, archive } = unpack::open_member(path, options.member.as_deref())?;
    let beside = match &archive {
        Some((archive, name)) => Beside::Member(archive, name),
        None => Beside::File(path),
    };
    read(bytes, &beside, options)
}

fn of_folder(
    (vectors, mut report): (WordVectors, OpenReport),
    options: &OpenOptions,
) -> Result<(WordVectors, OpenReport)> {
    Ok((language::only(vectors, options, &mut report)?, report))
}

fn read(bytes: Bytes, beside: &Beside<'_>, options: &OpenOptions) -> Result<(WordVectors, OpenReport)> {
    let format = if options.words.is_some() { None } else { Some(recognise(&bytes)?) };
    let (vectors, mut report) = match format {
        None => unlabelled::open(&Arc::new(bytes), options)?,
        Some(Format::Safetensors) => of_model(bytes, options)?,
        Some(Format::Gensim) => pickle::gensim::open(&Arc::new(bytes), beside, options)?,
        Some(format) => read_alone(bytes, format, options)?,
    };
    // A model of rapidvec says itself what its vectors are.
    let vectors = if format == Some(Format::Safetensors) { vectors } else { of_matrix(vectors, options)? };
    // Readers of text drop other languages before they take memory for them.
    let is_text = matches!(format, Some(Format::Word2vecText | Format::Glove));
    let vectors = if is_text { vectors } else { language::only(vectors, options, &mut report)? };
    Ok((vectors, report))
}

/// Takes the matrix that `options` ask for, of vectors that are input rows.
fn of_matrix(vectors: WordVectors, options: &OpenOptions) -> Result<WordVectors, FormatError> {
    match options.matrix {
        None | Some(Matrix::Input) => Ok(vectors),
        other => vectors.take(ModelVectors::default().or(other, options.join_weight)),
    }
}

/// A file of this format that needs no other one.
fn read_alone(bytes: Bytes, format: Format, options: &OpenOptions) -> Result<(WordVectors, OpenReport), FormatError> {
    let (table, report) = match format {
        Format::FastText => return fasttext::open(&Arc::new(bytes), options),
        Format::Finalfusion => return finalfusion::open(&Arc::new(bytes), options),
        Format::Safetensors | Format::Npy | Format::Gensim | Format::StaticEmbedding | Format::Spacy => {
            return Err(FormatError::NoWords);
        }
        Format::Pickle => pickle::read(&bytes, options),
        Format::Word2vecText => word2vec_text::read(&bytes, options),
        Format::Glove => word2vec_text::read_without_header(&bytes, options),
        Format::Word2vecBinary => word2vec_binary::read(&bytes, options),
        Format::Npz => npz::read(&bytes, options),
        Format::Csv => csv::read(&bytes, options),
        Format::Dl4j => dl4j::read(&bytes, options),
    }?;
    Ok((WordVectors::new(table.vocabulary, table.vector_size, table.numbers)?, report))
}

fn of_model(bytes: Bytes, options: &OpenOptions) -> Result<(WordVectors, OpenReport), FormatError> {
    let model = ModelFile::from_shared(Arc::new(bytes))?;
    let chosen = ModelVectors::of_metadata(&model.metadata())?.or(options.matrix, options.join_weight);
    let rows = || chosen.rows(&model.input(), model.output_of_words().as_ref());
    let is_cut = options.limit.is_some_and(|limit| limit < model.vocabulary().len());
    if !is_cut && (!options.allow_nan || is_finite(&rows()?)) {
        return Ok((WordVectors::of_input(model)?.take(chosen)?, OpenReport::default()));
    }
    let rows = rows()?;
    model.verify()?; // the copy has no checksums
    let (table, report) = allowed(model.vocabulary(), &rows, options)?;
    let vectors = WordVectors::new(table.vocabulary, table.vector_size, table.numbers)?;
    Ok((vectors.with_lower(lookup::was_lower(&model)), report))
}

fn is_finite(rows: &Rows) -> bool {
    let mut finite = true;
    rows.for_each(0..rows.len(), |_, row| finite &= row.iter().all(|number| number.is_finite()));
    finite
}

/// A copy of what `options` allow. Rows that are not finite stay, to be rejected, unless they are to be dropped.
fn allowed(words: &Vocabulary, rows: &Rows, options: &OpenOptions) -> Result<(VectorTable, OpenReport), FormatError> {
    let mut report = OpenReport::default();
    let most = options.limit.map_or(rows.len(), |limit| limit.min(rows.len()));
    check_room::<f32>(most * rows.vector_size())?;
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
    let numbers = if rows.is_half() { Numbers::F16(half()) } else { Numbers::F32(numbers) };
    Ok((VectorTable { vocabulary, vector_size: rows.vector_size(), numbers }, report))
}
