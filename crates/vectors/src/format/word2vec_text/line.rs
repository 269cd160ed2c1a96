//! One line: a word and D numbers.
//!
//! Fields are separated by runs of spaces and tabs. The last D fields are the numbers, and what precedes them is the word:
//! it may contain spaces, and it may be empty. Other white space does not separate fields: a word can be U+00A0 or U+0085.

use super::number::{self, is_separator};
use std::borrow::Cow;
use std::ops::Range;

/// What is wrong with a line.
#[derive(Debug, PartialEq)]
pub(super) enum Fault {
    /// It has this many numbers, not D.
    Length(usize),
    /// A field among the last D that is not a number.
    Number(Range<usize>),
    /// A carriage return within the word.
    CarriageReturn,
}

/// A word with fewer numbers in it may be one.
const FEWEST_OF_A_ROW: usize = 3;

/// Reads the line at the start of `bytes` in the usual layout: word, D numbers, one or more separators between them.
///
/// Returns where the word is, and the length of the line with its end. `None` if the line needs [`split`].
pub(super) fn usual(bytes: &[u8], vector_size: usize, see: &mut impl FnMut(usize, f32)) -> Option<(usize, usize)> {
    let word = bytes.iter().position(|&b| is_separator(b) || b == b'\n').filter(|&end| end > 0)?;
    let mut at = word;
    for column in 0..vector_size {
        at = skip(bytes, at);
        let (number, length) = number::leading(&bytes[at..])?;
        see(column, number);
        at += length;
    }
    at = skip(bytes, at);
    match bytes.get(at) {
        None => Some((word, at)),
        Some(b'\n') => Some((word, at + 1)),
        Some(_) => None,
    }
}

fn skip(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|&b| is_separator(b)) {
        at += 1;
    }
    at
}

/// Splits `line`, without its end, from the right; passes the numbers on, and returns where the word is.
pub(super) fn split(line: &[u8], vector_size: usize, see: &mut impl FnMut(usize, f32)) -> Result<Range<usize>, Fault> {
    let mut end = line.len();
    for column in (0..vector_size).rev() {
        let field = last_field(line, end);
        match number::whole(&line[field.clone()]) {
            Some(number) => see(column, number),
            None if field.is_empty() => return Err(Fault::Length(vector_size - 1 - column)),
            None if field.start == 0 => return Err(Fault::Length(vector_size - 1 - column)),
            None => return Err(Fault::Number(field)),
        }
        // The word, even an empty one, is followed by a separator.
        if column == 0 && field.start == 0 {
            return Err(Fault::Length(vector_size - 1));
        }
        end = field.start;
    }
    let word = word_before(line, end);
    let last = last_field(line, word.end);
    if last.start > word.start && number::whole(&line[last]).is_some() {
        return Err(Fault::Length(numbers_at_end(line)));
    }
    check_word(&line[word.clone()], vector_size)?;
    Ok(word)
}

/// Refuses a word that holds another row, whose line end is lost or is a carriage return alone.
fn check_word(word: &[u8], vector_size: usize) -> Result<(), Fault> {
    if word.contains(&b'\r') {
        return Err(Fault::CarriageReturn);
    }
    // The last number of the other row is stuck to this row's word.
    let limit = (vector_size - 1).max(FEWEST_OF_A_ROW);
    let numbers = word.split(|&b| is_separator(b)).filter(|field| number::whole(field).is_some()).count();
    if numbers >= limit { Err(Fault::Length(numbers + vector_size)) } else { Ok(()) }
}

/// The fields of a line.
pub(super) fn fields(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|&b| is_separator(b)).filter(|field| !field.is_empty())
}

/// What separates the numbers of a table, if not white space: the first line decides.
pub(super) fn separator(bytes: &[u8]) -> Option<u8> {
    let first = bytes.split(|&b| b == b'\n').next().unwrap_or_default();
    [b';', b','].into_iter().find(|separator| first.contains(separator))
}

/// The fields of a line, between `separator`s or white space. Beside semicolons a comma is the decimal point.
pub(super) fn any_fields(line: &[u8], separator: Option<u8>) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let is_end = move |b: &u8| separator.map_or_else(|| is_separator(*b), |separator| *b == separator);
    let fields = line.split(is_end).map(<[u8]>::trim_ascii).filter(|field| !field.is_empty());
    fields.map(move |field| match separator {
        Some(b';') if field.contains(&b',') => field.iter().map(|&b| if b == b',' { b'.' } else { b }).collect(),
        _ => Cow::Borrowed(field),
    })
}

