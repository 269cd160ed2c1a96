//! Nearest words, analogies and ranks, by an exact scan of every row or by an approximate index.
//!
//! `cos(x, y) = x·y / (|x| |y|)`, and 0 where either is the zero vector. Equal scores are ordered by ascending id. A scan in
//! f32 finds the candidates, some more than requested; their scores are then calculated in f64, and these decide the
//! order. So an answer depends neither on the number of threads nor on the instruction set.

mod analogy;
mod batch;
pub(crate) mod candidates;
pub(crate) mod error;
mod hits;
mod mutual;
mod nearest;
#[cfg(feature = "ann")]
mod recall;
mod row_search;
#[cfg(test)]
mod rows_for_tests;
pub(crate) mod scan;
mod similarity;
pub(crate) mod top_k;

pub use analogy::AnalogyMethod;
pub(crate) use analogy::MUL_EPSILON;
pub use hits::Hits;
#[cfg(feature = "ann")]
pub use recall::Recall;
pub use row_search::RowSearch;

#[cfg(feature = "ann")]
use crate::ann::ApproximateIndex;
use crate::normed_rows::RowError;
use crate::unit::{unit, wide_unit, widened};
use crate::word_vectors::WordVectors;
use candidates::Candidates;
use error::QueryError;
use rapidvec_core::WordId;
use scan::Scan;
use top_k::Scored;

/// Queries to [`WordVectors`], and how they are answered; made by [`WordVectors::search`].
///
/// ```
/// # use rapidvec_vectors::{Numbers, WordVectors};
/// # let mut vocabulary = rapidvec_core::Vocabulary::new();
/// # [("you", 9), ("we", 1), ("car", 5)].map(|(word, count)| vocabulary.insert(word, count));
/// # let vectors = WordVectors::new(vocabulary, 2, Numbers::F32(vec![1.0, 0.0, 0.8, 0.6, 0.0, 2.0]))?;
/// assert_eq!(vectors.search().most_similar("you", 1)?.first(), Some(("we", 0.8)));
/// let frequent = vectors.search().restrict(2).threads(1); // `we` is the rarest of the three
/// assert_eq!(frequent.most_similar("you", 1)?.first(), Some(("car", 0.0)));
/// # Ok::<(), rapidvec_vectors::Error>(())
/// ```
///
/// # Errors
/// Every query returns [`QueryError::UnknownWord`], with similar spellings, for a word that is neither in the vocabulary nor
/// has n-grams; [`QueryError::NotFinite`] and [`QueryError::Unreadable`] if the file is damaged or was changed.
#[derive(Debug, Clone)]
pub struct Search<'v> {
    vectors: &'v WordVectors,
    candidates: Candidates,
    excluded: Vec<WordId>,
    threads: usize,
    #[cfg(feature = "ann")]
    index: Option<&'v ApproximateIndex>,
}

impl WordVectors {
    /// Queries among all words, with all cores, exact.
    pub fn search(&self) -> Search<'_> {
        Search {
            vectors: self,
            candidates: Candidates::Range(0..self.len()),
            excluded: Vec::new(),
            threads: 0,
            #[cfg(feature = "ann")]
            index: None,
        }
    }

    /// The `k` words nearest to `word` by cosine: see [`Search::most_similar`].
    ///
    /// # Errors
    /// Those of [`Search`].
    pub fn most_similar(&self, word: &str, k: usize) -> Result<Hits<'_>, QueryError> {
        self.search().most_similar(word, k)
    }
}

impl<'v> Search<'v> {
    /// Answers only with the `words` most frequent words. If the file has no counts, its order is taken for that of
    /// frequency, which is how most programs write it. Queries may still name any word.
    pub fn restrict(self, words: usize) -> Self {
        Self { candidates: Candidates::most_frequent(self.vectors.vocabulary(), words), ..self }
    }

    /// Answers only with these words. Queries may still name any word.
    pub fn among(self, ids: impl IntoIterator<Item = WordId>) -> Self {
        let words = self.vectors.len();
        let mut ids: Vec<_> = ids.into_iter().filter(|&id| (id as usize) < words).collect();
        ids.sort_unstable();
        ids.dedup();
        Self { candidates: Candidates::Ids(ids), ..self }
    }

