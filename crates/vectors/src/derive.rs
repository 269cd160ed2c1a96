//! Other vectors from those of a file: some of the words, two files in one.

use crate::Numbers;
use crate::error::FormatError;
use crate::word_vectors::WordVectors;
use rapidvec_core::Vocabulary;

/// What the vector of a word becomes that two files have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Join {
    /// That of the second file.
    #[default]
    Second,
    /// The mean of both.
    Mean,
}

impl WordVectors {
    /// The vectors of `words`, in this order; those of words that are not in the vocabulary are made from n-grams, if the file
    /// has any. Also returns the places of words without a vector, and of those that occurred before.
    ///
    /// # Errors
    /// [`FormatError::Empty`] if none of them has a vector.
    pub fn of_words(&self, words: &[&str]) -> Result<(Self, Vec<usize>), FormatError> {
        let (mut vocabulary, mut numbers, mut missing) = (Vocabulary::new(), Vec::new(), Vec::new());
        for (place, word) in words.iter().enumerate() {
            let id = self.vocabulary().id(word).or_else(|| self.id(word));
            let vector = match id {
                Some(id) => self.vector_by_id(id),
                None => self.vector_of_ngrams(word),
            };
            let count = id.map_or(0, |id| self.vocabulary().count(id));
            match vector {
                Some(vector) if vocabulary.insert(word, count).is_some() => numbers.extend(vector),
                _ => missing.push(place),
            }
        }
        Ok((Self::new(vocabulary, self.vector_size(), Numbers::F32(numbers))?, missing))
    }

    /// The words of both files: those of this one first, then those that only `other` has.
    ///
    /// # Errors
    /// [`FormatError::Size`] if the vector sizes differ.
    pub fn joined(&self, other: &Self, join: Join) -> Result<Self, FormatError> {
        let (expected, got) = (self.vector_size(), other.vector_size());
        if expected != got {
            return Err(FormatError::Size { tensor: "a vector of the other file", expected, got });
        }
        let mut vocabulary = Vocabulary::new();
        let mut numbers = Vec::with_capacity((self.len() + other.len()) * expected);
        self.rows().for_each(0..self.len(), |id, row| {
            let id = id as u32; // ids are 32 bits
            let word = self.vocabulary().word(id);
            let twin = other.vocabulary().id(word);
            let count = twin.map_or(0, |twin| other.vocabulary().count(twin));
            vocabulary.insert(word, self.vocabulary().count(id).saturating_add(count));
            match (twin.and_then(|twin| other.vector_by_id(twin)), join) {
                (None, _) => numbers.extend_from_slice(row),
                (Some(vector), Join::Second) => numbers.extend(vector),
                (Some(vector), Join::Mean) => numbers.extend(row.iter().zip(vector).map(|(a, b)| (a + b) / 2.0)),
            }
        });
        other.rows().for_each(0..other.len(), |id, row| {
            let id = id as u32;
            if vocabulary.insert(other.vocabulary().word(id), other.vocabulary().count(id)).is_some() {
                numbers.extend_from_slice(row);
            }
        });
        Self::new(vocabulary, expected, Numbers::F32(numbers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors(words: &[(&str, u64)]) -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        words.iter().for_each(|(word, count)| assert!(vocabulary.insert(word, *count).is_some()));
        let numbers = (0..2 * words.len()).map(|i| (10 * words.len() + i) as f32).collect();
        WordVectors::new(vocabulary, 2, Numbers::F32(numbers)).unwrap()
    }

    #[test]
    fn chosen_words_come_in_the_order_asked_for() {
        let all = vectors(&[("a", 9), ("b", 5), ("c", 2)]);
        let (some, missing) = all.of_words(&["c", "x", "a", "c"]).unwrap();
        assert_eq!(some.vocabulary().words().collect::<Vec<_>>(), ["c", "a"]);
        assert_eq!((some.vocabulary().counts(), some.rows().to_f32()), (&[2, 9][..], vec![34.0, 35.0, 30.0, 31.0]));
        assert_eq!(missing, [1, 3]);
        assert!(matches!(all.of_words(&["x"]), Err(FormatError::Empty { words: 0, .. })));
    }

    #[test]
    fn two_files_become_one() {
        let (one, two) = (vectors(&[("a", 9), ("b", 5)]), vectors(&[("b", 1), ("c", 2), ("d", 3)]));
        let joined = one.joined(&two, Join::Second).unwrap();
        assert_eq!(joined.vocabulary().words().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        assert_eq!(joined.vocabulary().counts(), [9, 6, 2, 3]);
        assert_eq!(joined.vector("b").unwrap(), [30.0, 31.0]);
        assert_eq!(one.joined(&two, Join::Mean).unwrap().vector("b").unwrap(), [26.0, 27.0]);
        let narrow = WordVectors::new(one.vocabulary().clone(), 1, Numbers::F32(vec![1.0, 2.0])).unwrap();
        assert!(matches!(one.joined(&narrow, Join::Mean), Err(FormatError::Size { expected: 2, got: 1, .. })));
    }
}
