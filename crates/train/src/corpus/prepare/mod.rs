//! Prepares text before its words are counted: a field of JSON Lines, composed letters, lower case, words by Unicode's rules.
//!
//! The steps run in this order: field, lower case, NFC, tokenizer; by default none of them runs and words stay as they are
//! spelled. (NFC follows lower case, since lower case can decompose again: `J` with a caron has no composed form, `ǰ` has.)
//! The result is text again: its words are separated by white space, its lines are the sentences.
//!
//! Blocks are prepared independently, by any number of threads. Very long lines are cut at white space, which changes no
//! word; only lines of JSON have to stay whole, at most [`MAX_LINE_BYTES`] each.

mod json_lines;
mod letters;
mod options;
mod segment;
mod tokens;

pub use options::{MissingField, Normalization, Preparation, TokenizerKind};
pub(super) use tokens::Tokens;

use super::error::CorpusError;
use super::report::CorpusReport;
use crate::config::ConfigError;
use crate::error::Result;

/// The longest line of JSON, in bytes. It stays in memory while it is read.
pub(super) const MAX_LINE_BYTES: usize = 64 << 20;

impl Preparation {
    /// Checks that this build can do it.
    pub(super) fn validate(&self) -> Result<()> {
        if self.field.as_ref().is_some_and(String::is_empty) {
            return Err(ConfigError::OutOfRange { name: "field", expected: "a name", got: "nothing".into() }.into());
        }
        if let (Some(_), Some(column)) = (&self.field, &self.column) {
            let (expected, got) = ("none beside a field of JSON", column.clone());
            return Err(ConfigError::OutOfRange { name: "column", expected, got }.into());
        }
        if self.tokenizer == TokenizerKind::Unicode && !segment::IS_HERE {
            return Err(CorpusError::NoUnicode.into());
        }
        Ok(())
    }

    /// The worker of one thread.
    ///
    /// # Errors
    /// As [`validate`](Self::validate).
    pub(super) fn worker(&self) -> Result<Worker> {
        self.validate()?;
        Ok(Worker {
            preparation: self.clone(),
            segmenter: segment::Segmenter::new(),
            front: String::new(),
            back: String::new(),
        })
    }
}

/// Prepared text.
#[derive(Debug, PartialEq)]
pub(super) struct Prepared<'a> {
    /// The text; if there is an error, that of the lines before it.
    pub text: &'a str,
    /// It has tokens with [`INNER_SPACE`](super::encoder::INNER_SPACE).
    pub has_inner_spaces: bool,
    /// The error that ended it: [`CorpusError::Json`] or [`CorpusError::NoField`], with the line.
    pub fault: Option<CorpusError>,
}

/// Prepares text. Each thread has one, since it reuses its memory.
pub(super) struct Worker {
    preparation: Preparation,
    segmenter: segment::Segmenter,
    /// The result of the last step.
    front: String,
    /// The result of the next one.
    back: String,
}

impl Worker {
    /// Prepares `lines` of the source called `name`; for JSON they are whole. `first_line` is the number of the first, from 1,
    /// for messages. Drops are counted in `report`.
    pub fn prepare<'a>(
        &'a mut self,
        lines: &'a str,
        name: &str,
        first_line: u64,
        report: &mut CorpusReport,
    ) -> Prepared<'a> {
        let (mut made, mut has_inner_spaces, mut fault) = (false, false, None);
        if let Some(field) = &self.preparation.field {
            self.front.clear();
            let mut texts = Tokens {
                inner_space: tokens::inner_space(self.preparation.tokenizer),
                out: &mut self.front,
                has_inner_spaces: false,
                empty_tokens: &mut report.empty_tokens,
            };
            let (missing, seen) = (self.preparation.missing_field, &mut report.missing_fields);
            fault = json_lines::read(lines, field, name, first_line, &mut texts, missing, seen).err();
            (made, has_inner_spaces) = (true, texts.has_inner_spaces);
        }
        if self.preparation.lower {
            made = self.step(lines, made, letters::lower);
        }
        if self.preparation.normalize == Normalization::Nfc {
            made = self.step(lines, made, letters::compose);
        }
        if self.preparation.tokenizer == TokenizerKind::Unicode {
            let segmenter = self.segmenter;
            made = self.step(lines, made, |text, out| segmenter.words(text, out, report));
        }
        Prepared { text: if made { &self.front } else { lines }, has_inner_spaces, fault }
    }

    /// One step: `make` returns whether it wrote changed text.
    fn step(&mut self, lines: &str, made: bool, make: impl FnOnce(&str, &mut String) -> bool) -> bool {
        let Self { front, back, .. } = self;
        back.clear();
        let changed = make(if made { front } else { lines }, back);
        if changed {
            std::mem::swap(front, back);
        }
        made || changed
    }
}

#[cfg(test)]
mod tests;
