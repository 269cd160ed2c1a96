//! From a model's bytes to words, vectors and n-grams: all sizes first, then the numbers, then the words.

use super::TRAINING_KEY;
use super::header::{Dictionary, Settings, Training};
use crate::error::FormatError;
use crate::format::cursor::{Cursor, same};
use crate::format::safetensors::Extras;
use crate::format::table_builder::check_row;
use crate::format::{OpenOptions, OpenReport, VectorTable, table_builder};
use crate::mapped::{Bytes, Section};
use crate::storage::Rows;
use crate::subwords::{NGrams, Subwords};
use crate::{Numbers, WordVectors};
use rapidvec_core::Vocabulary;
use rapidvec_core::parallel::{self, cores};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Words whose vectors one thread computes at a time.
const WORDS_AT_A_TIME: usize = 64;

/// Opens a model: words, vectors, and what gives vectors to unknown words. The n-gram rows stay in `bytes`.
///
/// # Errors
/// As [`read`].
pub(crate) fn open(bytes: &Arc<Bytes>, options: &OpenOptions) -> Result<(WordVectors, OpenReport), FormatError> {
    let layout = Layout::of(bytes, options, false)?;
    let (VectorTable { vocabulary, vector_size, numbers }, report) = layout.table(options)?;
    // Without a dropped word the rows of the file are those of the words.
    let own = |start| Rows::mapped_f32(Section::new(bytes, layout.rows(start, vocabulary.len())), vector_size);
    let is_prefix = vocabulary.len() == layout.words(options);
    let output = layout.output.filter(|_| is_prefix).map(own);
    let subwords = layout.ngrams.map(|ngrams| {
        let rows = Rows::mapped_f32(Section::new(bytes, layout.ngram_rows()), vector_size);
        let subwords = Subwords::new(ngrams, rows)?;
        Ok::<_, FormatError>(if is_prefix { subwords.with_words(own(layout.input)) } else { subwords })
    });
    let metadata = layout.metadata();
    let vectors = WordVectors::new(vocabulary, vector_size, numbers)?;
    let vectors = vectors.with_extras(Extras {
        output,
        output_of_nodes: layout.training.has_tree(),
        metadata,
        ..Extras::default()
    });
    let vectors = match subwords.transpose()? {
        Some(subwords) => vectors.with_subwords(subwords)?,
        None => vectors,
    };
    Ok((vectors, report))
}

/// Reads the words and vectors of a model, without what gives vectors to unknown words.
///
/// # Errors
/// [`FormatError::Quantised`] for a quantised model; another [`FormatError`] if the model is truncated, contradicts
/// itself, or holds what `options` do not allow. Rejecting a file takes less memory than the length of `bytes` and 16 MB.
pub fn read(bytes: &[u8], options: &OpenOptions) -> Result<(VectorTable, OpenReport), FormatError> {
    Layout::of(bytes, options, false)?.table(options)
}

/// The layout of a model, whose sizes are known to fit the file.
pub(super) struct Layout<'a> {
    bytes: &'a [u8],
    pub(super) vector_size: usize,
    ngrams: Option<NGrams>,
    /// The shortest n-gram, the longest, and B, as the file has them.
    pub(super) sizes: [usize; 3],
    pub(super) dictionary: Dictionary<'a>,
    /// Where the V + B input rows begin.
    pub(super) input: usize,
    /// B.
    pub(super) buckets: usize,
    /// Where the V output rows begin; a classifier's belong to labels.
    pub(super) output: Option<usize>,
    training: Training,
}

impl<'a> Layout<'a> {
    pub(super) fn of(bytes: &'a [u8], options: &OpenOptions, allow_old: bool) -> Result<Self, FormatError> {
        let cursor = &mut Cursor::new(bytes);
        let settings = Settings::read(cursor, allow_old)?;
        let dictionary = Dictionary::read(cursor, &settings, options)?;
        let (words, buckets) = (dictionary.len() as u64, settings.buckets);
        let input = matrix(cursor, "the input matrix", words + buckets as u64, &settings)?;
        let outputs = if settings.is_classifier { dictionary.labels as u64 } else { words };
        let output = matrix(cursor, "the output matrix", outputs, &settings)?;
        match cursor.left() as u64 {
            0 => Ok(Self {
                bytes,
                vector_size: settings.vector_size,
                ngrams: settings.ngrams()?,
                sizes: [settings.min_n, settings.max_n, buckets],
                buckets,
                dictionary,
                input,
                output: (!settings.is_classifier).then_some(output),
                training: settings.training,
            }),
            more => Err(FormatError::Length { expected: bytes.len() as u64 - more, got: bytes.len() as u64 }),
        }
    }

