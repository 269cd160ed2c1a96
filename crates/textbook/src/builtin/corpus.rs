//! The built-in text, as ids.

use super::{DEFAULT_SEED, text};
use rapidvec::Result;
use rapidvec::corpus::{Corpus, CorpusOptions};

const NAME: &str = "builtin";

/// The built-in corpus, called `builtin`: [`text`] of [`DEFAULT_SEED`].
///
/// # Errors
/// If `options` are out of range, or no word is in their vocabulary.
pub fn corpus(options: &CorpusOptions) -> Result<Corpus> {
    Corpus::from_text(NAME, &text(DEFAULT_SEED), options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec::Vocabulary;
    use std::sync::Arc;

    #[test]
    fn the_corpus_is_the_text_and_can_be_cut() {
        let whole = corpus(&CorpusOptions::textbook()).unwrap();
        assert_eq!(whole.name(), "builtin");
        assert!(["you", "king", "toyota"].iter().all(|word| whole.vocabulary().id(word).is_some()));
        let start = corpus(&CorpusOptions::textbook().max_tokens(50)).unwrap();
        assert_eq!(start.ids().to_vec(), whole.ids().to_vec()[..50]);
        assert_ne!(start.fingerprint(), whole.fingerprint());
    }

    #[test]
    fn with_another_vocabulary_the_ids_are_its_own() {
        let mut other = Vocabulary::new();
        other.add("year");
        let held_out = corpus(&CorpusOptions::textbook().vocabulary(Arc::new(other))).unwrap();
        assert!(held_out.ids().iter().all(|id| id == 0) && held_out.report().unknown_words > 0);
    }
}
