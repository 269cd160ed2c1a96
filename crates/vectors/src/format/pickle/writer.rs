//! Writes the chapter's file in protocol 4; Python's `pickle.load` returns its dictionary.
//!
//! The array is named `numpy.core.multiarray._reconstruct`, which NumPy 1.x and 2.x both know without a warning
//! (`numpy._core` is unknown before 1.26). Words are written once, in `word_to_id`, and repeated from the memo in `id_to_word`.

use crate::error::FormatError;
use crate::format::writer::{TableView, VectorWriter, bytes_of};
use std::io::{self, Write};

/// Pairs written at a time, as by Python's own pickler.
const BATCH: usize = 1000;

pub(super) const PROTOCOL_4: &[u8] = b"\x80\x04";
pub(super) const MARK: &[u8] = b"(";
pub(super) const EMPTY_DICT: &[u8] = b"}";
pub(super) const SETITEMS: &[u8] = b"u";
const STACK_GLOBAL: &[u8] = b"\x93";
const REDUCE: &[u8] = b"R";
pub(super) const BUILD: &[u8] = b"b";
pub(super) const NONE: &[u8] = b"N";
const FALSE: &[u8] = b"\x89";
const TRUE: &[u8] = b"\x88";
const MEMOIZE: &[u8] = b"\x94";
const TUPLE: &[u8] = b"t";
const TUPLE1: &[u8] = b"\x85";
const TUPLE3: &[u8] = b"\x87";
pub(super) const STOP: &[u8] = b".";

/// Writes the chapter's file, as float16 (like the chapter; rounded to nearest, ties to even) if the table says so, otherwise as
/// float32. Counts are not written: the chapter's file has no place for them.
#[derive(Debug, Clone)]
pub struct PickleWriter<'a> {
    table: TableView<'a>,
}

impl<'a> PickleWriter<'a> {
    /// Checks the words and numbers.
    ///
    /// # Errors
    /// [`FormatError`] if the sizes do not fit together or 31 bits, or a number is not finite or too large for float16.
    pub fn new(table: TableView<'a>) -> Result<Self, FormatError> {
        table.check()?;
        // Sizes and ids are written, and read, as 31 bits.
        const MAX: usize = i32::MAX as usize;
        let got = table.vocabulary.len().max(table.rows.vector_size());
        if got > MAX { Err(FormatError::TooManyWords { expected: MAX, got }) } else { Ok(Self { table }) }
    }
}

impl VectorWriter for PickleWriter<'_> {
    fn write_to(&self, mut out: &mut dyn Write) -> io::Result<()> {
        let (w, vocabulary) = (&mut out, &*self.table.vocabulary);
        w.write_all(PROTOCOL_4)?;
        w.write_all(EMPTY_DICT)?;
        w.write_all(MARK)?;
        text(w, "word_vecs")?;
        matrix(w, &self.table)?;
        text(w, "word_to_id")?;
        dict(w, vocabulary.words().enumerate(), |w, (id, word)| {
            text(w, word)?;
            w.write_all(MEMOIZE)?;
            integer(w, id)
        })?;
        text(w, "id_to_word")?;
        dict(w, 0..vocabulary.len(), |w, id| {
            integer(w, id)?;
            recall(w, id)
        })?;
        w.write_all(SETITEMS)?;
        w.write_all(STOP)?;
        w.flush()
    }
}

/// The vectors.
pub(super) fn matrix(w: &mut impl Write, table: &TableView) -> io::Result<()> {
    let shape = [table.vocabulary.len(), table.rows.vector_size()];
    let (kind, width) = if table.half { ("f2", 2) } else { ("f4", 4) };
    array(w, &shape, kind, table.rows.numbers() as u64 * width, |w| {
        table.rows.visit(|numbers| bytes_of(numbers, table.half, |bytes| w.write_all(bytes)))
    })
}

