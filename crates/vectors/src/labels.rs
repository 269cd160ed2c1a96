//! The words of a matrix's rows, in a file of their own.
//!
//! One word a line; or a table with tabs, as TensorFlow's projector has it, whose first line may name the columns; or words
//! with counts, as word2vec.c and GloVe write them; or JSON, `["a", "b"]` or `{"a": 0, "b": 1}`. Which line belongs to which row
//! follows from their numbers: one line more than rows is a first line that names columns.

use crate::error::{FormatError, Result};
use crate::format::OpenReport;
use crate::lines::Lines;
use std::path::Path;

/// Common names of the column of words, in lower case.
const WORD_COLUMNS: [&str; 12] =
    ["word", "words", "token", "tokens", "label", "labels", "name", "term", "key", "index", "text", "id"];

/// The lines of such a file.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    name: String,
    lines: Vec<String>,
    /// The lines are words and nothing else.
    is_plain: bool,
}

impl Labels {
    /// Reads the file at `path`; it may be compressed.
    ///
    /// # Errors
    /// [`TextError`](crate::error::TextError); errors of the system.
    pub fn open(path: &Path) -> Result<Self> {
        let mut reader = Lines::open(path)?;
        let mut lines = Vec::new();
        while let Some((_, line)) = reader.next_line()? {
            lines.push(line.trim_end_matches('\r').to_owned());
        }
        while lines.last().is_some_and(|line| line.trim().is_empty()) {
            lines.pop();
        }
        let name = path.display().to_string();
        let of_json = of_json(&lines);
        let is_plain = of_json.is_some();
        Ok(Self { name, lines: of_json.unwrap_or(lines), is_plain })
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// The words of `rows` rows, with their counts, or 0.
    ///
    /// # Errors
    /// [`FormatError::WordsOfMatrix`] if there are more or fewer.
    pub fn of_rows(self, rows: usize, report: &mut OpenReport) -> Result<Vec<(String, u64)>, FormatError> {
        let Self { name, mut lines, is_plain } = self;
        if is_plain && lines.len() == rows {
            return Ok(lines.into_iter().map(|word| (word, 0)).collect());
        }
        if lines.len() != rows {
            let filled = lines.iter().filter(|line| !line.trim().is_empty()).count();
            if filled + 1 >= rows && filled < lines.len() {
                lines.retain(|line| !line.trim().is_empty());
            }
        }
        let mut column = 0;
        if lines.len() == rows + 1 && names_columns(&lines) {
            let names = lines.remove(0);
            report.column_header = true;
            let is_word = |name: &str| WORD_COLUMNS[..8].contains(&&*name.trim().to_ascii_lowercase());
            column = names.split('\t').position(is_word).unwrap_or(0);
        }
        if lines.len() != rows {
            return Err(FormatError::WordsOfMatrix { name, expected: rows, got: lines.len() });
        }
        let counted = lines.iter().all(|line| with_count(line).is_some());
        let word = |line: String| match with_count(&line) {
            Some((word, count)) if counted && column == 0 => (word.to_owned(), count),
            _ => (line.split('\t').nth(column).unwrap_or_default().trim_end_matches(' ').to_owned(), 0),
        };
        Ok(lines.into_iter().map(word).collect())
    }
}

/// Whether the first line names columns: there are several, or the name is a common one.
fn names_columns(lines: &[String]) -> bool {
    let Some(first) = lines.first() else { return false };
    let is_common = |name: &str| WORD_COLUMNS.contains(&&*name.trim().to_ascii_lowercase());
    first.contains('\t') || is_common(first)
}

/// A word, one space or tab, and a whole number.
fn with_count(line: &str) -> Option<(&str, u64)> {
    let (word, count) = line.trim_end().rsplit_once([' ', '\t'])?;
    let digits = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
    let alone = !word.is_empty() && !word.contains([' ', '\t']);
    Some((word, count.parse().ok().filter(|_| digits && alone)?))
}

/// The words of JSON: a list, or a dictionary of rows.
fn of_json(lines: &[String]) -> Option<Vec<String>> {
    if !lines.first()?.starts_with(['[', '{']) {
        return None;
    }
    let text = lines.join("\n");
    if let Ok(words) = serde_json::from_str::<Vec<String>>(&text) {
        return Some(words);
    }
    let rows: std::collections::HashMap<String, usize> = serde_json::from_str(&text).ok()?;
    let mut words = vec![None; rows.len()];
    for (word, row) in rows {
        *words.get_mut(row).filter(|place| place.is_none())? = Some(word);
    }
    words.into_iter().collect()
}
