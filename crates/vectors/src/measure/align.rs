//! One model rotated onto another, and the words whose vectors differ most (Hamilton, Leskovec and Jurafsky 2016).
//!
//! Two runs of training, or models of two periods, have no axes in common. The rotation that brings the vectors of shared words, at length 1,
//! nearest to each other makes them comparable. A word's change is 1 minus the cosine of its vector in one model with the rotated one of the other.

use super::average::check_shared;
use super::error::MeasureError;
use super::procrustes::Rotation;
use super::runs::{RunVectors, deviation};
use crate::Numbers;
use crate::error::{FormatError, QueryError};
use crate::unit::{cosine, unit_rows};
use crate::word_vectors::WordVectors;
use rapidvec_core::WordId;

/// A shared word, and how near its vectors are after the rotation.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The word.
    pub word: String,
    /// The cosine of its vector in the one model with that in the other.
    pub similarity: f64,
    /// Its counts in both; 0 if unknown.
    pub counts: [u64; 2],
}

/// A rotation of one model onto another, and how far each shared word is from itself then.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Alignment {
    /// The rotation.
    pub rotation: Rotation,
    /// The words that it was found with.
    pub anchors: usize,
    /// All shared words, those that changed most first.
    pub changes: Vec<Change>,
}

impl WordVectors {
    /// Rotates these vectors onto those of `other`, by the `restrict` shared words that are most frequent (by the smaller of their two
    /// counts; without counts the first ones), or by all of them. `threads` 0 means one per core.
    ///
    /// # Errors
    /// [`MeasureError::VectorSize`], [`MeasureError::FewShared`].
    pub fn align(&self, other: &Self, restrict: Option<usize>, threads: usize) -> Result<Alignment, MeasureError> {
        let size = self.vector_size();
        let shared = self.shared_with(other, size)?;
        let anchors = restrict.unwrap_or(shared.len()).min(shared.len());
        check_shared(anchors, size)?;
        let [mut a, b] = self.unit_rows_of(other, &shared);
        let rotation = Rotation::between(&a[..anchors * size], &b[..anchors * size], size, threads);
        rotation.apply_to(&mut a, threads);
        Ok(Alignment { changes: self.changes(other, &shared, &a, &b), rotation, anchors })
    }

    /// As [`align`](Self::align), but without a rotation: for models that have their axes in common, such as those that were trained with the same
    /// compass.
    ///
    /// # Errors
    /// As [`align`](Self::align).
    pub fn compare(&self, other: &Self) -> Result<Alignment, MeasureError> {
        let shared = self.shared_with(other, 1)?;
        let [a, b] = self.unit_rows_of(other, &shared);
        let changes = self.changes(other, &shared, &a, &b);
        Ok(Alignment { changes, rotation: Rotation::none(self.vector_size()), anchors: 0 })
    }

    /// The vectors of shared words here and in `other`, of length 1.
    fn unit_rows_of(&self, other: &Self, shared: &[[WordId; 2]]) -> [Vec<f32>; 2] {
        let [own, others] = [0, 1].map(|i| shared.iter().map(|ids| ids[i]).collect::<Vec<_>>());
        [unit_rows(self.rows(), &own), unit_rows(other.rows(), &others)]
    }

    /// All shared words, those that changed most first.
    fn changes(&self, other: &Self, shared: &[[WordId; 2]], a: &[f32], b: &[f32]) -> Vec<Change> {
        let rows = a.chunks_exact(self.vector_size()).zip(b.chunks_exact(self.vector_size()));
        let mut changes: Vec<Change> =
            shared.iter().zip(rows).map(|(ids, (a, b))| self.change(other, ids, a, b)).collect();
        changes.sort_by(|a, b| a.similarity.total_cmp(&b.similarity));
        changes
    }

    /// The ids of words in both, of which there must be `least`, the most frequent first.
    fn shared_with(&self, other: &Self, least: usize) -> Result<Vec<[WordId; 2]>, MeasureError> {
        let (expected, got) = (self.vector_size(), other.vector_size());
        if expected != got {
            return Err(MeasureError::VectorSize { expected, got });
        }
        let (own, others) = (self.vocabulary(), other.vocabulary());
        let twins = (0..).zip(own.words()).filter_map(|(id, word)| others.id(word).map(|twin| [id, twin]));
        let mut shared: Vec<[WordId; 2]> = twins.collect();
        if own.has_counts() && others.has_counts() {
            shared.sort_by_key(|ids| std::cmp::Reverse(own.count(ids[0]).min(others.count(ids[1]))));
        }
        check_shared(shared.len(), least)?;
        Ok(shared)
    }

    fn change(&self, other: &Self, ids: &[WordId; 2], a: &[f32], b: &[f32]) -> Change {
        let similarity = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
        let counts = [self.vocabulary().count(ids[0]), other.vocabulary().count(ids[1])];
        Change { word: self.vocabulary().word(ids[0]).to_owned(), similarity, counts }
    }

    /// The standard deviation of a word's similarity in `other` to itself here over all pairs of their runs, after `rotation` of these vectors;
    /// `None` unless both have the vectors of runs.
    ///
    /// # Errors
    /// Those of [`Search`](crate::Search).
    ///
    /// # Panics
    /// If the rotation is one of vectors of another size.
    pub fn change_deviation(&self, other: &Self, rotation: &Rotation, word: &str) -> Result<Option<f64>, QueryError> {
        let (Some(own), Some(others)) = (self.runs(), other.runs()) else { return Ok(None) };
        let rows = |runs: &RunVectors| runs.vectors().iter().map(|run| run.wide_vector(word)).collect();
        let (own, others): (Result<Vec<_>, _>, Result<Vec<_>, _>) = (rows(&own), rows(&others));
        let others = others?;
        let turned = own?.into_iter().map(|row| rotation.apply(&row.iter().map(|&x| x as f32).collect::<Vec<_>>()));
        let pairs = turned.flat_map(|row| others.iter().map(move |other| f64::from(cosine(&row, other))));
        Ok(Some(deviation(&pairs.collect::<Vec<_>>())))
    }

