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
    #[error("{name} holds no words{}", skipped(*empty_lines, *skipped_lines, *missing_fields))]
    Empty {
        /// The text.
        name: String,
        /// Lines without a word.
        empty_lines: u64,
        /// Lines left out because they are not UTF-8.
        skipped_lines: u64,
        /// Lines of JSON left out because they lack the field.
        missing_fields: u64,
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
    /// Words were found, but each of them too rarely.
    #[error(
        "{name} has {tokens} words, {words} different ones, and none of them {min_count} times; \
         the most frequent one is there {most} times: choose a min-count of {most} or less, or give more text"
    )]
    AllRare {
        /// The text.
        name: String,
        /// Different words.
        words: u64,
        /// Words, repeated ones each time.
        tokens: u64,
        /// How often a word has to be there to be kept.
        min_count: u64,
        /// How often the most frequent word is there.
        most: u64,
    },
    /// The caller did not want to read on.
    #[error("reading was stopped before the text was over")]
    Interrupted,
    /// The temporary file for ids that do not fit in memory failed.
    #[error("the temporary file in {} failed ({reason}); choose a folder with more room", folder.display())]
    Temporary {
        /// Where it lies.
        folder: PathBuf,
        /// What the system said.
        reason: String,
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
    /// The first bytes are those of an archive, or of a compressed file of a kind that is not read here.
    #[error("{name} is compressed ({format}); decompress it first: `{command}`")]
    Compressed {
        /// The text.
        name: String,
        /// The format, as its bytes tell.
        format: &'static str,
        /// What unpacks it.
        command: &'static str,
    },
    /// Compressed data within compressed data.
    #[error("{name} is compressed twice ({inner} within {outer}); unpack it once yourself")]
    PackedTwice {
        /// The text.
        name: String,
        /// What its bytes are.
        outer: &'static str,
        /// What they unpack to.
        inner: &'static str,
    },
    /// Compressed data that cannot be decompressed, or not safely.
    #[error("{name}: {reason}")]
    Decompress {
        /// The text.
        name: String,
        /// Why.
        reason: rapidvec_core::compress::DecompressError,
    },
    /// A file is not what it was when it was opened.
    #[error("{} changed while it was read: expected {expected}, got {got}; copy it, or wait until it is whole", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// Its size and modification time at first.
        expected: String,
        /// The same later.
        got: String,
    },
    /// A pattern that fits no file.
    #[error("{pattern:?} fits no file; is it quoted as the shell needs it, and the folder right?")]
    NoMatch {
        /// The pattern.
        pattern: String,
    },
    /// What should be a pattern is none, and no file has this name.
    #[error("there is no file {pattern:?}, and as a pattern it makes no sense: {reason}")]
    BadPattern {
        /// The name.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A folder, or all that a pattern fits, without a file to read.
    #[error("{name} holds no file to read ({hidden} hidden, {empty} empty and {special} special ones were left out)")]
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
    /// A line that is no JSON object, or whose field is no text.
    #[error("{name}, line {line}: {reason}; each line has to be a JSON object with text in the field asked for")]
    Json {
        /// The text.
        name: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A JSON object without the field, or with nothing (null) in it.
    #[error("{name}, line {line}: the JSON object has no text in a field {field:?}; is it spelt as in the file?")]
    NoField {
        /// The text.
        name: String,
        /// The line, from 1.
        line: u64,
        /// The field asked for.
        field: String,
    },
    /// A line that has to be held in memory as a whole, and is too long for it.
    #[error("{name}, line {line}: longer than {limit} bytes, and a line of JSON has to be read as a whole")]
    LongLine {
        /// The text.
        name: String,
        /// The line, from 1.
        line: u64,
        /// The most bytes.
        limit: usize,
    },
    /// The Unicode tokenizer was asked for, but is not in this build.
    #[error(
        "this build cannot split text by the rules of Unicode; build it with the feature: `cargo build --features unicode`"
    )]
    NoUnicode,
}

/// What was left out, as far as there was any.
fn skipped(empty_lines: u64, skipped_lines: u64, missing_fields: u64) -> String {
    let kinds =
        [(empty_lines, "empty"), (skipped_lines, "not UTF-8"), (missing_fields, "JSON without the field asked for")];
    let some: Vec<_> =
        kinds.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if some.is_empty() { String::new() } else { format!("; lines that were skipped: {}", some.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_words_tells_what_it_has_instead() {
        let message = |empty_lines, skipped_lines, missing_fields| {
            CorpusError::Empty { name: "a.txt".to_owned(), empty_lines, skipped_lines, missing_fields }.to_string()
        };
        assert_eq!(message(0, 0, 0), "a.txt holds no words");
        let expected = "a.txt holds no words; lines that were skipped: 3 empty, 7 JSON without the field asked for";
        assert_eq!(message(3, 0, 7), expected);
    }
}
