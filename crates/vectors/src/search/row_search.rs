//! Queries by row number, for rows without a vocabulary.
//!
//! The same scans as those of [`Search`](super::Search), for callers who keep the words themselves or have none: arrays of
//! another language, keys that are not text, unchecked rows.

use super::analogy::AnalogyMethod;
use super::candidates::Candidates;
use super::error::QueryError;
use super::scan::Scan;
use super::top_k::Scored;
use crate::evaluate::scan::{Field, answers};
use crate::normed_rows::{NormedRows, RowError};
use crate::storage::Rows;
use crate::unit::{unit, widened};
use rapidvec_core::WordId;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Nearest rows, ranks and analogies among numbered rows.
///
/// - The cosine with a row of zeros is 0.
/// - A row that holds NaN or infinity has no cosine: it is never an answer, and nothing is near it. This is not an error.
/// - Equal scores are ordered by ascending number of the row. Answers depend neither on the number of threads nor on the CPU.
/// - The first query that reads all rows computes their lengths and keeps them, also for clones. If numbers change
///   later (in [borrowed](Rows::lent) memory), create a new `RowSearch`.
///
/// Shapes: V rows of D numbers. A query vector has any length above 0, since only its direction counts.
///
/// ```
/// use rapidvec_vectors::{RowSearch, Rows};
/// use std::sync::Arc;
///
/// let numbers = Arc::new([1.0, 0.0, 0.8, 0.6, 0.0, 2.0, f32::NAN, 1.0]); // 4 rows of 2, in memory that is only borrowed
/// let search = RowSearch::new(Rows::lent(4, 2, numbers)?);
/// assert_eq!(search.nearest(&[3.0, 0.0], 5, &[0])?, [(1, 0.8), (2, 0.0)]);
/// assert_eq!(search.range(2..4).nearest(&[3.0, 0.0], 5, &[])?, [(2, 0.0)]);
/// # Ok::<(), rapidvec_vectors::Error>(())
/// ```
///
/// # Errors
/// Every query returns [`QueryError::Vector`] for a query vector that does not have D numbers, and [`QueryError::Unreadable`]
/// if the rows are in a file that can no longer be read.
#[derive(Debug, Clone)]
pub struct RowSearch {
    rows: Arc<NormedRows>,
    candidates: Candidates,
    threads: usize,
}

impl RowSearch {
    /// A search among all of these rows, on all cores.
    pub fn new(rows: Rows) -> Self {
        let candidates = Candidates::Range(0..rows.len());
        Self { rows: Arc::new(NormedRows::unchecked(rows)), candidates, threads: 0 }
    }

    /// Answers only with rows in `range`. Queries may still name any row.
    pub fn range(self, range: Range<usize>) -> Self {
        let end = range.end.min(self.rows.rows().len());
        Self { candidates: Candidates::Range(range.start.min(end)..end), ..self }
    }

    /// Uses at most this many threads, the caller's included; 0, the default, is one for each core.
    pub fn threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// The `k` rows nearest to `vector` by cosine, with their cosines, nearest first, without the `excluded`; fewer if there are
    /// fewer.
    ///
    /// # Errors
    /// Those of [`RowSearch`].
    pub fn nearest(&self, vector: &[f32], k: usize, excluded: &[WordId]) -> Result<Vec<(WordId, f32)>, QueryError> {
        self.found(self.pass().nearest(&self.unit(vector)?, k, excluded))
    }

    /// [`nearest`](Self::nearest) for each row of `vectors`, Q x D, with a list of `excluded` rows for each: one matrix
    /// product, much faster than single queries.
    ///
    /// # Errors
    /// Those of [`RowSearch`]; also if `excluded` does not have Q lists.
    pub fn nearest_batch(
        &self,
        vectors: &[f32],
        k: usize,
        excluded: &[&[WordId]],
    ) -> Result<Vec<Vec<(WordId, f32)>>, QueryError> {
        let expected = self.rows.vector_size();
        if vectors.len() != excluded.len() * expected {
            return Err(QueryError::Vector { expected, got: vectors.len() / excluded.len().max(1) });
        }
        let units: Vec<f32> = vectors.chunks(expected).flat_map(|vector| unit(widened(vector))).collect();
        let found = self.pass().nearest_batch(&units, k, excluded).map_err(error)?;
        Ok(found.into_iter().map(pairs).collect())
    }

