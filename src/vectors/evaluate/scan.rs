//! The best answer to each of many questions, by an exact scan.
//!
//! The score of word `x` for "a is to b as c is to ?" is made of three products, `a·x`, `b·x` and `c·x`, and questions share
//! their words: Google's 19,544 have 905. So the products of every *word* of the questions with a block of the vocabulary
//! are one matrix product, and a question reads three of its rows. Scores do not depend on the number of threads.
//!
//! Shapes: `Q` words in the questions, `D` numbers a word, blocks of [`BLOCK`] words.
#![forbid(unsafe_code)]

use super::known::Known;
use crate::math::kernels::gemm::{Side, product};
use crate::math::{Chunk, LANES, Matrix};
use crate::vectors::AnalogyMethod;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Words of the vocabulary compared at a time: with a thousand words of questions their products fit a core's cache.
const BLOCK: usize = 256;
/// Scores looked at before the best of them is compared with the best so far.
const RUN: usize = 64 / LANES;
/// Questions are taken in groups of at most so many different words, which bounds the memory: 4 MB of products a thread.
const MOST_WORDS: usize = 4096;
/// gensim looks at so many answers in search of one that is no word of the question in another case.
const LOOKED_AT: usize = 5;
/// Keeps 3CosMul from dividing by zero.
const MUL_EPSILON: f32 = 0.001;

/// The rank of the answer to each question `[a, b, c]`, which are ranks themselves; `None` if no word is left.
pub(super) fn answers(known: &Known, questions: &[[u32; 3]], method: AnalogyMethod) -> Vec<Option<u32>> {
    let scale = Scale::new(known, method);
    match method {
        AnalogyMethod::Mul => answers_by(known, &scale, questions, mul),
        AnalogyMethod::Add | AnalogyMethod::Textbook => answers_by(known, &scale, questions, add),
    }
}

fn answers_by(
    known: &Known,
    scale: &Scale,
    questions: &[[u32; 3]],
    score: impl Fn(f32, f32, f32) -> f32 + Copy + Sync,
) -> Vec<Option<u32>> {
    let mut answers = Vec::with_capacity(questions.len());
    let mut rest = questions;
    while !rest.is_empty() {
        let group = Group::take(rest);
        let best = best(known, scale, &group, score);
        answers.extend(best.iter().zip(rest).map(|(best, question)| settle(known, scale, *question, *best, score)));
        rest = &rest[group.questions.len()..];
    }
    answers
}

/// 3CosAdd: the cosine with `b - a + c` up to a factor that all words share.
#[inline(always)]
fn add(a: f32, b: f32, c: f32) -> f32 {
    b - a + c
}

/// 3CosMul over cosines moved to the range from 0 to 1.
#[inline(always)]
fn mul(a: f32, b: f32, c: f32) -> f32 {
    let [a, b, c] = [a, b, c].map(|cosine| (1.0 + cosine) / 2.0);
    b * c / (a + MUL_EPSILON)
}

/// How rows are scaled before they are multiplied.
enum Scale {
    /// Each to length 1; zero vectors stay zero.
    Unit,
    /// All by this: the longest has length 1, so that no product overflows.
    Common(f64),
}

impl Scale {
    fn new(known: &Known, method: AnalogyMethod) -> Self {
        if method != AnalogyMethod::Textbook {
            return Scale::Unit;
        }
        let inverse = (0..known.len() as u32).map(|rank| known.vectors.inverse_norm(known.id(rank) as usize));
        let least = inverse.filter(|&inverse| inverse > 0.0).fold(f64::INFINITY, f64::min);
        Scale::Common(if least.is_finite() { least } else { 0.0 })
    }

    /// The scaled vectors of these words, a row each.
    fn rows(&self, known: &Known, ranks: impl ExactSizeIterator<Item = u32>) -> Matrix {
        let mut matrix = Matrix::zeros(ranks.len(), known.vectors.vector_size());
        let mut scaled = vec![0.0; known.vectors.vector_size()];
        for (at, rank) in ranks.enumerate() {
            let id = known.id(rank) as usize;
            let factor = match *self {
                Scale::Unit => known.vectors.inverse_norm(id),
                Scale::Common(factor) => factor,
            };
            known.vectors.rows().for_each(id..id + 1, |_, row| {
                scaled.iter_mut().zip(row).for_each(|(scaled, &x)| *scaled = (f64::from(x) * factor) as f32);
            });
            matrix.set_row(at, &scaled);
        }
        matrix
    }
}

/// Questions that are answered in one pass over the vocabulary.
struct Group {
    /// Ranks of the different words.
    words: Vec<u32>,
    /// Each question as places in `words`.
    questions: Vec<[u32; 3]>,
    /// Each question's words, for which their variants in other cases stand too: none of them can be an answer.
    left_out: Vec<[u32; 3]>,
}

impl Group {
    /// As many of the first questions as have at most [`MOST_WORDS`] words.
    fn take(questions: &[[u32; 3]]) -> Self {
        let mut group = Self { words: Vec::new(), questions: Vec::new(), left_out: Vec::new() };
        let mut places = HashMap::new();
        for question in questions {
            if group.words.len() + 3 > MOST_WORDS {
                break;
            }
            let place = |rank| {
                *places.entry(rank).or_insert_with(|| {
                    group.words.push(rank);
                    group.words.len() as u32 - 1
                })
            };
            group.questions.push(question.map(place));
            group.left_out.push(*question);
        }
        group
    }
}

/// The best answer so far, and its score.
#[derive(Debug, Clone, Copy)]
struct Best {
    score: f32,
    rank: Option<u32>,
}

