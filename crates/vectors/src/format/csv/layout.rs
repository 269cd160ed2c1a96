//! What the columns of a table are, by its first rows.

use super::fields::Fields;
use crate::format::header;
use crate::format::word2vec_text::whole_number;
use std::borrow::Cow;

/// What separates fields, in the order in which they are tried.
const SEPARATORS: [u8; 4] = *b";|,\t";
/// Bytes that are looked at; a row may be longer.
const SAMPLE_BYTES: usize = 1 << 20;
/// Rows that are looked at.
const SAMPLE: usize = 16;
/// Common names of the column of words, in lower case.
const WORD_COLUMNS: [&[u8]; 10] =
    [b"word", b"words", b"token", b"tokens", b"term", b"label", b"key", b"name", b"text", b"entity"];

/// How a table is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Layout {
    pub separator: u8,
    /// The first row names the columns.
    pub has_header: bool,
    /// The column of the words. Columns before it are left out.
    pub word: usize,
    /// The vector is a list in the column after the word.
    pub is_list: bool,
    /// Numbers in a vector.
    pub size: usize,
}

/// Whether the first rows are a table of words and numbers.
pub(in crate::format) fn is_one(bytes: &[u8]) -> bool {
    Layout::of(bytes).is_some()
}

impl Layout {
    /// The layout of a table, if it is one.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let bytes = header::without_mark(bytes);
        if Self::has_numbers_only(bytes, b';') {
            return None; // whose decimal commas would pass for separators
        }
        SEPARATORS.into_iter().find_map(|separator| Self::with(bytes, separator))
    }

    /// Whether the first row is two numbers or more, and nothing else.
    fn has_numbers_only(bytes: &[u8], separator: u8) -> bool {
        let mut fields = Fields::new(&bytes[..bytes.len().min(SAMPLE_BYTES)], separator);
        let mut numbers = 0;
        let columns = if fields.is_at_end() {
            0
        } else {
            fields.row(|_, field| numbers += usize::from(parsed(field, separator).is_some()))
        };
        columns > 1 && numbers == columns
    }

    fn with(bytes: &[u8], separator: u8) -> Option<Self> {
        let start = &bytes[..bytes.len().min(SAMPLE_BYTES)];
        let mut fields = Fields::new(start, separator);
        if fields.is_at_end() || Fields::new(start, separator).next().ends_row {
            return None;
        }
        let first = Self::of_row(&mut fields.clone(), separator);
        let header = Header::read(&mut fields, separator);
        if fields.is_at_end() {
            return first.filter(|_| separator != b'\t'); // a single row
        }
        let second = Self::of_row(&mut fields.clone(), separator)?;
        // Numbers that name the columns would pass for a vector.
        let has_header = first != Some(second) || header.numbers_columns;
        let word = header.word.filter(|_| has_header && !second.is_list).unwrap_or(second.word);
        let size = second.size + second.word - word.min(second.word);
        if header.is_fraction && Self::words_are_fractions(&mut fields.clone(), separator, word) {
            return None; // a matrix without words
        }
        let layout = Self { has_header, word, size, ..second };
        // Tables with tabs are those of GloVe, too, unless they have something that those lack.
        let is_likely = separator != b'\t' || has_header || second.is_list || start.contains(&b'"');
        (is_likely && layout.fits(&mut fields)).then_some(layout)
    }

    fn words_are_fractions(fields: &mut Fields<'_>, separator: u8, word: usize) -> bool {
        let mut fraction = false;
        fields.row(|column, field| fraction |= column == word && is_fraction(field, separator));
        fraction
    }

    /// Whether the rows after the first one agree.
    fn fits(&self, fields: &mut Fields<'_>) -> bool {
        for _ in 0..SAMPLE {
            let mut here = *fields;
            if fields.is_at_end() {
                return true;
            }
            let row = Self::of_row(fields, self.separator);
            // The last row of a sample may be cut.
            if fields.is_at_end() {
                return true;
            }
            here.is_at_end();
            if !row.is_some_and(|row| {
                row.is_list == self.is_list && (row.is_list || row.word + row.size == self.word + self.size)
            }) {
                return false;
            }
        }
        true
    }

    /// The layout of one row of data: a word, then numbers to its end or a list.
    fn of_row(fields: &mut Fields<'_>, separator: u8) -> Option<Self> {
        let (mut word, mut size, mut is_list, mut fits) = (None, 0, false, true);
        let columns = fields.row(|column, field| {
            let number = parsed(field, separator).is_some();
            match word {
                // An index of whole numbers may come before the word; a word may be a number, too.
                None if column == 0 && number && !is_fraction(field, separator) => {}
                None if column == 1 && number => (word, size) = (Some(0), 1),
                None => word = Some(column),
                Some(before) if column == before + 1 && begins_list(field) => {
                    (is_list, size) = (true, list(field).map_while(|number| number).count());
                }
                Some(_) if number && !is_list => size += 1,
                Some(_) => fits = false,
            }
        });
        let word = word.filter(|&word| fits && size > 0 && columns == word + 1 + if is_list { 1 } else { size })?;
        Some(Self { separator, has_header: false, word, is_list, size })
    }
}

/// What a row says if it names the columns.
struct Header {
    numbers_columns: bool,
    /// Its first field is a number with a fraction.
    is_fraction: bool,
    /// The column with a common name for words.
    word: Option<usize>,
}

impl Header {
    fn read(fields: &mut Fields<'_>, separator: u8) -> Self {
        let (mut word, mut numbers, mut first, mut fraction) = (None, 0, None, false);
        let columns = fields.row(|column, field| {
            fraction |= column == 0 && is_fraction(field, separator);
            if WORD_COLUMNS.contains(&&field.to_ascii_lowercase()[..]) {
                word = word.or(Some(column));
            }
            let number = parsed(field, separator).filter(|number| number.fract() == 0.0);
            first = first.or(number.filter(|first| *first <= 1.0).map(|first| (column, first)));
            let counts =
                first.zip(number).is_some_and(|((start, first), number)| number == first + (column - start) as f32);
            numbers += usize::from(counts);
        });
        let numbers_columns =
            numbers > 2 && first.is_some_and(|(start, _)| (1..=2).contains(&start) && start + numbers == columns);
        Self { numbers_columns, is_fraction: fraction, word }
    }
}

fn is_fraction(field: &[u8], separator: u8) -> bool {
    let point = field.contains(&b'.') || separator == b';' && field.contains(&b',');
    (point || field.starts_with(b"-")) && parsed(field, separator).is_some()
}

/// The number that a field is.
pub(super) fn parsed(field: &[u8], separator: u8) -> Option<f32> {
    let field = if separator == b';' && field.contains(&b',') {
        Cow::Owned(field.iter().map(|&b| if b == b',' { b'.' } else { b }).collect())
    } else {
        Cow::Borrowed(field)
    };
    whole_number(&field)
}

pub(super) fn begins_list(field: &[u8]) -> bool {
    field.starts_with(b"[") || field.starts_with(b"(")
}

/// The numbers of a list; `None` for what is not a number.
pub(super) fn list(field: &[u8]) -> impl Iterator<Item = Option<f32>> {
    let inside = field.strip_prefix(b"[").or(field.strip_prefix(b"(")).unwrap_or(field);
    let inside = inside.strip_suffix(b"]").or(inside.strip_suffix(b")")).unwrap_or(inside);
    let numbers = inside.split(|b| b.is_ascii_whitespace() || *b == b',').filter(|number| !number.is_empty());
    numbers.map(whole_number)
}
