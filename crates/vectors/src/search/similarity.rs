//! Similarities between given words.
//!
//! With `u(x)` for a vector scaled to length 1 and `m` for the mean of several:
//!
//! - similarity: `cos(a, b)`
//! - of two sets: `cos(m(A), m(B))` over the vectors as they are stored, as gensim's `n_similarity`
//! - centrality of a word among several: `cos(x, m(u(all of them)))`; the least central is the odd one out, as in gensim's
//!   `doesnt_match`
//! - rank of `b` from `a`: 1, plus 1 for each word nearer to `a` than `b` is, as gensim's `rank`

use super::Search;
use super::error::QueryError;
use crate::unit::{cosine, unit, wide_unit, widened};
use crate::word_vectors::WordVectors;

impl WordVectors {
    /// The cosine of two words, from -1 to 1; 0 if either has the zero vector.
    ///
    /// # Errors
    /// Those of [`Search`].
    pub fn similarity(&self, a: &str, b: &str) -> Result<f32, QueryError> {
        self.n_similarity(&[a], &[b])
    }

    /// The cosine of the mean vectors of two sets of words.
    ///
    /// # Errors
    /// [`QueryError::NoWords`] if a set is empty; those of [`Search`].
    pub fn n_similarity(&self, a: &[&str], b: &[&str]) -> Result<f32, QueryError> {
        Ok(cosine(&wide_unit(self.sum(a, |vector| vector)?), &wide_unit(self.sum(b, |vector| vector)?)))
    }

    /// The words with their cosine to the mean of all of them (of their unit vectors), the most central first; equal ones
    /// in the order given.
    ///
    /// # Errors
    /// As [`n_similarity`](Self::n_similarity).
    pub fn rank_by_centrality<'w>(&self, words: &[&'w str]) -> Result<Vec<(&'w str, f32)>, QueryError> {
        let mean = wide_unit(self.sum(words, wide_unit)?);
        let score = |&word: &&'w str| Ok((word, cosine(&mean, &self.wide_vector(word)?)));
        let mut ranked = words.iter().map(score).collect::<Result<Vec<_>, QueryError>>()?;
        ranked.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        Ok(ranked)
    }

    /// The word that does not belong with the others: the one farthest from their mean, with its cosine to it.
    ///
    /// ```
    /// # use rapidvec_vectors::{Numbers, WordVectors};
    /// # let mut vocabulary = rapidvec_core::Vocabulary::new();
    /// # ["breakfast", "lunch", "car", "dinner"].map(|word| vocabulary.add(word));
    /// # let vectors = WordVectors::new(vocabulary, 2, Numbers::F32(vec![1.0, 0.1, 2.0, 0.0, 0.0, 1.0, 1.0, 0.2]))?;
    /// let (word, _) = vectors.odd_one_out(&["breakfast", "lunch", "car", "dinner"])?;
    /// assert_eq!(word, "car");
    /// # Ok::<(), rapidvec_vectors::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`n_similarity`](Self::n_similarity).
    pub fn odd_one_out<'w>(&self, words: &[&'w str]) -> Result<(&'w str, f32), QueryError> {
        self.rank_by_centrality(words)?.pop().ok_or(QueryError::NoWords)
    }

    /// The sum of the words' vectors, each scaled by `scale`.
    fn sum(&self, words: &[&str], scale: impl Fn(Vec<f64>) -> Vec<f64>) -> Result<Vec<f64>, QueryError> {
        let mut sum = vec![0.0; self.vector_size()];
        for word in words {
            let vector = scale(self.wide_vector(word)?);
            sum.iter_mut().zip(vector).for_each(|(sum, x)| *sum += x);
        }
        if words.is_empty() { Err(QueryError::NoWords) } else { Ok(sum) }
    }
}

