//! Files that are compressed by their extension, and what words a format can hold.

use crate::error::{FormatError, Result};
use rapidvec_core::Vocabulary;
use rapidvec_core::atomic_file::{self, Existing};
use rapidvec_core::compress::Compression;
use std::io::{self, Write};
use std::path::Path;

/// Creates the file at `path` from what `write` writes, compressed if the extension is `.gz`, `.bz2`, `.zst` or `.xz`.
///
/// # Errors
/// As [`atomic_file::write`].
pub fn write<T>(path: &Path, existing: Existing, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> Result<T> {
    Ok(match Compression::of_ending(path) {
        Some(compression) => atomic_file::write(path, existing, |out| compression.write(out, write)),
        None => atomic_file::write(path, existing, write),
    }?)
}

/// The words that a format can hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Holds {
    /// Text: no white space that readers split at.
    TextWords,
    /// A list with a word in each line, which may have spaces.
    Lines,
    /// Binary: a space ends the word; some readers take line ends from its start.
    BinaryWords,
}

impl Holds {
    fn format(self) -> &'static str {
        match self {
            Self::TextWords => "text",
            Self::Lines => "lists of words",
            Self::BinaryWords => "word2vec binary",
        }
    }

    /// What `word` holds that the format cannot.
    fn lacks(self, word: &str) -> Option<&'static str> {
        let first = |c: char| match c {
            ' ' if self != Self::Lines => Some("a space"),
            '\n' => Some("a line end"),
            '\t' => Some("a tab"),
            '\r' => Some("a carriage return"),
            '\0' => Some("a zero byte"),
            c if c.is_ascii_control() && (self == Self::BinaryWords || c.is_ascii_whitespace() || c == '\x0b') => {
                Some("a control character")
            }
            _ => None,
        };
        match word {
            "" => Some("no character"),
            _ if self != Self::BinaryWords && word.starts_with('\u{feff}') => Some("a byte order mark at its start"),
            _ => word.chars().find_map(first),
        }
    }
}

/// Checks that the words can be written, and read again as they are.
pub(super) fn check_words(words: &Vocabulary, holds: Holds) -> Result<(), FormatError> {
    let bad = words.words().find_map(|word| holds.lacks(word).map(|what| (word, what)));
    bad.map_or(Ok(()), |(word, what)| {
        Err(FormatError::Unwritable { word: word.escape_debug().to_string(), what, format: holds.format() })
    })
}
