//! One column of a table (CSV, TSV) as text: a line for each row; line ends within a field end sentences.
//!
//! Fields are separated by tabs, semicolons, bars or commas, whichever the first row has most of, and may be in quotes (RFC
//! 4180). A column is chosen by its name in the first row, or by its number from 1, and then the first row is a row like any
//! other, unless the number is also a name. A row without the column is an empty line.

use super::error::CorpusError;
use crate::error::Error;
use std::io::{self, BufRead, Cursor, Read};

const BUFFER: usize = 1 << 16;
/// Bytes of the longest first row.
const LONGEST_HEADER: usize = 1 << 20;
const SEPARATORS: [u8; 4] = *b"\t;|,";

/// The text of one column.
pub(super) struct Column<'a> {
    name: String,
    wanted: String,
    reader: Box<dyn Read + Send + 'a>,
    /// How rows are read; `None` before the first one was.
    rows: Option<Rows>,
    bytes: Vec<u8>,
    /// The text of some rows, and how much of it was returned.
    text: Cursor<Vec<u8>>,
    ended: bool,
}

impl<'a> Column<'a> {
    /// The column called `wanted` of the table `reader`; `name` is its name in messages.
    pub fn new(name: &str, wanted: &str, reader: Box<dyn Read + Send + 'a>) -> Self {
        let (name, wanted) = (name.to_owned(), wanted.to_owned());
        Self { name, wanted, reader, rows: None, bytes: Vec::new(), text: Cursor::default(), ended: false }
    }

    /// Reads more of the table. Returns whether there is more text.
    fn fill(&mut self) -> io::Result<bool> {
        let mut text = std::mem::take(&mut self.text).into_inner();
        text.clear();
        while text.is_empty() && !self.ended {
            let before = self.bytes.len();
            self.bytes.resize(before + BUFFER, 0);
            let length = self.reader.read(&mut self.bytes[before..])?;
            self.bytes.truncate(before + length);
            self.ended = length == 0;
            if self.rows.is_none() {
                self.begin()?;
            }
            if let Some(rows) = &mut self.rows {
                self.bytes.iter().for_each(|&byte| rows.take(byte, &mut text));
                self.bytes.clear();
                if self.ended {
                    rows.end(&mut text);
                }
            }
        }
        self.text = Cursor::new(text);
        Ok(!self.text.get_ref().is_empty())
    }

    /// Finds the column in the first row, once that is whole.
    fn begin(&mut self) -> io::Result<()> {
        let whole = end_of_row(&self.bytes);
        let end = match whole {
            Some(end) => end,
            None if self.ended || self.bytes.len() > LONGEST_HEADER => self.bytes.len(),
            None => return Ok(()),
        };
        let first = &self.bytes[..end];
        let count = |separator: &u8| first.iter().filter(|byte| *byte == separator).count();
        let separator = SEPARATORS.into_iter().rev().max_by_key(count).unwrap_or(b',');
        let names = names(first, separator);
        let named = names.iter().position(|name| *name == self.wanted);
        let named = named.or_else(|| names.iter().position(|name| name.eq_ignore_ascii_case(&self.wanted)));
        let number = || self.wanted.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let column = named.or_else(|| number().filter(|&column| column < names.len()));
        let column = column.ok_or_else(|| {
            let shown = |name: &String| name.chars().take(40).collect::<String>();
            let columns = names.iter().take(20).map(shown).collect::<Vec<_>>().join(", ");
            let (name, wanted) = (self.name.clone(), self.wanted.chars().take(40).collect());
            io::Error::other(Error::from(CorpusError::NoColumn { name, wanted, columns }))
        })?;
        if named.is_some() {
            self.bytes.drain(..end);
        }
        self.rows = Some(Rows { separator, wanted: column, column: 0, state: State::Start, is_empty: true });
        Ok(())
    }
}

impl Read for Column<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.text.fill_buf()?.is_empty() && !self.fill()? {
            return Ok(0);
        }
        self.text.read(buffer)
    }
}

/// Where the first row ends, behind its line end; a line end in quotes does not count.
fn end_of_row(bytes: &[u8]) -> Option<usize> {
    let mut inside = false;
    for (at, &byte) in bytes.iter().enumerate() {
        inside ^= byte == b'"';
        if byte == b'\n' && !inside {
            return Some(at + 1);
        }
    }
    None
}

