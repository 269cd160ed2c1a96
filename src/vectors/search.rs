//! The nearest words: every row is compared, the best are kept.
//!
//! `cos(x, y) = x·y / (|x| |y|)`, and 0 where either is the zero vector. Rows of equal similarity come by rising id. The
//! answer does not depend on the number of threads: each row is scored alone.
#![forbid(unsafe_code)]

use super::storage::Rows;
use super::word_vectors::WordVectors;
use crate::error::QueryError;
use crate::words::WordId;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ops::Range;
use std::thread;

/// Fewer numbers than this are scanned faster than threads are started.
const NUMBERS_PER_THREAD: usize = 1 << 20;

/// Outside this range of lengths an f32 dot product may overflow, or lose digits to underflow.
const SAFE_NORM: Range<f64> = 1e-12..1e30;

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
    /// [`QueryError::UnknownWord`], with near spellings.
    pub fn most_similar(&self, word: &str, top: usize) -> Result<Vec<Neighbour>, QueryError> {
        let query = unit(wide(&self.vector_of(word)?));
        Ok(self.nearest(&query, top, &self.ids_of(&[word])))
    }

    /// The `top` words nearest to a vector by cosine, nearest first, without the words in `left_out`.
    ///
    /// # Errors
    /// [`QueryError::Vector`] if `vector` has not `vector_size` numbers, all of them finite.
    pub fn most_similar_to(
        &self,
        vector: &[f32],
        top: usize,
        left_out: &[WordId],
    ) -> Result<Vec<Neighbour>, QueryError> {
        let finite = vector.iter().filter(|x| x.is_finite()).count();
        if vector.len() != self.vector_size() || finite != vector.len() {
            return Err(QueryError::Vector { expected: self.vector_size(), got: finite });
        }
        Ok(self.nearest(&unit(wide(vector)), top, left_out))
    }

    /// The words nearest to a unit vector (or the zero vector) by cosine.
    pub(super) fn nearest(&self, unit: &[f32], top: usize, left_out: &[WordId]) -> Vec<Neighbour> {
        self.scan(top, left_out, |id, row| self.cosine(unit, id, row))
    }

    /// The cosine of a unit vector (or the zero vector) and row `id`.
    pub(super) fn cosine(&self, unit: &[f32], id: usize, row: &[f32]) -> f32 {
        let inverse = self.inverse_norm(id);
        let dot = if SAFE_NORM.contains(&(1.0 / inverse)) { f64::from(dot(unit, row)) } else { wide_dot(unit, row) };
        (dot * inverse).clamp(-1.0, 1.0) as f32
    }

    /// The `top` rows by `score`, which must never be NaN, without those in `left_out`.
    pub(super) fn scan(
        &self,
        top: usize,
        left_out: &[WordId],
        score: impl Fn(usize, &[f32]) -> f32 + Sync,
    ) -> Vec<Neighbour> {
        let rows = self.rows();
        let shares = in_parallel(rows, |range| {
            let mut best = Best::new(top);
            rows.for_each(range, |id, row| {
                let id = id as WordId;
                if !left_out.contains(&id) {
                    best.offer(Scored { score: score(id as usize, row), id });
                }
            });
            best
        });
        let mut best = Best::new(top);
        shares.into_iter().flat_map(|share| share.heap).for_each(|Reverse(scored)| best.offer(scored));
        best.into_sorted().into_iter().map(|scored| self.neighbour(scored)).collect()
    }

    fn neighbour(&self, Scored { score, id }: Scored) -> Neighbour {
        Neighbour { word: self.vocabulary().word(id).to_owned(), id, similarity: score }
    }
}

/// `vector` in f64.
pub(super) fn wide(vector: &[f32]) -> Vec<f64> {
    vector.iter().map(|&x| f64::from(x)).collect()
}

/// `vector` scaled to length 1; the zero vector stays as it is.
pub(super) fn unit(vector: Vec<f64>) -> Vec<f32> {
    // Scaled by the largest number first: the square of 1e-200 would be 0.
    let largest = vector.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    if largest == 0.0 {
        return vec![0.0; vector.len()];
    }
    let scaled: Vec<f64> = vector.iter().map(|x| x / largest).collect();
    let norm = scaled.iter().map(|x| x * x).sum::<f64>().sqrt();
    scaled.iter().map(|x| (x / norm) as f32).collect()
}

