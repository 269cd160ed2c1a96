//! Many queries at once, as one matrix product.
//!
//! Queries times rows, a block of rows at a time: a row is read once for a thousand queries, and the product runs as fast
//! as the machine multiplies. The answers are those of single queries: candidates from the product, scores in f64.

use super::restrict::Restricted;
use super::scan::{Block, Products, Score};
use super::search::{Neighbour, merged, unit, widened, with_slack};
use super::top_k::{SharedThreshold, TopK};
use super::word_vectors::WordVectors;
use crate::error::QueryError;
use rapidvec_core::WordId;
use rayon::prelude::*;

/// Queries in one pass over the rows: enough that packing the rows costs nothing beside them.
const QUERIES: usize = 4096;

/// So many queries are scored one after the other, while a block of rows is in the cache: packing it would take longer.
const FEW: usize = 32;

impl WordVectors {
    /// [`most_similar`](Self::most_similar) for each of `words`, in their order: much faster than one by one.
    ///
    /// # Errors
    /// [`QueryError::UnknownWord`] for the first that is unknown; [`QueryError::NotFinite`] if the file is damaged.
    pub fn most_similar_batch(&self, words: &[&str], top: usize) -> Result<Vec<Vec<Neighbour>>, QueryError> {
        Restricted::all(self).most_similar_batch(words, top)
    }

    /// [`most_similar_to`](Self::most_similar_to) for each row of `vectors` (Q x D numbers); `left_out` has Q lists of words.
    ///
    /// # Errors
    /// [`QueryError::Vector`] if a vector is not finite, or there are not D numbers for each list in `left_out`;
    /// [`QueryError::NotFinite`] if the file is damaged.
    pub fn most_similar_to_batch(
        &self,
        vectors: &[f32],
        top: usize,
        left_out: &[&[WordId]],
    ) -> Result<Vec<Vec<Neighbour>>, QueryError> {
        Restricted::all(self).most_similar_to_batch(vectors, top, left_out)
    }
}

