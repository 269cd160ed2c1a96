//! Takes other rows of a model as its vectors.

use crate::chosen::ModelVectors;
use crate::error::FormatError;
use crate::format::Matrix;
use crate::mapped::CHECKED_ON_OPENING;
use crate::normed_rows::NormedRows;
use crate::word_vectors::WordVectors;
use std::sync::Arc;

impl WordVectors {
    /// The vectors that `chosen` names, of a model that has both matrices. Joined vectors keep both, so that a copy in rapidvec's own
    /// format can be trained further; other vectors than the input rows leave the n-grams out.
    ///
    /// ```no_run
    /// # use rapidvec_vectors::{ModelVectors, WordVectors};
    /// let joined = WordVectors::open("model.safetensors")?.take(ModelVectors::joined(1.5))?;
    /// # Ok::<(), rapidvec_vectors::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`FormatError::NoOutput`] if the model has no output vectors; [`FormatError::NotFinite`].
    pub fn take(&self, chosen: ModelVectors) -> Result<Self, FormatError> {
        if chosen.matrix == Matrix::Input && ModelVectors::of_metadata(&self.extras().metadata)?.matrix == Matrix::Input
        {
            return Ok(self.clone()); // they are the input rows already, and were checked as such
        }
        let rows = chosen.rows(self.input_rows(), self.output())?;
        let large = rows.is_mapped() && rows.len().saturating_mul(rows.row_bytes()) > CHECKED_ON_OPENING;
        let keeps = match chosen.matrix {
            Matrix::Input => true,
            Matrix::Joined => self.subwords().is_none(),
            Matrix::Output => false,
        };
        let vectors = self.with_rows(Arc::new(NormedRows::new(rows)), chosen, keeps);
        if !large {
            vectors.check_finite()?;
        }
        Ok(vectors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::{Numbers, Rows};
    use half::f16;
    use rapidvec_core::Vocabulary;

    fn model(half: bool) -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        ["you", "we", "car"].iter().for_each(|word| assert!(vocabulary.insert(word, 1).is_some()));
        let numbers = |from: f32| {
            let numbers = (0..6).map(|i| from + i as f32);
            match half {
                true => Numbers::F16(numbers.map(f16::from_f32).collect()),
                false => Numbers::F32(numbers.collect()),
            }
        };
        let output = Rows::new(3, 2, numbers(10.0)).unwrap();
        WordVectors::new(vocabulary, 2, numbers(1.0)).unwrap().with_output(output).unwrap()
    }

    #[test]
    fn each_choice_gives_its_rows_and_can_be_taken_back() {
        for half in [false, true] {
            let model = model(half);
            let row = |vectors: &WordVectors| vectors.vector("we").unwrap();
            let joined = model.take(ModelVectors::joined(0.5)).unwrap();
            assert_eq!(row(&joined), [3.0 + 6.0, 4.0 + 6.5]);
            assert_eq!(row(&model.take(ModelVectors { matrix: Matrix::Output, weight: 0.0 }).unwrap()), [12.0, 13.0]);
            assert_eq!(row(&joined.take(ModelVectors::joined(2.0)).unwrap()), [27.0, 30.0], "not joined twice");
            assert_eq!(row(&joined.take(ModelVectors::default()).unwrap()), [3.0, 4.0]);
            assert_eq!(joined.input_rows().to_f32(), model.rows().to_f32());
        }
    }

    #[test]
    fn vectors_without_an_output_matrix_have_nothing_to_join() {
        let model = model(false);
        let alone = WordVectors::from_rows(model.vocabulary().clone(), model.rows().clone()).unwrap();
        assert!(matches!(alone.take(ModelVectors::joined(1.0)), Err(FormatError::NoOutput)));
        assert!(alone.take(ModelVectors::default()).is_ok());
    }
}
