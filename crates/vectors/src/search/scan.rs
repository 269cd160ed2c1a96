//! The pass over the rows that every exact search makes.
//!
//! The rows are divided into blocks that fit the cache; threads take one block after another. For each block the scores of
//! all queries are calculated from the bytes as they are in the file, and passed to the caller. `u` is a unit query and `x`
//! a row: the cosine is `(u·x) / |x|`, 0 where `x` is zero.
//!
//! **Norms.** Opening a large file does not read its matrix. The first scan of all rows calculates `x·x` along with `u·x`,
//! from the same load of `x`, and keeps `1 / |x|` for later scans: 4 bytes per word. That scan reads the file rather than
//! its map: see [`Section::read`](crate::mapped::Section::read).
//!
//! **NaN and infinity** in a row make its `x·x` (or `u·x`) not finite. Such rows are checked again, number by number, and
//! end the scan with an error: they never get a score. (In [unchecked](NormedRows::unchecked) rows they get NaN instead, which is never
//! among the best.) Rows whose squares leave the range of f32 although their numbers are
//! finite are marked, and their cosines calculated in f64.

use super::candidates::Candidates;
use crate::normed_rows::{NormedRows, RowError};
use crate::unit::unit;
use rapidvec_core::WordId;
use rapidvec_core::kernels::large_pages;
use rapidvec_core::kernels::search::{PackedRows, Precision, product_kernels, search_kernels};
use rapidvec_core::parallel::{on_each, threads_of};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Mutex;

/// Fewer numbers than this are scanned faster than threads are started.
const NUMBERS_PER_THREAD: usize = 1 << 20;

/// The number of queries that a product multiplies in roughly the time of one pass over the numbers.
const QUERIES_PER_PASS: usize = 16;

/// Bytes of a block: they stay in a core's private cache while each query passes over them.
const BLOCK_BYTES: usize = 256 << 10;

/// Bytes of scores that stay in a core's second-level cache along with the numbers they are calculated from.
const SCORE_BYTES: usize = 768 << 10;

/// Sums of squares in this range are correct in f32 up to a few roundings: nothing overflowed or underflowed significantly.
const SAFE_SQUARES: Range<f32> = 1e-24..1e36;

/// How a row is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Score {
    /// The cosine with a unit query, from -1 to 1.
    Cosine,
    /// The dot product with the row as it is stored: may be infinite, never NaN.
    Dot,
}

/// A scored block: `scores[q][i]` is the score of query q and the candidate at place `first + i`.
#[derive(Debug)]
pub struct Block<'s> {
    pub first: usize,
    /// The number of candidates.
    pub rows: usize,
    pub scores: &'s [Vec<f32>],
}

/// A pass over the candidates among some rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scan<'s> {
    pub rows: &'s NormedRows,
    pub candidates: &'s Candidates,
    /// At most this many threads; 0: one for each core.
    pub threads: usize,
}

