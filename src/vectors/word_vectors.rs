//! Words with their vectors, whatever file they come from.
#![forbid(unsafe_code)]

use super::format::safetensors::ModelFile;
use super::search::in_parallel;
use super::spelling;
use super::storage::{Floats, Rows};
use super::subwords::Subwords;
use crate::error::{FormatError, QueryError};
use crate::words::{Vocabulary, WordId};

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
    /// 1 / |row|, 0 for a zero vector: that makes every cosine with it 0. In f64, where no finite row overflows.
    inverse_norms: Vec<f64>,
    /// For words that the vocabulary does not have.
    subwords: Option<Subwords>,
}

impl WordVectors {
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

    fn from_rows(vocabulary: Vocabulary, rows: Rows) -> Result<Self, FormatError> {
        match inverse_norms(&rows) {
            Ok(inverse_norms) => Ok(Self { vocabulary, rows, inverse_norms, subwords: None }),
            Err((row, got)) => {
                let word = vocabulary.word(row as WordId).to_owned();
                Err(FormatError::NotFinite { word, row, got })
            }
        }
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

    /// The vector of `word`, if it is known, or its n-grams are ([`WordVectors::subwords`]).
    pub fn vector(&self, word: &str) -> Option<Vec<f32>> {
        match self.vocabulary.id(word) {
            Some(id) => self.vector_by_id(id),
            None => self.subwords.as_ref()?.vector(word).filter(|vector| vector.iter().all(|x| x.is_finite())),
        }
    }

    /// The vector of the word with this id, if there is one.
    pub fn vector_by_id(&self, id: WordId) -> Option<Vec<f32>> {
        self.rows.row(id as usize)
    }

    pub(super) fn inverse_norm(&self, id: usize) -> f64 {
        self.inverse_norms[id]
    }

    /// The vector to ask with for `word`, known or made of n-grams, or an error that offers near spellings.
    pub(super) fn vector_of(&self, word: &str) -> Result<Vec<f32>, QueryError> {
        self.vector(word).ok_or_else(|| self.unknown(word))
    }

    /// The ids of those of `words` that are known: what an answer leaves out.
    pub(super) fn ids_of(&self, words: &[&str]) -> Vec<WordId> {
        words.iter().filter_map(|word| self.vocabulary.id(word)).collect()
    }

    fn unknown(&self, word: &str) -> QueryError {
        QueryError::UnknownWord { word: word.to_owned(), similar: spelling::near(&self.vocabulary, word) }
    }
}

/// Or the first row that is not finite, and the number in it.
fn inverse_norms(rows: &Rows) -> Result<Vec<f64>, (usize, f32)> {
    let shares = in_parallel(rows, |range| {
        let mut inverse = Vec::with_capacity(range.len());
        let mut bad = None;
        rows.for_each(range, |id, row| {
            let norm = norm(row);
            inverse.push(if norm > 0.0 { 1.0 / norm } else { 0.0 });
            if !norm.is_finite() && bad.is_none() {
                bad = row.iter().find(|x| !x.is_finite()).map(|&x| (id, x));
            }
        });
        bad.map_or(Ok(inverse), Err)
    });
    let shares = shares.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(shares.concat())
}

/// Length of a vector. Finite for every finite f32 row, since squares up to 1e77 fit f64.
fn norm(row: &[f32]) -> f64 {
    let mut sums = [0.0; 8]; // apart, so that the additions need not wait for each other
    let (chunks, rest) = row.as_chunks::<8>();
    for chunk in chunks {
        sums.iter_mut().zip(chunk).for_each(|(sum, &x)| *sum += f64::from(x) * f64::from(x));
    }
    let rest: f64 = rest.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    (sums.iter().sum::<f64>() + rest).sqrt()
}
