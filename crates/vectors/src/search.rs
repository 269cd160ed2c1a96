//! The nearest words: every row is compared, the best are kept.
//!
//! `cos(x, y) = x·y / (|x| |y|)`, and 0 where either is the zero vector. Rows of equal similarity come by rising id. A scan
//! in f32 finds the candidates, [`SLACK`] more than are asked for; their similarities are then calculated in f64 and decide
//! the order. So the answer depends neither on the number of threads nor on the instruction set.

use super::restrict::Restricted;
use super::scan::Score;
use super::top_k::{Scored, TopK};
use super::word_vectors::WordVectors;
use crate::error::QueryError;
use rapidvec_core::WordId;

/// Candidates beyond those asked for: as many may be put in the wrong order by the rounding of f32 at the last place.
const SLACK: usize = 8;

/// An answer: a word, and how near it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    /// The word.
    pub word: String,
    /// Its id.
    pub id: WordId,
    /// The score it was ranked by, larger is nearer: for `most_similar` the cosine, from -1 to 1.
    pub similarity: f32,
}

impl WordVectors {
    /// The `top` words nearest to `word` by cosine, nearest first, without `word` itself; fewer if there are fewer.
    ///
    /// `word` may be unknown where n-grams give it a vector.
    ///
    /// # Errors
    /// [`QueryError::UnknownWord`], with near spellings; [`QueryError::NotFinite`] if the file is damaged.
    pub fn most_similar(&self, word: &str, top: usize) -> Result<Vec<Neighbour>, QueryError> {
        Restricted::all(self).most_similar(word, top)
    }

    /// The `top` words nearest to a vector by cosine, nearest first, without the words in `left_out`.
    ///
    /// # Errors
    /// [`QueryError::Vector`] if `vector` has not `vector_size` numbers, all of them finite; [`QueryError::NotFinite`] if the
    /// file is damaged.
    pub fn most_similar_to(
        &self,
        vector: &[f32],
        top: usize,
        left_out: &[WordId],
    ) -> Result<Vec<Neighbour>, QueryError> {
        Restricted::all(self).most_similar_to(vector, top, left_out)
    }

    /// The `top` words nearest to the weighted sum of the words' unit vectors, nearest first, without those words. Words with
    /// a negative weight push away.
    ///
    /// ```
    /// # use rapidvec_vectors::{Numbers, WordVectors};
    /// # let mut vocabulary = rapidvec_core::Vocabulary::new();
    /// # ["king", "man", "woman", "queen", "car"].map(|word| vocabulary.add(word));
    /// # let numbers = vec![3.0, 1.0, 1.0, 0.0, 0.0, 2.0, 1.0, 3.0, -1.0, 0.0];
    /// # let vectors = WordVectors::new(vocabulary, 2, Numbers::F32(numbers))?;
    /// let found = vectors.most_similar_weighted(&[("king", 1.0), ("man", -1.0), ("woman", 0.8)], 1)?;
    /// assert_eq!(found[0].word, "queen");
    /// # Ok::<(), rapidvec_vectors::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`QueryError::UnknownWord`], with near spellings; [`QueryError::Weight`] if a weight is not finite;
    /// [`QueryError::NoWords`]; [`QueryError::NotFinite`] if the file is damaged.
    pub fn most_similar_weighted(&self, words: &[(&str, f32)], top: usize) -> Result<Vec<Neighbour>, QueryError> {
        Restricted::all(self).most_similar_weighted(words, top)
    }

    /// The vector of a word that is there, scaled to length 1; the zero vector stays as it is.
    #[cfg(any(test, feature = "ann"))]
    pub(super) fn unit(&self, id: WordId) -> Result<Vec<f32>, QueryError> {
        Ok(unit(self.finite(id)?))
    }

    /// The vector of a word that is there, in f64.
    ///
    /// # Errors
    /// [`QueryError::NotFinite`].
    pub(super) fn finite(&self, id: WordId) -> Result<Vec<f64>, QueryError> {
        let wide = self.wide(id);
        match wide.iter().find(|x| !x.is_finite()) {
            Some(&got) => Err(self.not_finite(id, got as f32)),
            None => Ok(wide),
        }
    }

    /// The vector of a word that is there, in f64; it may hold anything.
    pub(super) fn wide(&self, id: WordId) -> Vec<f64> {
        self.vector_by_id(id).expect("ids come from this vocabulary").into_iter().map(f64::from).collect()
    }

    /// The cosine of a vector and row `id`, calculated in f64: no finite row overflows.
    pub(super) fn exact_cosine(&self, vector: &[f32], id: WordId) -> f32 {
        cosine(&widened(vector), &self.wide(id))
    }

