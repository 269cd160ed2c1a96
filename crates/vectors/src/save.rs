//! Writes word vectors in any writable format, and reports what the file does not hold.

use crate::error::{FormatError, Result};
use crate::format::fasttext::FastTextWriter;
use crate::format::npz::NpzWriter;
use crate::format::pickle::{KeyedVectorsWriter, PickleWriter};
use crate::format::safetensors::{Contents, Extras, ModelWriter, SubwordParts};
use crate::format::word2vec_binary::BinaryWriter;
use crate::format::word2vec_text::TextWriter;
use crate::format::{Format, NpyWriter, RowsView, TableView, VectorWriter};
use crate::subwords::Subwords;
use crate::{ModelVectors, WordVectors};
use rapidvec_core::{Vocabulary, WordId};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// How vectors are saved.
///
/// ```
/// use rapidvec_vectors::SaveOptions;
/// let options = SaveOptions::default().top(10_000).normalize(true);
/// # assert_eq!(options.top, Some(10_000));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SaveOptions {
    /// Keep only this many of the most frequent words; without counts, of the first words.
    pub top: Option<usize>,
    /// Scale every vector to length 1.
    pub normalize: bool,
    /// Store numbers in half precision (f16). Vectors that are in half precision already stay so in formats that support it.
    pub half: bool,
    /// Leave out the n-grams that give vectors to unknown words. A file of normalized vectors never has them.
    pub drop_subwords: bool,
}

rapidvec_core::setters!(SaveOptions { top: impl Into<Option<usize>>, normalize: bool, half: bool, drop_subwords: bool });

/// What was saved, and what was not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SaveReport {
    /// Words in the file.
    pub words: usize,
    /// Numbers per word.
    pub vector_size: usize,
    /// What the vectors have and the file lacks.
    pub not_stored: Vec<Part>,
    /// What differs from the vectors, or needs attention.
    pub caveats: Vec<Caveat>,
}

/// Something that belongs to word vectors, but that not every format can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// A checkpoint's state, from which training resumes; only training itself writes it.
    TrainingState,
    /// The output vectors.
    OutputVectors,
    /// The number of times each word was seen.
    Counts,
    /// How the model was trained, and on what.
    Settings,
    /// The n-grams that give vectors to unknown words.
    Subwords,
    /// The weights of the positions in a window.
    PositionWeights,
    /// The vectors of the runs that the model is the mean of.
    Runs,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TrainingState => "training state",
            Self::OutputVectors => "output vectors",
            Self::Counts => "counts",
            Self::Settings => "settings",
            Self::Subwords => "n-grams (vectors of unknown words)",
            Self::PositionWeights => "position weights",
            Self::Runs => "vectors of the runs (deviations)",
        })
    }
}

/// Something to know about a saved file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Caveat {
    /// Numbers were rounded to half precision.
    Rounded,
    /// Vectors of length 1 were rounded to half precision.
    LengthsRounded,
    /// The format has counts but the vectors do not: all are 0.
    NoCounts,
    /// The output vectors belong to input vectors that are not normalized.
    OutputNotNormalized,
}

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rounded => "numbers are rounded to half precision",
            Self::LengthsRounded => "lengths are 1 within half precision",
            Self::NoCounts => "word counts are unknown; all counts are 0",
            Self::OutputNotNormalized => {
                "the output vectors are unchanged; they belong to vectors that are not normalized"
            }
        })
    }
}

impl WordVectors {
    /// Saves the vectors at `path`, atomically, replacing an old file; compressed if it ends in `.gz`, `.bz2`, `.zst` or `.xz`.
    ///
    /// Formats without counts have the most frequent words first, as other programs expect; a pickle and rapidvec's own
    /// format keep the ids, unless [`SaveOptions::top`] is set. Rows are streamed: only the words are copied.
    ///
    /// ```
    /// use rapidvec_vectors::format::Format;
    /// use rapidvec_vectors::{Numbers, Part, SaveOptions, WordVectors};
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("vectors.txt");
    /// let mut vocabulary = rapidvec_core::Vocabulary::new();
    /// [("we", 2), ("you", 9)].map(|(word, count)| vocabulary.insert(word, count));
    /// let vectors = WordVectors::new(vocabulary, 2, Numbers::F32(vec![1.0, 0.0, 0.5, 0.25]))?;
    /// let report = vectors.save(&path, Format::Word2vecText, &SaveOptions::default())?;
    /// assert_eq!(std::fs::read_to_string(&path).unwrap(), "2 2\nyou 0.5 0.25\nwe 1.0 0.0\n");
    /// assert_eq!(report.not_stored, [Part::Counts]);
    /// # Ok::<(), rapidvec_vectors::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`writer`](Self::writer), and as [`atomic_file::write`](rapidvec_core::atomic_file::write).
    pub fn save(&self, path: impl AsRef<Path>, format: Format, options: &SaveOptions) -> Result<SaveReport> {
        let (writer, report) = self.writer(format, options)?;
        writer.write(path.as_ref())?;
        Ok(report)
    }

