//! Why a text cannot be made into a corpus.

use std::path::PathBuf;

/// Why a text cannot be read as a corpus.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CorpusError {
    /// There is nothing at this path.
    #[error("there is no file {}", path.display())]
    Missing {
        /// The path given.
        path: PathBuf,
    },
    /// The path leads to a folder.
    #[error("{} is a folder, not a text file", path.display())]
    Folder {
        /// The path given.
        path: PathBuf,
    },
    /// No word was found.
    #[error("{name} has no words{}", skipped(*empty_lines, *skipped_lines, *missing_fields))]
    Empty {
        /// The text.
        name: String,
        /// Lines without a word.
        empty_lines: u64,
        /// Lines skipped because they are not valid UTF-8.
        skipped_lines: u64,
        /// Lines of JSON skipped because they lack the field.
        missing_fields: u64,
    },
    /// There are more distinct words than ids.
    #[error("{name} has more than {max} distinct words, which is the maximum")]
    TooManyWords {
        /// The text.
        name: String,
        /// The maximum number of distinct words.
        max: usize,
    },
    /// Words were found, but none of them is in the given vocabulary.
    #[error(
        "none of the {unknown_words} tokens of {name} is in the vocabulary. \
         Does it have the language and spelling of the training text?"
    )]
    AllUnknown {
        /// The text.
        name: String,
        /// Tokens read.
        unknown_words: u64,
    },
    /// Words were found, but all of them occur too rarely.
    #[error(
        "no word of {name} occurs {min_count} times ({tokens} tokens, {words} distinct words); \
         the most frequent one occurs {most}. Use a minimum count of {most} or less, or more text"
    )]
    AllRare {
        /// The text.
        name: String,
        /// Distinct words.
        words: u64,
        /// Tokens read.
        tokens: u64,
        /// How often a word must occur to be kept.
        min_count: u64,
        /// How often the most frequent word occurs.
        most: u64,
    },
    /// The caller stopped reading.
    #[error("reading was interrupted")]
    Interrupted,
    /// The temporary file for ids that do not fit in memory failed.
    #[error("temporary file in {}: {reason}. Use a folder with more free space", folder.display())]
    Temporary {
        /// Its folder.
        folder: PathBuf,
        /// The system's message.
        reason: String,
    },
    /// Bytes that are not valid UTF-8.
    #[error("{name}: invalid UTF-8 at offset {offset} (line {line}). {}", way_out(encodings))]
    InvalidUtf8 {
        /// The text.
        name: String,
        /// The offset of the first invalid byte, from 0.
        offset: u64,
        /// The line it is in, from 1.
        line: u64,
        /// Encodings the text is likely to have, as `iconv` spells them, the likeliest first. None where most lines are valid
        /// UTF-8 and only some bytes are damaged.
        encodings: Vec<&'static str>,
    },
    /// A NUL byte: binary data, or UTF-16 without a mark at its start.
    #[error(
        "{name}: NUL byte at offset {offset} (line {line}): binary data or UTF-16, not UTF-8 text. \
         Convert it first (for UTF-16: `iconv -f UTF-16 -t UTF-8`)"
    )]
    Nul {
        /// The text.
        name: String,
        /// The offset of the byte, from 0.
        offset: u64,
        /// The line it is in, from 1.
        line: u64,
    },
    /// A token, given as a token, with a NUL character.
    #[error("{name}: sentence {sentence} has a token with a NUL character")]
    NulInToken {
        /// The text.
        name: String,
        /// The sentence, from 1.
        sentence: u64,
    },
    /// A byte order mark of another encoding.
    #[error("{name} is {encoding}, not UTF-8. Convert it first: `iconv -f {encoding} -t UTF-8`")]
    Encoding {
        /// The text.
        name: String,
        /// The encoding, as `iconv` spells it.
        encoding: &'static str,
    },
    /// The first bytes are those of an archive, or of a compressed format that is not supported.
    #[error("{name} is compressed ({format}), which is not supported. Decompress it first: `{command}`")]
    Compressed {
        /// The text.
        name: String,
        /// The format, recognised by its bytes.
        format: &'static str,
        /// The command that decompresses it.
        command: &'static str,
    },
    /// Compressed data within compressed data.
    #[error("{name} is compressed twice ({inner} within {outer}). Decompress it once yourself")]
    PackedTwice {
        /// The text.
        name: String,
        /// The format of the file.
        outer: &'static str,
        /// The format of its content.
        inner: &'static str,
    },
    /// Compressed data that cannot be decompressed safely, or at all.
    #[error("{name}: {reason}")]
    Decompress {
        /// The text.
        name: String,
        /// Why.
        reason: rapidvec_core::compress::DecompressError,
    },
    /// A file changed after it was opened.
    #[error("{} changed while it was read: expected {expected}, got {got}. Copy it, or wait until it is complete", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// Its size and modification time at first.
        expected: String,
        /// The same later.
        got: String,
    },
    /// Only one process has it.
    #[error("{name} cannot be shared among processes: put the text into files")]
    NotShared {
        /// The text.
        name: String,
    },
    /// A pattern that matches no file.
    #[error("no file matches {pattern:?}")]
    NoMatch {
        /// The pattern.
        pattern: String,
    },
    /// An invalid pattern, which is not the name of a file either.
    #[error("{pattern:?} is neither a file nor a valid pattern: {reason}")]
    BadPattern {
        /// The name.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A folder, or the matches of a pattern, without a file to read.
    #[error("{name} has no files to read (skipped: {hidden} hidden, {empty} empty, {special} special)")]
    NoFiles {
        /// The folder or the pattern.
        name: String,
        /// Hidden files and folders.
        hidden: u64,
        /// Files of 0 bytes.
        empty: u64,
        /// Pipes, devices and sockets.
        special: u64,
    },
    /// A line that is not a JSON object, or whose field is not text.
    #[error("{name}, line {line}: {reason}. Each line must be a JSON object with text in the field")]
    Json {
        /// The text.
        name: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A JSON object without the field, or with nothing (null) in it.
    #[error(
        "{name}, line {line}: the JSON object has no text in a field {field:?}. Is the name spelled as in the file?"
    )]
    NoField {
        /// The text.
        name: String,
        /// The line, from 1.
        line: u64,
        /// The field's name.
        field: String,
    },
    /// A table without the column that was asked for.
    #[error("{name}: there is no column `{wanted}`; the first row has: {columns}")]
    NoColumn {
        /// The text.
        name: String,
        /// The column.
        wanted: String,
        /// Fields of the first row.
        columns: String,
    },
    /// An encoding that is not known.
    #[error(
        "unknown encoding {name:?}: expected a name such as cp949, euc-kr, shift_jis, gb18030, big5, latin1 or utf-16"
    )]
    UnknownEncoding {
        /// The name.
        name: String,
    },
    /// A line of JSON that is too long; it must be read as a whole.
    #[error("{name}, line {line}: longer than {limit} bytes, the limit for a line of JSON")]
    LongLine {
        /// The text.
        name: String,
        /// The line, from 1.
        line: u64,
        /// The maximum number of bytes.
        limit: usize,
    },
    /// The Unicode tokenizer and other encodings are not part of this build.
    #[error("this build lacks the Unicode tokenizer and other encodings (feature `unicode`)")]
    NoUnicode,
}

fn way_out(encodings: &[&str]) -> String {
    match encodings {
        [] => "Convert the text, or choose to replace such bytes or to skip such lines".to_owned(),
        [first, ..] => format!(
            "Most lines are in another encoding, probably {}; convert the text: `iconv -f {first} -t UTF-8`",
            encodings.join(" or ")
        ),
    }
}

/// The lines that were skipped, by reason.
fn skipped(empty_lines: u64, skipped_lines: u64, missing_fields: u64) -> String {
    let kinds =
        [(empty_lines, "empty"), (skipped_lines, "not valid UTF-8"), (missing_fields, "JSON without the field")];
    let some: Vec<_> =
        kinds.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if some.is_empty() { String::new() } else { format!("; lines skipped: {}", some.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_words_reports_what_was_skipped() {
        let message = |empty_lines, skipped_lines, missing_fields| {
            CorpusError::Empty { name: "a.txt".to_owned(), empty_lines, skipped_lines, missing_fields }.to_string()
        };
        assert_eq!(message(0, 0, 0), "a.txt has no words");
        let expected = "a.txt has no words; lines skipped: 3 empty, 7 JSON without the field";
        assert_eq!(message(3, 0, 7), expected);
    }
}