    /// The dot product of a vector and row `id`, calculated in f64. May be infinite, never NaN for a finite row.
    pub(super) fn exact_dot(&self, vector: &[f32], id: WordId) -> f32 {
        dot(&widened(vector), &self.wide(id)) as f32
    }

    pub(super) fn not_finite(&self, id: WordId, got: f32) -> QueryError {
        QueryError::NotFinite { word: self.vocabulary().word(id).to_owned(), row: id as usize, got }
    }
}

impl Restricted<'_> {
    /// As [`WordVectors::most_similar`], among these words.
    ///
    /// # Errors
    /// The same.
    pub fn most_similar(&self, word: &str, top: usize) -> Result<Vec<Neighbour>, QueryError> {
        let unit = unit(self.vectors.vector_of(word)?);
        self.nearest(&unit, top, &self.vectors.ids_of(&[word]))
    }

    /// As [`WordVectors::most_similar_to`], among these words.
    ///
    /// # Errors
    /// The same.
    pub fn most_similar_to(
        &self,
        vector: &[f32],
        top: usize,
        left_out: &[WordId],
    ) -> Result<Vec<Neighbour>, QueryError> {
        self.vectors.check_vector(vector)?;
        self.nearest(&unit(widened(vector)), top, left_out)
    }

    /// As [`WordVectors::most_similar_weighted`], among these words.
    ///
    /// # Errors
    /// The same.
    pub fn most_similar_weighted(&self, words: &[(&str, f32)], top: usize) -> Result<Vec<Neighbour>, QueryError> {
        let (sum, ids) = self.vectors.weighted_sum(words)?;
        self.nearest(&unit(sum), top, &ids)
    }

    /// The words nearest to a unit vector (or the zero vector) by cosine.
    pub(super) fn nearest(&self, unit: &[f32], top: usize, left_out: &[WordId]) -> Result<Vec<Neighbour>, QueryError> {
        let shares = self.scan(
            &[unit],
            Score::Cosine,
            || TopK::new(with_slack(top)),
            |best, block| best.offer_all(&block.scores[0], left_out, |i| self.id(block.first + i)),
        )?;
        Ok(self.vectors.neighbours(merged(shares, top), top, |id| self.vectors.exact_cosine(unit, id)))
    }
}

impl WordVectors {
    /// The best `top` of the candidates by their exact scores.
    pub(super) fn neighbours(&self, candidates: TopK, top: usize, exact: impl Fn(WordId) -> f32) -> Vec<Neighbour> {
        let mut scored: Vec<_> = candidates.ids().map(|id| Scored { score: exact(id), id }).collect();
        scored.sort_unstable_by(|a, b| b.cmp(a));
        scored.truncate(top);
        let neighbour = |Scored { score, id }| {
            let word = self.vocabulary().word(id).to_owned();
            Neighbour { word, id, similarity: score }
        };
        scored.into_iter().map(neighbour).collect()
    }

    pub(super) fn check_vector(&self, vector: &[f32]) -> Result<(), QueryError> {
        let finite = vector.iter().filter(|x| x.is_finite()).count();
        if vector.len() == self.vector_size() && finite == vector.len() {
            return Ok(());
        }
        Err(QueryError::Vector { expected: self.vector_size(), got: finite })
    }

    /// The weighted sum of the words' unit vectors, and their ids.
    pub(super) fn weighted_sum(&self, words: &[(&str, f32)]) -> Result<(Vec<f64>, Vec<WordId>), QueryError> {
        let (mut sum, mut ids) = (vec![0.0; self.vector_size()], Vec::new());
        for &(word, weight) in words {
            if !weight.is_finite() {
                return Err(QueryError::Weight { word: word.to_owned(), got: weight });
            }
            let unit = wide_unit(self.vector_of(word)?);
            sum.iter_mut().zip(unit).for_each(|(sum, x)| *sum += f64::from(weight) * x);
            ids.extend(self.ids_of(&[word]));
        }
        if words.is_empty() { Err(QueryError::NoWords) } else { Ok((sum, ids)) }
    }
}

/// How many candidates a scan keeps for `top` answers; none if none is asked for.
pub(super) fn with_slack(top: usize) -> usize {
    if top == 0 { 0 } else { top.saturating_add(SLACK) }
}

/// The best of all shares.
pub(super) fn merged(shares: Vec<TopK>, top: usize) -> TopK {
    shares.into_iter().reduce(TopK::merge).unwrap_or_else(|| TopK::new(top))
}

