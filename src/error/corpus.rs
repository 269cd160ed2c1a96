//! Why a text cannot be made into a corpus.

use std::path::PathBuf;

/// Why a text cannot be made into a corpus.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CorpusError {
    /// There is nothing at this path.
    #[error("there is no file {}; give a text file, - for standard input, or the name of a data set", path.display())]
    Missing {
        /// The path given.
        path: PathBuf,
    },
    /// The path leads to a folder.
    #[error("{} is a folder; name the text files in it", path.display())]
    Folder {
        /// The path given.
        path: PathBuf,
    },
    /// No word was found.
    #[error(
        "{name} holds no words ({empty_lines} empty lines and {skipped_lines} lines that are not UTF-8 were skipped); \
         there is nothing to learn from"
    )]
    Empty {
        /// The text.
        name: String,
        /// Lines without a word.
        empty_lines: u64,
        /// Lines left out because they are not UTF-8.
        skipped_lines: u64,
    },
    /// Words were found, but the vocabulary given knows none of them.
    #[error(
        "none of the {unknown_words} words in {name} is in the vocabulary; \
         is it in the language and spelling of the training text?"
    )]
    AllUnknown {
        /// The text.
        name: String,
        /// Words read, repeated ones each time.
        unknown_words: u64,
    },
    /// Bytes that are no UTF-8.
    #[error(
        "{name}: the bytes at offset {offset} (line {line}) are not UTF-8; \
         convert the text, or choose to replace such bytes or to skip such lines"
    )]
    InvalidUtf8 {
        /// The text.
        name: String,
        /// Where the first wrong byte is, from 0.
        offset: u64,
        /// The line it is in, from 1.
        line: u64,
    },
    /// A NUL byte: binary data, or UTF-16 without a mark at its start.
    #[error(
        "{name}: a NUL byte at offset {offset} (line {line}): this is binary data or UTF-16, not UTF-8 text; \
         convert it first (for UTF-16: `iconv -f UTF-16 -t UTF-8`)"
    )]
    Nul {
        /// The text.
        name: String,
        /// Where the byte is, from 0.
        offset: u64,
        /// The line it is in, from 1.
        line: u64,
    },
    /// A byte order mark of another encoding.
    #[error("{name} is {encoding}, not UTF-8; convert it first: `iconv -f {encoding} -t UTF-8`")]
    Encoding {
        /// The text.
        name: String,
        /// The encoding, as `iconv` spells it.
        encoding: &'static str,
    },
    /// The first bytes are those of a compressed file.
    #[error("{name} is compressed ({format}); decompress it first: `{command}`")]
    Compressed {
        /// The text.
        name: String,
        /// The format, as its bytes tell.
        format: &'static str,
        /// What unpacks it.
        command: &'static str,
    },
}
