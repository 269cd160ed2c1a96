//! Words with their vectors, whatever file they come from.

use super::format::safetensors::{CHECKED_ON_OPENING, ModelFile};
use super::restrict::Restricted;
use super::search::widened;
use super::storage::{Numbers, Rows};
use super::subwords::Subwords;
use super::{lookup, spelling};
use crate::error::{FormatError, QueryError};
use rapidvec_core::{Vocabulary, WordId};
use std::sync::{Arc, OnceLock};

/// A vocabulary and a vector for each word, ready for questions.
///
/// ```
/// use crate::{Numbers, WordVectors};
/// let mut vocabulary = rapidvec_core::Vocabulary::new();
/// ["you", "we", "car"].map(|word| vocabulary.add(word));
/// let numbers = Numbers::F32(vec![1.0, 0.0, 0.8, 0.6, 0.0, 2.0]); // 3 words x 2 numbers
/// let vectors = WordVectors::new(vocabulary, 2, numbers)?;
/// let nearest = &vectors.most_similar("you", 5)?[0];
/// assert_eq!((nearest.word.as_str(), nearest.similarity), ("we", 0.8));
/// # Ok::<(), rapidvec_vectors::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct WordVectors {
    vocabulary: Vocabulary,
    rows: Rows,
    /// For words that the vocabulary does not have.
    subwords: Option<Subwords>,
    /// 1 / |row|: see [`scan`](super::scan). Empty until the first scan of a large file; shared by clones.
    norms: Arc<OnceLock<Vec<f32>>>,
    /// Whether the words are those of a text in lower case.
    lower: bool,
}

impl WordVectors {
    /// The input vectors of an opened model.
    ///
    /// # Errors
    /// [`FormatError::NotFinite`] if a vector holds NaN or infinity.
    pub fn from_model(model: ModelFile) -> Result<Self, FormatError> {
        let (rows, lower) = (model.input(), lookup::was_lower(&model));
        Ok(Self::from_rows(model.into_vocabulary(), rows)?.with_lower(lower))
    }

    /// Vectors from memory: V words, and V x `vector_size` numbers in the order of the ids.
    ///
    /// # Errors
    /// [`FormatError`] if there are no words, the sizes disagree, or a vector holds NaN or infinity.
    pub fn new(vocabulary: Vocabulary, vector_size: usize, floats: Numbers) -> Result<Self, FormatError> {
        let rows = Rows::new(vocabulary.len(), vector_size, floats)?;
        Self::from_rows(vocabulary, rows)
    }

    /// The same, with vectors also for words that the vocabulary does not have.
    ///
    /// # Errors
    /// [`FormatError::Size`] if the n-gram rows have another vector size.
    pub fn with_subwords(self, subwords: Subwords) -> Result<Self, FormatError> {
        let (expected, got) = (self.vector_size(), subwords.rows().vector_size());
        if expected != got {
            return Err(FormatError::Size { tensor: "a row of the n-grams", expected, got });
        }
        Ok(Self { subwords: Some(subwords), ..self })
    }

    /// The same, of a text in lower case or not.
    pub fn with_lower(self, lower: bool) -> Self {
        Self { lower, ..self }
    }

    fn from_rows(vocabulary: Vocabulary, rows: Rows) -> Result<Self, FormatError> {
        let large = rows.is_mapped() && rows.len().saturating_mul(rows.row_bytes()) > CHECKED_ON_OPENING;
        let vectors = Self::unchecked(vocabulary, rows);
        if !large {
            vectors.check_finite()?;
        }
        Ok(vectors)
    }

    /// Vectors that nobody has looked at yet.
    pub(super) fn unchecked(vocabulary: Vocabulary, rows: Rows) -> Self {
        Self { vocabulary, rows, subwords: None, norms: Arc::default(), lower: false }
    }

    /// Looks at every number: is it one? On opening that is done for all but large mapped files (see
    /// [`CHECKED_ON_OPENING`]), whose first search does it on the way. Quick if it was done before.
    ///
    /// # Errors
    /// [`FormatError::NotFinite`] if a vector holds NaN or infinity; [`FormatError::Unreadable`] if the file was changed.
    pub fn check_finite(&self) -> Result<(), FormatError> {
        Restricted::all(self).settle_norms().map_err(|error| match error {
            QueryError::NotFinite { word, row, got } => FormatError::NotFinite { word, row, got },
            other => FormatError::Unreadable { message: other.to_string() },
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

    /// The n-gram rows that give vectors to unknown words, if the file had any: fastText's.
    pub fn subwords(&self) -> Option<&Subwords> {
        self.subwords.as_ref()
    }

    /// The vector of `word`, if it is known ([`WordVectors::id`]), or its n-grams are ([`WordVectors::subwords`]).
    pub fn vector(&self, word: &str) -> Option<Vec<f32>> {
        match self.id(word) {
            Some(id) => self.vector_by_id(id),
            None => self.vector_of_ngrams(word),
        }
    }

    /// The vector that its n-grams give a word, if the file has them, and they are numbers.
    pub(super) fn vector_of_ngrams(&self, word: &str) -> Option<Vec<f32>> {
        self.subwords.as_ref()?.vector(word).filter(|vector| vector.iter().all(|x| x.is_finite()))
    }

    /// The vector of the word with this id, if there is one.
    pub fn vector_by_id(&self, id: WordId) -> Option<Vec<f32>> {
        self.rows.row(id as usize)
    }

    /// Whether the words are those of a text in lower case.
    pub(super) fn is_lower(&self) -> bool {
        self.lower
    }

    pub(super) fn norms(&self) -> &OnceLock<Vec<f32>> {
        &self.norms
    }

    /// The vector to ask with for `word`, known or made of n-grams, or an error that offers near spellings.
    pub(super) fn vector_of(&self, word: &str) -> Result<Vec<f64>, QueryError> {
        match self.id(word) {
            Some(id) => self.finite(id),
            None => self.vector(word).map(|vector| widened(&vector)).ok_or_else(|| self.unknown(word)),
        }
    }

    /// The ids of those of `words` that are known: what an answer leaves out.
    pub(super) fn ids_of(&self, words: &[&str]) -> Vec<WordId> {
        words.iter().filter_map(|word| self.id(word)).collect()
    }

    fn unknown(&self, word: &str) -> QueryError {
        QueryError::UnknownWord { word: word.to_owned(), similar: spelling::near(&self.vocabulary, word) }
    }
}
