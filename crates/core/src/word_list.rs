//! A vocabulary as a list: lines of a word, a tab and its count, in UTF-8, the most frequent word first.
//!
//! Lists of other programs are read too: `word count` with a space (word2vec.c, GloVe, gensim), and words without counts.
//! The first line decides which it is. Ids follow the order of the list. A byte order mark, blanks at the
//! end of a line and empty lines are ignored; anything else that is malformed is rejected with its line.

pub(crate) mod error;

use crate::Vocabulary;
use crate::atomic_file::{self, Existing};
use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

pub use error::VocabularyError;

/// The byte order mark, which at the start of a file is not part of the first word.
const MARK: char = '\u{feff}';
/// The maximum length of a line, more than any word and its count need.
const MAX_LINE_BYTES: usize = 1 << 16;

/// Reads a list of words: ids in the order of its lines, with their counts; 0 if the list has none.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("vocab.txt");
/// std::fs::write(&path, "you\t2\n안녕\t1\n").unwrap();
/// let vocabulary = rapidvec_core::read_vocabulary(&path)?;
/// assert_eq!((vocabulary.id("안녕"), vocabulary.count(0)), (Some(1), 2));
/// # Ok::<(), rapidvec_core::Error>(())
/// ```
///
/// # Errors
/// [`VocabularyError`] with the line; [`Error::Io`].
pub fn read_vocabulary(path: &Path) -> Result<Vocabulary> {
    let file = File::open(path).map_err(Error::io(path))?;
    if fs::metadata(path).map_err(Error::io(path))?.is_dir() {
        let refusal = io::Error::new(io::ErrorKind::IsADirectory, "expected a list of words, got a folder");
        return Err(Error::io(path)(refusal));
    }
    let mut list = List { path, line: 0, total: 0, form: None, vocabulary: Vocabulary::new() };
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let limited = reader.by_ref().take(MAX_LINE_BYTES as u64 + 1).read_until(b'\n', &mut bytes);
        if limited.map_err(Error::io(path))? == 0 {
            return list.finish();
        }
        list.add(&bytes)?;
    }
}

/// A list being read.
struct List<'p> {
    path: &'p Path,
    line: u64,
    total: u64,
    /// The layout of the first line.
    form: Option<Form>,
    vocabulary: Vocabulary,
}

/// What separates a word from its count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Tab,
    Space,
    /// There are no counts.
    WordsOnly,
}

impl List<'_> {
    fn add(&mut self, bytes: &[u8]) -> Result<(), VocabularyError> {
        self.line += 1;
        let (path, line) = (self.path.to_owned(), self.line);
        if bytes.len() > MAX_LINE_BYTES {
            return Err(VocabularyError::LongLine { path, line, limit: MAX_LINE_BYTES });
        }
        let Ok(text) = std::str::from_utf8(bytes) else { return Err(VocabularyError::InvalidUtf8 { path, line }) };
        let text = if line == 1 { text.strip_prefix(MARK).unwrap_or(text) } else { text };
        let text = text.trim_end_matches(['\n', '\r', ' ', '\t']);
        if text.is_empty() {
            return Ok(());
        }
        let form = *self.form.get_or_insert_with(|| Form::of(text));
        let Some((word, count)) = form.parse(text) else {
            return Err(VocabularyError::Line { path, line, got: shown(text) });
        };
        if !is_word(word) {
            return Err(VocabularyError::NoWord { path, line, word: shown(word) });
        }
        let sum = self.total.checked_add(count);
        self.total = sum.ok_or_else(|| VocabularyError::Overflow { path: path.clone(), line, limit: u64::MAX })?;
        match self.vocabulary.insert(word, count) {
            Some(_) => Ok(()),
            None => Err(VocabularyError::Duplicate { path, line, word: shown(word) }),
        }
    }

    fn finish(self) -> Result<Vocabulary> {
        if self.vocabulary.is_empty() {
            return Err(VocabularyError::Empty { path: self.path.to_owned() }.into());
        }
        Ok(self.vocabulary)
    }
}