impl Search<'_> {
    /// The rank of `other` among the words near `word`: 1 if no candidate is nearer.
    ///
    /// # Errors
    /// Those of [`Search`].
    pub fn rank(&self, word: &str, other: &str) -> Result<usize, QueryError> {
        let excluded = self.excluded_with(&[word]);
        let unit = unit(self.vectors.wide_vector(word)?);
        let named = |error| self.vectors.named(error);
        let limit = match self.vectors.id(other) {
            Some(other) => self.pass().scanned_cosine(&unit, other).map_err(named)?,
            None => cosine(&widened(&unit), &self.vectors.wide_vector(other)?),
        };
        Ok(1 + self.pass().above(&unit, limit, &excluded).map_err(named)?.len())
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows_for_tests::ROWS;
    use super::*;
    use crate::Numbers;
    use rapidvec_core::Vocabulary;

    /// Without the zero vector, with which gensim has no answers, or with it.
    fn vectors(words: usize) -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        ROWS[..words].iter().for_each(|(word, _)| assert!(vocabulary.insert(word, 0).is_some()));
        let numbers = ROWS[..words].iter().flat_map(|(_, row)| *row).collect();
        WordVectors::new(vocabulary, 3, Numbers::F32(numbers)).unwrap()
    }

    fn check<'a>(found: impl IntoIterator<Item = (&'a str, f32)>, expected: &[(&str, f32)]) {
        let found: Vec<_> = found.into_iter().collect();
        assert_eq!(found.len(), expected.len());
        for (found, (word, score)) in found.iter().zip(expected) {
            assert_eq!(found.0, *word);
            assert!((found.1 - score).abs() < 2e-7, "{found:?}, expected {score}");
        }
    }

    // The numbers in these tests are gensim 4.4.0's, with NumPy 2.4.6, on ROWS without `zero`.

    #[test]
    fn weights_have_the_effect_they_have_in_gensim() {
        let vectors = vectors(8);
        let found = vectors.search().most_similar_weighted(&[("king", 1.0), ("woman", 0.8), ("man", -0.5)], 3).unwrap();
        check(found, &[("queen", 0.996_972), ("car", 0.343_984_34), ("한국어말", -0.172_684_77)]);
        let found = vectors.search().most_similar_weighted(&[("woman", 1.0), ("king", 1.0), ("man", -1.0)], 3).unwrap();
        check(found, &[("queen", 0.922_306_06), ("car", 0.582_918_1), ("한국어말", 0.146_025_4)]);
        let found = vectors.search().most_similar_to(&[1.0, -1.0, 0.5], 3).unwrap();
        check(found, &[("you", 0.911_684_63), ("안녕", 0.873_697_8), ("king", 0.363_696_5)]);
    }

    #[test]
    fn restricted_answers_equal_gensims() {
        let vectors = vectors(8);
        let found = vectors.search().restrict(3).most_similar("king", 3).unwrap();
        check(found, &[("queen", 0.891_485_04), ("man", 0.761_904_8)]);
    }

    #[test]
    fn centralities_equal_gensims() {
        let found = vectors(8).rank_by_centrality(&["king", "queen", "woman", "car"]).unwrap();
        check(
            found,
            &[("queen", 0.981_323_66), ("woman", 0.895_896_55), ("king", 0.822_787_46), ("car", 0.468_687_83)],
        );
        let found = vectors(8).rank_by_centrality(&["king", "man", "you", "안녕"]).unwrap();
        check(found, &[("you", 0.740_127_15), ("안녕", 0.654_620_1), ("man", 0.616_122_4), ("king", 0.606_621_6)]);
        assert_eq!(vectors(8).odd_one_out(&["king", "queen", "woman", "car"]).unwrap().0, "car");
    }

    #[test]
    fn similarities_equal_gensims() {
        let vectors = vectors(8);
        let near = |a: f32, b: f32| assert!((a - b).abs() < 2e-7, "{a}, expected {b}");
        near(vectors.similarity("king", "queen").unwrap(), 0.891_485);
        near(vectors.similarity("you", "안녕").unwrap(), 0.987_013_04);
        near(vectors.n_similarity(&["king", "man"], &["queen", "woman", "car"]).unwrap(), 0.415_704_97);
    }

    #[test]
    fn ranks_equal_gensims() {
        let vectors = vectors(8);
        let ranks = |word: &str| {
            ROWS[..8].iter().map(|(other, _)| vectors.search().rank(word, other).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(ranks("king"), [1, 2, 1, 3, 4, 5, 6, 7]);
        assert_eq!(ranks("car"), [5, 7, 2, 3, 1, 6, 4, 1]);
        assert_eq!(
            vectors.search().restrict(4).rank("king", "한국어말").unwrap(),
            4,
            "three nearer among the first four"
        );
    }

    #[test]
    fn zero_vectors_have_cosine_0_with_everything() {
        let vectors = vectors(9);
        assert_eq!(vectors.similarity("zero", "king").unwrap(), 0.0);
        assert_eq!(vectors.similarity("zero", "zero").unwrap(), 0.0);
        assert_eq!(vectors.search().rank("zero", "king").unwrap(), 1);
        assert_eq!(
            vectors.search().rank("king", "zero").unwrap(),
            4,
            "man, queen and woman are at more than 0, car is not"
        );
        let found = vectors.search().most_similar_weighted(&[("king", 1.0), ("king", -1.0)], 9).unwrap();
        assert!(found.scores() == [0.0; 8], "{found:?}");
        assert_eq!(vectors.odd_one_out(&["king", "queen", "zero"]).unwrap().0, "zero");
    }

    #[test]
    fn queries_without_words_or_with_infinite_weights_are_refused() {
        let vectors = vectors(9);
        assert_eq!(vectors.search().most_similar_weighted(&[], 3), Err(QueryError::NoWords));
        assert_eq!(vectors.n_similarity(&["king"], &[]), Err(QueryError::NoWords));
        assert_eq!(vectors.odd_one_out(&[]), Err(QueryError::NoWords));
        let refused = vectors.search().most_similar_weighted(&[("king", f32::INFINITY)], 3);
        assert_eq!(refused, Err(QueryError::Weight { word: "king".into(), got: f32::INFINITY }));
        for refused in [
            vectors.similarity("king", "kin").map(drop),
            vectors.search().rank("kin", "king").map(drop),
            vectors.odd_one_out(&["king", "kin"]).map(drop),
            vectors.search().most_similar_batch(&["king", "kin"], 1).map(drop),
        ] {
            assert!(matches!(refused, Err(QueryError::UnknownWord { word, .. }) if word == "kin"));
        }
    }
}
