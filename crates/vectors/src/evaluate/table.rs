//! Pairs of words with scores, as published: a table of any delimiter, with more columns than three or with names for them.
//!
//! The first line decides on the delimiter: tabs, semicolons, commas, bars, else white space. Fields may be quoted. Which
//! columns are meant follows from [`Columns`], from common names in the first line (WordSim-353's, SimLex-999's and others'), or
//! else: the first two, and of the rest the first with a number (SimLex, SimVerb-3500, RW).

use super::error::EvaluateError;
use std::borrow::Cow;

/// Which columns of a table of pairs are the words and the score: names of the first line, or numbers from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns(pub [String; 3]);

/// What separates fields.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Separator {
    Tab,
    Semicolon,
    Comma,
    Bar,
    Space,
}

/// Two words and their score.
pub type Pair<'t> = (Cow<'t, str>, Cow<'t, str>, f64);

impl Separator {
    const ALL: [Self; 5] = [Self::Tab, Self::Semicolon, Self::Comma, Self::Bar, Self::Space];

    /// The one that divides a line into three fields, or into more.
    fn of(text: &str) -> Option<Self> {
        let of =
            |wanted: fn(usize) -> bool| Self::ALL.into_iter().find(|separator| wanted(separator.split(text).len()));
        of(|fields| fields == 3).or_else(|| of(|fields| fields > 3))
    }

    fn character(self) -> Option<char> {
        match self {
            Self::Tab => Some('\t'),
            Self::Semicolon => Some(';'),
            Self::Comma => Some(','),
            Self::Bar => Some('|'),
            Self::Space => None,
        }
    }

    /// The fields of a line, without white space around them and without quotes.
    pub(super) fn split(self, text: &str) -> Vec<Cow<'_, str>> {
        let Some(separator) = self.character() else { return text.split_whitespace().map(Cow::Borrowed).collect() };
        if !text.contains('"') {
            return text.split(separator).map(|field| Cow::Borrowed(field.trim())).collect();
        }
        quoted(text, separator)
    }
}

/// Fields of which some are in quotes; two quotes in them are one.
fn quoted(text: &str, separator: char) -> Vec<Cow<'_, str>> {
    let (mut fields, mut field, mut inside) = (Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if inside && characters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if inside => inside = false,
            '"' if field.trim().is_empty() => (inside, field) = (true, String::new()),
            c if c == separator && !inside => fields.push(Cow::Owned(std::mem::take(&mut field).trim().to_owned())),
            c => field.push(c),
        }
    }
    fields.push(Cow::Owned(field.trim().to_owned()));
    fields
}

/// How the lines of a table are read.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub separator: Separator,
    /// Fields of every line.
    fields: usize,
    /// The words and the score.
    columns: Option<[usize; 3]>,
    chosen: Option<Columns>,
    /// No line has been read.
    is_first: bool,
}

/// Names of the column with the score, in lower case.
const SCORES: [&str; 16] = [
    "score",
    "simlex999",
    "simlex-999",
    "human (mean)",
    "human(mean)",
    "human",
    "mean",
    "similarity",
    "sim",
    "rating",
    "average",
    "avg",
    "gold",
    "relatedness",
    "average_score",
    "mean rating",
];
/// Names of the columns with the words, in lower case.
const WORDS: [[&str; 2]; 6] =
    [["word1", "word2"], ["word 1", "word 2"], ["word_1", "word_2"], ["w1", "w2"], ["#word1", "word2"], ["a", "b"]];

impl Table {
    /// The table that begins with this line, if it can be one.
    pub fn of(text: &str, chosen: Option<&Columns>) -> Option<Self> {
        let separator = Separator::of(text)?;
        let all = separator.split(text);
        let numbers = all.iter().skip(2).filter(|field| is_number(field)).count();
        let named = names(&all).is_some();
        // Four words are a question, more are something else, unless they name columns.
        let fits = all.len() == 3
            || chosen.is_some()
            || named
            || numbers > 0 && separator != Separator::Space
            || numbers > 0 && all.len() > 4;
        fits.then(|| Self { separator, fields: all.len(), columns: None, chosen: chosen.cloned(), is_first: true })
    }

