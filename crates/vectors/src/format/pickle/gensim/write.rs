//! Writes gensim 4's `.kv`: one pickle of protocol 4, with the array in it. `KeyedVectors.load` opens it.

use crate::error::FormatError;
use crate::format::pickle::writer::{
    BUILD, EMPTY_DICT, MARK, NONE, PROTOCOL_4, SETITEMS, STOP, array, dict, global, integer, matrix, text,
};
use crate::format::writer::{TableView, VectorWriter};
use std::io::{self, Write};

const EMPTY_LIST: &[u8] = b"]";
const APPENDS: &[u8] = b"e";
const EMPTY_TUPLE: &[u8] = b")";
const NEWOBJ: &[u8] = b"\x81";

/// Words written at a time, as by Python's own pickler.
const BATCH: usize = 1000;

/// Writes a `KeyedVectors` in single precision, with the counts of the words if there are any.
#[derive(Debug, Clone)]
pub struct KeyedVectorsWriter<'a> {
    table: TableView<'a>,
}

impl<'a> KeyedVectorsWriter<'a> {
    /// Checks the words and numbers.
    ///
    /// # Errors
    /// [`FormatError`] if the sizes do not fit together or 31 bits, or a number is not finite.
    pub fn new(table: TableView<'a>) -> Result<Self, FormatError> {
        let table = table.half(false);
        table.check()?;
        // Sizes and ids are written as 31 bits.
        const MAX: usize = i32::MAX as usize;
        let got = table.vocabulary.len().max(table.rows.vector_size());
        if got > MAX { Err(FormatError::TooManyWords { expected: MAX, got }) } else { Ok(Self { table }) }
    }

    fn list(&self, w: &mut impl Write) -> io::Result<()> {
        w.write_all(EMPTY_LIST)?;
        w.write_all(MARK)?;
        for (count, word) in self.table.vocabulary.words().enumerate() {
            if count > 0 && count % BATCH == 0 {
                w.write_all(APPENDS)?;
                w.write_all(MARK)?;
            }
            text(w, word)?;
        }
        w.write_all(APPENDS)
    }

    fn counts(&self, w: &mut impl Write) -> io::Result<()> {
        let counts = self.table.vocabulary.counts();
        w.write_all(EMPTY_DICT)?;
        if !self.table.vocabulary.has_counts() {
            return Ok(());
        }
        w.write_all(MARK)?;
        text(w, "count")?;
        array(w, &[counts.len()], "i8", 8 * counts.len() as u64, |w| {
            // Counts beyond those of Python's int64 do not occur.
            counts.iter().try_for_each(|&count| w.write_all(&i64::try_from(count).unwrap_or(i64::MAX).to_le_bytes()))
        })?;
        w.write_all(SETITEMS)
    }
}

impl VectorWriter for KeyedVectorsWriter<'_> {
    fn write_to(&self, mut out: &mut dyn Write) -> io::Result<()> {
        let (w, words) = (&mut out, &*self.table.vocabulary);
        w.write_all(PROTOCOL_4)?;
        global(w, "gensim.models.keyedvectors", "KeyedVectors")?;
        w.write_all(EMPTY_TUPLE)?;
        w.write_all(NEWOBJ)?;
        w.write_all(EMPTY_DICT)?;
        w.write_all(MARK)?;
        text(w, "vector_size")?;
        integer(w, self.table.rows.vector_size())?;
        text(w, "index_to_key")?;
        self.list(w)?;
        text(w, "next_index")?;
        integer(w, words.len())?;
        text(w, "key_to_index")?;
        dict(w, words.words().enumerate(), |w, (id, word)| {
            text(w, word)?;
            integer(w, id)
        })?;
        text(w, "vectors")?;
        matrix(w, &self.table)?;
        for name in ["norms", "mapfile_path"] {
            text(w, name)?;
            w.write_all(NONE)?;
        }
        text(w, "expandos")?;
        self.counts(w)?;
        w.write_all(SETITEMS)?;
        w.write_all(BUILD)?;
        w.write_all(STOP)?;
        w.flush()
    }
}
