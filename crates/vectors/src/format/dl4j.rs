//! Deeplearning4j's text: a line for each word, which is in base64 after a mark, `B64:a2luZw== 0.1 0.2`.
//!
//! A line `V D documents` or `V D` may come first. As in other texts, all lines have the same number of numbers.

use super::table_builder::{See, checked, collected, lossy};
use super::word2vec_text::whole_number;
use super::{OpenOptions, OpenReport, VectorTable, header};
use crate::error::FormatError;

const MARK: &[u8] = b"B64:";

/// Reads words and vectors.
///
/// # Errors
/// [`FormatError`] with the line; what `options` do not allow.
pub fn read(bytes: &[u8], options: &OpenOptions) -> Result<(VectorTable, OpenReport), FormatError> {
    let text = Text::new(header::without_mark(bytes), options)?;
    let (rows, ()) = checked(options, |see| text.walk(see))?;
    let wanted = header::wanted(rows, options)?;
    if let Some(expected) = text.declared.filter(|&declared| options.limit.is_none() && declared != rows) {
        return Err(match rows < expected {
            true => FormatError::TruncatedRows { expected, vector_size: text.size, got: rows },
            false => FormatError::MoreRows { expected, line: text.first_line + expected },
        });
    }
    let stopped_at_limit = text.declared.is_some_and(|declared| declared > rows) || rows > wanted;
    let mut report = OpenReport { stopped_at_limit, ..OpenReport::default() };
    let table = collected(rows, text.size, options, &mut report, |see| text.walk(see))?;
    Ok((table, report))
}

/// The lines of the words.
struct Text<'a> {
    body: &'a [u8],
    /// The number of the first of them.
    first_line: usize,
    declared: Option<usize>,
    size: usize,
    most: usize,
}

impl<'a> Text<'a> {
    fn new(bytes: &'a [u8], options: &OpenOptions) -> Result<Self, FormatError> {
        let end = bytes.iter().position(|&b| b == b'\n').map_or(bytes.len(), |end| end + 1);
        let first = &bytes[..end];
        let (body, first_line, declared) = match first.starts_with(MARK) {
            true => (bytes, 1, None),
            false => {
                (&bytes[end..], 2, fields(first).next().and_then(|field| std::str::from_utf8(field).ok()?.parse().ok()))
            }
        };
        let size = body.split(|&b| b == b'\n').next().map_or(0, |line| fields(line).count().saturating_sub(1));
        if size == 0 {
            return Err(FormatError::NoVectorSize);
        }
        Ok(Self { body, first_line, declared, size, most: options.limit.unwrap_or(usize::MAX) })
    }

    fn walk(&self, see: &mut See<'_>) -> Result<(), FormatError> {
        let (mut word, mut numbers) = (Vec::new(), Vec::new());
        let lines =
            self.body.split(|&b| b == b'\n').zip(self.first_line..).filter(|(line, _)| !line.trim_ascii().is_empty());
        for (row, (text, line)) in lines.enumerate().take(self.most) {
            let mut fields = fields(text);
            let first = fields.next().unwrap_or_default();
            let wrong = || FormatError::RowNumber { line, expected: self.size, got: lossy(first) };
            let encoded = first.strip_prefix(MARK).ok_or_else(wrong)?;
            decode(encoded, &mut word).ok_or_else(wrong)?;
            numbers.clear();
            let mut got = 0;
            for field in fields {
                got += 1;
                let refused = || FormatError::RowNumber { line, expected: self.size, got: lossy(field) };
                let number = whole_number(field).ok_or_else(refused)?;
                if got <= self.size {
                    numbers.push(number);
                }
            }
            if got != self.size {
                return Err(FormatError::RowLength { line, expected: self.size, got, row, last: false });
            }
            if word.contains(&0) {
                return Err(FormatError::Nul { line });
            }
            see(row, &word, &numbers)?;
        }
        Ok(())
    }
}

fn fields(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).filter(|field| !field.is_empty())
}

/// Decodes base64 into `out`; `None` if it is not valid.
fn decode(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let digits = text.trim_ascii_end();
    let digits = digits.strip_suffix(b"==").or(digits.strip_suffix(b"=")).unwrap_or(digits);
    out.clear();
    for group in digits.chunks(4) {
        let bits = group.iter().try_fold(0u32, |bits, &digit| Some(bits << 6 | value(digit)?))?;
        let bytes = group.len() * 6 / 8;
        let used = bits << (32 - 6 * group.len() as u32);
        if group.len() == 1 {
            return None;
        }
        out.extend_from_slice(&used.to_be_bytes()[..bytes]);
    }
    Some(())
}

fn value(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Result<Vec<String>, FormatError> {
        let (table, _) = read(text.as_bytes(), &OpenOptions::default())?;
        Ok(table.vocabulary.words().map(str::to_owned).collect())
    }

    #[test]
    fn words_are_decoded() {
        for header in ["2 2 120\n", "2 2\n", ""] {
            let text = format!("{header}B64:a2luZw== 0.1 0.2\nB64:7JWI64WV 0.3 -4e-1\r\n");
            assert_eq!(words(&text).unwrap(), ["king", "안녕"]);
        }
        for (encoded, expected) in
            [("", ""), ("YQ==", "a"), ("YWI=", "ab"), ("YWJj", "abc"), ("YWI", "ab"), ("bmV3IHlvcms=", "new york")]
        {
            let mut out = Vec::new();
            decode(encoded.as_bytes(), &mut out).unwrap();
            assert_eq!(out, expected.as_bytes());
        }
        assert!(decode(b"Y", &mut Vec::new()).is_none() && decode(b"Y*==", &mut Vec::new()).is_none());
    }

    #[test]
    fn wrong_lines_and_counts_are_refused() {
        let a = "B64:YQ== 1 2\n";
        assert!(matches!(words(&format!("3 2 9\n{a}")), Err(FormatError::TruncatedRows { expected: 3, got: 1, .. })));
        assert!(matches!(
            words(&format!("1 2 9\n{a}B64:Yg== 1 2\n")),
            Err(FormatError::MoreRows { expected: 1, line: 3 })
        ));
        assert!(matches!(words(&format!("{a}B64:Yg== 1\n")), Err(FormatError::RowLength { line: 2, got: 1, .. })));
        assert!(matches!(words(&format!("{a}b 1 2\n")), Err(FormatError::RowNumber { line: 2, .. })));
        assert!(matches!(words(&format!("{a}B64:Yg== 1 x\n")), Err(FormatError::RowNumber { line: 2, .. })));
        assert!(matches!(words(&format!("{a}B64:/w== 1 2\n")), Err(FormatError::InvalidWord { row: 1, .. })));
    }
}
