//! Reads consecutive numbers, never past the end.

use crate::error::FormatError;

/// A place in the bytes of a file.
#[derive(Clone)]
pub(in crate::format) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(in crate::format) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes have been read.
    pub(in crate::format) fn position(&self) -> usize {
        self.at
    }

    /// How many bytes are left.
    pub(in crate::format) fn left(&self) -> usize {
        self.rest().len()
    }

    /// The bytes that are left.
    pub(in crate::format) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// The next `length` bytes, of `what`.
    pub(in crate::format) fn take(&mut self, what: &'static str, length: u64) -> Result<&'a [u8], FormatError> {
        self.expect(what, length)?;
        let start = self.at;
        self.at += length as usize; // at most what is left
        Ok(&self.bytes[start..self.at])
    }

    /// Checks that `length` bytes of `what` are left, and reads none.
    pub(in crate::format) fn expect(&self, what: &'static str, length: u64) -> Result<(), FormatError> {
        let got = self.left() as u64;
        if length <= got {
            return Ok(());
        }
        Err(FormatError::Truncated { what, position: self.at as u64, expected: length, got })
    }

    /// The bytes before the next byte 0, which is skipped.
    pub(in crate::format) fn text(&mut self, what: &'static str) -> Result<&'a [u8], FormatError> {
        let rest = self.rest();
        let Some(length) = rest.iter().position(|&byte| byte == 0) else {
            let (position, got) = (self.at as u64, rest.len() as u64);
            return Err(FormatError::Truncated { what, position, expected: got + 1, got });
        };
        self.at += length + 1;
        Ok(&rest[..length])
    }

    pub(in crate::format) fn u8(&mut self, what: &'static str) -> Result<u8, FormatError> {
        self.array(what).map(|[byte]| byte)
    }

    pub(in crate::format) fn u32(&mut self, what: &'static str) -> Result<u32, FormatError> {
        self.array(what).map(u32::from_le_bytes)
    }

    pub(in crate::format) fn u64(&mut self, what: &'static str) -> Result<u64, FormatError> {
        self.array(what).map(u64::from_le_bytes)
    }

    pub(in crate::format) fn i32(&mut self, what: &'static str) -> Result<i32, FormatError> {
        self.array(what).map(i32::from_le_bytes)
    }

    pub(in crate::format) fn i64(&mut self, what: &'static str) -> Result<i64, FormatError> {
        self.array(what).map(i64::from_le_bytes)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], FormatError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(what, N as u64)?);
        Ok(array)
    }
}

/// `got` as a size, if it is `least` or more.
pub(in crate::format) fn size(field: &'static str, got: i64, least: i64) -> Result<usize, FormatError> {
    let expected = if least > 0 { "1 or more" } else { "0 or more" };
    let wrong = || FormatError::Field { field, expected, got: got.to_string() };
    if got < least { Err(wrong()) } else { usize::try_from(got).map_err(|_| wrong()) }
}

/// Rejects any value of `field` but one.
pub(in crate::format) fn same(field: &'static str, expected: u64, got: i64) -> Result<(), FormatError> {
    match u64::try_from(got) {
        Ok(value) if value == expected => Ok(()),
        _ => Err(FormatError::Disagreement { field, expected, got }),
    }
}
