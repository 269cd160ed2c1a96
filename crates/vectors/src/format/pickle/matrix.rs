//! An array of a pickle as a matrix of numbers.

use super::value::{ArrayState, Body, Dtype, Heap, Value};
use crate::Numbers;
use crate::error::PickleError;
use half::f16;
use rapidvec_core::memory::check_room;
use std::fmt::Write;

/// An array of rows and columns: its size is checked, its data is not yet.
pub(super) struct Matrix {
    pub(super) rows: usize,
    pub(super) columns: usize,
    dtype: Dtype,
    by_columns: bool,
    pub(super) data: Value,
}

impl Matrix {
    pub(super) fn new(heap: &Heap<'_>, value: Value) -> Result<Matrix, PickleError> {
        let state = match heap.body(value) {
            Some(Body::Array(Some(state))) => *state,
            Some(Body::Array(None)) => {
                let got = "an array without any";
                return Err(PickleError::Kind { what: "the vectors", expected: "an array with numbers", got });
            }
            _ => {
                let got = heap.kind(value);
                return Err(PickleError::Kind { what: "the vectors", expected: "an array", got });
            }
        };
        let (rows, columns) = sizes(heap, state.shape)?;
        let ArrayState { data, dtype, by_columns, .. } = state;
        check_dtype(dtype)?;
        Ok(Matrix { rows, columns, dtype, by_columns, data })
    }

    /// A vector as a matrix of one row.
    pub(super) fn of_vector(columns: usize, state: &ArrayState) -> Result<Matrix, PickleError> {
        let &ArrayState { data, dtype, .. } = state;
        check_dtype(dtype)?;
        Ok(Matrix { rows: 1, columns, dtype, by_columns: false, data })
    }

    /// Appends its numbers to `out`, finite or not.
    pub(super) fn push_numbers(&self, data: &[u8], out: &mut Vec<f32>) -> Result<(), PickleError> {
        let width = self.checked_width(data)?;
        let big = self.dtype.big_endian;
        match width {
            2 => out.extend(decoded(data, big).map(|b| f16::from_le_bytes(b).to_f32())),
            4 => out.extend(decoded(data, big).map(f32::from_le_bytes)),
            _ => out.extend(decoded(data, big).map(|b| f64::from_le_bytes(b) as f32)),
        }
        Ok(())
    }

    /// Bytes of a number, if the data have as many as the shape says.
    pub(super) fn checked_width(&self, data: &[u8]) -> Result<usize, PickleError> {
        let width = self.dtype.width as usize;
        let length = self.rows.checked_mul(self.columns).and_then(|n| n.checked_mul(width));
        if length != Some(data.len()) {
            let (rows, vector_size) = (self.rows, self.columns);
            return Err(PickleError::ArrayLength { rows, vector_size, width, got: data.len() });
        }
        Ok(width)
    }

    /// Whether the data are rows after one another, with little-endian numbers.
    pub(super) fn is_plain(&self) -> bool {
        let in_rows = !self.by_columns || self.rows == 1 || self.columns == 1;
        in_rows && !self.dtype.big_endian
    }

    /// The numbers, row after row, in half precision if they are stored so, otherwise in single.
    pub(super) fn numbers(&self, data: &[u8]) -> Result<Numbers, PickleError> {
        match self.checked_width(data)? {
            2 => Ok(Numbers::F16(self.convert(data, |b| f16::from_le_bytes(b).into(), f16::from_f64)?)),
            4 => Ok(Numbers::F32(self.convert(data, |b| f32::from_le_bytes(b).into(), |x| x as f32)?)),
            _ => Ok(Numbers::F32(self.convert(data, f64::from_le_bytes, |x| x as f32)?)),
        }
    }

    /// All numbers are checked before memory is allocated for any.
    fn convert<const N: usize, T>(
        &self,
        data: &[u8],
        decode: impl Fn([u8; N]) -> f64,
        narrow: impl Fn(f64) -> T,
    ) -> Result<Vec<T>, PickleError> {
        let numbers = || {
            (0..self.rows * self.columns).map(|index| {
                let mut bytes = [0; N];
                bytes.copy_from_slice(&data[N * self.place(index)..][..N]);
                if self.dtype.big_endian {
                    bytes.reverse();
                }
                decode(bytes)
            })
        };
        // Larger doubles may round to the largest single; infinity begins half a step above it.
        if let Some((index, got)) = numbers().enumerate().find(|(_, got)| !(*got as f32).is_finite()) {
            let (row, column) = (index / self.columns, index % self.columns);
            return Err(PickleError::Number { row, column, got, limit: f32::MAX.into() });
        }
        check_room::<T>(self.rows * self.columns)?;
        Ok(numbers().map(narrow).collect())
    }

    /// The position in the file of number `index`, counted row after row.
    fn place(&self, index: usize) -> usize {
        if self.by_columns { index % self.columns * self.rows + index / self.columns } else { index }
    }
}

fn check_dtype(dtype: Dtype) -> Result<(), PickleError> {
    if dtype.kind != b'f' || dtype.width == 1 {
        return Err(PickleError::Dtype { got: format!("{}{}", char::from(dtype.kind), dtype.width) });
    }
    Ok(())
}

/// Numbers of `N` bytes, each made little-endian.
fn decoded<const N: usize>(data: &[u8], big_endian: bool) -> impl Iterator<Item = [u8; N]> {
    data.as_chunks::<N>().0.iter().map(move |&bytes| {
        let mut bytes = bytes;
        if big_endian {
            bytes.reverse();
        }
        bytes
    })
}

/// Rows and columns, both at least 1.
fn sizes(heap: &Heap<'_>, shape: Value) -> Result<(usize, usize), PickleError> {
    let Some(items) = heap.tuple(shape) else {
        return Err(PickleError::Kind { what: "shape of the vectors", expected: "a tuple", got: heap.kind(shape) });
    };
    if let &[Value::Int(rows @ 1..), Value::Int(columns @ 1..)] = &*items {
        return Ok((rows as usize, columns as usize));
    }
    Err(PickleError::Shape { got: describe(&items) })
}

/// The shape as Python writes it; only the first sizes.
fn describe(shape: &[Value]) -> String {
    let mut text = String::from("(");
    for item in shape.iter().take(8) {
        match item {
            Value::Int(size) => write!(text, "{size}, "),
            _ => write!(text, "?, "),
        }
        .expect("writing to a string cannot fail");
    }
    text + if shape.len() > 8 { "...)" } else { ")" }
}