    /// All vectors, rotated; n-grams and output vectors are left out.
    ///
    /// # Errors
    /// [`FormatError`] if a rotated vector is not finite.
    ///
    /// # Panics
    /// If the rotation is one of vectors of another size.
    pub fn rotated(&self, rotation: &Rotation, threads: usize) -> Result<Self, FormatError> {
        let mut numbers = self.rows().to_f32();
        rotation.apply_to(&mut numbers, threads);
        let rotated = Self::new(self.vocabulary().clone(), self.vector_size(), Numbers::F32(numbers))?;
        Ok(rotated.with_lower(self.is_lower()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rows;
    use rapidvec_core::Vocabulary;

    /// 12 words of 3 numbers; `turned`: in another space, and `w5` somewhere else.
    fn model(turned: bool) -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        let mut numbers = Vec::new();
        for i in 0..12_u64 {
            vocabulary.insert(&format!("w{i}"), 100 - i);
            let [a, b, c] = [i * i * 7 % 11, i * 5 % 13, i * 3 % 7 + 1].map(|x| x as f32 - 3.0);
            numbers.extend(match (turned, i) {
                (true, 5) => [9.0, -9.0, 1.0],
                (true, _) => [0.6 * a - 0.8 * b, -c, 0.8 * a + 0.6 * b],
                (false, _) => [a, b, c],
            });
        }
        if turned {
            vocabulary.insert("new", 3);
            numbers.extend([1.0, 2.0, 3.0]);
        }
        WordVectors::new(vocabulary, 3, Numbers::F32(numbers)).unwrap()
    }

    #[test]
    fn a_rotated_model_is_turned_back_and_the_word_that_moved_is_first() {
        let (before, after) = (model(false), model(true));
        let found = before.align(&after, None, 2).unwrap();
        assert_eq!((found.anchors, found.changes.len(), found.changes[0].word.as_str()), (12, 12, "w5"));
        assert_eq!(found.changes[0].counts, [95, 95]);
        assert!(found.changes[0].similarity < 0.9 && found.changes[1].similarity > found.changes[0].similarity);
        // By words that did not move the rotation is found exactly.
        let exact = before.align(&after, Some(5), 1).unwrap();
        assert_eq!(exact.anchors, 5);
        assert!(exact.changes[1..].iter().all(|change| change.similarity > 1.0 - 1e-6), "{:?}", exact.changes);
        let back = before.rotated(&exact.rotation, 1).unwrap();
        for (a, b) in back.vector("w1").unwrap().iter().zip(after.vector("w1").unwrap()) {
            assert!((a - b).abs() < 1e-5);
        }
    }

    #[test]
    fn models_with_common_axes_are_compared_without_a_rotation() {
        let before = model(false);
        let as_is = before.compare(&model(false)).unwrap();
        assert_eq!((as_is.anchors, as_is.changes.len()), (0, 12));
        assert!(as_is.changes.iter().all(|change| change.similarity > 1.0 - 1e-6));
        let turned = before.compare(&model(true)).unwrap();
        assert!(turned.changes.iter().any(|change| change.similarity < 0.9), "the turned model is not turned back");
        assert_eq!(as_is.rotation.apply(&[1.0, 2.0, 3.0]), [1.0, 2.0, 3.0]);
    }

    #[test]
    fn changes_have_a_deviation_if_both_models_have_runs() {
        let (before, after) = (model(false), model(true));
        let runs = |vectors: &WordVectors, blur: f32| {
            let run = |sign: f32| {
                let mut numbers = vectors.rows().to_f32();
                numbers.iter_mut().step_by(2).for_each(|number| *number += sign * blur);
                Rows::new(vectors.len(), 3, Numbers::F32(numbers)).unwrap()
            };
            vectors.clone().with_runs(vec![run(1.0), run(-1.0), run(0.0)]).unwrap()
        };
        let rotation = before.align(&after, None, 1).unwrap().rotation;
        assert_eq!(before.change_deviation(&after, &rotation, "w3").unwrap(), None);
        let sure = runs(&before, 0.0).change_deviation(&runs(&after, 0.0), &rotation, "w3").unwrap().unwrap();
        let unsure = runs(&before, 0.8).change_deviation(&runs(&after, 0.8), &rotation, "w3").unwrap().unwrap();
        assert!(sure < 1e-6 && unsure > 0.01, "{sure} {unsure}");
    }

    #[test]
    fn models_that_cannot_be_aligned_are_refused() {
        let one = model(false);
        let narrow = WordVectors::new(one.vocabulary().clone(), 1, Numbers::F32(vec![1.0; 12])).unwrap();
        let found = one.align(&narrow, None, 1);
        assert!(matches!(found, Err(MeasureError::VectorSize { expected: 3, got: 1 })));
        let (few, _) = one.of_words(&["w1", "w2"]).unwrap();
        assert!(matches!(one.align(&few, None, 1), Err(MeasureError::FewShared { expected: 3, got: 2 })));
    }
}
