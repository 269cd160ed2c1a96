//! One field after the other, without a list of them: a line of many fields takes no memory.

use std::borrow::Cow;

/// A place in a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    separator: u8,
    /// Where the next field begins.
    at: usize,
    /// The line of the next field, from 1.
    line: usize,
}

/// A field, without quotes and without white space around it.
#[derive(Debug, PartialEq)]
pub(super) struct Field<'a> {
    pub text: Cow<'a, [u8]>,
    /// It is the last of its row.
    pub ends_row: bool,
}

impl<'a> Fields<'a> {
    pub fn new(bytes: &'a [u8], separator: u8) -> Self {
        Self { bytes, separator, at: 0, line: 1 }
    }

    /// The line of the next field, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Whether no row is left. Empty lines are no rows.
    pub fn is_at_end(&mut self) -> bool {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => self.line += 1,
                b'\r' if matches!(self.bytes.get(self.at + 1), Some(b'\n') | None) => {}
                _ => return false,
            }
            self.at += 1;
        }
        true
    }

    /// The next field.
    pub fn next(&mut self) -> Field<'a> {
        let blanks = self.bytes[self.at..].iter().take_while(|&&b| b == b' ').count();
        if self.bytes.get(self.at + blanks) == Some(&b'"') {
            self.at += blanks + 1;
            return self.quoted();
        }
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&b| b == self.separator || b == b'\n').unwrap_or(rest.len());
        Field { text: Cow::Borrowed(rest[..length].trim_ascii()), ends_row: self.end(self.at + length) }
    }

    /// The rest of a field in quotes; two quotes in it are one.
    fn quoted(&mut self) -> Field<'a> {
        let mut text: Cow<'a, [u8]> = Cow::Borrowed(&[]);
        loop {
            let rest = &self.bytes[self.at..];
            let length = rest.iter().position(|&b| b == b'"').unwrap_or(rest.len());
            self.line += rest[..length].iter().filter(|&&b| b == b'\n').count();
            match text.is_empty() {
                true => text = Cow::Borrowed(&rest[..length]),
                false => text.to_mut().extend_from_slice(&rest[..length]),
            }
            self.at = (self.at + length + 1).min(self.bytes.len());
            if self.bytes.get(self.at) != Some(&b'"') {
                break;
            }
            text.to_mut().push(b'"');
            self.at += 1;
        }
        let rest = &self.bytes[self.at..];
        let more = rest.iter().position(|&b| b == self.separator || b == b'\n').unwrap_or(rest.len());
        let after = rest[..more].trim_ascii_end();
        if !after.is_empty() {
            text.to_mut().extend_from_slice(after);
        }
        Field { text, ends_row: self.end(self.at + more) }
    }

    /// Goes on behind the separator or line end at `end`; whether a row ends there.
    fn end(&mut self, end: usize) -> bool {
        let ends_row = self.bytes.get(end) != Some(&self.separator);
        self.line += usize::from(self.bytes.get(end) == Some(&b'\n'));
        self.at = (end + 1).min(self.bytes.len());
        ends_row
    }

    /// Passes on the fields of the next row with their columns.
    pub fn row(&mut self, mut see: impl FnMut(usize, &[u8])) -> usize {
        let mut column = 0;
        loop {
            let field = self.next();
            see(column, &field.text);
            column += 1;
            if field.ends_row {
                return column;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, separator: u8) -> Vec<Vec<String>> {
        let mut fields = Fields::new(text.as_bytes(), separator);
        let mut rows = Vec::new();
        while !fields.is_at_end() {
            let mut row = Vec::new();
            fields.row(|_, field| row.push(String::from_utf8(field.to_vec()).unwrap()));
            rows.push(row);
        }
        rows
    }

    #[test]
    fn quotes_hold_separators_line_ends_and_quotes() {
        assert_eq!(rows("a,b\r\n\r\nc, d \n", b','), [["a", "b"], ["c", "d"]]);
        assert_eq!(rows("\"a,\"\"b\"\"\";\"c\nd\"\ne;", b';'), [["a,\"b\"", "c\nd"], ["e", ""]]);
        assert_eq!(rows("\"open,b", b','), [["open,b"]]);
        assert_eq!(rows("\"\",1", b','), [["", "1"]]);
        assert_eq!(rows("", b','), Vec::<Vec<String>>::new());
    }

    #[test]
    fn lines_are_counted_also_within_quotes() {
        let mut fields = Fields::new(b"a\n\"b\nc\"\n\nd\n", b',');
        let mut lines = Vec::new();
        while !fields.is_at_end() {
            lines.push(fields.line());
            fields.row(|_, _| ());
        }
        assert_eq!(lines, [1, 2, 5]);
    }
}
