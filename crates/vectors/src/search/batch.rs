//! Many queries at once, as one matrix product.
//!
//! Queries times rows, a block of rows at a time: a row is read once for a thousand queries, and the product runs as fast
//! as the machine multiplies. The answers equal those of single queries: candidates from the product, scores in f64.

use super::Search;
use super::error::QueryError;
use super::hits::Hits;
use super::nearest::{merged, rescored, with_slack};
use super::scan::{Block, Products, Scan, Score};
use super::top_k::{Scored, SharedThreshold, TopK};
use crate::normed_rows::RowError;
use crate::unit::{unit, widened};
use rapidvec_core::WordId;
use rapidvec_core::parallel::{self, threads_of};

/// Queries in one pass over the rows: enough to make the cost of packing the rows negligible.
const QUERIES: usize = 4096;

/// Up to this many queries are scored one after the other while a block of rows is in the cache: packing it would take longer.
const FEW: usize = 32;

/// Queries whose candidates one thread scores exactly in less time than a thread takes to start.
const RESCORED: usize = 32;

impl<'v> Search<'v> {
    /// [`most_similar`](Self::most_similar) for each of `words`, in their order; much faster than single queries.
    ///
    /// # Errors
    /// Those of [`Search`], for the first word that is unknown.
    pub fn most_similar_batch(&self, words: &[&str], k: usize) -> Result<Vec<Hits<'v>>, QueryError> {
        let mut units = Vec::with_capacity(words.len() * self.vectors.vector_size());
        for word in words {
            units.extend(unit(self.vectors.wide_vector(word)?));
        }
        let excluded: Vec<_> = words.iter().map(|word| self.excluded_with(&[word])).collect();
        self.nearest_batch(&units, k, &excluded.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    /// [`most_similar_to`](Self::most_similar_to) for each row of `vectors`, Q x D numbers.
    ///
    /// # Errors
    /// [`QueryError::Vector`] if a row is not finite, or the numbers are not whole rows; those of [`Search`].
    pub fn most_similar_to_batch(&self, vectors: &[f32], k: usize) -> Result<Vec<Hits<'v>>, QueryError> {
        let rows = vectors.chunks(self.vectors.vector_size());
        rows.clone().try_for_each(|vector| self.check_vector(vector))?;
        let excluded = vec![&self.excluded[..]; rows.len()];
        let units: Vec<f32> = rows.flat_map(|vector| unit(widened(vector))).collect();
        self.nearest_batch(&units, k, &excluded)
    }

    /// The words nearest to each of the unit vectors (or zero vectors) in `units`, Q x D; `excluded` has a list for each.
    fn nearest_batch(&self, units: &[f32], k: usize, excluded: &[&[WordId]]) -> Result<Vec<Hits<'v>>, QueryError> {
        #[cfg(feature = "ann")]
        if self.index_in_use().is_some() {
            let units = units.chunks(self.vectors.vector_size());
            return units.zip(excluded).map(|(unit, excluded)| self.nearest(unit, k, excluded)).collect();
        }
        let found = self.pass().nearest_batch(units, k, excluded).map_err(|error| self.vectors.named(error))?;
        Ok(found.into_iter().map(|found| Hits::new(self.vectors.vocabulary(), found)).collect())
    }
}