/// The last field of a line.
pub(super) fn last(line: &[u8]) -> &[u8] {
    &line[last_field(line, line.len())]
}

/// The field that ends last before `end`.
fn last_field(line: &[u8], end: usize) -> Range<usize> {
    let end = line[..end].iter().rposition(|&b| !is_separator(b)).map_or(0, |last| last + 1);
    let start = line[..end].iter().rposition(|&b| is_separator(b)).map_or(0, |before| before + 1);
    start..end
}

/// The word before byte `end`, without the separators around it. A word of separators keeps all but the one after it.
fn word_before(line: &[u8], end: usize) -> Range<usize> {
    let before = &line[..end];
    match before.iter().position(|&b| !is_separator(b)) {
        Some(start) => start..before.iter().rposition(|&b| !is_separator(b)).map_or(start, |last| last + 1),
        None => 0..end.saturating_sub(1),
    }
}

/// How many fields at the line's end are numbers, not counting the first field.
pub(super) fn numbers_at_end(line: &[u8]) -> usize {
    let mut end = line.len();
    let mut numbers = 0;
    loop {
        let field = last_field(line, end);
        // With an empty word the line starts with a separator: then the first field is a number, too.
        if field.is_empty() || field.start == 0 || number::whole(&line[field.clone()]).is_none() {
            return numbers;
        }
        numbers += 1;
        end = field.start;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(line: &str, vector_size: usize) -> Result<&str, Fault> {
        let mut numbers = vec![f32::NAN; vector_size];
        let word = split(line.as_bytes(), vector_size, &mut |column, number| numbers[column] = number)?;
        assert_eq!(numbers, (1..=vector_size).map(|n| n as f32).collect::<Vec<_>>());
        if let Some((end, length)) = usual(line.as_bytes(), vector_size, &mut |_, _| ()) {
            assert_eq!((0..end, length), (word.clone(), line.len()));
        }
        Ok(&line[word])
    }

    #[test]
    fn the_last_fields_are_the_numbers_and_the_rest_is_the_word() {
        for (line, expected) in [
            ("a 1 2 3", "a"),
            ("new york 1 2 3", "new york"),
            (". . . 1 2 3", ". . ."),
            ("a  1\t2 \t 3 ", "a"),
            ("a 1 2 3\r", "a"),
            (" 1 2 3", ""),
            ("  1 2 3", " "),
            (" a 1 2 3", "a"),
            ("\u{a0} 1 2 3", "\u{a0}"),
            ("\u{85} 1 2 3", "\u{85}"),
            ("1999 1 2 3", "1999"),
            ("nan 1 2 3", "nan"),
        ] {
            assert_eq!(word(line, 3), Ok(expected), "{line:?}");
        }
    }

    #[test]
    fn a_line_too_short_or_too_long_says_how_many_numbers_it_has() {
        for (line, got) in [
            ("a 1 2", 2),
            ("a", 0),
            ("", 0),
            (" ", 0),
            ("1 2 3", 2),
            ("a 1 2 3 4", 4),
            ("1 2 3 4 5", 4),
            ("in 2014 1 2 3", 4),
        ] {
            assert_eq!(split(line.as_bytes(), 3, &mut |_, _| ()), Err(Fault::Length(got)), "{line:?}");
            assert_eq!(usual(line.as_bytes(), 3, &mut |_, _| ()), None, "{line:?}");
        }
        // Two rows, the line end between them lost.
        assert_eq!(split(b"a 1 2 3b 1 2 3", 3, &mut |_, _| ()), Ok(0..8));
        assert_eq!(split(b"a 1 2 3 4 5b 1 2 3 4 5", 5, &mut |_, _| ()), Err(Fault::Length(9)));
        assert_eq!(split(b"a 1 2 3 b 1 2 3", 3, &mut |_, _| ()), Err(Fault::Length(6)));
        assert_eq!(split(b"a 1 2 3\rb 1 2 3", 3, &mut |_, _| ()), Err(Fault::CarriageReturn));
        assert_eq!(split(b"a\rb 1 2 3", 3, &mut |_, _| ()), Err(Fault::CarriageReturn));
        assert_eq!(split(b"new york 1 2", 3, &mut |_, _| ()), Err(Fault::Number(4..8)));
        assert_eq!(split(b"a 1 x 3", 3, &mut |_, _| ()), Err(Fault::Number(4..5)));
    }
}
