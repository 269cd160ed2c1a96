//! A direction from one group of words to another, and where words lie on it (Kozlowski, Taddy and Evans 2019).
//!
//! The direction is `mean b - mean a` over vectors of length 1, scaled to length 1; a word's place is its cosine with it, from -1 (towards a)
//! to 1 (towards b).

use super::error::MeasureError;
use super::weat::check_group;
use crate::search::Search;
use crate::unit::dot;
use crate::word_vectors::WordVectors;

/// A direction among word vectors, from one group of words to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    direction: Vec<f64>,
}

impl WordVectors {
    /// The direction from the words `from` to the words `to`.
    ///
    /// ```
    /// # use rapidvec_vectors::{Numbers, WordVectors};
    /// # let mut vocabulary = rapidvec_core::Vocabulary::new();
    /// # ["cheap", "dear", "gold"].map(|word| vocabulary.add(word));
    /// # let vectors = WordVectors::new(vocabulary, 2, Numbers::F32(vec![1.0, 0.0, 0.0, 1.0, 0.0, 2.0])).unwrap();
    /// let axis = vectors.axis(&["cheap"], &["dear"])?;
    /// assert!(axis.project(&vectors, "gold")? > 0.7);
    /// # Ok::<(), rapidvec_vectors::measure::MeasureError>(())
    /// ```
    ///
    /// # Errors
    /// [`MeasureError`] for a group without words, an unknown word, and groups with the same mean.
    pub fn axis(&self, from: &[&str], to: &[&str]) -> Result<Axis, MeasureError> {
        check_group("the start of the axis", from)?;
        check_group("the end of the axis", to)?;
        let mut direction = vec![0.0; self.vector_size()];
        for (words, sign) in [(from, -1.0), (to, 1.0)] {
            for vector in self.unit_vectors(words)? {
                let share = sign / words.len() as f64;
                direction.iter_mut().zip(vector).for_each(|(sum, number)| *sum += share * number);
            }
        }
        let length = dot(&direction, &direction).sqrt();
        if length < 1e-9 {
            return Err(MeasureError::NoDirection);
        }
        direction.iter_mut().for_each(|number| *number /= length);
        Ok(Axis { direction })
    }
}

impl Axis {
    /// The direction, D numbers of length 1.
    pub fn direction(&self) -> &[f64] {
        &self.direction
    }

    /// Where a word lies on the axis: its cosine with the direction.
    ///
    /// # Errors
    /// [`MeasureError::Query`] for an unknown word.
    pub fn project(&self, vectors: &WordVectors, word: &str) -> Result<f64, MeasureError> {
        let vectors = vectors.unit_vectors(&[word])?;
        Ok(vectors.iter().map(|vector| dot(vector, &self.direction)).sum())
    }

    /// The `k` words farthest towards the start, and the `k` words farthest towards the end, the farthest first, with their places.
    ///
    /// # Errors
    /// [`MeasureError::Query`], as every search.
    pub fn ends<'v>(&self, search: &Search<'v>, k: usize) -> Result<[Vec<(&'v str, f64)>; 2], MeasureError> {
        let end = |sign: f64| {
            let direction: Vec<f32> = self.direction.iter().map(|&number| (sign * number) as f32).collect();
            let hits = search.clone().most_similar_to(&direction, k)?;
            Ok::<_, MeasureError>(hits.into_iter().map(|(word, cosine)| (word, sign * f64::from(cosine))).collect())
        };
        Ok([end(-1.0)?, end(1.0)?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Numbers;
    use rapidvec_core::Vocabulary;

    fn vectors() -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        ["poor", "rich", "hut", "gold", "tree"].iter().for_each(|word| assert!(vocabulary.insert(word, 1).is_some()));
        let numbers = vec![1.0, 0.0, 0.0, 1.0, 3.0, 1.0, 1.0, 4.0, 2.0, 2.0];
        WordVectors::new(vocabulary, 2, Numbers::F32(numbers)).unwrap()
    }

    #[test]
    fn words_lie_between_the_ends() {
        let vectors = vectors();
        let axis = vectors.axis(&["poor"], &["rich"]).unwrap();
        let place = |word: &str| axis.project(&vectors, word).unwrap();
        assert!(place("tree").abs() < 1e-12 && place("hut") < -0.4 && place("gold") > 0.5);
        assert!((place("rich") + place("poor")).abs() < 1e-12);
        let [poor, rich] = axis.ends(&vectors.search(), 2).unwrap();
        let words = |end: &[(&str, f64)]| end.iter().map(|(word, _)| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            (words(&poor), words(&rich)),
            (vec!["poor".into(), "hut".into()], vec!["rich".into(), "gold".into()])
        );
        assert!((rich[1].1 - place("gold")).abs() < 1e-6 && poor[1].1 < 0.0);
    }

    #[test]
    fn an_axis_needs_two_different_ends() {
        let vectors = vectors();
        assert!(matches!(vectors.axis(&["rich"], &["rich"]), Err(MeasureError::NoDirection)));
        assert!(matches!(vectors.axis(&[], &["rich"]), Err(MeasureError::FewWords { .. })));
        assert!(matches!(vectors.axis(&["rich"], &["money"]), Err(MeasureError::Query(_))));
    }
}