impl Scan<'_> {
    /// Scores all candidates for each of `units` (unit vectors, or zero). `see` gets every block once, with the value that
    /// `start` made for its thread; returns these values.
    ///
    /// # Errors
    /// [`RowError::NotFinite`] if a row that was read holds NaN or infinity.
    pub fn scan<T: Send>(
        &self,
        units: &[&[f32]],
        score: Score,
        start: impl Fn() -> T + Sync,
        see: impl Fn(&mut T, Block) + Sync,
    ) -> Result<Vec<T>, RowError> {
        let size = BLOCK_BYTES / (self.rows.rows().row_bytes().max(1));
        self.blocks(size.clamp(16, 1 << 16), score == Score::Cosine, units.len(), |blocks| {
            let (mut seen, mut scorer) = (start(), Scorer::new(self, units, score));
            while let Some((range, norms)) = blocks.next() {
                scorer.fill(range.clone(), norms)?;
                see(&mut seen, Block { first: range.start, rows: range.len(), scores: &scorer.scores });
            }
            Ok(seen)
        })
    }

    /// Reads every number once and keeps the norms.
    ///
    /// # Errors
    /// [`RowError::NotFinite`].
    pub fn settle_norms(&self) -> Result<(), RowError> {
        if self.rows.norms().get().is_some() {
            return Ok(());
        }
        let nothing = vec![0.0; self.rows.vector_size()];
        self.scan(&[&nothing], Score::Cosine, || (), |(), _| ()).map(drop)
    }

    /// Runs `work` on threads that share the blocks of at most `size` candidates; keeps the norms that they fill in. The number
    /// of threads depends on the work, which is that of `passes` over the numbers, or of one.
    fn blocks<T: Send>(
        &self,
        size: usize,
        with_norms: bool,
        passes: usize,
        work: impl Fn(&Blocks) -> Result<T, RowError> + Sync,
    ) -> Result<Vec<T>, RowError> {
        let keep = with_norms && self.candidates.len() == self.rows.rows().len() && self.rows.norms().get().is_none();
        let mut fresh = Vec::new();
        if keep {
            fresh = large_pages::with_capacity(self.candidates.len());
            fresh.resize(self.candidates.len(), 0.0);
        }
        let numbers = self.candidates.len().saturating_mul(self.rows.vector_size()).saturating_mul(passes.max(1));
        let results = {
            let blocks = Blocks::new(self.candidates.len(), size, &mut fresh);
            on_each(threads_of(self.threads).min(numbers / NUMBERS_PER_THREAD), || work(&blocks))
        };
        let done = first_error(results)?;
        if keep {
            let _ = self.rows.norms().set(fresh); // another scan may have set the same norms first
        }
        Ok(done)
    }

    /// As [`scan`](Self::scan), for many queries, one after the other in `units`: each block is multiplied with all of them
    /// at once, and passed on with about `together` of them at a time. The cosines may be off by a few roundings, and so
    /// slightly above 1.
    ///
    /// # Errors
    /// [`RowError::NotFinite`] if a row that was read holds NaN or infinity.
    pub fn products<T: Send>(
        &self,
        units: &[f32],
        together: usize,
        start: impl Fn() -> T + Sync,
        see: impl Fn(&mut T, Products) + Sync,
    ) -> Result<Vec<T>, RowError> {
        let (size, kernels) = (self.rows.vector_size(), product_kernels());
        let queries = kernels.pack_queries(units, size);
        let together = together.max(1).next_multiple_of(kernels.height());
        // Whole strips, as many as have scores that stay in the cache until they are used.
        let strips = SCORE_BYTES / (size_of::<f32>() * together.min(queries.len()).max(1) * kernels.width());
        let rows = kernels.block_rows(size).min(strips.max(1) * kernels.width());
        self.blocks(rows, true, queries.len() / QUERIES_PER_PASS, |blocks| {
            let (mut seen, mut scorer) = (start(), Scorer::new(self, &[], Score::Cosine));
            let (mut rows, mut packed, mut scores) = (Vec::new(), PackedRows::default(), Vec::new());
            while let Some((range, mut norms)) = blocks.next() {
                packed.clear();
                for first in range.clone().step_by(kernels.width()) {
                    let strip = first..range.end.min(first + kernels.width());
                    let own = norms.len().min(strip.len()); // empty if they are not kept
                    let (own, rest) = std::mem::take(&mut norms).split_at_mut(own);
                    norms = rest;
                    scorer.unit_rows(strip, own, &mut rows)?;
                    kernels.pack_strip(&rows, size, &mut packed);
                }
                for first in (0..queries.len()).step_by(together) {
                    let shown = first..queries.len().min(first + together);
                    scores.resize(shown.len() * range.len(), 0.0);
                    kernels.multiply(&queries, shown.clone(), &packed, &mut scores);
                    see(
                        &mut seen,
                        Products { first: range.start, rows: range.len(), queries: shown, scores: &mut scores },
                    );
                }
            }
            Ok(seen)
        })
    }
}

/// The cosines of some queries with a block of rows, which the caller may overwrite: `scores[q * rows + i]` is that of query
/// `queries.start + q` and the candidate at place `first + i`.
#[derive(Debug)]
pub struct Products<'s> {
    pub first: usize,
    pub rows: usize,
    pub queries: Range<usize>,
    pub scores: &'s mut [f32],
}

