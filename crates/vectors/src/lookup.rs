//! Which word of the vocabulary is meant?
//!
//! The one that is written so. Where there is none: the same letters in Unicode's other spelling, composed (NFC) or decomposed
//! (NFD), which nobody sees on a screen; then, if the model tells that its text was put in lower case, the word in lower case. A
//! word that is there as it is written is never taken for another.

use super::format::safetensors::ModelFile;
use super::word_vectors::WordVectors;
use rapidvec_core::{Vocabulary, WordId};
use unicode_normalization::UnicodeNormalization;

impl WordVectors {
    /// The id of `word`: as it is written, or else in Unicode's other spelling, or else in lower case if the model's text was
    /// read so.
    ///
    /// ```
    /// # use rapidvec_vectors::{Numbers, WordVectors};
    /// let mut vocabulary = rapidvec_core::Vocabulary::new();
    /// let cafe = vocabulary.add("café");
    /// let vectors = WordVectors::new(vocabulary, 1, Numbers::F32(vec![1.0]))?;
    /// assert_eq!(vectors.id("cafe\u{301}"), Some(cafe)); // an e, and an accent of its own
    /// assert_eq!(vectors.id("Café"), None);
    /// # Ok::<(), rapidvec_vectors::Error>(())
    /// ```
    pub fn id(&self, word: &str) -> Option<WordId> {
        let words = self.vocabulary();
        let lower = || self.is_lower().then(|| word.to_lowercase()).and_then(|word| respelt(words, &word));
        respelt(words, word).or_else(lower)
    }
}

/// The word as it is written, composed or decomposed.
fn respelt(words: &Vocabulary, word: &str) -> Option<WordId> {
    let other = |letters: String| words.id(&letters);
    let spelt =
        || if word.is_ascii() { None } else { other(word.nfc().collect()).or_else(|| other(word.nfd().collect())) };
    words.id(word).or_else(spelt)
}

/// Whether the model was learned from text in lower case.
pub(super) fn was_lower(model: &ModelFile) -> bool {
    model.metadata().get("lowercase").is_some_and(|text| text == "true")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Numbers;

    fn vectors(words: &[&str], lower: bool) -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        words.iter().for_each(|word| assert!(vocabulary.insert(word, 1).is_some()));
        let numbers = Numbers::F32(vec![1.0; words.len()]);
        WordVectors::new(vocabulary, 1, numbers).unwrap().with_lower(lower)
    }

    #[test]
    fn a_word_is_found_in_either_spelling_and_as_written_first() {
        let decomposed: String = "한국".nfd().collect();
        assert_eq!(vectors(&["한국"], false).id(&decomposed), Some(0));
        assert_eq!(vectors(&[&decomposed], false).id("한국"), Some(0));
        assert_eq!(vectors(&["한국", &decomposed], false).id(&decomposed), Some(1));
        assert_eq!(vectors(&["한국"], false).id("한글"), None);
    }

    #[test]
    fn lower_case_helps_only_where_the_text_was_in_lower_case() {
        assert_eq!(vectors(&["king"], true).id("King"), Some(0));
        assert_eq!(vectors(&["king"], false).id("King"), None);
        assert_eq!(vectors(&["king", "King"], true).id("King"), Some(1));
        assert_eq!(vectors(&["café"], true).id("CAFE\u{301}"), Some(0));
    }
}
