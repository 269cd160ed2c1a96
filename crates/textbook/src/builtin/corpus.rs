//! The built-in text, as ids.

use super::{DEFAULT_SEED, text};
use rapidvec::Result;
use rapidvec::corpus::{LineCorpus, LineOptions};
use rapidvec_core::Vocabulary;

const NAME: &str = "builtin";

/// The built-in corpus, called `builtin`: [`text`] of [`DEFAULT_SEED`].
///
/// # Errors
/// If `options` are out of range.
pub fn corpus(options: &LineOptions) -> Result<LineCorpus> {
    LineCorpus::from_text(NAME, &text(DEFAULT_SEED), options)
}

/// The same with the ids of another vocabulary, as [`LineCorpus::read_with`] does.
///
/// # Errors
/// If `options` are out of range, or no word is known.
pub fn corpus_with(options: &LineOptions, vocabulary: &Vocabulary) -> Result<LineCorpus> {
    LineCorpus::from_reader_with(NAME, text(DEFAULT_SEED).as_bytes(), options, vocabulary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corpus_is_the_text_and_can_be_cut() {
        let whole = corpus(&LineOptions::default()).unwrap();
        assert_eq!(whole.name, "builtin");
        assert!(["you", "king", "toyota"].iter().all(|word| whole.vocabulary.id(word).is_some()));
        let start = corpus(&LineOptions { max_tokens: Some(50), ..LineOptions::default() }).unwrap();
        assert_eq!(start.ids, whole.ids[..50]);
        assert_ne!(start.fingerprint(), whole.fingerprint());
    }

    #[test]
    fn with_another_vocabulary_the_ids_are_its_own() {
        let mut other = Vocabulary::new();
        other.add("year");
        let held_out = corpus_with(&LineOptions::default(), &other).unwrap();
        assert!(held_out.ids.iter().all(|&id| id == 0) && held_out.report.unknown_words > 0);
    }
}
