//! Writes rows without a line end, as gensim does.

use crate::error::FormatError;
use crate::format::packed::{self, Holds};
use crate::format::writer::{TableView, VectorWriter};
use std::io::{self, Write};

/// Writes word2vec's binary.
#[derive(Debug, Clone)]
pub struct BinaryWriter<'a> {
    table: TableView<'a>,
}

impl<'a> BinaryWriter<'a> {
    /// Checks the words and numbers.
    ///
    /// # Errors
    /// [`FormatError::Unwritable`] for the empty word, or one with a space or a control character in it;
    /// [`FormatError::Size`], [`FormatError::Empty`] and [`FormatError::NotFinite`] for numbers that do not fit the words
    /// or are not finite.
    pub fn new(table: TableView<'a>) -> Result<Self, FormatError> {
        let table = table.half(false);
        table.check()?;
        packed::check_words(&table.vocabulary, Holds::BinaryWords)?;
        Ok(Self { table })
    }
}

impl VectorWriter for BinaryWriter<'_> {
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let vector_size = self.table.rows.vector_size();
        writeln!(out, "{} {vector_size}", self.table.vocabulary.len())?;
        let mut words = self.table.vocabulary.words();
        let mut line = Vec::with_capacity(4 * vector_size + 32);
        self.table.rows.visit(|some| {
            // There are as many words as rows.
            some.chunks_exact(vector_size).zip(&mut words).try_for_each(|(row, word)| {
                line.clear();
                line.extend_from_slice(word.as_bytes());
                line.push(b' ');
                line.extend(row.iter().flat_map(|number| number.to_le_bytes()));
                out.write_all(&line)
            })
        })
    }
}
