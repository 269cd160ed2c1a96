//! NumPy's `.npy`: one array, with a header that describes it.

use super::npz::array::{Array, Element};
use super::packed::{self, Holds};
use super::writer::{RowsView, TableView, VectorWriter, bytes_of};
use crate::Numbers;
use crate::error::FormatError;
use crate::mapped::{Bytes, Section};
use crate::storage::{Rows, check_size};
use half::f16;
use std::io::{self, Write};
use std::sync::Arc;

pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// The alignment of an array's data.
const ALIGNMENT: usize = 64;

/// The header of an array, version 1; `kind` as in `<f4`, `shape` as in `(3, 2)`.
pub fn head(kind: &str, shape: &str) -> Vec<u8> {
    let mut text = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
    let before = b"\x93NUMPY\x01\x00__".len();
    let padded = (before + text.len() + 1).next_multiple_of(ALIGNMENT);
    text.extend(std::iter::repeat_n(' ', padded - before - text.len() - 1));
    text.push('\n');
    let length = (text.len() as u16).to_le_bytes(); // two numbers of 20 digits at most
    [&b"\x93NUMPY\x01\x00"[..], &length, text.as_bytes()].concat()
}

/// Writes rows as one array, in half precision or in single.
pub(super) fn write_rows(out: &mut dyn Write, rows: &RowsView<'_>, half: bool) -> io::Result<()> {
    let kind = if half { "<f2" } else { "<f4" };
    out.write_all(&head(kind, &format!("({}, {})", rows.len(), rows.vector_size())))?;
    rows.visit(|numbers| bytes_of(numbers, half, |bytes| out.write_all(bytes)))
}

/// Writes the vectors as one array, in half precision if the table says so; the words have to be written elsewhere.
#[derive(Debug, Clone)]
pub struct NpyWriter<'a> {
    table: TableView<'a>,
}

impl<'a> NpyWriter<'a> {
    /// Checks the words and numbers; words have to fit a list of one a line.
    ///
    /// # Errors
    /// [`FormatError`] if the sizes disagree, a number is not finite or too large for half precision, or a word is empty, or has
    /// a line end or a tab in it.
    pub fn new(table: TableView<'a>) -> Result<Self, FormatError> {
        table.check()?;
        packed::check_words(&table.vocabulary, Holds::Lines)?;
        Ok(Self { table })
    }
}

impl VectorWriter for NpyWriter<'_> {
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        write_rows(out, &self.table.rows, self.table.half)
    }

    fn words(&self) -> Option<String> {
        Some(self.table.vocabulary.words().flat_map(|word| [word, "\n"]).collect())
    }
}

/// The rows of a matrix of floats; those of 2 and 4 bytes in rows stay where they are.
///
/// # Errors
/// [`FormatError`] if the array is damaged, or not a matrix of floats. `name` is its name in messages.
pub(crate) fn rows(bytes: &Arc<Bytes>, name: &str) -> Result<Rows, FormatError> {
    let array = Array::read(0, name.to_owned(), &mut &bytes[..], bytes.len() as u64)?;
    let Element::Float(width) = array.element else {
        return Err(match array.element {
            Element::Object => FormatError::PickledArray { array: array.name },
            _ => {
                let expected = "little-endian f2, f4 or f8";
                FormatError::TensorType { tensor: array.name, expected, got: array.description }
            }
        });
    };
    let &[words, vector_size] = &array.shown_shape()[..] else {
        let (expected, got) = ("[any, any]".to_owned(), array.shown_shape());
        return Err(FormatError::TensorShape { tensor: array.name, expected, got });
    };
    check_size("vectors", words, vector_size, words.saturating_mul(vector_size))?;
    let expected = array.data_bytes().and_then(|data| data.checked_add(array.head_bytes)).unwrap_or(u64::MAX);
    if expected != bytes.len() as u64 {
        return Err(FormatError::Length { expected, got: bytes.len() as u64 });
    }
    let data = Section::new(bytes, array.head_bytes as usize..bytes.len());
    // With one row or column both orders are the same.
    let in_rows = !array.by_columns || words == 1 || vector_size == 1;
    match width {
        4 if in_rows => Ok(Rows::mapped_f32(data, vector_size)),
        2 if in_rows => Ok(Rows::mapped_f16(data, vector_size)),
        _ => Rows::new(words, vector_size, converted(&data, width, words, vector_size, in_rows)),
    }
}

fn converted(data: &[u8], width: usize, words: usize, vector_size: usize, in_rows: bool) -> Numbers {
    let place = |index: usize| if in_rows { index } else { index % vector_size * words + index / vector_size };
    let bytes = |index: usize| &data[width * place(index)..][..width];
    let all = 0..words * vector_size;
    match width {
        2 => Numbers::F16(all.map(|at| f16::from_le_bytes(array(bytes(at)))).collect()),
        4 => Numbers::F32(all.map(|at| f32::from_le_bytes(array(bytes(at)))).collect()),
        _ => Numbers::F32(all.map(|at| f64::from_le_bytes(array(bytes(at))) as f32).collect()),
    }
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}
