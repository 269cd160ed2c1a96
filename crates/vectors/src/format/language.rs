//! The labels of ConceptNet Numberbatch, which name the language of a word: `/c/en/king`.

use super::{OpenOptions, OpenReport, table_builder::lossy};
use crate::error::FormatError;
use crate::{Numbers, WordVectors};
use rapidvec_core::{Vocabulary, WordId};

/// What the words of the language of `options` begin with, if only those are to be read.
pub(super) fn label(options: &OpenOptions) -> Option<String> {
    options.language.as_ref().map(|language| format!("/c/{language}/"))
}

/// The error for words none of which begins with `label`.
pub(super) fn missing(label: &str, first: &[u8]) -> FormatError {
    FormatError::NoLanguage { expected: label.to_owned(), got: lossy(first) }
}

/// The words of the language of `options` without their labels; all words if it names none.
pub(crate) fn only(
    vectors: WordVectors,
    options: &OpenOptions,
    report: &mut OpenReport,
) -> Result<WordVectors, FormatError> {
    let Some(label) = label(options) else { return Ok(vectors) };
    let words = vectors.vocabulary();
    let (mut kept, mut numbers) = (Vocabulary::new(), Vec::new());
    for id in 0..vectors.len() as WordId {
        match words.word(id).strip_prefix(&label) {
            Some(word) if kept.insert(word, words.count(id)).is_some() => {
                vectors.rows().push_row(id as usize, &mut numbers)
            }
            Some(_) => report.duplicates += 1,
            None => report.other_languages += 1,
        }
    }
    if kept.is_empty() {
        return Err(missing(&label, words.word(0).as_bytes()));
    }
    WordVectors::new(kept, vectors.vector_size(), Numbers::F32(numbers))
}
