//! From the rows of a file to words with ids; what is dropped is counted.

use super::{InvalidWord, OpenOptions, OpenReport, VectorTable};
use crate::error::FormatError;
use crate::storage::Rows;
use crate::{Numbers, WordVectors};
use rapidvec_core::{Vocabulary, WordId, memory};
use std::borrow::Cow;
use std::ops::Range;

/// Where a row's word is in the file.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct WordSpan {
    start: usize,
    /// Below `start` for a row that is dropped.
    end: usize,
}

/// Memory beyond the file's length that may always be allocated.
const FREE: usize = 8 << 20;

/// Whether the rows take more memory than the file's length; that much is allocated only after the file was checked.
pub(super) fn exceeds_file(rows: usize, vector_size: usize, file: usize) -> bool {
    let row = vector_size.saturating_mul(size_of::<f32>()).saturating_add(size_of::<WordSpan>());
    rows.saturating_mul(row) > file.saturating_add(FREE)
}

/// Whether the system has room for the numbers of so many rows.
///
/// # Errors
/// [`FormatError::Memory`].
pub(super) fn check_room(rows: usize, vector_size: usize) -> Result<(), FormatError> {
    Ok(memory::check_room::<f32>(rows.saturating_mul(vector_size))?)
}

impl WordSpan {
    /// A word, and whether its vector is finite.
    pub fn new(word: Range<usize>, finite: bool) -> Self {
        if finite { Self { start: word.start, end: word.end } } else { Self { start: 1, end: 0 } }
    }
}

/// Where the words and numbers of some rows are stored.
pub(super) type Place<'m> = (&'m mut [WordSpan], &'m mut [f32]);

/// Each piece with the memory for its `rows(piece)` rows.
pub(super) fn shares<'m, P>(
    pieces: &'m [P],
    rows: impl Fn(&P) -> usize,
    vector_size: usize,
    (mut words, mut numbers): Place<'m>,
) -> Vec<(&'m P, Place<'m>)> {
    let share = |piece| {
        let rows = rows(piece);
        let (own_words, other_words) = std::mem::take(&mut words).split_at_mut(rows);
        let (own_numbers, other_numbers) = std::mem::take(&mut numbers).split_at_mut(rows * vector_size);
        (words, numbers) = (other_words, other_numbers);
        (piece, (own_words, own_numbers))
    };
    pieces.iter().map(share).collect()
}

/// Rejects what `options` do not allow: a word that is not valid UTF-8, a number that is not finite (`bad`).
pub(super) fn check_row(word: &[u8], row: usize, bad: Option<f32>, options: &OpenOptions) -> Result<(), FormatError> {
    let text = std::str::from_utf8(word);
    if options.invalid_word == InvalidWord::Error && text.is_err() {
        return Err(FormatError::InvalidWord { word: lossy(word), row });
    }
    match bad {
        Some(got) if !options.allow_nan => Err(FormatError::NotFiniteRow { word: lossy(word), row, got }),
        _ => Ok(()),
    }
}

/// A word for a message: readable, and not longer than a line.
pub(super) fn lossy(word: &[u8]) -> String {
    const MOST: usize = 60;
    let shown = String::from_utf8_lossy(&word[..word.len().min(MOST)]);
    let cut = if word.len() > MOST { "..." } else { "" };
    format!("{}{cut}", shown.escape_debug())
}

/// Gives words their ids, in the order of the file, and drops the rows of words without one.
///
/// `bytes` hold the words, `numbers` a row of `vector_size` for each. Every row has passed [`check_row`].
pub(super) fn table(
    bytes: &[u8],
    words: &[WordSpan],
    vector_size: usize,
    mut numbers: Vec<f32>,
    options: &OpenOptions,
    report: &mut OpenReport,
) -> Result<VectorTable, FormatError> {
    let mut vocabulary = Vocabulary::new();
    for (row, span) in words.iter().enumerate() {
        let kept = vocabulary.len();
        if take(&mut vocabulary, bytes, *span, options, report) && kept != row {
            numbers.copy_within(row * vector_size..(row + 1) * vector_size, kept * vector_size);
        }
    }
    if vocabulary.is_empty() {
        return Err(FormatError::Empty { words: 0, vector_size });
    }
    numbers.truncate(vocabulary.len() * vector_size);
    Ok(VectorTable { vocabulary, vector_size, numbers: Numbers::F32(numbers) })
}

/// Calls a function with the number, the word and the numbers of a row.
pub(super) type See<'s> = dyn FnMut(usize, &[u8], &[f32]) -> Result<(), FormatError> + 's;