    /// The two words and the score of a line; `None` for one that names the columns.
    ///
    /// # Errors
    /// [`EvaluateError`], with the line.
    pub fn pair<'t>(&mut self, name: &str, line: u64, text: &'t str) -> Result<Option<Pair<'t>>, EvaluateError> {
        let fields = self.separator.split(text);
        let is_first = std::mem::take(&mut self.is_first);
        if fields.len() != self.fields {
            let (expected, what) =
                (self.fields, if self.fields == 3 { "two words and a number" } else { "as in the first line" });
            return Err(EvaluateError::FieldCount { name: name.to_owned(), line, what, expected, got: fields.len() });
        }
        if is_first && self.is_header(name, line, &fields)? {
            return Ok(None);
        }
        let [a, b, score] = match self.columns {
            Some(columns) => columns,
            None => *self.columns.insert([0, 1, self.first_number(&fields)]),
        };
        let number = self.number(&fields[score]).filter(|number| number.is_finite());
        let Some(number) = number else {
            let got = fields[score].chars().take(40).collect();
            return Err(EvaluateError::NotANumber { name: name.to_owned(), line, got });
        };
        Ok(Some((fields[a].clone(), fields[b].clone(), number)))
    }

    /// With semicolons between fields, a comma may be the decimal point.
    fn number(&self, field: &str) -> Option<f64> {
        match field.parse() {
            Ok(number) => Some(number),
            Err(_) if self.separator == Separator::Semicolon => field.replacen(',', ".", 1).parse().ok(),
            Err(_) => None,
        }
    }

    /// The first column after the words with a number.
    fn first_number(&self, fields: &[Cow<'_, str>]) -> usize {
        (2..fields.len()).find(|&column| self.number(&fields[column]).is_some()).unwrap_or(2)
    }

    /// Whether the first line names the columns; finds those that are meant.
    fn is_header(&mut self, name: &str, line: u64, fields: &[Cow<'_, str>]) -> Result<bool, EvaluateError> {
        if let Some(Columns(chosen)) = &self.chosen {
            let found = chosen.each_ref().map(|wanted| column(fields, wanted));
            let [Some(a), Some(b), Some(score)] = found else {
                let missing = found.iter().position(Option::is_none).unwrap_or(0);
                let (name, wanted) = (name.to_owned(), chosen[missing].chars().take(40).collect());
                let columns = fields.join(", ").chars().take(200).collect();
                return Err(EvaluateError::NoColumn { name, line, wanted, columns });
            };
            let by_name = chosen.iter().any(|wanted| wanted.parse::<usize>().is_err());
            let is_header = by_name || self.number(&fields[score]).is_none();
            self.columns = Some([a, b, score]);
            return Ok(is_header);
        }
        if let Some(columns) = names(fields) {
            self.columns = Some(columns);
            return Ok(true);
        }
        let is_named = |field: &Cow<'_, str>| self.number(field).is_none() && !begins_as_number(field);
        Ok(fields[2..].iter().all(is_named) && !fields[2..].iter().any(|field| is_not_finite(field)))
    }
}

/// Whether a field is `nan` or `inf`: a bad score, not the name of a column.
fn is_not_finite(field: &str) -> bool {
    field.parse().is_ok_and(|number: f64| !number.is_finite())
}

/// The column of this name, or number from 1.
fn column(fields: &[Cow<'_, str>], wanted: &str) -> Option<usize> {
    let named = fields.iter().position(|field| field.eq_ignore_ascii_case(wanted));
    let numbered = || wanted.parse::<usize>().ok()?.checked_sub(1).filter(|&column| column < fields.len());
    named.or_else(numbered)
}

/// The columns of the words and the score, if a line names them.
fn names(fields: &[Cow<'_, str>]) -> Option<[usize; 3]> {
    let position = |name: &str| fields.iter().position(|field| field.eq_ignore_ascii_case(name));
    let words = WORDS.iter().find_map(|[first, second]| Some([position(first)?, position(second)?]));
    let score = SCORES.iter().find_map(|name| position(name));
    match (words, score) {
        (Some([first, second]), Some(score)) => Some([first, second, score]),
        _ => None,
    }
}

/// Whether a field is a number, and not a word such as `nan`.
pub(super) fn is_number(field: &str) -> bool {
    field.parse().is_ok_and(f64::is_finite)
}

/// Whether a field is a number in another notation, such as `8,5`, or a mistyped one; the name of a column is not.
fn begins_as_number(field: &str) -> bool {
    field.trim_start_matches(['+', '-', '.']).starts_with(|c: char| c.is_ascii_digit())
}