impl Best {
    const NONE: Best = Best { score: f32::NEG_INFINITY, rank: None };

    fn is_better_than(self, other: Best) -> bool {
        match (self.rank, other.rank) {
            (Some(rank), Some(other_rank)) => {
                self.score > other.score || (self.score == other.score && rank < other_rank)
            }
            (rank, _) => rank.is_some(),
        }
    }
}

/// The best answer to each question of the group, over all words that take part.
fn best(known: &Known, scale: &Scale, group: &Group, score: impl Fn(f32, f32, f32) -> f32 + Copy + Sync) -> Vec<Best> {
    let words = scale.rows(known, group.words.iter().copied());
    let blocks = known.len().div_ceil(BLOCK);
    let threads = thread::available_parallelism().map_or(1, usize::from).min(blocks).max(1);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut best = vec![Best::NONE; group.questions.len()];
        loop {
            let start = next.fetch_add(1, Ordering::Relaxed) * BLOCK;
            if start >= known.len() {
                return best;
            }
            let ranks = start as u32..(start + BLOCK).min(known.len()) as u32;
            let products = product(&words, Side::Plain, &scale.rows(known, ranks), Side::Transposed);
            let block = Block { known, products: &products, start, words: (known.len() - start).min(BLOCK) };
            for (at, best) in best.iter_mut().enumerate() {
                block.improve(best, group.questions[at], group.left_out[at], score);
            }
        }
    };
    thread::scope(|scope| {
        let running: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for thread in running {
            let found = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            all.iter_mut()
                .zip(found)
                .filter(|(best, found)| found.is_better_than(**best))
                .for_each(|(best, found)| *best = found);
        }
        all
    })
}

/// The products of a block of the vocabulary: a row for each word of the questions, a column for each word of the block.
struct Block<'a> {
    known: &'a Known<'a>,
    products: &'a Matrix,
    /// The rank of the first column.
    start: usize,
    /// Columns that are words; what comes after them is padding.
    words: usize,
}

impl Block<'_> {
    fn row(&self, place: u32) -> &[Chunk] {
        &self.products.chunks()[place as usize * self.products.width()..][..self.products.width()]
    }

    /// Replaces `best` where a word of this block beats it.
    #[inline(always)]
    fn improve(
        &self,
        best: &mut Best,
        question: [u32; 3],
        left_out: [u32; 3],
        score: impl Fn(f32, f32, f32) -> f32 + Copy,
    ) {
        let [a, b, c] = question.map(|place| self.row(place));
        let runs = a.chunks(RUN).zip(b.chunks(RUN)).zip(c.chunks(RUN));
        for (run, ((a, b), c)) in runs.enumerate() {
            // Most runs hold nothing better, and that is seen without branches.
            let mut most = [f32::NEG_INFINITY; LANES];
            for ((a, b), c) in a.iter().zip(b).zip(c) {
                for lane in 0..LANES {
                    let score = score(a.0[lane], b.0[lane], c.0[lane]);
                    most[lane] = if score > most[lane] { score } else { most[lane] };
                }
            }
            if most.iter().any(|&most| most > best.score) {
                self.look(best, run * RUN * LANES, [a, b, c], left_out, score);
            }
        }
    }

    /// The same, word by word, for a run that begins at column `first`.
    #[cold]
    fn look(
        &self,
        best: &mut Best,
        first: usize,
        rows: [&[Chunk]; 3],
        left_out: [u32; 3],
        score: impl Fn(f32, f32, f32) -> f32,
    ) {
        let number = |row: usize, at: usize| rows[row][at / LANES].0[at % LANES];
        for at in 0..(rows[0].len() * LANES).min(self.words.saturating_sub(first)) {
            let score = score(number(0, at), number(1, at), number(2, at));
            let rank = (self.start + first + at) as u32;
            if score > best.score && !left_out.contains(&self.known.spelling(rank)) {
                *best = Best { score, rank: Some(rank) };
            }
        }
    }
}

/// What gensim answers where the words of a question have many variants in other cases.
///
/// It takes the five best words that are not `a`, `b`, `c` themselves, and of them the first that is no variant; if all five
/// are variants it is left with the fifth.
fn settle(
    known: &Known,
    scale: &Scale,
    question: [u32; 3],
    best: Best,
    score: impl Fn(f32, f32, f32) -> f32,
) -> Option<u32> {
    let mut different = question.to_vec();
    different.sort_unstable();
    different.dedup();
    let variants: Vec<_> = different.iter().flat_map(|&first| known.variants(first).iter().copied()).collect();
    if variants.is_empty() || (best.rank.is_some() && variants.len() < LOOKED_AT) {
        return best.rank;
    }
    let words = scale.rows(known, question.into_iter());
    let products = product(&scale.rows(known, variants.iter().copied()), Side::Plain, &words, Side::Transposed);
    let scored = variants.iter().enumerate().map(|(at, &rank)| {
        let row = products.row(at);
        Best { score: score(row[0], row[1], row[2]), rank: Some(rank) }
    });
    let mut before: Vec<_> = scored.filter(|variant| variant.is_better_than(best)).collect();
    before.sort_by(|x, y| y.score.total_cmp(&x.score).then(x.rank.cmp(&y.rank)));
    match before.len() {
        LOOKED_AT.. => before[LOOKED_AT - 1].rank,
        length if best.rank.is_none() => before.get(length.wrapping_sub(1)).and_then(|last| last.rank),
        _ => best.rank,
    }
}
