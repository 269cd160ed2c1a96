//! The matrices of a model, in the pickle or in files of their own.

use super::attributes::Part;
use crate::Numbers;
use crate::beside::Beside;
use crate::error::{FormatError, Result};
use crate::format::pickle::matrix::Matrix;
use crate::format::pickle::numpy::buffer_of;
use crate::format::pickle::value::{Body, Heap};
use crate::format::{npy, npz};
use crate::mapped::{Bytes, Section};
use crate::storage::Rows;
use std::sync::Arc;

/// Where arrays are.
pub(super) struct Arrays<'h, 'a> {
    pub heap: &'h Heap<'a>,
    /// The pickle.
    pub bytes: &'h Arc<Bytes>,
    pub beside: &'h Beside<'h>,
}

impl Arrays<'_, '_> {
    /// The matrix in the first of the attributes `names` that has one.
    pub fn rows(&self, part: &Part<'_, '_>, names: &[&str]) -> Result<Option<Rows>> {
        for name in names {
            if let Some(ending) = part.file_of(name) {
                return self.in_a_file(&ending).map(Some);
            }
            let value = part.value(name);
            if let Some(value) = value.filter(|&value| matches!(self.heap.body(value), Some(Body::Array(Some(_))))) {
                let matrix = Matrix::new(self.heap, value).map_err(FormatError::from)?;
                return Ok(Some(self.inside(&matrix)?));
            }
        }
        Ok(None)
    }

    /// The whole numbers of an array of one dimension, in the pickle; none if there is no such array.
    pub fn integers(&self, part: &Part<'_, '_>, dictionary: &str, name: &str) -> Option<Vec<u64>> {
        let pairs = self.heap.pairs(part.value(dictionary)?)?;
        let value = crate::format::pickle::objects::attribute(self.heap, pairs, name)?;
        let Some(Body::Array(Some(state))) = self.heap.body(value) else { return None };
        if !matches!(state.dtype.kind, b'i' | b'u') || state.dtype.big_endian {
            return None;
        }
        let data = buffer_of(self.heap, state.data).ok()?;
        let width = state.dtype.width as usize;
        // A negative count is no count.
        let number = |bytes: &[u8]| {
            let negative = state.dtype.kind == b'i' && bytes.last().is_some_and(|top| top & 0x80 != 0);
            if negative { 0 } else { bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)) }
        };
        Some(data.chunks_exact(width).map(number).collect())
    }

    fn in_a_file(&self, ending: &str) -> Result<Rows> {
        let (plain, packed) = (format!("{ending}.npy"), format!("{ending}.npz"));
        if let Some(bytes) = self.beside.open(&plain)? {
            return Ok(npy::rows(&Arc::new(bytes), &self.beside.named(&plain))?);
        }
        if let Some(bytes) = self.beside.open(&packed)? {
            return Ok(npz::only_matrix(&bytes)?);
        }
        Err(FormatError::MissingFile { name: self.beside.named(&plain) }.into())
    }

    /// An array in the pickle: where it is, if it is stored as it is needed.
    fn inside(&self, matrix: &Matrix) -> Result<Rows, FormatError> {
        let data = buffer_of(self.heap, matrix.data)?;
        let start = (data.as_ptr() as usize).checked_sub(self.bytes.as_ptr() as usize);
        let start = start.filter(|&start| start.checked_add(data.len()).is_some_and(|end| end <= self.bytes.len()));
        let width = matrix.checked_width(&data)?;
        if let Some(start) = start.filter(|_| matrix.is_plain() && width < 8 && self.heap.raw(matrix.data).is_some()) {
            let section = Section::new(self.bytes, start..start + data.len());
            let mapped = if width == 2 { Rows::mapped_f16 } else { Rows::mapped_f32 };
            return Ok(mapped(section, matrix.columns));
        }
        let numbers: Numbers = matrix.numbers(&data)?;
        Rows::new(matrix.rows, matrix.columns, numbers)
    }
}