/// `vector` scaled to length 1; the zero vector stays as it is.
pub(super) fn unit(vector: Vec<f64>) -> Vec<f32> {
    wide_unit(vector).into_iter().map(|x| x as f32).collect()
}

/// The same in f64.
pub(super) fn wide_unit(mut vector: Vec<f64>) -> Vec<f64> {
    // Scaled by the largest number first: the square of 1e-200 would be 0.
    let largest = vector.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    if largest == 0.0 {
        return vector;
    }
    vector.iter_mut().for_each(|x| *x /= largest);
    let norm = dot(&vector, &vector).sqrt();
    vector.iter_mut().for_each(|x| *x /= norm);
    vector
}

pub(super) fn widened(vector: &[f32]) -> Vec<f64> {
    vector.iter().map(|&x| f64::from(x)).collect()
}

/// The cosine of two vectors, 0 if either is zero.
pub(super) fn cosine(a: &[f64], b: &[f64]) -> f32 {
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths == 0.0 { 0.0 } else { (dot(a, b) / lengths).clamp(-1.0, 1.0) as f32 }
}

/// `a · b`, in eight sums that need not wait for each other: the compiler keeps them in vector registers, and every CPU adds
/// in the same order.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    const SUMS: usize = 8;
    let ((eights_a, rest_a), (eights_b, rest_b)) = (a.as_chunks::<SUMS>(), b.as_chunks::<SUMS>());
    let mut sums = [0.0; SUMS];
    for (a, b) in eights_a.iter().zip(eights_b) {
        sums.iter_mut().zip(a).zip(b).for_each(|((sum, a), b)| *sum += a * b);
    }
    let rest: f64 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AnalogyMethod, Numbers};
    use half::f16;
    use proptest::prelude::*;
    use rapidvec_core::Vocabulary;

    fn vectors(size: usize, numbers: Vec<f32>) -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        (0..numbers.len() / size).for_each(|id| assert_eq!(vocabulary.add(&format!("w{id}")), id as WordId));
        WordVectors::new(vocabulary, size, Numbers::F32(numbers)).unwrap()
    }

    fn ids(found: &[Neighbour]) -> Vec<WordId> {
        found.iter().map(|neighbour| neighbour.id).collect()
    }

    #[test]
    fn cosine_with_a_zero_vector_is_zero_from_both_sides() {
        let vectors = vectors(2, vec![1.0, 0.0, 0.0, 0.0, -3.0, 0.0, 5.0, 0.0]);
        let found = vectors.most_similar("w0", 9).unwrap();
        assert_eq!(ids(&found), [3, 1, 2]);
        assert_eq!(found.iter().map(|n| n.similarity).collect::<Vec<_>>(), [1.0, 0.0, -1.0]);
        let from_zero = vectors.most_similar("w1", 9).unwrap();
        assert_eq!(ids(&from_zero), [0, 2, 3]);
        assert!(from_zero.iter().all(|n| n.similarity == 0.0));
    }

    #[test]
    fn ties_come_by_id_and_minus_zero_is_zero() {
        let vectors = vectors(2, vec![1.0, 0.0, 0.0, -1.0, -0.0, 1.0, 0.0, 0.0, 0.0, 2.0]);
        assert_eq!(ids(&vectors.most_similar("w0", 3).unwrap()), [1, 2, 3]);
        assert_eq!(ids(&vectors.most_similar("w0", 4).unwrap()), [1, 2, 3, 4]);
    }

    #[test]
    fn top_larger_than_the_vocabulary_gives_all_others_and_zero_gives_none() {
        let vectors = vectors(1, vec![1.0, 2.0, 3.0]);
        assert_eq!(ids(&vectors.most_similar("w1", usize::MAX).unwrap()), [0, 2]);
        assert_eq!(vectors.most_similar("w1", 0).unwrap(), []);
    }

    #[test]
    fn the_largest_and_smallest_numbers_give_true_cosines() {
        let tiny = f32::from_bits(3); // far below the smallest normal number
        let (max, min) = (f32::MAX, f32::MIN_POSITIVE);
        let rows = [[max, max, max], [tiny, tiny, tiny], [max, max, -max], [min, min, -min], [1.0, 1.0, -1.0]];
        let vectors = vectors(3, rows.concat());
        for id in 0..5 {
            for found in vectors.most_similar(&format!("w{id}"), 9).unwrap() {
                let same = (id < 2) == (found.id < 2);
                let expected = if same { 1.0 } else { 1.0 / 3.0 };
                assert!((found.similarity - expected).abs() < 1e-6, "w{id}: {found:?}");
            }
        }
        for method in [AnalogyMethod::Add, AnalogyMethod::Mul, AnalogyMethod::Textbook] {
            let found = vectors.analogy("w0", "w2", "w1", method, 9).unwrap();
            assert!(found.len() == 2 && found.iter().all(|n| !n.similarity.is_nan()), "{method:?}: {found:?}");
        }
    }

    #[test]
    fn a_vector_of_the_wrong_size_or_not_finite_is_refused() {
        let vectors = vectors(2, vec![1.0, 0.0, 0.0, 1.0]);
        assert_eq!(ids(&vectors.most_similar_to(&[0.0, 3.0], 5, &[]).unwrap()), [1, 0]);
        assert_eq!(ids(&vectors.most_similar_to(&[0.0, 3.0], 5, &[1]).unwrap()), [0]);
        let refused = vectors.most_similar_to(&[0.0], 5, &[]);
        assert_eq!(refused, Err(QueryError::Vector { expected: 2, got: 1 }));
        let refused = vectors.most_similar_to(&[0.0, f32::NAN], 5, &[]);
        assert_eq!(refused, Err(QueryError::Vector { expected: 2, got: 1 }));
    }

    #[test]
    fn an_unknown_word_brings_near_spellings() {
        let vectors = vectors(1, vec![1.0, 2.0]);
        let refused = vectors.most_similar("W1", 5);
        let similar = vec!["w1".into(), "w0".into()];
        assert_eq!(refused, Err(QueryError::UnknownWord { word: "W1".into(), similar }));
    }

    #[test]
    fn many_rows_in_threads_give_what_one_thread_gives() {
        // More numbers than one thread takes alone; repeated rows make ties across the shares.
        let (rows, size) = ((3 << 20) / 8 + 5, 8);
        let number = |i: usize| ((i * 7919 % 1009) as f32 - 504.0) / 100.0;
        let vectors = vectors(size, (0..rows * size).map(number).collect());
        let found = vectors.most_similar("w77", 50).unwrap();
        let unit = vectors.unit(77).unwrap();
        let mut all: Vec<_> =
            (0..rows as WordId).map(|id| Scored { score: vectors.exact_cosine(&unit, id), id }).collect();
        all.retain(|scored| scored.id != 77);
        all.sort_by(|a, b| b.cmp(a));
        assert_eq!(ids(&found), all[..50].iter().map(|scored| scored.id).collect::<Vec<_>>());
        assert!(found.windows(2).any(|pair| pair[0].similarity == pair[1].similarity && pair[0].id < pair[1].id));
    }

    fn naive_cosine(a: &[f32], b: &[f32]) -> f64 {
        let dot = |a: &[f32], b: &[f32]| dot(&widened(a), &widened(b));
        let lengths = dot(a, a).sqrt() * dot(b, b).sqrt();
        if lengths == 0.0 { 0.0 } else { dot(a, b) / lengths }
    }

    fn matrix() -> impl Strategy<Value = (usize, Vec<f32>)> {
        (1usize..40, 4usize..30).prop_flat_map(|(size, rows)| {
            let number = prop_oneof![8 => -2.0f32..2.0, 1 => Just(0.0)];
            (Just(size), prop::collection::vec(number, size * rows))
        })
    }

    /// The rounding of f32 over up to 40 products of numbers up to 1, with room.
    const TOLERANCE: f64 = 1e-6;

    proptest! {
        #[test]
        fn the_scan_equals_a_naive_one_in_f64((size, numbers) in matrix(), top in 1usize..40, half: bool) {
            let mut vectors = vectors(size, numbers.clone());
            let mut numbers = numbers;
            if half {
                let halves: Vec<f16> = numbers.iter().map(|&x| f16::from_f32(x)).collect();
                numbers = halves.iter().map(|x| x.to_f32()).collect();
                vectors = WordVectors::new(vectors.vocabulary().clone(), size, Numbers::F16(halves)).unwrap();
            }
            let rows: Vec<&[f32]> = numbers.chunks(size).collect();
            let found = vectors.most_similar("w0", top).unwrap();
            prop_assert_eq!(found.len(), top.min(rows.len() - 1));
            let mut expected: Vec<f64> = rows[1..].iter().map(|row| naive_cosine(rows[0], row)).collect();
            expected.sort_by(|a, b| b.total_cmp(a));
            for (neighbour, expected) in found.iter().zip(expected) {
                let own = naive_cosine(rows[0], rows[neighbour.id as usize]);
                prop_assert!((f64::from(neighbour.similarity) - own).abs() < TOLERANCE);
                prop_assert!((own - expected).abs() < TOLERANCE);
            }
        }
    }
}
