//! Formats rows on all threads, a block at a time, and writes them in order.

use crate::error::FormatError;
use crate::format::packed::{self, Holds};
use crate::format::writer::{TableView, VectorWriter};
use rapidvec_core::WordId;
use rapidvec_core::parallel::{self, cores};
use std::convert::Infallible;
use std::io::{self, Write};
use std::ops::Range;

/// Numbers in a block: about a megabyte of text.
const BLOCK: usize = 100_000;

/// Writes word2vec's text and fastText's `.vec`, or GloVe's, which lacks their first line.
#[derive(Debug, Clone)]
pub struct TextWriter<'a> {
    table: TableView<'a>,
    header: bool,
}

impl<'a> TextWriter<'a> {
    /// Checks the words and numbers. `header`: begin with the line `V D`.
    ///
    /// # Errors
    /// [`FormatError::Unwritable`] for the empty word, or one with white space in it; [`FormatError::Size`],
    /// [`FormatError::Empty`] and [`FormatError::NotFinite`] for numbers that do not fit the words or are not finite.
    pub fn new(table: TableView<'a>, header: bool) -> Result<Self, FormatError> {
        let table = table.half(false);
        table.check()?;
        packed::check_words(&table.vocabulary, Holds::TextWords)?;
        Ok(Self { table, header })
    }

    fn lines(&self, rows: Range<usize>) -> Vec<u8> {
        let vector_size = self.table.rows.vector_size();
        let mut text = Vec::with_capacity(rows.len() * (16 + 12 * vector_size));
        let mut number_text = zmij::Buffer::new();
        let mut word = rows.start;
        let Ok(()) = self.table.rows.visit_range::<Infallible>(rows, |some| {
            for row in some.chunks_exact(vector_size) {
                text.extend_from_slice(self.table.vocabulary.word(word as WordId).as_bytes());
                for &number in row {
                    text.push(b' ');
                    text.extend_from_slice(number_text.format_finite(number).as_bytes());
                }
                text.push(b'\n');
                word += 1;
            }
            Ok(())
        });
        text
    }
}

impl VectorWriter for TextWriter<'_> {
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let (words, vector_size) = (self.table.vocabulary.len(), self.table.rows.vector_size());
        if self.header {
            writeln!(out, "{words} {vector_size}")?;
        }
        let rows = (BLOCK / vector_size).max(1);
        let together = rows * 2 * cores();
        for start in (0..words).step_by(together) {
            let end = (start + together).min(words);
            let firsts = (start..end).step_by(rows);
            let blocks = parallel::map(cores(), firsts, |first| self.lines(first..(first + rows).min(end)));
            blocks.iter().try_for_each(|block| out.write_all(block))?;
        }
        Ok(())
    }
}