/// The remaining blocks, each with the slice for its norms; empty if they are not kept.
struct Blocks<'n> {
    left: Mutex<Left<'n>>,
    size: usize,
}

struct Left<'n> {
    range: Range<usize>,
    norms: &'n mut [f32],
}

impl<'n> Blocks<'n> {
    fn new(len: usize, size: usize, norms: &'n mut [f32]) -> Self {
        Self { left: Mutex::new(Left { range: 0..len, norms }), size }
    }

    fn next(&self) -> Option<(Range<usize>, &'n mut [f32])> {
        // No thread panics while it holds this lock.
        let mut left = self.left.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let start = left.range.start;
        let end = left.range.end.min(start + self.size);
        if start == end {
            return None;
        }
        left.range.start = end;
        let norms = std::mem::take(&mut left.norms);
        let (own, rest) = norms.split_at_mut(norms.len().min(end - start));
        left.norms = rest;
        Some((start..end, own))
    }
}

/// The scratch of one thread that scores blocks.
struct Scorer<'r, 'q> {
    scan: &'r Scan<'r>,
    units: &'q [&'q [f32]],
    score: Score,
    zero: Vec<f32>,
    scores: Vec<Vec<f32>>,
    squares: Vec<f32>,
    inverse: Vec<f32>,
    gathered: Vec<u8>,
}

