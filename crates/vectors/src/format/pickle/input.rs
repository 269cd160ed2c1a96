//! The bytes of a pickle, taken from the front; every length is checked against what is left.

use crate::error::PickleError;

/// What is left of the file, and how much was taken.
pub(super) struct Input<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// How many bytes were taken.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// How many bytes are left.
    pub(super) fn remaining(&self) -> usize {
        self.bytes.len() - self.position
    }

    /// The next `length` bytes, if there are that many.
    pub(super) fn take(&mut self, length: u64) -> Result<&'a [u8], PickleError> {
        let got = self.remaining();
        let length = usize::try_from(length).ok().filter(|&n| n <= got).ok_or(PickleError::Truncated {
            position: self.position,
            expected: length,
            got,
        })?;
        let start = self.position;
        self.position += length;
        Ok(&self.bytes[start..self.position])
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], PickleError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N as u64)?);
        Ok(array)
    }

    /// The next byte.
    pub(super) fn byte(&mut self) -> Result<u8, PickleError> {
        Ok(self.array::<1>()?[0])
    }

    /// A length of `N` bytes, little-endian; `N` is 1, 4 or 8.
    pub(super) fn length<const N: usize>(&mut self) -> Result<u64, PickleError> {
        let mut wide = [0; 8];
        wide[..N].copy_from_slice(&self.array::<N>()?);
        Ok(u64::from_le_bytes(wide))
    }

    /// Bytes after a length of `N` bytes.
    pub(super) fn counted<const N: usize>(&mut self) -> Result<&'a [u8], PickleError> {
        let length = self.length::<N>()?;
        self.take(length)
    }

    /// Text after a length of `N` bytes.
    pub(super) fn text<const N: usize>(&mut self) -> Result<&'a str, PickleError> {
        let position = self.position;
        std::str::from_utf8(self.counted::<N>()?).map_err(|_| malformed(position, "a text is not valid UTF-8"))
    }

    /// The bytes before the next line feed, which is taken too.
    pub(super) fn line(&mut self) -> Result<&'a [u8], PickleError> {
        let rest = &self.bytes[self.position..];
        let end = rest.iter().position(|&b| b == b'\n').ok_or(PickleError::Truncated {
            position: self.bytes.len(),
            expected: 1,
            got: 0,
        })?;
        self.position += end + 1;
        Ok(&rest[..end])
    }

    /// A line of ASCII, as numbers and names in protocols 0 and 1 are.
    pub(super) fn ascii_line(&mut self) -> Result<&'a str, PickleError> {
        let position = self.position;
        let line = self.line()?;
        std::str::from_utf8(line).map_err(|_| malformed(position, "a name or number is not text"))
    }
}

pub(super) fn malformed(position: usize, problem: &'static str) -> PickleError {
    PickleError::Malformed { position, problem }
}

/// Undoes Python's `raw-unicode-escape`: bytes are Latin-1, `\uXXXX` and `\UXXXXXXXX` any character.
///
/// `None` if an escape is invalid, or names half of a surrogate pair.
pub(super) fn unescape(line: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(unescaped_size(line));
    let mut rest = line;
    while let [first, tail @ ..] = rest {
        let digits = match tail.first() {
            Some(b'u') if *first == b'\\' => 4,
            Some(b'U') if *first == b'\\' => 8,
            _ => 0,
        };
        if digits == 0 {
            text.push(char::from(*first));
            rest = tail;
            continue;
        }
        let code = tail.get(1..=digits).filter(|hex| hex.iter().all(u8::is_ascii_hexdigit))?;
        let code = u32::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()?;
        text.push(char::from_u32(code)?);
        rest = &tail[digits + 1..];
    }
    Some(text)
}

/// The most bytes that [`unescape`] makes of `line`: Latin-1 above 127 takes two.
pub(super) fn unescaped_size(line: &[u8]) -> usize {
    line.len() + line.iter().filter(|b| !b.is_ascii()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unescape_is_pythons_raw_unicode_escape() {
        assert_eq!(unescape(b"caf\xe9 \\u005cn \\U0001f600").unwrap(), "café \\n 😀");
        assert_eq!(unescape(b"a\\b").unwrap(), "a\\b");
        for bad in [&b"\\u12"[..], b"\\u+123", b"\\ud800", b"\\UFFFFFFFF"] {
            assert!(unescape(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn a_length_is_checked_against_what_is_left() {
        let mut input = Input::new(&[255, 255, 255, 255, 1, 2]);
        assert!(matches!(
            input.counted::<4>(),
            Err(PickleError::Truncated { position: 4, expected: 4_294_967_295, got: 2 })
        ));
    }
}
