//! Words from an array's bytes, in memory for one word.
//!
//! Each word fills a fixed number of characters (u32) or bytes, padded with zeros. Trailing zeros are not part of the word.

use super::MAX_WORD_BYTES;
use super::array::Element;
use crate::error::FormatError;

/// Replaces a number that is not a character: a byte that never occurs in UTF-8.
const NO_CHARACTER: u8 = 0xff;

/// Assembles words from pieces of the array.
pub(super) struct Words {
    /// Bytes of a character: 4 or 1.
    width: usize,
    /// Characters of a word, zeros included.
    length: usize,
    /// Characters of the current word so far.
    seen: usize,
    /// Zeros since the last other character.
    zeros: usize,
    word: Vec<u8>,
    row: usize,
}

impl Words {
    /// For the elements of an array of words; `None` for one of anything else.
    pub(super) fn new(element: Element) -> Option<Self> {
        let (width, length) = match element {
            Element::Text(length) => (4, length),
            Element::Bytes(length) => (1, length),
            _ => return None,
        };
        Some(Self { width, length, seen: 0, zeros: 0, word: Vec::new(), row: 0 })
    }

    /// Shows each word that ends in `piece`, with its row. Pieces do not split characters.
    pub(super) fn feed(
        &mut self,
        piece: &[u8],
        mut see: impl FnMut(usize, &[u8]) -> Result<(), FormatError>,
    ) -> Result<(), FormatError> {
        for character in piece.chunks_exact(self.width) {
            match character {
                [0] | [0, 0, 0, 0] => self.zeros += 1,
                _ => self.push(character)?,
            }
            self.seen += 1;
            if self.seen == self.length {
                see(self.row, &self.word)?;
                self.word.clear();
                (self.seen, self.zeros, self.row) = (0, 0, self.row + 1);
            }
        }
        Ok(())
    }

    fn push(&mut self, character: &[u8]) -> Result<(), FormatError> {
        if self.word.len().saturating_add(self.zeros) >= MAX_WORD_BYTES {
            let got = format!("more in word {}", self.row);
            return Err(FormatError::Field { field: "bytes of a word", expected: "at most a million", got });
        }
        self.word.resize(self.word.len() + std::mem::take(&mut self.zeros), 0);
        match *character {
            [byte] => self.word.push(byte),
            [a, b, c, d] => match char::from_u32(u32::from_le_bytes([a, b, c, d])) {
                Some(character) => self.word.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
                None => self.word.push(NO_CHARACTER),
            },
            _ => {} // characters have 1 or 4 bytes
        }
        Ok(())
    }
}
