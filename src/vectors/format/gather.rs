//! Which rows of a file are kept, and under which word.
//!
//! One rule for formats whose words and rows lie apart: a word that comes again is left out, as is one that is no UTF-8
//! or whose vector is not finite where the options say so; the report counts each.
#![forbid(unsafe_code)]

use super::{InvalidWord, OpenOptions, OpenReport};
use crate::error::FormatError;
use crate::words::Vocabulary;
use std::borrow::Cow;

/// Takes words one after the other.
pub(super) struct Gather<'a> {
    options: &'a OpenOptions,
    report: &'a mut OpenReport,
    vocabulary: Vocabulary,
}

impl<'a> Gather<'a> {
    pub(super) fn new(options: &'a OpenOptions, report: &'a mut OpenReport) -> Self {
        Self { options, report, vocabulary: Vocabulary::new() }
    }

    /// Refuses the first row that is not finite, unless such rows are left out. `word` tells whose it is.
    pub(super) fn refuse_not_finite<'r>(
        &self,
        mut rows: impl Iterator<Item = &'r [f32]>,
        word: impl Fn(usize) -> &'r [u8],
    ) -> Result<(), FormatError> {
        if self.options.allow_nan {
            return Ok(());
        }
        let first = rows
            .by_ref()
            .enumerate()
            .find_map(|(row, numbers)| numbers.iter().find(|x| !x.is_finite()).map(|&got| (row, got)));
        match first {
            Some((row, got)) => {
                Err(FormatError::NotFinite { word: String::from_utf8_lossy(word(row)).into_owned(), row, got })
            }
            None => Ok(()),
        }
    }

    /// The new place of the row that belongs to `word`, or `None` if it is left out.
    pub(super) fn keep(&mut self, word: &[u8], count: u64, finite: bool) -> Option<usize> {
        if !finite {
            self.report.not_finite += 1;
            return None;
        }
        let word = String::from_utf8_lossy(word);
        // Only bytes that had to be replaced make a new text.
        if let Cow::Owned(_) = word {
            self.report.invalid_words += 1;
            if self.options.invalid_word == InvalidWord::Skip {
                return None;
            }
        }
        let place = self.vocabulary.insert(&word, count);
        self.report.duplicates += u64::from(place.is_none());
        self.report.empty_words += u64::from(place.is_some() && word.is_empty());
        place.map(|place| place as usize)
    }

    /// The words that were kept.
    ///
    /// # Errors
    /// [`FormatError::Empty`] if none was.
    pub(super) fn finish(self, vector_size: usize) -> Result<Vocabulary, FormatError> {
        if self.vocabulary.is_empty() {
            return Err(FormatError::Empty { words: 0, vector_size });
        }
        Ok(self.vocabulary)
    }
}