/// `_reconstruct(ndarray, (0,), b'b')`, then the state `(1, shape, dtype, False, data)`, of which `data` writes `length` bytes.
pub(super) fn array<W: Write>(
    w: &mut W,
    shape: &[usize],
    kind: &str,
    length: u64,
    data: impl FnOnce(&mut W) -> io::Result<()>,
) -> io::Result<()> {
    global(w, "numpy.core.multiarray", "_reconstruct")?;
    global(w, "numpy", "ndarray")?;
    integer(w, 0)?;
    w.write_all(TUPLE1)?;
    w.write_all(b"C\x01b")?;
    w.write_all(TUPLE3)?;
    w.write_all(REDUCE)?;
    w.write_all(MARK)?;
    integer(w, 1)?;
    w.write_all(MARK)?;
    shape.iter().try_for_each(|&size| integer(w, size))?;
    w.write_all(TUPLE)?;
    dtype(w, kind)?;
    w.write_all(FALSE)?;
    match u32::try_from(length) {
        Ok(length) => w.write_all(&[&b"B"[..], &length.to_le_bytes()].concat())?,
        Err(_) => w.write_all(&[&b"\x8e"[..], &length.to_le_bytes()].concat())?,
    }
    data(w)?;
    w.write_all(TUPLE)?;
    w.write_all(BUILD)?;
    Ok(())
}

/// `dtype(name, False, True)`, then the state `(3, '<', None, None, None, -1, -1, 0)`: plain, little-endian.
fn dtype(w: &mut impl Write, name: &str) -> io::Result<()> {
    global(w, "numpy", "dtype")?;
    text(w, name)?;
    w.write_all(FALSE)?;
    w.write_all(TRUE)?;
    w.write_all(TUPLE3)?;
    w.write_all(REDUCE)?;
    w.write_all(MARK)?;
    integer(w, 3)?;
    text(w, "<")?;
    for _ in 0..3 {
        w.write_all(NONE)?;
    }
    for _ in 0..2 {
        w.write_all(b"J\xff\xff\xff\xff")?;
    }
    integer(w, 0)?;
    w.write_all(TUPLE)?;
    w.write_all(BUILD)?;
    Ok(())
}

/// A dictionary of the pairs that `pair` writes for each of `items`.
pub(super) fn dict<W: Write, T>(
    w: &mut W,
    items: impl Iterator<Item = T>,
    pair: impl Fn(&mut W, T) -> io::Result<()>,
) -> io::Result<()> {
    w.write_all(EMPTY_DICT)?;
    w.write_all(MARK)?;
    for (count, item) in items.enumerate() {
        if count > 0 && count % BATCH == 0 {
            w.write_all(SETITEMS)?;
            w.write_all(MARK)?;
        }
        pair(w, item)?;
    }
    w.write_all(SETITEMS)?;
    Ok(())
}

pub(super) fn global(w: &mut impl Write, module: &str, name: &str) -> io::Result<()> {
    text(w, module)?;
    text(w, name)?;
    w.write_all(STACK_GLOBAL)
}

pub(super) fn text(w: &mut impl Write, text: &str) -> io::Result<()> {
    match (u8::try_from(text.len()), u32::try_from(text.len())) {
        (Ok(length), _) => w.write_all(&[0x8c, length])?,
        (_, Ok(length)) => w.write_all(&[&b"X"[..], &length.to_le_bytes()].concat())?,
        _ => w.write_all(&[&b"\x8d"[..], &(text.len() as u64).to_le_bytes()].concat())?,
    }
    w.write_all(text.as_bytes())
}

/// An integer below 2^31, as [`PickleWriter::new`] ensures.
pub(super) fn integer(w: &mut impl Write, number: usize) -> io::Result<()> {
    let bytes = (number as u32).to_le_bytes();
    match number {
        0..=0xff => w.write_all(&[b'K', bytes[0]])?,
        0x100..=0xffff => w.write_all(&[b'M', bytes[0], bytes[1]])?,
        _ => w.write_all(&[&b"J"[..], &bytes].concat())?,
    }
    Ok(())
}

/// Repeats a word from the memo. Only words are stored there, so a word's index is its id.
fn recall(w: &mut impl Write, place: usize) -> io::Result<()> {
    match u8::try_from(place) {
        Ok(place) => w.write_all(&[b'h', place])?,
        Err(_) => w.write_all(&[&b"j"[..], &(place as u32).to_le_bytes()].concat())?,
    }
    Ok(())
}
