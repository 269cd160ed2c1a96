//! Finds a word in a vocabulary.
//!
//! It is looked up first as written; then in Unicode's other form, composed (NFC) or decomposed (NFD), which looks the same on
//! a screen; then, if the model was trained on lower-case text, in lower case. A word found as written is never replaced.

use super::format::safetensors::ModelFile;
use rapidvec_core::{Vocabulary, WordId};
use unicode_normalization::UnicodeNormalization;

/// The id of `word`, in lower case too if `lower` says so.
pub fn find(words: &Vocabulary, word: &str, lower: bool) -> Option<WordId> {
    let in_lower = || lower.then(|| rapidvec_core::to_lowercase(word)).and_then(|word| in_either_form(words, &word));
    in_either_form(words, word).or_else(in_lower)
}

/// The word as it is written, composed or decomposed.
fn in_either_form(words: &Vocabulary, word: &str) -> Option<WordId> {
    let find = |letters: String| words.id(&letters);
    let other_form =
        || if word.is_ascii() { None } else { find(word.nfc().collect()).or_else(|| find(word.nfd().collect())) };
    words.id(word).or_else(other_form)
}

/// Whether the model was trained on lower-case text.
pub fn was_lower(model: &ModelFile) -> bool {
    model.metadata().get("lowercase").is_some_and(|text| text == "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(words: &[&str], word: &str, lower: bool) -> Option<WordId> {
        let mut vocabulary = Vocabulary::new();
        words.iter().for_each(|word| assert!(vocabulary.insert(word, 1).is_some()));
        find(&vocabulary, word, lower)
    }

    #[test]
    fn a_word_is_found_in_either_form_and_as_written_first() {
        let decomposed: String = "한국".nfd().collect();
        assert_eq!(id(&["한국"], &decomposed, false), Some(0));
        assert_eq!(id(&[&decomposed], "한국", false), Some(0));
        assert_eq!(id(&["한국", &decomposed], &decomposed, false), Some(1));
        assert_eq!(id(&["한국"], "한글", false), None);
    }

    #[test]
    fn lower_case_helps_only_if_the_text_was_lower_case() {
        assert_eq!(id(&["king"], "King", true), Some(0));
        assert_eq!(id(&["king"], "King", false), None);
        assert_eq!(id(&["king", "King"], "King", true), Some(1));
        assert_eq!(id(&["café"], "CAFE\u{301}", true), Some(0));
    }
}