impl<'r, 'q> Scorer<'r, 'q> {
    fn new(scan: &'r Scan<'r>, units: &'q [&'q [f32]], score: Score) -> Self {
        Self {
            scan,
            units,
            score,
            zero: vec![0.0; scan.rows.vector_size()],
            scores: vec![Vec::new(); units.len()],
            squares: Vec::new(),
            inverse: Vec::new(),
            gathered: Vec::new(),
        }
    }

    /// Scores the candidates in `range` for every query; their norms go to `keep` unless that is empty.
    fn fill(&mut self, range: Range<usize>, keep: &mut [f32]) -> Result<(), RowError> {
        let (rows, kernels) = (self.scan.rows, search_kernels());
        let precision = rows.rows().precision();
        let bytes = bytes_of(self.scan, range.clone(), &mut self.gathered)?;
        let known = self.score == Score::Dot || rows.norms().get().is_some();
        self.squares.resize(range.len(), 0.0);
        self.scores.iter_mut().for_each(|scores| scores.resize(range.len(), 0.0));
        // The first query calculates the squares along the way.
        let first = if known { 0 } else { self.units.len().min(1) };
        let ((first, units), (scores_of_first, scores)) = (self.units.split_at(first), self.scores.split_at_mut(first));
        for (unit, scores) in first.iter().zip(scores_of_first) {
            kernels.dots(precision, unit, &bytes, scores, Some(&mut self.squares));
        }
        let (fours, units) = units.as_chunks::<4>();
        let (scores_of_fours, scores) = scores.as_chunks_mut::<4>();
        for (units, scores) in fours.iter().zip(scores_of_fours) {
            kernels.dots_by_four(precision, *units, &bytes, scores.each_mut().map(|scores| &mut scores[..]));
        }
        for (unit, scores) in units.iter().zip(scores) {
            kernels.dots(precision, unit, &bytes, scores, None);
        }
        drop(bytes);
        if self.score == Score::Dot {
            return self.repair_dots(range.start);
        }
        self.take_norms(range.clone(), keep)?;
        self.divide(range.start);
        Ok(())
    }

    /// Fills `inverse` for the candidates in `range`: from the kept norms, or from the squares.
    fn take_norms(&mut self, range: Range<usize>, keep: &mut [f32]) -> Result<(), RowError> {
        let Scan { rows, candidates, .. } = *self.scan;
        self.inverse.clear();
        if let Some(norms) = rows.norms().get() {
            self.inverse.extend(range.map(|place| norms[candidates.id(place) as usize]));
            return Ok(());
        }
        self.inverse.extend(self.squares.iter().map(|square| 1.0 / square.sqrt()));
        if !self.squares.iter().fold(true, |all, square| all & SAFE_SQUARES.contains(square)) {
            for ((inverse, square), place) in self.inverse.iter_mut().zip(&self.squares).zip(range) {
                if !SAFE_SQUARES.contains(square) {
                    *inverse = odd_norm(rows, candidates.id(place))?;
                }
            }
        }
        if !keep.is_empty() {
            keep.copy_from_slice(&self.inverse);
        }
        Ok(())
    }

    /// Turns dot products into cosines.
    fn divide(&mut self, first: usize) {
        for scores in &mut self.scores {
            scores
                .iter_mut()
                .zip(&self.inverse)
                .for_each(|(score, inverse)| *score = (*score * inverse).clamp(-1.0, 1.0));
        }
        if self.inverse.iter().fold(false, |any, inverse| any | inverse.is_nan()) {
            self.divide_odd(first);
        }
    }

    #[cold]
    fn divide_odd(&mut self, first: usize) {
        for (i, _) in self.inverse.iter().enumerate().filter(|(_, inverse)| inverse.is_nan()) {
            let id = self.scan.candidates.id(first + i);
            for (unit, scores) in self.units.iter().zip(&mut self.scores) {
                scores[i] = self.scan.rows.exact_cosine(unit, id);
            }
        }
    }

    /// Recalculates in f64 the dot products that overflowed.
    fn repair_dots(&mut self, first: usize) -> Result<(), RowError> {
        let rows = self.scan.rows;
        for (unit, scores) in self.units.iter().zip(&mut self.scores) {
            for (i, score) in scores.iter_mut().enumerate().filter(|(_, score)| !score.is_finite()) {
                let id = self.scan.candidates.id(first + i);
                odd_norm(rows, id)?;
                *score = rows.exact_dot(unit, id);
            }
        }
        Ok(())
    }

    /// The candidates in `range`, scaled to length 1, row after row; zero rows stay as they are.
    fn unit_rows(&mut self, range: Range<usize>, keep: &mut [f32], out: &mut Vec<f32>) -> Result<(), RowError> {
        let mut gathered = std::mem::take(&mut self.gathered);
        let bytes = bytes_of(self.scan, range.clone(), &mut gathered)?;
        self.scale_rows(&bytes, range, keep, out)?;
        drop(bytes);
        self.gathered = gathered; // to reuse its memory
        Ok(())
    }

    fn scale_rows(
        &mut self,
        bytes: &[u8],
        range: Range<usize>,
        keep: &mut [f32],
        out: &mut Vec<f32>,
    ) -> Result<(), RowError> {
        let matrix = self.scan.rows;
        let (precision, size) = (matrix.rows().precision(), matrix.vector_size());
        if matrix.norms().get().is_none() {
            self.scores.resize(1, Vec::new());
            self.scores[0].resize(range.len(), 0.0);
            self.squares.resize(range.len(), 0.0);
            let squares = Some(&mut self.squares[..]);
            search_kernels().dots(precision, &self.zero, bytes, &mut self.scores[0], squares);
        }
        self.take_norms(range.clone(), keep)?;
        out.resize(range.len() * size, 0.0);
        let rows = out.chunks_exact_mut(size).zip(bytes.chunks_exact(size * precision.bytes()));
        for (((row, bytes), &inverse), place) in rows.zip(&self.inverse).zip(range) {
            match precision {
                _ if inverse.is_nan() => {
                    row.copy_from_slice(&unit(matrix.wide(self.scan.candidates.id(place))));
                }
                Precision::Single => {
                    let numbers = bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes));
                    row.iter_mut().zip(numbers).for_each(|(x, number)| *x = number * inverse);
                }
                Precision::Half => {
                    matrix.rows().decode(bytes, row);
                    row.iter_mut().for_each(|x| *x *= inverse);
                }
            }
        }
        Ok(())
    }
}

