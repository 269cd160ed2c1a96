//! Words with their vectors, whatever file they come from.
#![forbid(unsafe_code)]

use super::format::pickle::{self, TextbookVectors};
use super::format::safetensors::{CHECKED_ON_OPENING, ModelFile};
use super::format::{Format, recognise};
use super::mapped::Bytes;
use super::restrict::Restricted;
use super::spelling;
use super::storage::{Floats, Rows};
use crate::error::{FormatError, QueryError, Result};
use crate::words::{Vocabulary, WordId};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// A vocabulary and a vector for each word, ready for questions.
///
/// ```
/// use quickvec::vectors::{Floats, WordVectors};
/// let mut vocabulary = quickvec::Vocabulary::new();
/// ["you", "we", "car"].map(|word| vocabulary.add(word));
/// let numbers = Floats::F32(vec![1.0, 0.0, 0.8, 0.6, 0.0, 2.0]); // 3 words x 2 numbers
/// let vectors = WordVectors::new(vocabulary, 2, numbers)?;
/// let nearest = &vectors.most_similar("you", 5)?[0];
/// assert_eq!((nearest.word.as_str(), nearest.similarity), ("we", 0.8));
/// # Ok::<(), quickvec::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct WordVectors {
    vocabulary: Vocabulary,
    rows: Rows,
    /// 1 / |row|: see [`scan`](super::scan). Empty until the first scan of a large file; shared by clones.
    norms: Arc<OnceLock<Vec<f32>>>,
}

impl WordVectors {
    /// Opens a file of word vectors; its format is recognised by content.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) if the file cannot be read; [`FormatError`] or
    /// [`PickleError`](crate::error::PickleError) if it is no whole file of a known format, or a vector is not finite.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let bytes = Bytes::map(path.as_ref())?;
        Ok(match recognise(&bytes)? {
            Format::Safetensors => Self::from_model(ModelFile::from_shared(Arc::new(bytes))?)?,
            Format::Pickle => {
                let TextbookVectors { vocabulary, vector_size, vectors } = pickle::read(&bytes)?;
                Self::new(vocabulary, vector_size, vectors)?
            }
        })
    }

    /// The input vectors of an opened model.
    ///
    /// # Errors
    /// [`FormatError::NotFinite`] if a vector holds NaN or infinity.
    pub fn from_model(model: ModelFile) -> Result<Self, FormatError> {
        let rows = model.input();
        Self::from_rows(model.into_vocabulary(), rows)
    }

    /// Vectors from memory: V words, and V x `vector_size` numbers in the order of the ids.
    ///
    /// # Errors
    /// [`FormatError`] if there are no words, the sizes disagree, or a vector holds NaN or infinity.
    pub fn new(vocabulary: Vocabulary, vector_size: usize, floats: Floats) -> Result<Self, FormatError> {
        let rows = Rows::new(vocabulary.len(), vector_size, floats)?;
        Self::from_rows(vocabulary, rows)
    }

    fn from_rows(vocabulary: Vocabulary, rows: Rows) -> Result<Self, FormatError> {
        let large = rows.is_mapped() && rows.len().saturating_mul(rows.row_bytes()) > CHECKED_ON_OPENING;
        let vectors = Self { vocabulary, rows, norms: Arc::default() };
        if !large {
            vectors.check_finite()?;
        }
        Ok(vectors)
    }

    /// Looks at every number: is it one? On opening that is done for all but large mapped files (see
    /// [`CHECKED_ON_OPENING`]), whose first search does it on the way. Quick if it was done before.
    ///
    /// # Errors
    /// [`FormatError::NotFinite`] if a vector holds NaN or infinity.
    pub fn check_finite(&self) -> Result<(), FormatError> {
        Restricted::all(self).settle_norms().map_err(|error| match error {
            QueryError::NotFinite { word, row, got } => FormatError::NotFinite { word, row, got },
            other => unreachable!("a scan fails for numbers that are none only: {other}"),
        })
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none; never so, since files without words are refused.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Numbers per word.
    pub fn vector_size(&self) -> usize {
        self.rows.vector_size()
    }

    /// The words, their ids and counts.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The vectors as they are stored, V x D.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The vector of `word`, if it is known.
    pub fn vector(&self, word: &str) -> Option<Vec<f32>> {
        self.vector_by_id(self.vocabulary.id(word)?)
    }

    /// The vector of the word with this id, if there is one.
    pub fn vector_by_id(&self, id: WordId) -> Option<Vec<f32>> {
        self.rows.row(id as usize)
    }

    pub(super) fn norms(&self) -> &OnceLock<Vec<f32>> {
        &self.norms
    }

    /// The id of `word`, or an error that offers near spellings.
    pub(super) fn known(&self, word: &str) -> Result<WordId, QueryError> {
        self.vocabulary.id(word).ok_or_else(|| QueryError::UnknownWord {
            word: word.to_owned(),
            similar: spelling::near(&self.vocabulary, word),
        })
    }
}