impl Scan<'_> {
    /// The `k` rows nearest to each of the unit vectors (or zero vectors) in `units`, Q x D, nearest first; `excluded` has a list
    /// for each.
    pub fn nearest_batch(&self, units: &[f32], k: usize, excluded: &[&[WordId]]) -> Result<Vec<Vec<Scored>>, RowError> {
        let size = self.rows.vector_size();
        let mut answers = Vec::with_capacity(excluded.len());
        for (units, excluded) in units.chunks(QUERIES * size).zip(excluded.chunks(QUERIES)) {
            let best = self.one_pass(units, k, excluded)?;
            answers.extend(self.rescored(units, k, best));
        }
        Ok(answers)
    }

    /// The candidates of each query.
    fn one_pass(&self, units: &[f32], k: usize, excluded: &[&[WordId]]) -> Result<Vec<TopK>, RowError> {
        let start = || excluded.iter().map(|_| TopK::new(with_slack(k))).collect::<Vec<_>>();
        let shares = if excluded.len() <= FEW {
            let units: Vec<_> = units.chunks_exact(self.rows.vector_size()).collect();
            self.scan(&units, Score::Cosine, start, |bests, Block { first, scores, .. }| {
                for ((best, scores), excluded) in bests.iter_mut().zip(scores).zip(excluded) {
                    best.offer_all(scores, excluded, |i| self.id(first + i));
                }
            })?
        } else {
            let floors: Vec<_> = excluded.iter().map(|_| SharedThreshold::default()).collect();
            self.products(units, 1, start, |bests, Products { first, rows, queries, scores }| {
                let bests = bests[queries.clone()].iter_mut().zip(&excluded[queries.clone()]).zip(&floors[queries]);
                for (((best, excluded), floor), scores) in bests.zip(scores.chunks_exact(rows)) {
                    best.offer_above(floor, scores, excluded, |i| self.id(first + i));
                }
            })?
        };
        let mut shares: Vec<_> = shares.into_iter().map(Vec::into_iter).collect();
        let best = excluded.iter().map(|_| merged(shares.iter_mut().filter_map(Iterator::next).collect(), k));
        Ok(best.collect())
    }

    /// The answers to all queries, from their candidates.
    fn rescored(&self, units: &[f32], k: usize, best: Vec<TopK>) -> Vec<Vec<Scored>> {
        let threads = threads_of(self.threads).min(best.len() / RESCORED);
        let queries = units.chunks_exact(self.rows.vector_size()).zip(best);
        let exact = |unit| move |id| self.rows.exact_cosine(unit, id);
        parallel::map(threads, queries, |(unit, best)| rescored(&best, k, exact(unit)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Numbers, WordVectors};
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
    fn a_batch_gives_the_answers_of_single_queries() {
        for vectors in [vectors(false), vectors(true)] {
            let words: Vec<String> = (0..QUERIES + 9).map(|i| format!("w{}", i * 2 % 2500)).collect(); // more than one pass
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            for restricted in [vectors.search(), vectors.search().restrict(400)] {
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
                assert_eq!(vectors.search().most_similar_batch(&words[..count], 6).unwrap(), alone[..count], "{count}");
            }
        }
    }

    #[test]
    fn each_query_excludes_its_own_words() {
        let vectors = vectors(false);
        let search = vectors.search();
        let two: Vec<f32> = [3, 5].iter().flat_map(|&id| vectors.vector_by_id(id).unwrap()).collect();
        let units: Vec<f32> = two.chunks(SIZE).flat_map(|vector| unit(widened(vector))).collect();
        let found = search.nearest_batch(&units, 4, &[&[3, 703], &[]]).unwrap();
        assert_eq!(found[0], search.clone().exclude([3, 703]).most_similar_to(&two[..SIZE], 4).unwrap());
        assert_eq!((found[1].ids()[0], found[1].scores()[0]), (5, 1.0));
        assert_eq!(found[1], search.most_similar_to_batch(&two, 4).unwrap()[1]);
        assert!(search.most_similar_to_batch(&[], 4).unwrap().is_empty());
        let refused = search.most_similar_to_batch(&two[1..], 4);
        assert_eq!(refused, Err(QueryError::Vector { expected: SIZE, got: 6 }));
        let refused = search.most_similar_to_batch(&[f32::NAN; SIZE], 4);
        assert_eq!(refused, Err(QueryError::Vector { expected: SIZE, got: 0 }));
        assert!(search.most_similar_batch(&["w1", "w2"], 0).unwrap().iter().all(Hits::is_empty));
    }
}
