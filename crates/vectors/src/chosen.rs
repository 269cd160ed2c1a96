//! Which rows of a model are its vectors: those of the input matrix, of the output matrix, or both added.
//!
//! CBOW learns about a word in both matrices. `w_in + weight · w_out` joins what they know (as GloVe adds its two matrices), and is
//! better than either; for skip-gram it brings nothing. Both matrices stay in the file, so that training can continue from them.

use crate::error::FormatError;
use crate::format::Matrix;
use crate::storage::{Numbers, Rows};
use rapidvec_core::memory::check_room;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The weight of the output rows in joined vectors, unless another one is set.
pub const JOIN_WEIGHT: f32 = 1.5;

/// The key in a model's metadata; it is missing if the vectors are the input rows.
const KEY: &str = "vectors";

/// Which rows of a model are its vectors.
///
/// ```
/// use rapidvec_vectors::ModelVectors;
/// use rapidvec_vectors::format::Matrix;
/// assert_eq!(ModelVectors::default().matrix, Matrix::Input);
/// assert_eq!(ModelVectors::joined(0.5).weight, 0.5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ModelVectors {
    /// The matrix, or both joined.
    pub matrix: Matrix,
    /// The weight of the output rows where both are joined.
    pub weight: f32,
}

impl Default for ModelVectors {
    /// The input rows.
    fn default() -> Self {
        Self { matrix: Matrix::Input, weight: JOIN_WEIGHT }
    }
}

impl ModelVectors {
    /// `w_in + weight · w_out`.
    pub fn joined(weight: f32) -> Self {
        Self { matrix: Matrix::Joined, weight }
    }

    /// What a model's metadata say.
    ///
    /// # Errors
    /// [`FormatError::Header`] if that is not valid.
    pub fn of_metadata(metadata: &BTreeMap<String, String>) -> Result<Self, FormatError> {
        let Some(text) = metadata.get(KEY) else { return Ok(Self::default()) };
        let invalid = |problem: String| FormatError::Header { problem: format!("`{KEY}`: {problem}") };
        let chosen: Self = serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
        match chosen.weight.is_finite() {
            true => Ok(chosen),
            false => Err(invalid(format!("the weight must be finite, got {}", chosen.weight))),
        }
    }

    /// Writes it into a model's metadata.
    pub fn put_into(self, metadata: &mut BTreeMap<String, String>) {
        metadata.remove(KEY);
        if self.matrix != Matrix::Input {
            let text = serde_json::json!({ "matrix": self.matrix, "weight": self.weight }).to_string();
            metadata.insert(KEY.to_owned(), text);
        }
    }

    /// This choice, where `matrix` and `weight` do not ask for others.
    pub(crate) fn or(self, matrix: Option<Matrix>, weight: Option<f32>) -> Self {
        Self { matrix: matrix.unwrap_or(self.matrix), weight: weight.unwrap_or(self.weight) }
    }

    /// The vector of a word by its rows in both matrices.
    pub(crate) fn numbers<'r>(self, input: &'r [f32], output: &'r [f32]) -> impl Iterator<Item = f32> + use<'r> {
        let [of_input, of_output] = match self.matrix {
            Matrix::Input => [1.0, 0.0],
            Matrix::Output => [0.0, 1.0],
            Matrix::Joined => [1.0, self.weight],
        };
        let output = output.iter().chain(std::iter::repeat(&0.0));
        input.iter().zip(output).map(move |(input, output)| of_input * input + of_output * output)
    }

    /// These rows of a model with both matrices.
    ///
    /// # Errors
    /// [`FormatError::NoOutput`] if output rows are wanted and there are none; [`CoreError`](rapidvec_core::error) for want of memory.
    pub(crate) fn rows(self, input: &Rows, output: Option<&Rows>) -> Result<Rows, FormatError> {
        match self.matrix {
            Matrix::Input => Ok(input.clone()),
            Matrix::Output => output.cloned().ok_or(FormatError::NoOutput),
            Matrix::Joined => joined(input, output.ok_or(FormatError::NoOutput)?, self.weight),
        }
    }
}

/// `input + weight · output`, row by row. Both have the same shape.
fn joined(input: &Rows, output: &Rows, weight: f32) -> Result<Rows, FormatError> {
    check_room::<f32>(input.len().saturating_mul(input.vector_size()))?;
    let mut numbers = input.to_f32();
    let mut rows = numbers.chunks_exact_mut(input.vector_size());
    output.for_each(0..output.len(), |_, other| {
        if let Some(row) = rows.next() {
            row.iter_mut().zip(other).for_each(|(number, other)| *number += weight * other);
        }
    });
    Rows::new(input.len(), input.vector_size(), Numbers::F32(numbers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_hold_the_choice_and_a_damaged_one_is_refused() {
        let mut metadata = BTreeMap::new();
        for chosen in [ModelVectors::joined(0.1), ModelVectors::default()] {
            chosen.put_into(&mut metadata);
            assert_eq!(ModelVectors::of_metadata(&metadata).unwrap(), chosen);
        }
        assert!(metadata.is_empty(), "the input rows need no entry");
        for bad in ["joined", r#"{"matrix":"both","weight":1}"#, r#"{"matrix":"joined","weight":1e39}"#] {
            metadata.insert(KEY.to_owned(), bad.to_owned());
            assert!(matches!(ModelVectors::of_metadata(&metadata), Err(FormatError::Header { .. })), "{bad}");
        }
    }
}
