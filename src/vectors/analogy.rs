//! `a` is to `b` as `c` is to what?
//!
//! With `u(x)` for a vector scaled to length 1, the word `x` that is none of the three has the highest
//!
//! - add (3CosAdd, Mikolov et al. 2013): `cos(x, u(b) - u(a) + u(c))`
//! - mul (3CosMul, Levy and Goldberg 2014): `s(x, b) s(x, c) / (s(x, a) + 0.001)`, where `s = (1 + cos) / 2`
//! - textbook (the book, section 4.3): `x · u(b - a + c)` over the vectors as they are stored, so that long vectors win
#![forbid(unsafe_code)]

use super::search::{Neighbour, safe_dot, unit, wide};
use super::word_vectors::WordVectors;
use crate::error::QueryError;

/// Keeps 3CosMul from dividing by zero; Levy and Goldberg's value.
const MUL_EPSILON: f64 = 0.001;

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

impl WordVectors {
    /// The `top` answers to "`a` is to `b` as `c` is to ?", best first, without the three words themselves.
    ///
    /// # Errors
    /// [`QueryError::UnknownWord`], with near spellings, for the first of the three that is unknown.
    pub fn analogy(
        &self,
        a: &str,
        b: &str,
        c: &str,
        method: AnalogyMethod,
        top: usize,
    ) -> Result<Vec<Neighbour>, QueryError> {
        let vectors = [self.vector_of(a)?, self.vector_of(b)?, self.vector_of(c)?].map(|vector| wide(&vector));
        let ids = self.ids_of(&[a, b, c]);
        Ok(match method {
            AnalogyMethod::Add => {
                let units = vectors.map(|vector| wide(&unit(vector)));
                self.nearest(&unit(b_minus_a_plus_c(units)), top, &ids)
            }
            AnalogyMethod::Mul => {
                let units = vectors.map(unit);
                self.scan(top, &ids, |id, row| {
                    let [a, b, c] = units.each_ref().map(|unit| (1.0 + f64::from(self.cosine(unit, id, row))) / 2.0);
                    (b * c / (a + MUL_EPSILON)) as f32
                })
            }
            AnalogyMethod::Textbook => {
                let query = unit(b_minus_a_plus_c(vectors));
                self.scan(top, &ids, |_, row| safe_dot(&query, row))
            }
        })
    }
}

fn b_minus_a_plus_c([a, b, c]: [Vec<f64>; 3]) -> Vec<f64> {
    a.iter().zip(&b).zip(&c).map(|((a, b), c)| b - a + c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::Floats;
    use crate::words::Vocabulary;
    use half::f16;

    // All exact in half precision.
    const ROWS: [(&str, [f32; 3]); 7] = [
        ("king", [2.0, 1.0, 0.5]),
        ("man", [1.0, 0.25, -0.5]),
        ("queen", [1.5, 2.0, 1.0]),
        ("woman", [0.5, 1.5, 0.25]),
        ("car", [-1.0, 0.5, 3.0]),
        ("you", [0.75, -2.0, 0.5]),
        ("zero", [0.0, 0.0, 0.0]),
    ];

    fn both_precisions() -> [WordVectors; 2] {
        let mut vocabulary = Vocabulary::new();
        for (word, _) in ROWS {
            vocabulary.add(word);
        }
        let numbers = ROWS.map(|(_, row)| row).concat();
        let halves = numbers.iter().map(|&x| f16::from_f32(x)).collect();
        [Floats::F32(numbers), Floats::F16(halves)]
            .map(|floats| WordVectors::new(vocabulary.clone(), 3, floats).unwrap())
    }

    fn assert_answers(method: AnalogyMethod, expected: [(&str, f32); 4]) {
        for vectors in both_precisions() {
            let found = vectors.analogy("king", "man", "queen", method, 9).unwrap();
            assert_eq!(found.len(), 4);
            for (neighbour, (word, score)) in found.iter().zip(expected) {
                assert_eq!(neighbour.word, word);
                assert!((neighbour.similarity - score).abs() < 1e-6, "{neighbour:?}, expected {score}");
            }
        }
    }

    /// gensim 4.4.0, `most_similar(positive=["man", "queen"], negative=["king"])`; `zero` is 0 by definition.
    #[test]
    fn add_answers_as_gensim() {
        let expected = [("woman", 0.7614634), ("zero", 0.0), ("you", -0.4318243), ("car", -0.438161)];
        assert_answers(AnalogyMethod::Add, expected);
    }

    /// The formula at the head of this file in NumPy 2, float64. `zero`: 0.25 / (0.5 + 0.001).
    #[test]
    fn mul_answers_as_the_formula() {
        let expected = [("woman", 0.790749), ("zero", 0.499002), ("you", 0.313948), ("car", 0.226898)];
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
            for (neighbour, (word, score)) in found[2..].iter().zip(expected) {
                assert_eq!(neighbour.word, word);
                assert!((neighbour.similarity - score).abs() < 1e-6);
            }
            assert!(found[..2].iter().all(|neighbour| neighbour.similarity.abs() < 1e-7)); // man, zero
        }
    }

    #[test]
    fn leaves_the_words_of_the_question_out_also_when_they_repeat() {
        for method in [AnalogyMethod::Add, AnalogyMethod::Mul, AnalogyMethod::Textbook] {
            let [vectors, _] = both_precisions();
            let found = vectors.analogy("king", "king", "zero", method, 9).unwrap();
            assert_eq!(found.len(), 5);
            assert!(found.iter().all(|n| n.word != "king" && n.word != "zero" && n.similarity.is_finite()));
        }
    }

    #[test]
    fn an_unknown_word_is_named_wherever_it_stands() {
        let [vectors, _] = both_precisions();
        for question in [["kin", "man", "queen"], ["king", "mann", "queen"], ["king", "man", "quen"]] {
            let [a, b, c] = question;
            let refused = vectors.analogy(a, b, c, AnalogyMethod::Add, 1);
            let Err(QueryError::UnknownWord { word, similar }) = refused else { panic!("{question:?} was answered") };
            assert!(question.contains(&word.as_str()) && !similar.is_empty());
        }
    }
}