    /// The `k` rows with the highest 3CosMul (Levy and Goldberg 2014), with their scores, best first: the product of the moved
    /// cosines `(1 + cos) / 2` with the vectors in `positive`, over the product of those with `negative` plus 0.000001.
    ///
    /// # Errors
    /// Those of [`RowSearch`].
    pub fn by_product(
        &self,
        positive: &[&[f32]],
        negative: &[&[f32]],
        k: usize,
        excluded: &[WordId],
    ) -> Result<Vec<(WordId, f32)>, QueryError> {
        let units = |vectors: &[&[f32]]| vectors.iter().map(|vector| self.unit(vector)).collect::<Result<Vec<_>, _>>();
        let (positive, negative) = (units(positive)?, units(negative)?);
        let [positive, negative] = [&positive, &negative].map(|all| all.iter().map(Vec::as_slice).collect::<Vec<_>>());
        self.found(self.pass().by_product(&positive, &negative, k, excluded))
    }

    /// The cosine of `vector` with every candidate, in their order; NaN for a row that is not finite.
    ///
    /// # Errors
    /// Those of [`RowSearch`].
    pub fn cosines(&self, vector: &[f32]) -> Result<Vec<f32>, QueryError> {
        self.pass().cosines(&self.unit(vector)?).map_err(error)
    }

    /// The rows nearer to `vector` than row `other` is, in ascending order, without the `excluded`.
    ///
    /// # Errors
    /// Those of [`RowSearch`].
    ///
    /// # Panics
    /// If row `other` does not exist.
    pub fn nearer_than(&self, vector: &[f32], other: WordId, excluded: &[WordId]) -> Result<Vec<WordId>, QueryError> {
        let unit = self.unit(vector)?;
        let limit = self.pass().scanned_cosine(&unit, other).map_err(error)?;
        self.pass().above(&unit, limit, excluded).map_err(error)
    }

    /// The rank of row `other` among the rows near `vector`: 1, plus 1 for each row nearer than it.
    ///
    /// # Errors
    /// Those of [`RowSearch`].
    ///
    /// # Panics
    /// If row `other` does not exist.
    pub fn rank(&self, vector: &[f32], other: WordId, excluded: &[WordId]) -> Result<usize, QueryError> {
        Ok(1 + self.nearer_than(vector, other, excluded)?.len())
    }

    /// The answer to each question "`a` is to `b` as `c` is to ?", given as `[a, b, c, d]` with the expected
    /// answer `d`; `None` if no row is left, or if `a`, `b` or `c` is not finite. Questions are answered together, a thousand
    /// words at a time. The expected answers make that faster and do not influence the results. The three rows are never answers,
    /// and neither are their `variants`: for a row, the other rows of the same word (in another case, for example).
    ///
    /// The rows of the questions have to be candidates ([`range`](Self::range)).
    ///
    /// # Errors
    /// Those of [`RowSearch`]; [`QueryError::NoRow`] for a row that is not a candidate.
    pub fn analogies(
        &self,
        questions: &[[WordId; 4]],
        method: AnalogyMethod,
        variants: &HashMap<WordId, Vec<WordId>>,
    ) -> Result<Vec<Option<WordId>>, QueryError> {
        let Candidates::Range(range) = &self.candidates else { return Ok(Vec::new()) };
        let place = |id: WordId| match range.contains(&(id as usize)) {
            true => Ok(id - range.start as WordId),
            false => Err(QueryError::NoRow { from: range.start, to: range.end, got: id as usize }),
        };
        let mut placed = Vec::with_capacity(questions.len());
        for &[a, b, c, d] in questions {
            placed.push([place(a)?, place(b)?, place(c)?, place(d)?]);
        }
        let mut others = HashMap::with_capacity(variants.len());
        for (&id, same) in variants {
            // A variant that is not a candidate cannot be an answer anyway.
            let same: Vec<_> = same.iter().filter_map(|&id| place(id).ok()).collect();
            others.extend(place(id).ok().map(|id| (id, same)));
        }
        let field = Field { scan: self.pass(), variants: &others };
        let found = answers(&field, &placed, method).map_err(error)?;
        Ok(found.into_iter().map(|place| place.map(|place| place + range.start as WordId)).collect())
    }