impl Restricted<'_> {
    /// As [`WordVectors::most_similar_batch`], among these words.
    ///
    /// # Errors
    /// The same.
    pub fn most_similar_batch(&self, words: &[&str], top: usize) -> Result<Vec<Vec<Neighbour>>, QueryError> {
        let mut units = Vec::with_capacity(words.len() * self.vectors.vector_size());
        for word in words {
            units.extend(unit(self.vectors.vector_of(word)?));
        }
        let ids: Vec<_> = words.iter().map(|word| self.vectors.ids_of(&[word])).collect();
        let left_out: Vec<_> = ids.iter().map(Vec::as_slice).collect();
        self.nearest_batch(&units, top, &left_out)
    }

    /// As [`WordVectors::most_similar_to_batch`], among these words.
    ///
    /// # Errors
    /// The same.
    pub fn most_similar_to_batch(
        &self,
        vectors: &[f32],
        top: usize,
        left_out: &[&[WordId]],
    ) -> Result<Vec<Vec<Neighbour>>, QueryError> {
        let size = self.vectors.vector_size();
        if vectors.len() != size.saturating_mul(left_out.len()) {
            return Err(QueryError::Vector { expected: size, got: vectors.len() / left_out.len().max(1) });
        }
        vectors.chunks_exact(size).try_for_each(|vector| self.vectors.check_vector(vector))?;
        let units: Vec<f32> = vectors.chunks_exact(size).flat_map(|vector| unit(widened(vector))).collect();
        self.nearest_batch(&units, top, left_out)
    }

    /// The words nearest to each of the unit vectors (or zero vectors) in `units`, Q x D.
    pub(super) fn nearest_batch(
        &self,
        units: &[f32],
        top: usize,
        left_out: &[&[WordId]],
    ) -> Result<Vec<Vec<Neighbour>>, QueryError> {
        let mut answers = Vec::with_capacity(left_out.len());
        let queries = units.chunks(QUERIES * self.vectors.vector_size()).zip(left_out.chunks(QUERIES));
        for (units, left_out) in queries {
            answers.extend(self.one_pass(units, top, left_out)?);
        }
        Ok(answers)
    }

    fn one_pass(&self, units: &[f32], top: usize, left_out: &[&[WordId]]) -> Result<Vec<Vec<Neighbour>>, QueryError> {
        let start = || left_out.iter().map(|_| TopK::new(with_slack(top))).collect::<Vec<_>>();
        let shares = if left_out.len() <= FEW {
            let units: Vec<_> = units.chunks_exact(self.vectors.vector_size()).collect();
            self.scan(&units, Score::Cosine, start, |bests, Block { first, scores }| {
                for ((best, scores), left_out) in bests.iter_mut().zip(scores).zip(left_out) {
                    best.offer_all(scores, left_out, |i| self.id(first + i));
                }
            })?
        } else {
            let floors: Vec<_> = left_out.iter().map(|_| SharedThreshold::default()).collect();
            self.products(units, 1, start, |bests, Products { first, rows, queries, scores }| {
                let bests = bests[queries.clone()].iter_mut().zip(&left_out[queries.clone()]).zip(&floors[queries]);
                for (((best, left_out), floor), scores) in bests.zip(scores.chunks_exact(rows)) {
                    best.offer_above(floor, scores, left_out, |i| self.id(first + i));
                }
            })?
        };
        let mut shares: Vec<_> = shares.into_iter().map(Vec::into_iter).collect();
        let best = left_out.iter().map(|_| merged(shares.iter_mut().filter_map(Iterator::next).collect(), top));
        let best: Vec<_> = best.collect();
        let answer = |(unit, best)| self.vectors.neighbours(best, top, |id| self.vectors.exact_cosine(unit, id));
        Ok(units.par_chunks_exact(self.vectors.vector_size()).zip(best).map(answer).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Numbers;
    use half::f16;
    use rapidvec_core::Vocabulary;

    const SIZE: usize = 7;

    /// Repeated rows, zero rows, tiny and huge ones among the ordinary; more rows than one block.
    fn vectors(half: bool) -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        let rows = 2500;
        (0..rows).for_each(|i| assert!(vocabulary.insert(&format!("w{i}"), (i * 7919 % 997) as u64).is_some()));
        let scale = |row: usize| match row % 50 {
            7 => 0.0,
            8 if !half => 1e-30,
            9 if !half => 1e25,
            _ => 1.0,
        };
        let number = |i: usize| ((i % (SIZE * 700) * 7919 % 1009) as f32 - 504.0) / 100.0 * scale(i / SIZE);
        let numbers: Vec<f32> = (0..rows * SIZE).map(number).collect();
        let halves = || numbers.iter().map(|&x| f16::from_f32(x)).collect();
        let floats = if half { Numbers::F16(halves()) } else { Numbers::F32(numbers.clone()) };
        WordVectors::new(vocabulary, SIZE, floats).unwrap()
    }

    #[test]
    fn a_batch_answers_as_its_queries_do_one_by_one() {
        for vectors in [vectors(false), vectors(true)] {
            let words: Vec<String> = (0..QUERIES + 9).map(|i| format!("w{}", i * 2 % 2500)).collect(); // more than one pass
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            for restricted in [Restricted::all(&vectors), vectors.restrict(400)] {
                let batch = restricted.most_similar_batch(&words, 5).unwrap();
                assert_eq!(batch.len(), words.len());
                for (word, found) in words.iter().zip(&batch).step_by(7) {
                    assert_eq!(*found, restricted.most_similar(word, 5).unwrap(), "{word}");
                }
            }
        }
    }

    #[test]
    fn a_few_words_are_answered_as_many_are() {
        for vectors in [vectors(false), vectors(true)] {
            let words: Vec<String> = (0..FEW + 2).map(|i| format!("w{}", i * 31 % 60)).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let alone: Vec<_> = words.iter().map(|word| vectors.most_similar(word, 6).unwrap()).collect();
            for count in 0..=words.len() {
                assert_eq!(vectors.most_similar_batch(&words[..count], 6).unwrap(), alone[..count], "{count}");
            }
        }
    }

    #[test]
    fn vectors_leave_out_what_each_of_them_says() {
        let vectors = vectors(false);
        let two: Vec<f32> = [3, 5].iter().flat_map(|&id| vectors.vector_by_id(id).unwrap()).collect();
        let found = vectors.most_similar_to_batch(&two, 4, &[&[3, 703], &[]]).unwrap();
        assert_eq!(found[0], vectors.most_similar_to(&two[..SIZE], 4, &[3, 703]).unwrap());
        assert_eq!((found[1][0].id, found[1][0].similarity), (5, 1.0));
        assert_eq!(vectors.most_similar_to_batch(&[], 4, &[]).unwrap(), [[]; 0]);
        let refused = vectors.most_similar_to_batch(&two[1..], 4, &[&[], &[]]);
        assert_eq!(refused, Err(QueryError::Vector { expected: SIZE, got: 6 }));
        let refused = vectors.most_similar_to_batch(&[f32::NAN; SIZE], 4, &[&[]]);
        assert_eq!(refused, Err(QueryError::Vector { expected: SIZE, got: 0 }));
        assert_eq!(vectors.most_similar_batch(&["w1", "w2"], 0).unwrap(), [[], []]);
    }
}