    /// The writer that [`save`](Self::save) uses, to write to something other than a file.
    ///
    /// [Verifies](Self::verify) the vectors first: what is written from a damaged file would look whole.
    ///
    /// # Errors
    /// As [`verify`](Self::verify);
    /// [`FormatError::NoHalf`] and [`FormatError::Units`] for what the format does not allow,
    /// [`FormatError::Unwritable`] for a word that it cannot hold, [`FormatError::NotFinite`],
    /// [`FormatError::HalfOverflow`].
    pub fn writer(
        &self,
        format: Format,
        options: &SaveOptions,
    ) -> Result<(Box<dyn VectorWriter + '_>, SaveReport), FormatError> {
        if options.half && !format.has_half() {
            return Err(FormatError::NoHalf { format: format.name() });
        }
        self.verify()?;
        let keeps_both = !self.is_flattened(format, options);
        let stored = if keeps_both && format == Format::Safetensors { self.input_rows() } else { self.rows() };
        let half = (options.half || stored.is_half()) && format.has_half();
        let ids = picked(self.vocabulary(), format, options.top);
        let vocabulary = match &ids {
            None => Cow::Borrowed(self.vocabulary()),
            Some(ids) => Cow::Owned(self.vocabulary().of_ids(ids)),
        };
        let report = self.report(format, options, &vocabulary);
        let rows = RowsView::of_rows(stored).pick(ids.clone()).unit(options.normalize);
        let Extras { output, positions, runs, metadata, .. } = self.extras();
        let output = output.as_ref().filter(|_| keeps_both).map(|output| RowsView::of_rows(output).pick(ids.clone()));
        let subwords = self.kept_subwords(options).map(|subwords| SubwordParts::of(subwords, ids.clone()));
        let table = TableView::of(vocabulary, rows).half(half);
        let writer: Box<dyn VectorWriter> = match format {
            Format::Safetensors => Box::new(ModelWriter::new(Contents {
                vocabulary: table.vocabulary,
                input: table.rows,
                output,
                subwords,
                positions: positions.as_ref().map(RowsView::of_rows),
                runs: runs.iter().map(|rows| RowsView::of_rows(rows).pick(ids.clone())).collect(),
                half,
                metadata: if keeps_both { Cow::Borrowed(metadata) } else { Cow::Owned(of_input_rows(metadata)) },
                extra: &[],
            })?),
            Format::FastText => Box::new(FastTextWriter::new(table, subwords, output, metadata)?),
            Format::Word2vecText | Format::Glove => Box::new(TextWriter::new(table, format == Format::Word2vecText)?),
            Format::Word2vecBinary => Box::new(BinaryWriter::new(table)?),
            Format::Npz => Box::new(NpzWriter::new(table)?),
            Format::Pickle => Box::new(PickleWriter::new(table)?),
            Format::Gensim => Box::new(KeyedVectorsWriter::new(table)?),
            Format::Npy => Box::new(NpyWriter::new(table)?),
            _ => return Err(FormatError::NotWritable { format: format.name() }),
        };
        Ok((writer, report))
    }

    /// Whether a copy has joined vectors as its only rows: the format has no place for two matrices, or the sum was scaled.
    fn is_flattened(&self, format: Format, options: &SaveOptions) -> bool {
        self.extras().input.is_some() && (format != Format::Safetensors || options.normalize)
    }

    /// The n-grams that a copy has.
    fn kept_subwords(&self, options: &SaveOptions) -> Option<&Subwords> {
        self.subwords().filter(|_| !options.drop_subwords && !options.normalize)
    }

    fn report(&self, format: Format, options: &SaveOptions, saved: &Vocabulary) -> SaveReport {
        let Extras { output, positions, runs, metadata, has_training_state, .. } = self.extras();
        let fasttext = format == Format::FastText;
        let keeps_subwords = match self.kept_subwords(options) {
            Some(subwords) => format == Format::Safetensors || fasttext && subwords.words().is_some(),
            None => false,
        };
        let (own, counted, was_half) = (format == Format::Safetensors, saved.has_counts(), self.rows().is_half());
        let keeps_output = (own || fasttext) && !self.is_flattened(format, options);
        let not_stored = [
            (Part::TrainingState, *has_training_state),
            (Part::OutputVectors, !keeps_output && output.is_some()),
            (Part::Counts, !own && !fasttext && !matches!(format, Format::Npz | Format::Gensim) && counted),
            (Part::Settings, !own && !fasttext && !metadata.is_empty()),
            (Part::Subwords, self.subwords().is_some() && !keeps_subwords),
            (Part::PositionWeights, !own && positions.is_some()),
            (Part::Runs, !(own || runs.is_empty())),
        ];
        let caveats = [
            (Caveat::Rounded, options.half && !was_half),
            (Caveat::LengthsRounded, was_half && !options.half && options.normalize && format.has_half()),
            (Caveat::NoCounts, (own || fasttext) && !counted),
            (Caveat::OutputNotNormalized, keeps_output && options.normalize && output.is_some()),
        ];
        SaveReport {
            words: saved.len(),
            vector_size: self.vector_size(),
            not_stored: not_stored.into_iter().filter(|(_, lost)| *lost).map(|(part, _)| part).collect(),
            caveats: caveats.into_iter().filter(|(_, holds)| *holds).map(|(caveat, _)| caveat).collect(),
        }
    }
}

/// The metadata of a copy whose vectors are its input rows.
fn of_input_rows(metadata: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut metadata = metadata.clone();
    ModelVectors::default().put_into(&mut metadata);
    metadata
}

/// The words to save, the most frequent first; `None`: all of them, as they are.
fn picked(vocabulary: &Vocabulary, format: Format, top: Option<usize>) -> Option<Vec<WordId>> {
    if top.is_none() && format.has_ids() {
        return None;
    }
    let mut ids = vocabulary.by_descending_count();
    ids.truncate(top.unwrap_or(usize::MAX));
    let all_in_order = ids.len() == vocabulary.len() && ids.is_sorted();
    (!all_in_order).then_some(ids)
}
