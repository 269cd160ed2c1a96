//! The line `V D` before word2vec's vectors, in text and in binary.

use super::OpenOptions;
use crate::error::FormatError;

/// Two numbers of 20 digits with signs, and some more.
const LONGEST: usize = 64;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The contents of the first line, not yet checked against the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Header {
    /// Words: V.
    pub words: usize,
    /// Numbers per word: D.
    pub vector_size: usize,
    /// Bytes of the line, its end included.
    pub length: usize,
    /// Whether the line ends as on Windows.
    pub has_return: bool,
}

impl Header {
    /// The header of `bytes`. `None` if the first line is not two whole numbers.
    ///
    /// # Errors
    /// [`FormatError::HeaderNumber`] if one is negative or too large, [`FormatError::Empty`] if one is 0.
    pub fn find(bytes: &[u8]) -> Result<Option<Self>, FormatError> {
        let Some((words, vector_size, length, has_return)) = fields(bytes) else { return Ok(None) };
        let words = number(words, "words")?;
        let vector_size = number(vector_size, "vector size")?;
        if words == 0 || vector_size == 0 {
            return Err(FormatError::Empty { words, vector_size });
        }
        Ok(Some(Self { words, vector_size, length, has_return }))
    }

    /// How many vectors to read, after checking that `body` bytes can hold them: a row takes at least `least` bytes.
    ///
    /// # Errors
    /// [`FormatError::TooManyWords`], [`FormatError::Overflow`]; and the error that `truncated` makes if `body` is too short.
    pub fn wanted(
        &self,
        options: &OpenOptions,
        least: Option<usize>,
        body: usize,
        truncated: impl FnOnce() -> FormatError,
    ) -> Result<usize, FormatError> {
        let wanted = wanted(self.words, options)?;
        let Self { words, vector_size, .. } = *self;
        let needed = least.and_then(|least| least.checked_mul(wanted));
        let needed = needed.ok_or(FormatError::Overflow { words, vector_size })?;
        // The last row's line end may be missing.
        if needed - 1 > body { Err(truncated()) } else { Ok(wanted) }
    }
}

/// The smaller of `words` and the limit, not 0 and not more than there are ids.
pub(super) fn wanted(words: usize, options: &OpenOptions) -> Result<usize, FormatError> {
    let wanted = options.limit.map_or(words, |limit| limit.min(words));
    match wanted {
        0 => Err(FormatError::Empty { words: 0, vector_size: 0 }),
        got if got >= u32::MAX as usize => Err(FormatError::TooManyWords { expected: u32::MAX as usize - 1, got }),
        wanted => Ok(wanted),
    }
}

/// `bytes` without the byte order mark that some editors write.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

fn fields(bytes: &[u8]) -> Option<(&str, &str, usize, bool)> {
    let mark = bytes.len() - without_mark(bytes).len();
    let start = &bytes[mark..bytes.len().min(mark + LONGEST)];
    let end = start.iter().position(|&b| b == b'\n').or((bytes.len() <= mark + LONGEST).then_some(start.len()))?;
    let line = std::str::from_utf8(&start[..end]).ok()?;
    let mut fields = line.split_ascii_whitespace();
    let (first, second) = (fields.next()?, fields.next()?);
    let whole = |field: &str| {
        let digits = field.strip_prefix(['-', '+']).unwrap_or(field);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    // A space before them would be the end of an empty word.
    let two = fields.next().is_none() && line.starts_with(first) && whole(first) && whole(second);
    two.then_some((first, second, (mark + end + 1).min(bytes.len()), line.ends_with('\r')))
}

fn number(field: &str, what: &'static str) -> Result<usize, FormatError> {
    field.parse().map_err(|_| FormatError::HeaderNumber { what, got: field.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_whole_numbers_are_a_header() {
        let found = |bytes: &[u8]| Header::find(bytes).unwrap().map(|h| (h.words, h.vector_size, h.length));
        assert_eq!(found(b"3 20\na"), Some((3, 20, 5)));
        assert_eq!(found(b"3 20 \r\na"), Some((3, 20, 7)));
        assert_eq!(found(b"\xef\xbb\xbf3\t20\na"), Some((3, 20, 8)));
        assert_eq!(found(b"3 20"), Some((3, 20, 4)));
        for none in [
            "",
            "3\n",
            "3 2 1\n",
            "a 2\n",
            "3 2.0\n",
            "- 3\n",
            " 3 20\n",
            "3 20 and so on, longer than any header of this format is \n",
        ] {
            assert_eq!(found(none.as_bytes()), None, "{none}");
        }
    }

    #[test]
    fn refuses_a_negative_or_absurd_count_or_vector_size() {
        for (bytes, field) in [("-3 20\n", "words"), ("3 -20\n", "vector size"), ("99999999999999999999 3\n", "words")]
        {
            let refused = Header::find(bytes.as_bytes());
            assert!(matches!(&refused, Err(FormatError::HeaderNumber { what, .. }) if *what == field), "{refused:?}");
        }
        for bytes in ["0 20\n", "3 0\n", "0 0\n"] {
            assert!(matches!(Header::find(bytes.as_bytes()), Err(FormatError::Empty { .. })), "{bytes}");
        }
    }
}