/// The names in the first row.
fn names(row: &[u8], separator: u8) -> Vec<String> {
    let mut names = Vec::new();
    for column in 0.. {
        let mut text = Vec::new();
        let mut rows = Rows { separator, wanted: column, column: 0, state: State::Start, is_empty: true };
        let mut is_last = true;
        for &byte in row {
            rows.take(byte, &mut text);
            if rows.column > column {
                is_last = false;
                break;
            }
        }
        names.push(String::from_utf8_lossy(&text).trim().to_owned());
        if is_last || names.len() == MOST_NAMES {
            break;
        }
    }
    names
}

/// More columns are not looked for by name.
const MOST_NAMES: usize = 1000;

/// A row that is being read.
struct Rows {
    separator: u8,
    wanted: usize,
    /// The column of the next byte.
    column: usize,
    state: State,
    /// The row has no byte so far.
    is_empty: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// At the start of a field.
    Start,
    Plain,
    Quoted,
    /// Behind a quote in a quoted field, which ends it unless another one follows.
    Quote,
}

impl Rows {
    /// Takes the next byte, and writes it to `out` if it is of the column.
    fn take(&mut self, byte: u8, out: &mut Vec<u8>) {
        let quoted = self.state == State::Quoted;
        match byte {
            b'"' if quoted => self.state = State::Quote,
            b'"' if self.state == State::Quote => {
                self.state = State::Quoted;
                self.push(byte, out);
            }
            b'"' if self.state == State::Start => (self.state, self.is_empty) = (State::Quoted, false),
            b'\n' if !quoted => self.end(out),
            b'\r' if !quoted => {}
            byte if byte == self.separator && !quoted => {
                (self.column, self.state, self.is_empty) = (self.column + 1, State::Start, false);
            }
            byte => {
                if !quoted {
                    self.state = State::Plain;
                }
                self.push(byte, out);
            }
        }
    }

    fn push(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.is_empty = false;
        if self.column == self.wanted {
            out.push(byte);
        }
    }

    /// Ends the row.
    fn end(&mut self, out: &mut Vec<u8>) {
        if !self.is_empty {
            out.push(b'\n');
        }
        (self.column, self.state, self.is_empty) = (0, State::Start, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.0.len().min(1);
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    fn column(table: &str, wanted: &str) -> Result<String, String> {
        let read = |reader: Box<dyn Read + Send + '_>| {
            io::read_to_string(Column::new("t", wanted, reader)).map_err(|error| error.to_string())
        };
        let (whole, slow) = (read(Box::new(table.as_bytes())), read(Box::new(Slow(table.as_bytes()))));
        assert_eq!(whole, slow, "{table}");
        whole
    }

    #[test]
    fn a_column_is_chosen_by_name_or_number() {
        let table = "id,text,n\r\n1,\"a, \"\"b\"\"\nc\",2\r\n\r\n3,d e,4";
        assert_eq!(column(table, "text").unwrap(), "a, \"b\"\nc\nd e\n");
        assert_eq!(column(table, "TEXT").unwrap(), "a, \"b\"\nc\nd e\n");
        assert_eq!(column(table, "1").unwrap(), "id\n1\n3\n");
        for table in ["a\tb\n1\t2, 3\n", "a;b\n1;2, 3\n", "a|b\n1|2, 3\n", "\"a\",\"b\"\n\"1\",\"2, 3\"\n"] {
            assert_eq!(column(table, "b").unwrap(), "2, 3\n", "{table}");
        }
        assert_eq!(column("a,b\n1\n2,3\n", "b").unwrap(), "\n3\n");
        assert_eq!(column("b\nx\n", "b").unwrap(), "x\n");
    }

    #[test]
    fn a_missing_column_is_named_with_those_that_are_there() {
        for wanted in ["body", "4", "0"] {
            let refused = column("id,text,n\n1,a,2\n", wanted).unwrap_err();
            assert!(refused.contains(&format!("no column `{wanted}`")) && refused.contains("id, text, n"), "{refused}");
        }
        assert!(column("", "a").is_err());
    }
}
