//! `a` is to `b` as `c` is to what?
//!
//! With `u(x)` for a vector scaled to length 1, the answer is the word `x` other than the three with the highest
//!
//! - add (3CosAdd, Mikolov et al. 2013): `cos(x, u(b) - u(a) + u(c))`
//! - mul (3CosMul, Levy and Goldberg 2014): `s(x, b) s(x, c) / (s(x, a) + 0.000001)`, where `s = (1 + cos) / 2`; the addend
//!   is that of gensim's `most_similar_cosmul`, for equal scores; the paper's is 0.001
//! - textbook (the book, section 4.3): `x · u(b - a + c)` over the vectors as they are stored, so that long vectors win

use super::Search;
use super::error::QueryError;
use super::hits::Hits;
use crate::unit::{unit, wide_unit};

/// Keeps 3CosMul from dividing by zero; gensim's value.
pub(crate) const MUL_EPSILON: f64 = 1e-6;

/// How an analogy is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AnalogyMethod {
    /// Cosine with the sum of unit vectors (3CosAdd).
    #[default]
    Add,
    /// Product and quotient of cosines (3CosMul).
    Mul,
    /// Dot product of the unit query with the stored vectors, as in the book.
    Textbook,
}

impl<'v> Search<'v> {
    /// The `k` answers to "`a` is to `b` as `c` is to ?", best first, without the three words themselves.
    ///
    /// # Errors
    /// Those of [`Search`], for the first of the three words that is unknown.
    pub fn analogy(&self, a: &str, b: &str, c: &str, method: AnalogyMethod, k: usize) -> Result<Hits<'v>, QueryError> {
        let vectors = self.vectors;
        let wide = [vectors.wide_vector(a)?, vectors.wide_vector(b)?, vectors.wide_vector(c)?];
        let excluded = self.excluded_with(&[a, b, c]);
        match method {
            AnalogyMethod::Add => self.nearest(&unit(b_minus_a_plus_c(wide.map(wide_unit))), k, &excluded),
            AnalogyMethod::Mul => {
                let [a, b, c] = &wide.map(unit);
                self.hits(self.pass().by_product(&[b, c], &[a], k, &excluded))
            }
            AnalogyMethod::Textbook => self.hits(self.pass().by_dot(&unit(b_minus_a_plus_c(wide)), k, &excluded)),
        }
    }
}

/// 3CosMul of the cosines with the positive words `b`, `c` and the negative word `a`.
#[inline]
pub(super) fn product_score(positive: impl Iterator<Item = f32>, negative: impl Iterator<Item = f32>) -> f32 {
    let moved = |cosine| (1.0 + f64::from(cosine)) / 2.0;
    (positive.map(moved).product::<f64>() / (negative.map(moved).product::<f64>() + MUL_EPSILON)) as f32
}

fn b_minus_a_plus_c([a, b, c]: [Vec<f64>; 3]) -> Vec<f64> {
    a.iter().zip(&b).zip(&c).map(|((a, b), c)| b - a + c).collect()
}

#[cfg(test)]
mod tests {
    use super::super::rows_for_tests;
    use super::*;
    use crate::{Numbers, WordVectors};
    use half::f16;
    use rapidvec_core::Vocabulary;

    /// Those of English words.
    fn rows() -> impl Iterator<Item = &'static (&'static str, [f32; 3])> {
        rows_for_tests::ROWS.iter().filter(|(word, _)| word.is_ascii())
    }

    fn both_precisions() -> [WordVectors; 2] {
        let mut vocabulary = Vocabulary::new();
        for (word, _) in rows() {
            vocabulary.add(word);
        }
        let numbers = rows().flat_map(|(_, row)| *row).collect::<Vec<_>>();
        let halves = numbers.iter().map(|&x| f16::from_f32(x)).collect();
        [Numbers::F32(numbers), Numbers::F16(halves)]
            .map(|floats| WordVectors::new(vocabulary.clone(), 3, floats).unwrap())
    }

    fn assert_answers(method: AnalogyMethod, expected: [(&str, f32); 4]) {
        for vectors in both_precisions() {
            let found = vectors.search().analogy("king", "man", "queen", method, 9).unwrap();
            assert_eq!(found.len(), 4);
            for (hit, (word, score)) in found.iter().zip(expected) {
                assert_eq!(hit.0, word);
                assert!((hit.1 - score).abs() < 1e-6, "{hit:?}, expected {score}");
            }
        }
    }

    /// gensim 4.4.0, `most_similar(positive=["man", "queen"], negative=["king"])`; `zero` is 0 by definition.
    #[test]
    fn add_answers_as_gensim() {
        let expected = [("woman", 0.7614634), ("zero", 0.0), ("you", -0.4318243), ("car", -0.438161)];
        assert_answers(AnalogyMethod::Add, expected);
    }

    /// gensim 4.4.0, `most_similar_cosmul(positive=["man", "queen"], negative=["king"])`; `zero`: 0.25 / (0.5 + 0.000001).
    #[test]
    fn mul_answers_as_gensim() {
        let expected = [("woman", 0.7916703), ("zero", 0.499999), ("you", 0.3146084), ("car", 0.2273515)];
        assert_answers(AnalogyMethod::Mul, expected);
    }

    /// The book's `analogy` (its common/util.py: `normalize(b - a + c)`, then `np.dot` with the matrix), float64.
    #[test]
    fn textbook_answers_as_the_book() {
        let expected = [("woman", 1.57841), ("car", 0.092848), ("zero", 0.0), ("you", -1.57841)];
        assert_answers(AnalogyMethod::Textbook, expected);
    }

    /// The book's `most_similar`, float64; its eps of 1e-8 changes nothing at 6 digits.
    #[test]
    fn most_similar_answers_as_the_book() {
        for vectors in both_precisions() {
            let found = vectors.most_similar("you", 9).unwrap();
            let expected = [("car", -0.035595), ("king", -0.049736), ("queen", -0.402077), ("woman", -0.711906)];
            for (hit, (word, score)) in found.iter().skip(2).zip(expected) {
                assert_eq!(hit.0, word);
                assert!((hit.1 - score).abs() < 1e-6);
            }
            assert!(found.scores()[..2].iter().all(|score| score.abs() < 1e-7)); // man, zero
        }
    }

    #[test]
    fn excludes_the_words_of_the_query_even_if_they_repeat() {
        for method in [AnalogyMethod::Add, AnalogyMethod::Mul, AnalogyMethod::Textbook] {
            let [vectors, _] = both_precisions();
            let found = vectors.search().analogy("king", "king", "zero", method, 9).unwrap();
            assert_eq!(found.len(), 5);
            assert!(found.iter().all(|(word, score)| word != "king" && word != "zero" && score.is_finite()));
        }
    }

    #[test]
    fn an_unknown_word_is_named_in_every_position() {
        let [vectors, _] = both_precisions();
        for query in [["kin", "man", "queen"], ["king", "mann", "queen"], ["king", "man", "quen"]] {
            let [a, b, c] = query;
            let refused = vectors.search().analogy(a, b, c, AnalogyMethod::Add, 1);
            let Err(QueryError::UnknownWord { word, similar }) = refused else { panic!("{query:?} was answered") };
            assert!(query.contains(&word.as_str()) && !similar.is_empty());
        }
    }
}