    /// Never answers with these words. The words of a query are excluded anyway.
    pub fn exclude(self, ids: impl IntoIterator<Item = WordId>) -> Self {
        Self { excluded: ids.into_iter().collect(), ..self }
    }

    /// Uses at most this many threads, the caller's included; 0, the default, is one for each core. Where the system refuses
    /// a thread, fewer do the work.
    pub fn threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// Finds the nearest words by an index of these vectors instead of a scan: much faster, but some words may be missing.
    /// The scores stay exact. Other queries, and searches restricted to some words, still scan.
    #[cfg(feature = "ann")]
    pub fn index(self, index: &'v ApproximateIndex) -> Self {
        Self { index: Some(index), ..self }
    }

    /// The number of words that can be answers.
    pub fn len(&self) -> usize {
        self.candidates.len()
    }

    /// Whether no word can be an answer.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the word with this id is among the words the search is restricted to.
    pub fn contains(&self, id: WordId) -> bool {
        self.candidates.contains(id)
    }

    /// The `k` words nearest to `word` by cosine, nearest first, without `word` itself; fewer if there are fewer.
    ///
    /// # Errors
    /// Those of [`Search`].
    pub fn most_similar(&self, word: &str, k: usize) -> Result<Hits<'v>, QueryError> {
        let unit = unit(self.vectors.wide_vector(word)?);
        self.nearest(&unit, k, &self.excluded_with(&[word]))
    }

    /// The `k` words nearest to a vector of D numbers by cosine, nearest first.
    ///
    /// # Errors
    /// [`QueryError::Vector`] if `vector` does not have D finite numbers; those of [`Search`].
    pub fn most_similar_to(&self, vector: &[f32], k: usize) -> Result<Hits<'v>, QueryError> {
        self.check_vector(vector)?;
        self.nearest(&unit(widened(vector)), k, &self.excluded)
    }

    /// The `k` words nearest to the weighted sum of the words' unit vectors, nearest first, without those words. A negative
    /// weight pushes away.
    ///
    /// ```
    /// # use rapidvec_vectors::{Numbers, WordVectors};
    /// # let mut vocabulary = rapidvec_core::Vocabulary::new();
    /// # ["king", "man", "woman", "queen", "car"].map(|word| vocabulary.add(word));
    /// # let numbers = vec![3.0, 1.0, 1.0, 0.0, 0.0, 2.0, 1.0, 3.0, -1.0, 0.0];
    /// # let vectors = WordVectors::new(vocabulary, 2, Numbers::F32(numbers))?;
    /// let hits = vectors.search().most_similar_weighted(&[("king", 1.0), ("man", -1.0), ("woman", 0.8)], 1)?;
    /// assert_eq!(hits.words().next(), Some("queen"));
    /// # Ok::<(), rapidvec_vectors::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`QueryError::Weight`] if a weight is not finite; [`QueryError::NoWords`]; those of [`Search`].
    pub fn most_similar_weighted(&self, words: &[(&str, f32)], k: usize) -> Result<Hits<'v>, QueryError> {
        let mut sum = vec![0.0; self.vectors.vector_size()];
        for &(word, weight) in words {
            if !weight.is_finite() {
                return Err(QueryError::Weight { word: word.to_owned(), got: weight });
            }
            let unit = wide_unit(self.vectors.wide_vector(word)?);
            sum.iter_mut().zip(unit).for_each(|(sum, x)| *sum += f64::from(weight) * x);
        }
        if words.is_empty() {
            return Err(QueryError::NoWords);
        }
        let words: Vec<_> = words.iter().map(|&(word, _)| word).collect();
        self.nearest(&unit(sum), k, &self.excluded_with(&words))
    }

    /// The words nearest to a unit vector (or the zero vector) by cosine.
    fn nearest(&self, unit: &[f32], k: usize, excluded: &[WordId]) -> Result<Hits<'v>, QueryError> {
        #[cfg(feature = "ann")]
        if let Some(index) = self.index_in_use() {
            return Ok(Hits::new(self.vectors.vocabulary(), index.nearest(self.vectors, unit, k, excluded)?));
        }
        self.hits(self.pass().nearest(unit, k, excluded))
    }

    #[cfg(feature = "ann")]
    fn index_in_use(&self) -> Option<&'v ApproximateIndex> {
        self.index.filter(|_| self.len() == self.vectors.len())
    }

    /// What a pass found, or the word of a row that is not finite.
    fn hits(&self, found: Result<Vec<Scored>, RowError>) -> Result<Hits<'v>, QueryError> {
        let found = found.map_err(|error| self.vectors.named(error))?;
        Ok(Hits::new(self.vectors.vocabulary(), found))
    }

    /// The words of a query, and those that are always excluded.
    fn excluded_with(&self, words: &[&str]) -> Vec<WordId> {
        words.iter().filter_map(|word| self.vectors.id(word)).chain(self.excluded.iter().copied()).collect()
    }

    fn check_vector(&self, vector: &[f32]) -> Result<(), QueryError> {
        let (expected, finite) = (self.vectors.vector_size(), vector.iter().filter(|x| x.is_finite()).count());
        if vector.len() == expected && finite == expected {
            return Ok(());
        }
        Err(QueryError::Vector { expected, got: finite })
    }
}

