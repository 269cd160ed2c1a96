//! Text is prepared before its words are counted: a field of JSON Lines, composed letters, lower case, words by Unicode.
//!
//! The steps run in this order: field, lower case, NFC, tokenizer; what is not asked for is left out, and by default words
//! stay as they are written. (NFC comes behind lower case, since lower case can take it apart again: `J` with a caron has no
//! composed form, `ǰ` has.) What comes out is text again: its words stand between white space, its lines are the sentences.
//!
//! Blocks of whole lines are prepared independently of each other, by any number of threads. Where no line ends for a long
//! time, [`Preparation::cut`] cuts at white space, which changes no word; only JSON has to have its lines whole, at most
//! [`MAX_LINE_BYTES`] each.

mod json_lines;
mod letters;
mod segment;

use super::read::LineReport;
use crate::config::ConfigError;
use crate::corpus::CorpusError;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// The longest line of JSON, in bytes. It stays in memory while it is read.
pub(super) const MAX_LINE_BYTES: usize = 64 << 20;

/// Into which form of Unicode letters are brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Normalization {
    /// They stay as they are written.
    #[default]
    None,
    /// Composed (NFC): conjoining jamo become syllables, a letter and its accent one character.
    Nfc,
}

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenizerKind {
    /// What stands between white space.
    #[default]
    Whitespace,
    /// What Unicode's rules for words (UAX 29) and its dictionaries for Chinese, Japanese, Thai and their neighbours take
    /// for words; punctuation and symbols are left out. Needs the feature `unicode`.
    Unicode,
}

/// What is done with a line of JSON that has not the field, or nothing (null) in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MissingField {
    /// The text is refused.
    #[default]
    Error,
    /// The line is left out, and counted.
    Skip,
}

impl MissingField {
    fn is_error(&self) -> bool {
        *self == Self::Error
    }
}

/// What is done to text before its words are counted. By default nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Preparation {
    /// Put letters in lower case, by Unicode's rules.
    pub lower: bool,
    /// Into which form of Unicode letters are brought.
    pub normalize: Normalization,
    /// What a word is.
    pub tokenizer: TokenizerKind,
    /// Read JSON Lines: each line is an object, and this field of it is text, or an array of texts. A dot leads into an
    /// object within the object (`doc.body`), unless a name has the dot itself. Line ends in the text end sentences.
    pub field: Option<String>,
    /// What is done with lines that have not that field. Left out of files where it is the default, as in those of before
    /// there was a choice.
    #[serde(skip_serializing_if = "MissingField::is_error")]
    pub missing_field: MissingField,
}

impl Preparation {
    /// Whether text stays as it is.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Checks that it can be done.
    pub(super) fn validate(&self) -> Result<()> {
        if self.field.as_ref().is_some_and(String::is_empty) {
            return Err(ConfigError::OutOfRange { name: "field", expected: "a name", got: "nothing".into() }.into());
        }
        if self.tokenizer == TokenizerKind::Unicode && !segment::IS_HERE {
            return Err(CorpusError::NoUnicode.into());
        }
        Ok(())
    }

    /// How much of `text` can be prepared on its own: up to the last line end, or, where no line ends, up to the last white
    /// space, or else up to the last whole character. 0: more is needed first (always so for JSON within a line).
    ///
    /// `text` is the start of a text, or of what an earlier cut left over, and more may follow it. So a `\r` at its end is
    /// not taken for a line end: a `\n` may come.
    pub(super) fn cut(&self, text: &[u8]) -> usize {
        if self.field.is_some() {
            return text.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
        }
        let ends =
            |at: &usize| text[*at] == b'\n' || text[*at] == b'\r' && text.get(at + 1).is_some_and(|&b| b != b'\n');
        let line_end = (0..text.len()).rev().find(ends);
        let space = || text.iter().rposition(|&byte| matches!(byte, b' ' | b'\t'));
        line_end.or_else(space).map_or_else(|| text.len() - unfinished(text), |last| last + 1)
    }

    /// What does it, for one thread.
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

/// Bytes at the end that are the start of a character.
fn unfinished(text: &[u8]) -> usize {
    let tail = &text[text.len().saturating_sub(3)..];
    let lead = tail.iter().rposition(|&byte| byte >= 0xc0);
    lead.map_or(0, |at| {
        let (have, need) = (
            tail.len() - at,
            match tail[at] {
                0xf0.. => 4,
                0xe0.. => 3,
                _ => 2,
            },
        );
        if have < need { have } else { 0 }
    })
}

/// Prepares text: one for each thread, since it keeps its memory.
pub(super) struct Worker {
    preparation: Preparation,
    segmenter: segment::Segmenter,
    /// What the last step made.
    front: String,
    /// What the next one makes.
    back: String,
}

impl Worker {
    /// Prepares `lines`: whole lines of the source called `name`, or a part that [`Preparation::cut`] gave. `first_line`
    /// is the number of the first, from 1, for messages.
    ///
    /// What is left out is counted in `report`.
    ///
    /// # Errors
    /// [`CorpusError::Json`] and [`CorpusError::NoField`], with the line.
    pub fn prepare<'a>(
        &'a mut self,
        lines: &'a str,
        name: &str,
        first_line: u64,
        report: &mut LineReport,
    ) -> Result<&'a str, CorpusError> {
        let mut made = false;
        if let Some(field) = &self.preparation.field {
            self.front.clear();
            let missing =
                json_lines::Missing { policy: self.preparation.missing_field, seen: &mut report.missing_fields };
            json_lines::texts(lines, field, name, first_line, &mut self.front, missing)?;
            made = true;
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
        Ok(if made { &self.front } else { lines })
    }

    /// One step: `make` says whether it wrote the text anew, or left it as it was.
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
#[path = "prepare/tests.rs"]
mod tests;
