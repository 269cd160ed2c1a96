//! The best answers to many questions within a block of words.
//!
//! A question's score of a word has two parts, one of the pair `a`, `b` and one of `c`. Questions share their
//! pairs (Google's 19,544 have 550), so the pair's part is calculated once for all of them; a question then reads it and
//! the row of `c`. Nearly all blocks have no better answer than the best one so far, which is checked without a branch.

use crate::search::MUL_EPSILON;
use rapidvec_core::kernels::Vectorised;
use std::marker::PhantomData;
use std::slice::from_ref;

/// The number of words compared without a branch.
const RUN: usize = 64;
/// Highest scores that are kept separately, so that the compiler keeps them in vector registers.
const LANES: usize = 16;

/// How a score is computed from the products of `a`, `b` and `c` with a word.
pub(super) trait AnalogyScore {
    /// The part of the pair.
    fn pair(a: f32, b: f32) -> f32;
    /// The part of `c`.
    fn single(c: f32) -> f32;
    /// The score.
    fn join(pair: f32, single: f32) -> f32;

    /// The score of three products.
    fn score([a, b, c]: [f32; 3]) -> f32 {
        Self::join(Self::pair(a, b), Self::single(c))
    }
}

/// 3CosAdd: the cosine with `b - a + c` up to a factor that all words share.
pub(super) struct Add;

impl AnalogyScore for Add {
    #[inline(always)]
    fn pair(a: f32, b: f32) -> f32 {
        b - a
    }

    #[inline(always)]
    fn single(c: f32) -> f32 {
        c
    }

    #[inline(always)]
    fn join(pair: f32, single: f32) -> f32 {
        pair + single
    }
}

/// 3CosMul over cosines moved to the range from 0 to 1.
pub(super) struct Mul;

impl AnalogyScore for Mul {
    #[inline(always)]
    fn pair(a: f32, b: f32) -> f32 {
        Self::single(b) / (Self::single(a) + MUL_EPSILON as f32)
    }

    #[inline(always)]
    fn single(c: f32) -> f32 {
        (1.0 + c) / 2.0
    }

    #[inline(always)]
    fn join(pair: f32, single: f32) -> f32 {
        pair * single
    }
}

/// A question, for the words whose rows it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asked {
    /// The rows of `a` and `b`.
    pub pair: [usize; 2],
    /// The row of `c`.
    pub single: usize,
    /// Which question it is.
    pub question: usize,
}

/// The best answer so far, and its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TopK {
    pub score: f32,
    pub place: Option<u32>,
}

impl TopK {
    pub const NONE: TopK = TopK { score: f32::NEG_INFINITY, place: None };

    /// Of equal scores the lower place is better.
    pub fn better(self, other: TopK) -> TopK {
        let wins = self.score > other.score || (self.score == other.score && self.place < other.place);
        if self.place.is_some() && (wins || other.place.is_none()) { self } else { other }
    }
}

/// The search through a block for better answers than `best` has.
pub(super) struct Search<'s, S> {
    /// Sorted, so that questions with the same pair are adjacent.
    pub asked: &'s [Asked],
    /// The answers, by question.
    pub best: &'s mut [TopK],
    /// Row after row, the products of a word of the questions with the words of the block. NaN, which no score is above,
    /// marks words that cannot answer any question with the word of the row.
    pub products: &'s [f32],
    /// Words of the block.
    pub words: usize,
    /// The place of its first word.
    pub first: u32,
    /// Memory that is reused for the next block.
    pub pair: &'s mut Vec<f32>,
    pub score: PhantomData<S>,
}

impl<S: AnalogyScore> Vectorised for Search<'_, S> {
    #[inline(always)]
    fn run(self) {
        let Self { asked, best, products, words, first, pair, .. } = self;
        let row = |at: usize| &products[at * words..][..words];
        pair.resize(words, 0.0);
        for asked in asked.chunk_by(|x, y| x.pair == y.pair) {
            let [a, b] = asked[0].pair.map(row);
            pair.iter_mut().zip(a.iter().zip(b)).for_each(|(pair, (&a, &b))| *pair = S::pair(a, b));
            let (runs_of_pair, rest_of_pair) = pair.as_chunks::<RUN>();
            for &Asked { single, question, .. } in asked {
                let ((runs, rest), best) = (row(single).as_chunks::<RUN>(), &mut best[question]);
                if is_above::<S>(runs_of_pair, runs, best.score) {
                    for ((pair, single), first) in runs_of_pair.iter().zip(runs).zip((first..).step_by(RUN)) {
                        if is_above::<S>(from_ref(pair), from_ref(single), best.score) {
                            look::<S>(best, first, pair, single);
                        }
                    }
                }
                if !rest.is_empty() {
                    look::<S>(best, first + (words - rest.len()) as u32, rest_of_pair, rest);
                }
            }
        }
    }
}

