//! A trainer's state on its way into a file, and out of it: named tensors and one record.

use super::fields::damaged;
use crate::error::{FormatError, Result, TrainError};
use rapidvec_core::Matrix;
use rapidvec_vectors::format::safetensors::{ExtraTensor, ModelFile};
use rapidvec_vectors::{Rows, Subwords};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::borrow::Cow;

/// What begins the name of every tensor of a trainer's state.
const PREFIX: &str = "trainer.";

/// Collects a trainer's state. Tensors may be borrowed, so that saving copies no matrix.
///
/// Names are the trainer's own; in the file `trainer.` precedes them.
#[derive(Debug)]
pub struct StateWriter<'a> {
    half: bool,
    record: Value,
    tensors: Vec<(String, StateTensor<'a>)>,
}

#[derive(Debug)]
enum StateTensor<'a> {
    F32(Cow<'a, [f32]>),
    U32(Cow<'a, [u32]>),
    U64(Cow<'a, [u64]>),
    Matrix(&'a Matrix),
}

impl<'a> StateWriter<'a> {
    /// For a file whose weights are stored in half precision, or not.
    pub fn new(half: bool) -> Self {
        Self { half, record: Value::Null, tensors: Vec::new() }
    }

    /// Whether the file stores the weights in half precision, so that the exact ones have to be part of the state.
    pub fn is_half(&self) -> bool {
        self.half
    }

    /// Sets the part of the state that is not a tensor. It is stored as JSON in the file's header, so keep it small.
    ///
    /// # Errors
    /// [`FormatError::Header`] if it cannot be written as JSON.
    pub fn record(&mut self, record: &impl Serialize) -> Result<(), FormatError> {
        self.record =
            serde_json::to_value(record).map_err(|error| FormatError::Header { problem: error.to_string() })?;
        Ok(())
    }

    /// Adds a tensor of single-precision numbers.
    pub fn f32(&mut self, name: &str, numbers: impl Into<Cow<'a, [f32]>>) {
        self.push(name, StateTensor::F32(numbers.into()));
    }

    /// Adds a tensor of 32-bit integers.
    pub fn u32(&mut self, name: &str, numbers: impl Into<Cow<'a, [u32]>>) {
        self.push(name, StateTensor::U32(numbers.into()));
    }

    /// Adds a tensor of 64-bit integers.
    pub fn u64(&mut self, name: &str, numbers: impl Into<Cow<'a, [u64]>>) {
        self.push(name, StateTensor::U64(numbers.into()));
    }

    /// Adds a matrix, row after row without its padding.
    pub fn matrix(&mut self, name: &str, matrix: &'a Matrix) {
        self.push(name, StateTensor::Matrix(matrix));
    }

    fn push(&mut self, name: &str, tensor: StateTensor<'a>) {
        self.tensors.push((format!("{PREFIX}{name}"), tensor));
    }

    pub(crate) fn take_record(&mut self) -> Value {
        self.record.take()
    }

    pub(super) fn tensors(&self) -> Vec<(String, ExtraTensor<'_>)> {
        let lent = |tensor| match tensor {
            &StateTensor::Matrix(matrix) => ExtraTensor::Matrix(matrix),
            StateTensor::F32(numbers) => ExtraTensor::F32(numbers),
            StateTensor::U32(numbers) => ExtraTensor::U32(numbers),
            StateTensor::U64(numbers) => ExtraTensor::U64(numbers),
        };
        self.tensors.iter().map(|(name, tensor)| (name.clone(), lent(tensor))).collect()
    }
}

/// A trainer's state in an opened file.
#[derive(Debug)]
pub struct StateReader<'m> {
    model: &'m ModelFile,
    record: &'m Value,
    half: bool,
}

impl<'m> StateReader<'m> {
    pub(super) fn new(model: &'m ModelFile, record: &'m Value, half: bool) -> Self {
        Self { model, record, half }
    }

    /// The part of the state that is not a tensor.
    ///
    /// # Errors
    /// [`TrainError::Damaged`] if it is not what this trainer writes.
    pub fn record<R: DeserializeOwned>(&self) -> Result<R, TrainError> {
        R::deserialize(self.record).map_err(|error| damaged("trainer", error))
    }

    /// Whether there is a tensor of this name.
    pub fn has(&self, name: &str) -> bool {
        let name = format!("{PREFIX}{name}");
        self.model.extra_names().any(|found| found == name)
    }

    /// A tensor of single-precision numbers, which has to hold `expected` of them, if that is given.
    ///
    /// # Errors
    /// [`FormatError`] if it is missing, altered, or has another type or size.
    pub fn f32(&self, name: &'static str, expected: impl Into<Option<usize>>) -> Result<Vec<f32>, FormatError> {
        of_size(name, expected, self.model.extra_f32(&format!("{PREFIX}{name}"))?)
    }

    /// A tensor of single-precision numbers of any size.
    ///
    /// # Errors
    /// [`FormatError`] if it is missing, altered, or has another type.
    pub(crate) fn f32_of(&self, name: &str) -> Result<Vec<f32>, FormatError> {
        self.model.extra_f32(&format!("{PREFIX}{name}"))
    }

    /// The same for 32-bit integers.
    ///
    /// # Errors
    /// As [`f32`](Self::f32).
    pub fn u32(&self, name: &'static str, expected: impl Into<Option<usize>>) -> Result<Vec<u32>, FormatError> {
        of_size(name, expected, self.model.extra_u32(&format!("{PREFIX}{name}"))?)
    }

    /// The same for 64-bit integers.
    ///
    /// # Errors
    /// As [`f32`](Self::f32).
    pub fn u64(&self, name: &'static str, expected: impl Into<Option<usize>>) -> Result<Vec<u64>, FormatError> {
        of_size(name, expected, self.model.extra_u64(&format!("{PREFIX}{name}"))?)
    }

    /// Whether the stored weights are rounded to half precision.
    pub fn is_half(&self) -> bool {
        self.half
    }

    /// Number of words: V.
    pub fn words(&self) -> usize {
        self.model.vocabulary().len()
    }

    /// The stored word vectors, V x D.
    pub fn input(&self) -> Rows {
        self.model.input()
    }

    /// The stored output vectors, V x D.
    ///
    /// # Errors
    /// [`TrainError::Damaged`] if the file has no output vectors.
    pub fn output(&self) -> Result<Rows, TrainError> {
        self.model.output().ok_or_else(|| damaged("output.weight", "it is missing"))
    }

    /// The stored rows of n-grams, if the model has subwords.
    ///
    /// # Errors
    /// [`FormatError`] if they are invalid.
    pub fn subwords(&self) -> Result<Option<Subwords>, FormatError> {
        self.model.subwords()
    }

    /// The stored weights of positions, if the model has them.
    pub fn positions(&self) -> Option<Rows> {
        self.model.positions()
    }

    /// As [`fill`](Self::fill), if `wanted`.
    ///
    /// # Errors
    /// As [`f32`](Self::f32).
    pub fn fill_if(&self, wanted: bool, name: &'static str, matrix: &mut Matrix) -> Result<(), FormatError> {
        if wanted { self.fill(name, matrix) } else { Ok(()) }
    }

    /// Fills `matrix` with a tensor of the state.
    ///
    /// # Errors
    /// As [`f32`](Self::f32).
    pub fn fill(&self, name: &'static str, matrix: &mut Matrix) -> Result<(), FormatError> {
        let columns = matrix.cols();
        let numbers = self.f32(name, matrix.rows() * columns)?;
        numbers.chunks_exact(columns.max(1)).enumerate().for_each(|(i, row)| matrix.set_row(i, row));
        Ok(())
    }
}

fn of_size<T>(
    tensor: &'static str,
    expected: impl Into<Option<usize>>,
    numbers: Vec<T>,
) -> Result<Vec<T>, FormatError> {
    match expected.into() {
        Some(expected) if expected != numbers.len() => Err(FormatError::Size { tensor, expected, got: numbers.len() }),
        _ => Ok(numbers),
    }
}
