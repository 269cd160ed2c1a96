//! What can be done to text before its words are counted.

use serde::{Deserialize, Serialize};

/// The Unicode normalization form of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Normalization {
    /// As they are in the text.
    #[default]
    None,
    /// Composed (NFC): conjoining jamo become syllables, a letter and its accent one character.
    Nfc,
}

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenizerKind {
    /// Text between white space.
    #[default]
    Whitespace,
    /// Words by Unicode's rules (UAX 29) and its dictionaries for Chinese, Japanese, Thai and their neighbours; punctuation
    /// and symbols are dropped. Needs the feature `unicode`.
    Unicode,
}

/// What to do with a line of JSON that lacks the field, or has null in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MissingField {
    /// Reject the text.
    #[default]
    Error,
    /// Skip the line, and count it.
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
    /// Convert letters to lower case, by Unicode's rules but one: `İ` becomes a plain `i`.
    pub lower: bool,
    /// The Unicode normalization form of letters.
    pub normalize: Normalization,
    /// What a word is.
    pub tokenizer: TokenizerKind,
    /// Read JSON Lines: each line is an object, and this field of it is text, or an array of strings: one sentence, of which
    /// each string is one token, with the spaces it has; whole numbers are tokens, too. (The Unicode tokenizer splits tokens too.) Arrays in an array are
    /// sentences. A dot leads into an object within the object (`doc.body`), unless a name has the dot itself. Line ends in
    /// the text end sentences. A field `.` is the whole line: a string, or an array.
    pub field: Option<String>,
    /// What to do with lines that lack the field. Not stored in files if it is the default.
    #[serde(skip_serializing_if = "MissingField::is_error")]
    pub missing_field: MissingField,
    /// Read a table (CSV, TSV): the text is in the column of this name, or number from 1. Not stored in files if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The encoding of the text, if it is not UTF-8: `cp949`, `shift_jis`, `latin1`, `utf-16`, ... Needs the feature `unicode`.
    /// Not stored in files if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
}

impl Preparation {
    /// Whether text is not changed.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}