/// Unlike `f32::max`, a single instruction: NaN is never higher.
#[inline(always)]
fn higher(number: f32, most: f32) -> f32 {
    if number > most { number } else { most }
}

/// Whether there is a score above a threshold.
#[inline(always)]
fn is_above<S: AnalogyScore>(pair: &[[f32; RUN]], single: &[[f32; RUN]], threshold: f32) -> bool {
    let [mut even, mut odd] = [[f32::NEG_INFINITY; LANES]; 2]; // which do not wait for each other
    for (pair, single) in pair.iter().zip(single) {
        let (pair, single) = (pair.as_chunks::<LANES>().0, single.as_chunks::<LANES>().0);
        let (pair, single) = (pair.as_chunks::<2>().0, single.as_chunks::<2>().0);
        for (pair, single) in pair.iter().zip(single) {
            even = std::array::from_fn(|i| higher(S::join(pair[0][i], S::single(single[0][i])), even[i]));
            odd = std::array::from_fn(|i| higher(S::join(pair[1][i], S::single(single[1][i])), odd[i]));
        }
    }
    (0..LANES).fold(false, |any, i| any | (higher(even[i], odd[i]) > threshold))
}

/// Replaces `best` by the best of a few words, the first of which is at `first`, if that is better.
#[cold]
fn look<S: AnalogyScore>(best: &mut TopK, first: u32, pair: &[f32], single: &[f32]) {
    for (place, (&pair, &single)) in (first..).zip(pair.iter().zip(single)) {
        let score = S::join(pair, S::single(single));
        if score > best.score {
            *best = TopK { score, place: Some(place) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapidvec_core::kernels::versions;
    use rapidvec_core::{Purpose, Rng};

    const ROWS: usize = 5;

    fn questions() -> Vec<Asked> {
        let pairs = [[0, 1], [1, 2], [4, 4]];
        let asked = pairs.iter().flat_map(|&pair| (0..ROWS).map(move |single| (pair, single)));
        asked.zip(0..).map(|((pair, single), question)| Asked { pair, single, question }).collect()
    }

    /// What the search has to find: the first of the best.
    fn plainly<S: AnalogyScore>(asked: Asked, products: &[f32], words: usize, from: TopK) -> TopK {
        (0..words).fold(from, |best, word| {
            let [a, b] = asked.pair;
            let score = S::score([a, b, asked.single].map(|row| products[row * words + word]));
            if score > best.score { TopK { score, place: Some(100 + word as u32) } } else { best }
        })
    }

    fn assert_found<S: AnalogyScore>(products: &[f32], words: usize, floor: TopK) {
        let asked = questions();
        let expected: Vec<_> = asked.iter().map(|&asked| plainly::<S>(asked, products, words, floor)).collect();
        for version in 0..versions::<Search<S>>().len() {
            let (mut best, mut pair) = (vec![floor; asked.len()], Vec::new());
            let Some(run) = versions()[version] else { continue };
            let (asked, best_so_far, score) = (&asked, &mut best, PhantomData::<S>);
            run(Search { asked, best: best_so_far, products, words, first: 100, pair: &mut pair, score });
            assert_eq!(best, expected, "{words} words, version {version}");
        }
    }

    fn products(words: usize) -> Vec<f32> {
        let mut products = vec![0.0; ROWS * words];
        Rng::stream(3, Purpose::Map, words as u64).fill_normal(&mut products, 0.3);
        products.iter_mut().for_each(|product| *product = product.clamp(-1.0, 1.0));
        products
    }

    #[test]
    fn every_instruction_set_finds_the_first_of_the_best_in_blocks_of_any_length() {
        for words in (1..140).chain([500, 512]) {
            for floor in [TopK::NONE, TopK { score: 0.9, place: None }, TopK { score: 0.7, place: Some(3) }] {
                assert_found::<Add>(&products(words), words, floor);
                assert_found::<Mul>(&products(words), words, floor);
            }
        }
    }

    #[test]
    fn of_equal_scores_the_first_counts_and_no_number_is_an_answer() {
        for words in [7, 16, 40, 100] {
            assert_found::<Add>(&vec![0.5; ROWS * words], words, TopK::NONE);
            let mut some = products(words);
            some.iter_mut().step_by(3).for_each(|product| *product = f32::NAN);
            assert_found::<Add>(&some, words, TopK::NONE);
            assert_found::<Mul>(&some, words, TopK::NONE);
        }
    }
}