/// Counts rows that a walk passes on, and rejects those that `options` do not allow. Returns what the walk returned, too.
pub(super) fn checked<T>(
    options: &OpenOptions,
    walk: impl FnOnce(&mut See<'_>) -> Result<T, FormatError>,
) -> Result<(usize, T), FormatError> {
    let mut rows = 0;
    let walked = walk(&mut |row, word, numbers| {
        rows += 1;
        check_row(word, row, numbers.iter().copied().find(|number| !number.is_finite()), options)
    })?;
    Ok((rows, walked))
}

/// Keeps the words and numbers of the `rows` rows that a walk passes on once more; all of them were [`checked`].
pub(super) fn collected<T>(
    rows: usize,
    vector_size: usize,
    options: &OpenOptions,
    report: &mut OpenReport,
    walk: impl FnOnce(&mut See<'_>) -> Result<T, FormatError>,
) -> Result<VectorTable, FormatError> {
    let mut vocabulary = Vocabulary::new();
    let mut all = Vec::with_capacity(rows * vector_size);
    walk(&mut |_, word, numbers| {
        if !numbers.iter().all(|number| number.is_finite()) {
            report.not_finite += 1;
        } else if offer(&mut vocabulary, word, 0, options, report) {
            all.extend_from_slice(numbers);
        }
        Ok(())
    })?;
    if vocabulary.is_empty() {
        return Err(FormatError::Empty { words: 0, vector_size });
    }
    Ok(VectorTable { vocabulary, vector_size, numbers: Numbers::F32(all) })
}

/// A copy of the rows `kept`, without those that are not finite if `options` say so.
pub(super) fn picked(
    words: Vocabulary,
    rows: &Rows,
    kept: &[WordId],
    options: &OpenOptions,
    report: &mut OpenReport,
) -> Result<WordVectors, FormatError> {
    let size = rows.vector_size();
    let (mut vocabulary, mut numbers) = (Vocabulary::new(), Vec::new());
    for (id, &row) in kept.iter().enumerate() {
        let start = numbers.len();
        rows.push_row(row as usize, &mut numbers);
        let finite = numbers[start..].iter().all(|number| number.is_finite());
        if options.allow_nan && !finite {
            report.not_finite += 1;
            numbers.truncate(start);
        } else {
            vocabulary.insert(words.word(id as WordId), words.count(id as WordId));
        }
    }
    if vocabulary.is_empty() {
        return Err(FormatError::Empty { words: 0, vector_size: size });
    }
    WordVectors::new(vocabulary, size, Numbers::F32(numbers))
}

/// Whether the word was new and is in the vocabulary now.
fn take(words: &mut Vocabulary, bytes: &[u8], span: WordSpan, options: &OpenOptions, report: &mut OpenReport) -> bool {
    let Some(word) = bytes.get(span.start..span.end) else {
        report.not_finite += 1;
        return false;
    };
    offer(words, word, 0, options, report)
}

/// Whether the word was new and is in the vocabulary now; if not, the report counts why.
pub(super) fn offer(
    words: &mut Vocabulary,
    word: &[u8],
    count: u64,
    options: &OpenOptions,
    report: &mut OpenReport,
) -> bool {
    let word = match std::str::from_utf8(word) {
        Ok(word) => Cow::Borrowed(word),
        Err(_) => {
            report.invalid_words += 1;
            if options.invalid_word == InvalidWord::Skip {
                return false;
            }
            String::from_utf8_lossy(word)
        }
    };
    let new = words.insert(&word, count).is_some();
    report.duplicates += u64::from(!new);
    report.empty_words += u64::from(new && word.is_empty());
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[(&[u8], bool)], options: &OpenOptions) -> (Vec<String>, Vec<f32>, OpenReport) {
        let mut bytes = Vec::new();
        let mut spans = Vec::new();
        for &(word, finite) in words {
            let start = bytes.len();
            bytes.extend(word);
            spans.push(WordSpan::new(start..bytes.len(), finite));
        }
        let numbers = (0..words.len()).map(|row| row as f32).collect();
        let mut report = OpenReport::default();
        let table = table(&bytes, &spans, 1, numbers, options, &mut report).unwrap();
        let Numbers::F32(numbers) = table.numbers else { panic!("not single precision") };
        (table.vocabulary.words().map(str::to_owned).collect(), numbers, report)
    }

    #[test]
    fn keeps_the_first_of_duplicate_words_and_counts_the_others() {
        let (words, numbers, report) = read(
            &[(b"a", true), (b"b", true), (b"a", true), (b"", true), (b"a", true), (b"c", true)],
            &OpenOptions::default(),
        );
        assert_eq!((words.join(","), numbers), ("a,b,,c".to_owned(), vec![0.0, 1.0, 3.0, 5.0]));
        assert_eq!((report.duplicates, report.empty_words), (2, 1));
    }

    #[test]
    fn leaves_out_rows_that_are_not_finite_and_counts_them() {
        let (words, numbers, report) = read(&[(b"a", false), (b"", false), (b"b", true)], &OpenOptions::default());
        assert_eq!((words.join(","), numbers, report.not_finite), ("b".to_owned(), vec![2.0], 2));
    }

    #[test]
    fn words_that_are_the_same_once_repaired_are_duplicates() {
        let words: [(&[u8], bool); 3] = [(b"a\xff", true), (b"a\xfe", true), (b"b", true)];
        let replace = OpenOptions { invalid_word: InvalidWord::Replace, ..OpenOptions::default() };
        let (kept, numbers, report) = read(&words, &replace);
        assert_eq!((kept.join(","), numbers), ("a\u{fffd},b".to_owned(), vec![0.0, 2.0]));
        assert_eq!((report.invalid_words, report.duplicates), (2, 1));
        let skip = OpenOptions { invalid_word: InvalidWord::Skip, ..OpenOptions::default() };
        let (kept, numbers, report) = read(&words, &skip);
        assert_eq!((kept.join(","), numbers), ("b".to_owned(), vec![2.0]));
        assert_eq!((report.invalid_words, report.duplicates), (2, 0));
    }
}