/// The dot product of two vectors of one length. Never NaN for finite vectors; it may be infinite.
pub(super) fn safe_dot(a: &[f32], b: &[f32]) -> f32 {
    let fast = dot(a, b);
    if fast.is_finite() { fast } else { wide_dot(a, b) as f32 }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16; // separate sums, which the compiler keeps in vector registers
    let mut sums = [0.0f32; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

fn wide_dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

/// Gives every thread a share of the rows; returns what they make of it, in the order of the rows.
pub(super) fn in_parallel<T: Send>(rows: &Rows, work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let threads = (rows.len().saturating_mul(rows.vector_size()) / NUMBERS_PER_THREAD).clamp(1, cores);
    in_shares(rows.len(), threads, work)
}

fn in_shares<T: Send>(rows: usize, threads: usize, work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    if threads <= 1 {
        return vec![work(0..rows)];
    }
    let share = rows.div_ceil(threads);
    let range = |thread: usize| (thread * share).min(rows)..((thread + 1) * share).min(rows);
    let work = &work;
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(range(thread)))).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// A row and its score. Greater means better: a higher score, or the same and a lower id.
#[derive(Debug, Clone, Copy)]
struct Scored {
    score: f32,
    id: WordId,
}

impl Ord for Scored {
    fn cmp(&self, other: &Self) -> Ordering {
        // Adding 0 turns -0 into 0, which ranks the same.
        (self.score + 0.0).total_cmp(&(other.score + 0.0)).then(other.id.cmp(&self.id))
    }
}

impl PartialOrd for Scored {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Scored {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Scored {}

/// The best `top` of all that were offered; the worst of them on top of the heap, ready to be dropped.
struct Best {
    top: usize,
    heap: BinaryHeap<Reverse<Scored>>,
}

impl Best {
    fn new(top: usize) -> Self {
        Self { top, heap: BinaryHeap::new() }
    }

    fn offer(&mut self, scored: Scored) {
        if self.heap.len() < self.top {
            self.heap.push(Reverse(scored));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && scored > worst.0
        {
            *worst = Reverse(scored);
        }
    }

    fn into_sorted(self) -> Vec<Scored> {
        self.heap.into_sorted_vec().into_iter().map(|Reverse(scored)| scored).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{AnalogyMethod, Floats};
    use crate::words::Vocabulary;
    use half::f16;
    use proptest::prelude::*;

    fn vectors(size: usize, numbers: Vec<f32>) -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        (0..numbers.len() / size).for_each(|id| assert_eq!(vocabulary.add(&format!("w{id}")), id as WordId));
        WordVectors::new(vocabulary, size, Floats::F32(numbers)).unwrap()
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
        assert_eq!(
            refused,
            Err(QueryError::UnknownWord { word: "W1".into(), similar: vec!["w1".into(), "w0".into()] })
        );
    }

    #[test]
    fn shares_cover_every_row_once_and_in_order() {
        for (rows, threads) in [(0, 1), (1, 4), (5, 2), (5, 4), (9, 4), (100, 7)] {
            let seen: Vec<usize> = in_shares(rows, threads, |range| range.collect::<Vec<_>>()).concat();
            assert_eq!(seen, (0..rows).collect::<Vec<_>>());
        }
    }

    #[test]
    fn many_rows_in_threads_give_what_one_thread_gives() {
        // More numbers than one thread takes alone; repeated rows make ties across the shares.
        let (rows, size) = (3 * NUMBERS_PER_THREAD / 8 + 5, 8);
        let number = |i: usize| ((i * 7919 % 1009) as f32 - 504.0) / 100.0;
        let vectors = vectors(size, (0..rows * size).map(number).collect());
        let found = vectors.most_similar("w77", 50).unwrap();
        let unit = unit(wide(&vectors.vector_by_id(77).unwrap()));
        let mut all = Vec::new();
        vectors.rows().for_each(0..rows, |id, row| {
            all.push(Scored { score: vectors.cosine(&unit, id, row), id: id as WordId });
        });
        all.retain(|scored| scored.id != 77);
        all.sort_by(|a, b| b.cmp(a));
        assert_eq!(ids(&found), all[..50].iter().map(|scored| scored.id).collect::<Vec<_>>());
        assert!(found.windows(2).any(|pair| pair[0].similarity == pair[1].similarity && pair[0].id < pair[1].id));
    }

    fn naive_cosine(a: &[f32], b: &[f32]) -> f64 {
        let lengths = wide_dot(a, a).sqrt() * wide_dot(b, b).sqrt();
        if lengths == 0.0 { 0.0 } else { wide_dot(a, b) / lengths }
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
                vectors = WordVectors::new(vectors.vocabulary().clone(), size, Floats::F16(halves)).unwrap();
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