/// The start of `text`, short enough for a message.
fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

impl Form {
    /// The layout of a list that begins with `line`.
    fn of(line: &str) -> Self {
        match Form::Space.parse(line) {
            _ if line.contains('\t') => Form::Tab,
            Some(_) => Form::Space,
            None => Form::WordsOnly,
        }
    }

    /// The word of a line, and its count.
    fn parse(self, line: &str) -> Option<(&str, u64)> {
        let (word, count) = match self {
            Form::Tab => line.split_once('\t')?,
            Form::Space => line.rsplit_once(' ')?,
            Form::WordsOnly => return Some((line, 0)),
        };
        // `parse` alone would accept a plus sign.
        let digits = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
        Some((word, count.parse().ok().filter(|_| digits)?))
    }
}

/// Whether `word` is a word; it may contain single spaces.
fn is_word(word: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '\0');
    word.split(' ').all(is_part)
}

/// Writes a vocabulary as a list to `path`, by descending count; words of equal count stay in their order. The file appears
/// whole or not at all.
///
/// # Errors
/// [`VocabularyError::Unwritable`] before anything is written; those of [`atomic_file::write`].
pub fn write_vocabulary(path: &Path, existing: Existing, vocabulary: &Vocabulary) -> Result<()> {
    if let Some(word) = vocabulary.words().find(|word| !is_word(word)) {
        return Err(VocabularyError::Unwritable { word: shown(word) }.into());
    }
    let ids = vocabulary.by_descending_count();
    atomic_file::write(path, existing, |out| {
        // Readers drop a mark at the start of the list, so a first word that begins with one needs another before it.
        if ids.first().is_some_and(|&id| vocabulary.word(id).starts_with(MARK)) {
            write!(out, "{MARK}")?;
        }
        ids.iter().try_for_each(|&id| writeln!(out, "{}\t{}", vocabulary.word(id), vocabulary.count(id)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vocabulary> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vocab.txt");
        fs::write(&path, bytes).unwrap();
        read_vocabulary(&path)
    }

    fn refused(bytes: &[u8]) -> VocabularyError {
        match read(bytes) {
            Err(Error::Vocabulary(error)) => error,
            other => panic!("{:?} gave {other:?}", String::from_utf8_lossy(bytes)),
        }
    }

    #[test]
    fn what_is_written_is_read_by_descending_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vocab.txt");
        let mut vocabulary = Vocabulary::new();
        for (word, count) in [("a", 1), ("안녕", u64::MAX / 2), ("b", 7), ("c", 7)] {
            vocabulary.insert(word, count);
        }
        write_vocabulary(&path, Existing::Replace, &vocabulary).unwrap();
        let read = read_vocabulary(&path).unwrap();
        assert_eq!(read.words().collect::<Vec<_>>(), ["안녕", "b", "c", "a"]);
        assert_eq!(read.counts(), [u64::MAX / 2, 7, 7, 1]);
    }

    /// Found by fuzzing: the first word lost its mark, which is not white space and may be part of any word.
    #[test]
    fn a_first_word_that_begins_with_a_mark_keeps_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vocab.txt");
        let mut vocabulary = Vocabulary::new();
        for (word, count) in [("a", 1), ("\u{feff}a", 9), ("\u{feff}b", 2)] {
            vocabulary.insert(word, count);
        }
        write_vocabulary(&path, Existing::Replace, &vocabulary).unwrap();
        let read = read_vocabulary(&path).unwrap();
        assert_eq!(read.words().collect::<Vec<_>>(), ["\u{feff}a", "\u{feff}b", "a"]);
    }

    /// Found by fuzzing: words may be long, and messages showed all of them.
    #[test]
    fn a_message_shows_the_start_of_a_long_word() {
        let long = "x".repeat(5_000);
        for bad in [format!("{long}  y\t1\n"), format!("{long}\t1\n{long}\t1\n"), format!("{long}  y\n")] {
            let message = refused(bad.as_bytes()).to_string();
            assert!(message.contains(&long[..60]) && message.len() < 500, "{message}");
        }
    }

    #[test]
    fn takes_lists_of_other_systems_in_any_order() {
        let read = read("\u{feff}a\t1\r\nb\t2".as_bytes()).unwrap();
        assert_eq!((read.words().collect::<Vec<_>>(), read.counts()), (vec!["a", "b"], &[1, 2][..]));
    }

    #[test]
    fn takes_lists_of_other_programs() {
        for (list, words, counts) in [
            ("king 5\nqueen 6\nthe 100\n", vec!["king", "queen", "the"], [5, 6, 100]),
            ("\u{feff}king  \nqueen\t\r\n\nnew york\n\n", vec!["king", "queen", "new york"], [0, 0, 0]),
            ("new york\t5\nb\t4 \n\nc\t3", vec!["new york", "b", "c"], [5, 4, 3]),
        ] {
            let read = read(list.as_bytes()).unwrap();
            assert_eq!((read.words().collect::<Vec<_>>(), read.counts()), (words, &counts[..]));
        }
        assert!(matches!(refused(b"king 5\nqueen\n"), VocabularyError::Line { line: 2, .. }));
    }

    #[test]
    fn refuses_what_is_not_a_word_and_a_count_and_names_the_line() {
        for bad in ["a 5", "a", "a\tmany", "a\t-1", "a\t+1", "a\t1.5", "a\t", "a\tb\t5", "a\t18446744073709551616"] {
            let error = refused(format!("x\t9\n{bad}\n").as_bytes());
            assert!(matches!(error, VocabularyError::Line { line: 2, .. }), "{bad:?}: {error}");
        }
        for bad in ["\t5", " \t5", "new  york\t5", "a\0b\t5", "a\u{3000}\t5"] {
            let error = refused(format!("x\t9\n{bad}\n").as_bytes());
            assert!(matches!(error, VocabularyError::NoWord { line: 2, .. }), "{bad:?}: {error}");
        }
    }

    #[test]
    fn refuses_duplicates_empty_lists_and_invalid_utf8() {
        assert!(
            matches!(refused(b"a\t2\nb\t1\na\t1\n"), VocabularyError::Duplicate { line: 3, word, .. } if word == "a")
        );
        assert!(matches!(refused(b""), VocabularyError::Empty { .. }));
        assert!(matches!(refused(b"a\t2\n\xff\t1\n"), VocabularyError::InvalidUtf8 { line: 2, .. }));
        let long = [b"a\t2\n".to_vec(), vec![b'x'; MAX_LINE_BYTES + 1]].concat();
        assert!(matches!(refused(&long), VocabularyError::LongLine { line: 2, .. }));
        let many = format!("a\t{}\nb\t1\n", u64::MAX);
        assert!(matches!(refused(many.as_bytes()), VocabularyError::Overflow { line: 2, .. }));
    }

    #[test]
    fn a_folder_and_a_missing_file_are_named() {
        let folder = tempfile::tempdir().unwrap();
        for wrong in [folder.path().to_owned(), folder.path().join("missing")] {
            let Err(Error::Io { path, .. }) = read_vocabulary(&wrong) else { panic!("{wrong:?} was read") };
            assert_eq!(path, wrong);
        }
    }

    #[test]
    fn refuses_to_write_a_word_that_would_break_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vocab.txt");
        for bad in ["a\tb", "a\nb", ""] {
            let mut vocabulary = Vocabulary::new();
            vocabulary.add(bad);
            let refused = write_vocabulary(&path, Existing::Replace, &vocabulary);
            assert!(matches!(refused, Err(Error::Vocabulary(VocabularyError::Unwritable { .. }))));
            assert!(!path.exists());
        }
    }
}