/// For queries that score many words in ways of their own.
impl<'v> Search<'v> {
    pub(crate) fn vectors(&self) -> &'v WordVectors {
        self.vectors
    }

    /// The id of the candidate at a place, from 0 to `len()`.
    pub(crate) fn id(&self, place: usize) -> WordId {
        self.candidates.id(place)
    }

    /// The pass that answers.
    pub(crate) fn pass(&self) -> Scan<'_> {
        Scan { rows: self.vectors.matrix(), candidates: &self.candidates, threads: self.threads }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Numbers;
    use crate::unit::dot;
    use half::f16;
    use proptest::prelude::*;
    use rapidvec_core::Vocabulary;

    fn vectors(size: usize, numbers: Vec<f32>) -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        (0..numbers.len() / size).for_each(|id| assert_eq!(vocabulary.add(&format!("w{id}")), id as WordId));
        WordVectors::new(vocabulary, size, Numbers::F32(numbers)).unwrap()
    }

    #[test]
    fn cosine_with_a_zero_vector_is_zero_from_both_sides() {
        let vectors = vectors(2, vec![1.0, 0.0, 0.0, 0.0, -3.0, 0.0, 5.0, 0.0]);
        let found = vectors.most_similar("w0", 9).unwrap();
        assert_eq!(found.ids(), [3, 1, 2]);
        assert_eq!(found.scores(), [1.0, 0.0, -1.0]);
        let from_zero = vectors.most_similar("w1", 9).unwrap();
        assert_eq!(from_zero.ids(), [0, 2, 3]);
        assert!(from_zero.scores() == [0.0; 3]);
    }

    #[test]
    fn ties_come_by_id_and_minus_zero_is_zero() {
        let vectors = vectors(2, vec![1.0, 0.0, 0.0, -1.0, -0.0, 1.0, 0.0, 0.0, 0.0, 2.0]);
        assert_eq!(vectors.most_similar("w0", 3).unwrap().ids(), [1, 2, 3]);
        assert_eq!(vectors.most_similar("w0", 4).unwrap().ids(), [1, 2, 3, 4]);
    }

    #[test]
    fn top_larger_than_the_vocabulary_gives_all_others_and_zero_gives_none() {
        let vectors = vectors(1, vec![1.0, 2.0, 3.0]);
        assert_eq!(vectors.most_similar("w1", usize::MAX).unwrap().ids(), [0, 2]);
        assert!(vectors.most_similar("w1", 0).unwrap().is_empty());
    }

    #[test]
    fn the_largest_and_smallest_numbers_give_true_cosines() {
        let tiny = f32::from_bits(3); // far below the smallest normal number
        let (max, min) = (f32::MAX, f32::MIN_POSITIVE);
        let rows = [[max, max, max], [tiny, tiny, tiny], [max, max, -max], [min, min, -min], [1.0, 1.0, -1.0]];
        let vectors = vectors(3, rows.concat());
        for id in 0..5 {
            let found = vectors.most_similar(&format!("w{id}"), 9).unwrap();
            for (&other, score) in found.ids().iter().zip(found.scores()) {
                let same = (id < 2) == (other < 2);
                let expected = if same { 1.0 } else { 1.0 / 3.0 };
                assert!((score - expected).abs() < 1e-6, "w{id}: {found:?}");
            }
        }
        for method in [AnalogyMethod::Add, AnalogyMethod::Mul, AnalogyMethod::Textbook] {
            let found = vectors.search().analogy("w0", "w2", "w1", method, 9).unwrap();
            assert!(found.len() == 2 && found.scores().iter().all(|score| !score.is_nan()), "{method:?}: {found:?}");
        }
    }

    #[test]
    fn a_vector_of_the_wrong_size_or_not_finite_is_refused() {
        let vectors = vectors(2, vec![1.0, 0.0, 0.0, 1.0]);
        let search = vectors.search();
        assert_eq!(search.most_similar_to(&[0.0, 3.0], 5).unwrap().ids(), [1, 0]);
        assert_eq!(search.clone().exclude([1]).most_similar_to(&[0.0, 3.0], 5).unwrap().ids(), [0]);
        for vector in [&[0.0][..], &[0.0, f32::NAN]] {
            assert_eq!(search.most_similar_to(vector, 5), Err(QueryError::Vector { expected: 2, got: 1 }));
        }
    }

    #[test]
    fn excluded_words_are_never_answers() {
        let vectors = vectors(2, vec![1.0, 0.0, 1.0, 0.5, 1.0, 1.0, 0.0, 1.0]);
        let search = vectors.search().exclude([1, 3]);
        assert_eq!(search.most_similar("w0", 5).unwrap().ids(), [2]);
        assert_eq!(search.most_similar("w1", 5).unwrap().ids(), [2, 0], "a query may name an excluded word");
        assert_eq!(search.most_similar_weighted(&[("w0", 1.0)], 5).unwrap().ids(), [2]);
        assert_eq!(
            search.most_similar_batch(&["w0", "w2"], 5).unwrap().iter().map(Hits::ids).collect::<Vec<_>>(),
            [[2], [0]]
        );
        assert_eq!(search.analogy("w0", "w0", "w0", AnalogyMethod::Add, 5).unwrap().ids(), [2]);
        assert_eq!(search.rank("w0", "w2").unwrap(), 1, "w1 is nearer but excluded");
    }

    #[test]
    fn an_unknown_word_suggests_similar_spellings() {
        let vectors = vectors(1, vec![1.0, 2.0]);
        let refused = vectors.most_similar("W1", 5);
        let similar = vec!["w1".into(), "w0".into()];
        assert_eq!(refused, Err(QueryError::UnknownWord { word: "W1".into(), similar }));
    }

    #[test]
    fn many_rows_on_several_threads_give_the_answer_of_one() {
        // More numbers than one thread takes alone; repeated rows make ties across the shares.
        let (rows, size) = ((3 << 20) / 8 + 5, 8);
        let number = |i: usize| ((i * 7919 % 1009) as f32 - 504.0) / 100.0;
        let vectors = vectors(size, (0..rows * size).map(number).collect());
        let found = vectors.most_similar("w77", 50).unwrap();
        let (matrix, unit) = (vectors.matrix(), unit(vectors.finite(77).unwrap()));
        let score = |id| Scored { score: matrix.exact_cosine(&unit, id), id };
        let mut all: Vec<_> = (0..rows as WordId).map(score).collect();
        all.retain(|scored| scored.id != 77);
        all.sort_by(|a, b| b.cmp(a));
        assert_eq!(found.ids(), all[..50].iter().map(|scored| scored.id).collect::<Vec<_>>());
        let (ids, scores) = (found.ids(), found.scores());
        assert!((1..50).any(|i| scores[i - 1] == scores[i] && ids[i - 1] < ids[i]));
        for threads in [1, 3] {
            assert_eq!(vectors.search().threads(threads).most_similar("w77", 50).unwrap(), found);
        }
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
            for ((&id, &score), expected) in found.ids().iter().zip(found.scores()).zip(expected) {
                let own = naive_cosine(rows[0], rows[id as usize]);
                prop_assert!((f64::from(score) - own).abs() < TOLERANCE);
                prop_assert!((own - expected).abs() < TOLERANCE);
            }
        }
    }
}