/// The bytes of the candidates in `range`, gathered if they are not contiguous.
fn bytes_of<'b>(scan: &'b Scan, range: Range<usize>, gathered: &'b mut Vec<u8>) -> Result<Cow<'b, [u8]>, RowError> {
    let rows = scan.rows.rows();
    match scan.candidates {
        Candidates::Range(ids) => {
            let range = ids.start + range.start..ids.start + range.end;
            if scan.rows.norms().get().is_some() {
                return Ok(rows.bytes(range));
            }
            rows.first_bytes(range, gathered).map_err(RowError::Unreadable)
        }
        Candidates::Ids(ids) => {
            gathered.clear();
            for &id in &ids[range] {
                gathered.extend_from_slice(&rows.bytes(id as usize..id as usize + 1));
            }
            Ok(Cow::Borrowed(gathered))
        }
    }
}

/// The inverse norm of a row whose squares are unreliable: 0 for a zero row, NaN to mark a row that must be scored in f64.
#[cold]
fn odd_norm(rows: &NormedRows, id: WordId) -> Result<f32, RowError> {
    let row = rows.finite(id)?;
    Ok(if row.iter().all(|&x| x == 0.0) { 0.0 } else { f32::NAN })
}

/// All results, or the error of the first row.
fn first_error<T>(results: Vec<Result<T, RowError>>) -> Result<Vec<T>, RowError> {
    let (mut done, mut first) = (Vec::with_capacity(results.len()), None::<RowError>);
    for result in results {
        match result {
            Ok(seen) => done.push(seen),
            Err(stop) if first.as_ref().is_none_or(|first| stop.id() < first.id()) => first = Some(stop),
            Err(_) => {}
        }
    }
    first.map_or(Ok(done), Err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::FormatError;
    use crate::mapped::{Bytes, Section};
    use crate::search::Hits;
    use crate::search::error::QueryError;
    use crate::storage::Rows;
    use crate::{AnalogyMethod, WordVectors};
    use half::f16;
    use rapidvec_core::Vocabulary;
    use std::sync::Arc;

    const SIZE: usize = 5;
    const ROWS: usize = 40;

    /// Vectors as of a large file: mapped, at an odd address, not checked.
    fn opened(half: bool, change: impl Fn(&mut [f32])) -> WordVectors {
        let mut numbers: Vec<f32> = (0..ROWS * SIZE).map(|i| (i * 7919 % 101) as f32 - 50.0).collect();
        change(&mut numbers);
        let mut bytes = vec![0; 3];
        if half {
            numbers.iter().for_each(|&x| bytes.extend(f16::from_f32(x).to_le_bytes()));
        } else {
            numbers.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
        }
        let range = 3..bytes.len();
        let section = Section::new(&Arc::new(Bytes::Owned(bytes)), range);
        let mut vocabulary = Vocabulary::new();
        (0..ROWS).for_each(|i| assert!(vocabulary.insert(&format!("w{i}"), 1 + (i * 13 % 40) as u64).is_some()));
        let rows = if half { Rows::mapped_f16(section, SIZE) } else { Rows::mapped_f32(section, SIZE) };
        WordVectors::unchecked(vocabulary, rows)
    }

    type Query = fn(&WordVectors) -> Result<Vec<(String, f32)>, QueryError>;

    fn owned(hits: &Hits) -> Vec<(String, f32)> {
        hits.iter().map(|(word, score)| (word.to_owned(), score)).collect()
    }

    fn batch(vectors: &WordVectors, words: &[&str]) -> Result<Vec<(String, f32)>, QueryError> {
        vectors.search().most_similar_batch(words, 3).map(|found| owned(&found[0]))
    }

    fn analogy(vectors: &WordVectors, method: AnalogyMethod) -> Result<Vec<(String, f32)>, QueryError> {
        vectors.search().analogy("w1", "w2", "w3", method, 3).map(|found| owned(&found))
    }

    /// Every kind of query that scans all rows.
    const QUERIES: [(&str, Query); 7] = [
        ("nearest", |v| v.most_similar("w1", 3).map(|found| owned(&found))),
        ("few", |v| batch(v, &["w1", "w2"])),
        ("batch", |v| batch(v, &["w1"; 40])),
        ("add", |v| analogy(v, AnalogyMethod::Add)),
        ("mul", |v| analogy(v, AnalogyMethod::Mul)),
        ("textbook", |v| analogy(v, AnalogyMethod::Textbook)),
        ("rank", |v| v.search().rank("w1", "w2").map(|_| Vec::new())),
    ];

    #[test]
    fn nan_or_infinity_is_an_error_and_never_an_answer() {
        for (name, ask) in QUERIES {
            for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                for (half, at) in [(false, 17), (true, 17), (false, 4), (true, 4)] {
                    let vectors = opened(half, |numbers| numbers[at * SIZE + 2] = bad);
                    for _ in 0..2 {
                        let Err(QueryError::NotFinite { word, row, got }) = ask(&vectors) else {
                            panic!("{name} answered with {bad} in row {at}, half {half}")
                        };
                        assert_eq!((word, row), (format!("w{at}"), at), "{name}");
                        assert!(got.to_bits() == bad.to_bits() || (got.is_nan() && bad.is_nan()));
                    }
                    let refused = vectors.check_finite();
                    assert!(matches!(refused, Err(FormatError::NotFinite { row, .. }) if row == at), "{refused:?}");
                }
            }
        }
    }

    #[test]
    fn a_query_for_a_word_whose_own_vector_is_not_finite_is_an_error() {
        let vectors = opened(false, |numbers| numbers[SIZE] = f32::NAN);
        for (name, ask) in QUERIES {
            assert!(matches!(ask(&vectors), Err(QueryError::NotFinite { row: 1, .. })), "{name}");
        }
        assert!(matches!(vectors.similarity("w0", "w1"), Err(QueryError::NotFinite { row: 1, .. })));
        assert!(matches!(vectors.odd_one_out(&["w0", "w1", "w2"]), Err(QueryError::NotFinite { row: 1, .. })));
        assert!(vectors.similarity("w0", "w2").is_ok(), "w1 was not read");
    }

    #[test]
    fn the_first_scan_answers_as_the_later_ones_and_keeps_the_norms() {
        for half in [false, true] {
            for (name, ask) in QUERIES {
                let vectors = opened(half, |numbers| numbers[..SIZE].fill(0.0));
                let first = ask(&vectors).unwrap();
                assert_eq!(vectors.matrix().norms().get().is_some(), name != "textbook", "{name}");
                vectors.check_finite().unwrap();
                assert_eq!(first, ask(&vectors).unwrap(), "{name}");
            }
        }
    }

    #[test]
    fn a_restricted_scan_equals_a_full_scan_without_the_other_words() {
        for half in [false, true] {
            let vectors = opened(half, |_| ());
            let few = vectors.search().restrict(13);
            let all = vectors.most_similar("w1", ROWS).unwrap();
            let expected: Vec<_> = all
                .ids()
                .iter()
                .zip(all.scores())
                .filter(|(id, _)| few.contains(**id))
                .map(|(&id, &x)| (id, x))
                .collect();
            let found =
                |hits: Hits| -> Vec<_> { hits.ids().iter().copied().zip(hits.scores().iter().copied()).collect() };
            assert_eq!(few.len(), 13);
            assert_eq!(found(few.most_similar("w1", ROWS).unwrap()), expected);
            let fresh = opened(half, |_| ());
            assert_eq!(found(fresh.search().restrict(13).most_similar("w1", ROWS).unwrap()), expected);
            assert!(fresh.matrix().norms().get().is_none(), "a part of the rows is not all of them");
        }
    }

    #[test]
    fn threads_share_the_blocks_without_losing_one() {
        let mut norms = vec![0.0; 1000];
        let blocks = Blocks::new(1000, 7, &mut norms);
        let seen = Mutex::new(vec![0; 1000]);
        on_each(4, || {
            while let Some((range, norms)) = blocks.next() {
                norms.iter_mut().zip(range.clone()).for_each(|(norm, place)| *norm = place as f32);
                range.for_each(|place| seen.lock().unwrap()[place] += 1);
            }
        });
        assert!(seen.into_inner().unwrap().iter().all(|&times| times == 1));
        assert!(norms.iter().enumerate().all(|(place, &norm)| norm == place as f32));
    }
}