    fn pass(&self) -> Scan<'_> {
        Scan { rows: &self.rows, candidates: &self.candidates, threads: self.threads }
    }

    /// `vector` scaled to length 1.
    fn unit(&self, vector: &[f32]) -> Result<Vec<f32>, QueryError> {
        let (expected, got) = (self.rows.vector_size(), vector.len());
        if expected == got { Ok(unit(widened(vector))) } else { Err(QueryError::Vector { expected, got }) }
    }

    fn found(&self, found: Result<Vec<Scored>, RowError>) -> Result<Vec<(WordId, f32)>, QueryError> {
        found.map(pairs).map_err(error)
    }
}

fn pairs(found: Vec<Scored>) -> Vec<(WordId, f32)> {
    found.into_iter().map(|Scored { id, score }| (id, score)).collect()
}

fn error(error: RowError) -> QueryError {
    match error {
        RowError::NotFinite { id, got } => QueryError::NotFinite { word: id.to_string(), row: id as usize, got },
        RowError::Unreadable(error) => QueryError::Unreadable { message: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{EvaluateOptions, EvaluationSet};
    use crate::{Numbers, WordVectors};
    use rapidvec_core::{ClosedRows, Matrix, Purpose, Rng, Vocabulary};

    const SIZE: usize = 9;

    fn numbers(rows: usize) -> Vec<f32> {
        let mut numbers = vec![0.0; rows * SIZE];
        Rng::stream(4, Purpose::Map, 0).fill_normal(&mut numbers, 1.0);
        numbers[3 * SIZE..4 * SIZE].fill(0.0);
        numbers
    }

    fn search(numbers: &[f32]) -> RowSearch {
        RowSearch::new(Rows::lent(numbers.len() / SIZE, SIZE, Arc::new(numbers.to_vec())).unwrap())
    }

    fn words(numbers: &[f32]) -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        (0..numbers.len() / SIZE).for_each(|id| assert!(vocabulary.insert(&format!("w{id}"), 0).is_some()));
        WordVectors::new(vocabulary, SIZE, Numbers::F32(numbers.to_vec())).unwrap()
    }

    fn row(numbers: &[f32], id: usize) -> &[f32] {
        &numbers[id * SIZE..(id + 1) * SIZE]
    }

    #[test]
    fn rows_are_found_as_words_are() {
        let numbers = numbers(2_000);
        let (search, vectors) = (search(&numbers), words(&numbers));
        let same = |found: &[(WordId, f32)], hits: crate::Hits| {
            let (ids, scores): (Vec<_>, Vec<_>) = found.iter().copied().unzip();
            assert_eq!((&ids[..], &scores[..]), (hits.ids(), hits.scores()));
        };
        for id in [0usize, 3, 77] {
            let query = row(&numbers, id);
            let word = format!("w{id}");
            same(&search.nearest(query, 12, &[id as WordId]).unwrap(), vectors.most_similar(&word, 12).unwrap());
            let rank = search.rank(query, 9, &[id as WordId]).unwrap();
            assert_eq!(rank, vectors.search().rank(&word, "w9").unwrap());
            let nearer = search.nearer_than(query, 9, &[id as WordId]).unwrap();
            let all = search.cosines(query).unwrap();
            let limit = all[9];
            let expected = (0..2_000).filter(|&other| all[other] > limit && other != id).map(|other| other as WordId);
            assert_eq!(nearer, expected.collect::<Vec<_>>());
        }
        let (a, b, c) = (row(&numbers, 1), row(&numbers, 2), row(&numbers, 5));
        let hits = vectors.search().analogy("w1", "w2", "w5", AnalogyMethod::Mul, 7).unwrap();
        same(&search.by_product(&[b, c], &[a], 7, &[1, 2, 5]).unwrap(), hits);
        for count in [0, 5, 100] {
            let excluded: Vec<[WordId; 1]> = (0..count).map(|id| [id as WordId]).collect();
            let excluded: Vec<&[WordId]> = excluded.iter().map(|ids| &ids[..]).collect();
            let batch = search.nearest_batch(&numbers[..count * SIZE], 4, &excluded).unwrap();
            assert_eq!(batch.len(), count);
            for (id, found) in batch.iter().enumerate() {
                assert_eq!(*found, search.nearest(row(&numbers, id), 4, excluded[id]).unwrap());
            }
        }
    }

    #[test]
    fn a_range_limits_the_answers() {
        let numbers = numbers(500);
        let query = row(&numbers, 8).to_vec();
        let all = search(&numbers).nearest(&query, 500, &[]).unwrap();
        for range in [0..100, 100..500, 400..900, 7..7, 600..700] {
            let found = search(&numbers).range(range.clone()).nearest(&query, 500, &[]).unwrap();
            let expected: Vec<_> = all.iter().copied().filter(|(id, _)| range.contains(&(*id as usize))).collect();
            assert_eq!(found, expected, "{range:?}");
            let batch = search(&numbers).range(range).nearest_batch(&query.repeat(40), 500, &[&[][..]; 40]).unwrap();
            assert_eq!(batch[39], expected);
        }
    }

    #[test]
    fn rows_that_are_not_finite_are_never_answers_and_have_none() {
        let mut numbers = numbers(300);
        for (id, odd) in [(5, f32::NAN), (6, f32::INFINITY), (299, f32::NEG_INFINITY)] {
            numbers[id * SIZE + 4] = odd;
        }
        numbers[7 * SIZE..8 * SIZE].fill(f32::MAX);
        let search = search(&numbers);
        for _ in 0..2 {
            let found = search.nearest(row(&numbers, 0), 1_000, &[]).unwrap();
            assert_eq!(found.len(), 297);
            assert!(found.iter().all(|(id, score)| ![5, 6, 299].contains(id) && score.is_finite()));
            assert!(found.contains(&(3, 0.0)), "a row of zeros");
            assert_eq!(search.nearest(row(&numbers, 5), 9, &[]).unwrap(), []);
            let batch = search.nearest_batch(&numbers[..40 * SIZE], 1_000, &[&[][..]; 40]).unwrap();
            assert_eq!((batch[0].clone(), batch[5].len(), batch[6].len()), (found, 0, 0));
            let cosines = search.cosines(row(&numbers, 0)).unwrap();
            assert!(cosines.len() == 300 && cosines[5].is_nan() && cosines[3] == 0.0);
            assert_eq!(search.rank(row(&numbers, 5), 1, &[]).unwrap(), 1);
            assert_eq!(search.rank(row(&numbers, 1), 5, &[]).unwrap(), 1);
            assert_eq!(search.by_product(&[row(&numbers, 1)], &[], 1_000, &[]).unwrap().len(), 297);
            for method in [AnalogyMethod::Add, AnalogyMethod::Mul, AnalogyMethod::Textbook] {
                let questions = [[0, 1, 2, 4], [0, 5, 2, 4], [6, 1, 2, 5], [1, 2, 299, 1]];
                let found = search.analogies(&questions, method, &HashMap::new()).unwrap();
                assert_eq!(
                    found.iter().map(Option::is_some).collect::<Vec<_>>(),
                    [true, false, false, false],
                    "{method:?}"
                );
            }
        }
    }

    #[test]
    fn analogies_are_answered_as_those_of_words() {
        let numbers = numbers(400);
        let vectors = words(&numbers);
        let mut text = ": all\n".to_owned();
        let mut questions = Vec::new();
        for i in 0..120u32 {
            let [a, b, c] = [i, i * 7 % 400, i * 31 % 400];
            for method in [AnalogyMethod::Add, AnalogyMethod::Mul] {
                let names = [a, b, c].map(|id| format!("w{id}"));
                let best = vectors.search().analogy(&names[0], &names[1], &names[2], method, 1).unwrap().ids()[0];
                let d = if i % 3 == 0 { (best + 1) % 400 } else { best };
                text += &format!("w{a} w{b} w{c} w{d}\n");
                questions.push([a, b, c, d]);
            }
        }
        let EvaluationSet::Analogies(set) = EvaluationSet::read(text.as_bytes(), "all").unwrap() else { panic!() };
        for method in [AnalogyMethod::Add, AnalogyMethod::Mul] {
            let report = vectors.evaluate_analogies(&set, method, &EvaluateOptions::default()).unwrap();
            let found = search(&numbers).analogies(&questions, method, &HashMap::new()).unwrap();
            let correct = questions.iter().zip(&found).filter(|([.., d], found)| **found == Some(*d)).count();
            assert_eq!(correct, report.total.correct, "{method:?}");
            assert!(correct > 80 && correct < 240);
        }
        let best =
            search(&numbers).analogies(&[[0, 1, 2, 9]], AnalogyMethod::Add, &HashMap::new()).unwrap()[0].unwrap();
        let same = HashMap::from([(0, vec![best])]);
        let other = search(&numbers).analogies(&[[0, 1, 2, 9]], AnalogyMethod::Add, &same).unwrap()[0].unwrap();
        assert_ne!(best, other, "a variant of a word of the question is not an answer");
        let within = search(&numbers).range(100..300);
        let found = within.analogies(&[[100, 101, 102, 103]], AnalogyMethod::Add, &same).unwrap()[0].unwrap();
        assert!((100..300).contains(&found));
        let refused = within.analogies(&[[100, 101, 102, 300]], AnalogyMethod::Add, &same);
        assert_eq!(refused, Err(QueryError::NoRow { from: 100, to: 300, got: 300 }));
    }

    #[test]
    fn a_query_of_another_size_is_refused() {
        let numbers = numbers(10);
        let refused = search(&numbers).nearest(&[1.0; 8], 3, &[]);
        assert_eq!(refused, Err(QueryError::Vector { expected: SIZE, got: 8 }));
        let refused = search(&numbers).nearest_batch(&[1.0; SIZE], 3, &[&[], &[]]);
        assert!(matches!(refused, Err(QueryError::Vector { .. })));
    }

    /// What training hands over is searched where it lies.
    #[test]
    fn a_trained_matrix_is_searched_in_place() {
        struct Owner(ClosedRows);
        impl AsRef<[f32]> for Owner {
            fn as_ref(&self) -> &[f32] {
                &self.0
            }
        }
        let numbers = numbers(50);
        let owner = Arc::new(Owner(Matrix::from_rows(50, SIZE, &numbers).close_rows()));
        let rows = Rows::lent(50, SIZE, Arc::<Owner>::clone(&owner)).unwrap();
        assert_eq!(rows.as_f32().unwrap().as_ptr(), owner.0.as_ptr());
        let found = RowSearch::new(rows).nearest(row(&numbers, 1), 5, &[1]).unwrap();
        assert_eq!(found, search(&numbers).nearest(row(&numbers, 1), 5, &[1]).unwrap());
    }
}
