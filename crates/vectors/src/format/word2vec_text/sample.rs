//! Looks at the first lines of a text before it is read.

use super::line::{self, fields};
use super::number;
use crate::format::header::{self, Header};
use std::collections::{BTreeMap, HashSet};

/// The number of lines examined, and the maximum number of their bytes.
const SAMPLE: usize = 64;
const SAMPLE_BYTES: usize = 1 << 20;

/// Common names for the column of words, in lower case.
const WORD_COLUMNS: [&[u8]; 12] =
    [b"", b"\"\"", b"word", b"words", b"token", b"tokens", b"index", b"label", b"key", b"id", b"name", b"term"];

/// Numbers per word that most of the first lines agree on. `None` if they do not look like words with numbers.
///
/// Each line votes for the number of fields at its end that are numbers, not counting its first field: so the words of a
/// word with spaces do not count, unless the last of them is a number.
pub(in crate::format) fn agreed_size(bytes: &[u8]) -> Option<usize> {
    let bytes = header::without_mark(bytes);
    let lines = sample(bytes);
    let mut votes = BTreeMap::new();
    for line in &lines {
        *votes.entry(line::numbers_at_end(line)).or_insert(0) += 1;
    }
    let all: usize = votes.values().sum();
    votes.remove(&0);
    // Of sizes with the same number of votes, the smaller: a word's last part may be a number.
    let (size, agree) = votes.into_iter().rev().max_by_key(|&(_, votes)| votes)?;
    // A word and a whole number on each line are a list of counts.
    let counts = || !lines.iter().any(|line| is_fraction(line::last(line)));
    (2 * agree >= all && (size > 1 || !counts())).then_some(size)
}

/// The first lines, without blank ones.
fn sample(bytes: &[u8]) -> Vec<&[u8]> {
    let start = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let mut lines: Vec<_> = start.split(|&b| b == b'\n').take(SAMPLE + 1).collect();
    if lines.len() > 1 && start.len() < bytes.len() {
        lines.pop(); // may be cut
    }
    lines.retain(|line| !line.trim_ascii().is_empty());
    lines
}

/// Whether every field of the first lines is a number.
pub(in crate::format) fn has_numbers_only(bytes: &[u8]) -> bool {
    let lines = sample(header::without_mark(bytes));
    let separator = line::separator(bytes);
    let numbers = |line: &&[u8]| line::any_fields(line, separator).all(|field| number::whole(&field).is_some());
    !lines.is_empty() && lines.iter().all(numbers)
}

/// Whether the first lines are numbers with commas or semicolons between them, and no words.
pub(in crate::format) fn is_table_of_numbers(bytes: &[u8]) -> bool {
    line::separator(bytes).is_some() && has_numbers_only(bytes)
}

/// Whether each of the first lines is a word and its numbers, all separated by spaces, and the words end in what separates columns
/// elsewhere: `, 0.5` is the comma, with its vector. A word with digits may be a number, unless a single number follows it.
pub(in crate::format) fn has_separators_as_words(bytes: &[u8]) -> bool {
    let lines = sample(header::without_mark(bytes));
    let is_row = |line: &&[u8]| {
        let mut fields = fields(line);
        let Some(word) =
            fields.next().filter(|word| word.ends_with(b",") || word.ends_with(b";") || word.ends_with(b"|"))
        else {
            return false;
        };
        let mut numbers = 0;
        let is_rest = fields.inspect(|_| numbers += 1).all(|field| number::whole(field).is_some());
        is_rest && (numbers == 1 || !word.iter().any(u8::is_ascii_digit))
    };
    agreed_size(bytes).is_some() && lines.iter().all(is_row)
}

fn is_fraction(field: &[u8]) -> bool {
    field.iter().any(|b| b".eE".contains(b))
}