    fn row_bytes(&self) -> usize {
        4 * self.vector_size
    }

    /// Where in the file the first `rows` rows of a matrix are that begins at `start`.
    pub(super) fn rows(&self, start: usize, rows: usize) -> Range<usize> {
        start..start + rows * self.row_bytes()
    }

    /// How the model was trained, and on how many tokens.
    pub(super) fn whole_training(&self) -> Training {
        Training { tokens: self.dictionary.tokens, ..self.training.clone() }
    }

    /// How the model was trained, for a copy of it.
    fn metadata(&self) -> BTreeMap<String, String> {
        let text = serde_json::to_string(&self.whole_training()).ok();
        text.map(|text| (TRAINING_KEY.to_owned(), text)).into_iter().collect()
    }

    /// Where in the file the B rows of n-grams are.
    pub(super) fn ngram_rows(&self) -> Range<usize> {
        let start = self.input + self.dictionary.len() * self.row_bytes();
        start..start + self.buckets * self.row_bytes()
    }

    /// The words that `options` ask for.
    fn words(&self, options: &OpenOptions) -> usize {
        options.limit.unwrap_or(usize::MAX).min(self.dictionary.len())
    }

    fn table(&self, options: &OpenOptions) -> Result<(VectorTable, OpenReport), FormatError> {
        let size = self.vector_size;
        let rows = self.words(options);
        let mut report = OpenReport { stopped_at_limit: rows < self.dictionary.len(), ..OpenReport::default() };
        table_builder::check_room(rows, size)?;
        let mut numbers = self.vectors(rows);
        for (row, vector) in numbers.chunks_exact(size).enumerate() {
            let bad = vector.iter().find(|x| !x.is_finite());
            check_row(self.dictionary.word(row).0, row, bad.copied(), options)?;
        }
        // The words last, since they take more memory than in the file: by now the file is known to be valid.
        let mut vocabulary = Vocabulary::new();
        for row in 0..rows {
            let (word, count) = self.dictionary.word(row);
            let (from, kept) = (row * size..(row + 1) * size, vocabulary.len());
            if !numbers[from.clone()].iter().all(|x| x.is_finite()) {
                report.not_finite += 1;
            } else if table_builder::offer(&mut vocabulary, word, count, options, &mut report) {
                numbers.copy_within(from, kept * size);
            }
        }
        if vocabulary.is_empty() {
            return Err(FormatError::Empty { words: 0, vector_size: size });
        }
        numbers.truncate(vocabulary.len() * size);
        Ok((VectorTable { vocabulary, vector_size: size, numbers: Numbers::F32(numbers) }, report))
    }

    /// The vectors of the first `rows` words, row after row.
    fn vectors(&self, rows: usize) -> Vec<f32> {
        let size = self.vector_size;
        let mut numbers = vec![0.0; rows * size];
        let input = &self.bytes[self.input..][..rows * self.row_bytes()];
        let shares = numbers.chunks_mut(size * WORDS_AT_A_TIME).zip(input.chunks(self.row_bytes() * WORDS_AT_A_TIME));
        parallel::map(cores(), shares.zip((0..).step_by(WORDS_AT_A_TIME)), |((vectors, bytes), first)| {
            let rows = vectors.chunks_exact_mut(size).zip(bytes.chunks_exact(self.row_bytes()));
            for ((vector, bytes), row) in rows.zip(first..) {
                for (number, bytes) in vector.iter_mut().zip(bytes.as_chunks().0) {
                    *number = f32::from_le_bytes(*bytes);
                }
                if let Some(ngrams) = self.ngrams {
                    ngrams.complete(&self.bytes[self.ngram_rows()], self.dictionary.word(row).0, vector);
                }
            }
        });
        numbers
    }
}

/// Skips a matrix of `rows` x D numbers; returns where the numbers begin.
fn matrix(cursor: &mut Cursor, what: &'static str, rows: u64, settings: &Settings) -> Result<usize, FormatError> {
    match if settings.is_old { 0 } else { cursor.u8(what)? } {
        0 => {}
        1 => return Err(FormatError::Quantised),
        got => return Err(FormatError::Field { field: what, expected: "0 or 1 before it", got: got.to_string() }),
    }
    same("rows of a matrix", rows, cursor.i64(what)?)?;
    same("columns of a matrix", settings.vector_size as u64, cursor.i64(what)?)?;
    let start = cursor.position();
    cursor.take(what, rows.saturating_mul(settings.vector_size as u64).saturating_mul(4))?;
    Ok(start)
}