/// Whether the first lines hold only numbers and no words: a matrix, with or without a line `V D` before it.
///
/// Words can be whole numbers (years, ids of nodes), but then they are distinct, and few of them are fractions.
pub(in crate::format) fn is_matrix(bytes: &[u8]) -> bool {
    let bytes = header::without_mark(bytes);
    let header = Header::find(bytes).ok().flatten();
    let lines = sample(&bytes[header.map_or(0, |header| header.length)..]);
    if let Some(header) = header {
        let full = |line: &&[u8]| {
            fields(line)
                .map(number::whole)
                .collect::<Option<Vec<_>>>()
                .is_some_and(|row| row.len() == header.vector_size)
        };
        return header.vector_size > 1 && !lines.is_empty() && lines.iter().all(full);
    }
    let first = |line: &&[u8]| {
        let digit = |b: &u8| b.is_ascii_digit() || b"+-.".contains(b);
        let starts = !line.starts_with(b" ") && !line.starts_with(b"\t");
        // `nan` and `inf` are words.
        starts
            && fields(line)
                .next()
                .is_some_and(|field| field.first().is_some_and(digit) && number::whole(field).is_some())
    };
    if lines.is_empty() || !lines.iter().all(first) || agreed_size(bytes).is_none() {
        return false;
    }
    let firsts: Vec<_> = lines.iter().filter_map(|line| fields(line).next()).collect();
    let fractions = firsts.iter().filter(|field| is_fraction(field) || field.starts_with(b"-")).count();
    let different: HashSet<_> = firsts.iter().collect();
    2 * fractions >= firsts.len() || different.len() < firsts.len()
}

/// The length of the first line if it numbers the columns, from 0 or 1, as in tables written with a header.
///
/// A vector may look like that, too: it is one if the lines after it have only whole numbers, or if there are just two
/// columns and the first one does not have a common name.
pub(super) fn numbers_columns(bytes: &[u8], vector_size: usize) -> Option<usize> {
    let end = bytes.iter().position(|&b| b == b'\n')? + 1;
    let line = &bytes[..end - 1];
    let all: Vec<_> = fields(line).collect();
    let names = all.len().checked_sub(vector_size).filter(|&names| names <= 1)?;
    let counts_from =
        |first: usize| all[names..].iter().zip(first..).all(|(field, n)| *field == n.to_string().as_bytes());
    if !counts_from(0) && !counts_from(1) {
        return None;
    }
    let name = if names == 1 { all[0].to_ascii_lowercase() } else { Vec::new() };
    let named = WORD_COLUMNS.contains(&&name[..]);
    let rows = sample(&bytes[end..]);
    let has_fraction = |line: &&[u8]| fields(line).skip(1).any(is_fraction);
    (vector_size > if named { 1 } else { 2 } && !rows.is_empty() && rows.iter().all(has_fraction)).then_some(end)
}

/// Whether a word of the first two lines is in base64 after a mark, as Deeplearning4j writes them.
pub(in crate::format) fn has_base64_words(bytes: &[u8]) -> bool {
    let lines = header::without_mark(bytes).splitn(3, |&b| b == b'\n').take(2);
    lines.into_iter().any(|line| {
        let word = fields(&line[..line.len().min(SAMPLE)]).next().and_then(|word| word.strip_prefix(b"B64:"));
        word.is_some_and(|word| word.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b)))
    })
}

/// Whether the first line of `body` could be a word with `vector_size` numbers, or with some of them.
pub(in crate::format) fn is_row(body: &[u8], vector_size: usize) -> bool {
    let start = &body[..body.len().min(SAMPLE_BYTES)];
    let line = start.split(|&b| b == b'\n').next().unwrap_or_default();
    // The last field may be cut with the line.
    let cut = usize::from(line.len() == SAMPLE_BYTES);
    let fields = || line.rsplit(|&b| number::is_separator(b)).filter(|field| !field.is_empty()).skip(cut);
    let numbers = fields().take(vector_size.saturating_add(1)).count().saturating_sub(1);
    numbers > 0 && fields().take(numbers).all(|field| number::whole(field).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_line_that_numbers_the_columns_is_a_header() {
        for text in [
            "word 0 1 2 3\nking 0.1 0.2 0.3 0.4\n",
            "word\t1\t2\nking\t0.1\t0.2\n",
            " 0 1 2\nking 0.1 0.2 0.3\n",
            "\"\" 0 1 2\r\nking 0.1 0.2 0.3\r\n",
            "Wort 1 2 3\nking 0.1 0.2 0.3\n",
        ] {
            let size = agreed_size(text.as_bytes()).unwrap();
            assert_eq!(numbers_columns(text.as_bytes(), size), text.find('\n').map(|end| end + 1), "{text:?}");
        }
        for text in [
            "a 1 2 3\nb 4 5 6\n",
            "x 0 1\ny 0.6 0.8\n",
            "word 0 2 1\nking 0.1 0.2 0.3\n",
            "word 1 2 3\n",
            "word 1.0 2.0 3.0\nking 0.1 0.2 0.3\n",
        ] {
            let size = agreed_size(text.as_bytes()).unwrap();
            assert_eq!(numbers_columns(text.as_bytes(), size), None, "{text:?}");
        }
    }
}
