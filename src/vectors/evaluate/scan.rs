//! The best answer to each of many questions, by an exact scan.
//!
//! The score of word `x` for "a is to b as c is to ?" is made of three products, `a·x`, `b·x` and `c·x`, and questions
//! share their words: Google's 19,544 have 905. So the products of every *word* of the questions with a block of the
//! vocabulary are one matrix product, of which a question reads three rows. Scores do not depend on the number of threads.
#![forbid(unsafe_code)]

use super::known::Known;
use crate::error::QueryError;
use crate::vectors::AnalogyMethod;
use crate::vectors::scan::Products;
use crate::vectors::search::{dot, wide_unit};
use std::collections::HashMap;

/// Scores looked at before the best of them is compared with the best so far.
const RUN: usize = 64;
/// Separate best scores of a run, which the compiler keeps in vector registers.
const LANES: usize = 16;
/// Questions are taken in groups of at most so many different words, whose products with a block stay in the cache.
const MOST_WORDS: usize = 512;
/// gensim looks at so many answers in search of one that is no word of the question in another case.
const LOOKED_AT: usize = 5;
/// Keeps 3CosMul from dividing by zero.
const MUL_EPSILON: f32 = 1e-6;

/// The place of the answer to each question `[a, b, c]`, three places; `None` if no word is left.
pub(super) fn answers(
    known: &Known,
    questions: &[[u32; 3]],
    method: AnalogyMethod,
) -> Result<Vec<Option<u32>>, QueryError> {
    let scale = Scale::new(known, method)?;
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
) -> Result<Vec<Option<u32>>, QueryError> {
    let mut answers = Vec::with_capacity(questions.len());
    while answers.len() < questions.len() {
        let rest = &questions[answers.len()..];
        let best = best(known, scale, &Group::take(rest), score)?;
        for (best, question) in best.into_iter().zip(rest) {
            answers.push(settle(known, scale, *question, best, score)?);
        }
    }
    Ok(answers)
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

/// What products are made of.
enum Scale {
    /// Vectors of length 1; zero vectors stay zero.
    Unit,
    /// Vectors as they are stored, over the length of the longest, so that no product overflows; and the lengths of all
    /// words over the longest, by place.
    Stored { longest: f64, lengths: Vec<f32> },
}

impl Scale {
    fn new(known: &Known, method: AnalogyMethod) -> Result<Self, QueryError> {
        if method != AnalogyMethod::Textbook {
            return Ok(Scale::Unit);
        }
        let length = |place| known.search.vectors.finite(known.search.id(place)).map(|row| dot(&row, &row).sqrt());
        let lengths = (0..known.search.len()).map(length).collect::<Result<Vec<_>, _>>()?;
        let longest = lengths.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        Ok(Scale::Stored { longest, lengths: lengths.iter().map(|length| (length / longest) as f32).collect() })
    }

    /// The vector of a word of a question.
    fn row(&self, known: &Known, place: u32) -> Result<Vec<f32>, QueryError> {
        let mut row = known.search.vectors.finite(known.id(place))?;
        match self {
            Scale::Unit => row = wide_unit(row),
            Scale::Stored { longest, .. } => row.iter_mut().for_each(|x| *x /= longest),
        }
        Ok(row.into_iter().map(|x| x as f32).collect())
    }

    /// Cosines with a block of words, made to what they shall be; they are copied to `scaled` where they change.
    fn apply<'s>(&self, products: &Products<'s>, scaled: &'s mut Vec<f32>) -> &'s [f32] {
        let Scale::Stored { lengths, .. } = self else { return products.scores };
        let lengths = &lengths[products.first..][..products.rows];
        scaled.clear();
        for scores in products.scores.chunks_exact(products.rows) {
            scaled.extend(scores.iter().zip(lengths).map(|(score, length)| score * length));
        }
        scaled
    }
}

/// Questions that are answered in one pass over the vocabulary.
struct Group<'q> {
    /// Places of the different words.
    words: Vec<u32>,
    /// The questions: also what cannot be an answer, in any case.
    questions: &'q [[u32; 3]],
    /// Where their words stand in `words`.
    rows: Vec<[usize; 3]>,
}

impl<'q> Group<'q> {
    /// As many of the first questions as have at most [`MOST_WORDS`] words.
    fn take(questions: &'q [[u32; 3]]) -> Self {
        let (mut words, mut rows, mut found) = (Vec::new(), Vec::new(), HashMap::new());
        for question in questions {
            if words.len() + question.len() > MOST_WORDS {
                break;
            }
            rows.push(question.map(|place| {
                *found.entry(place).or_insert_with(|| {
                    words.push(place);
                    words.len() - 1
                })
            }));
        }
        Self { words, questions: &questions[..rows.len()], rows }
    }
}

/// The best answer so far, and its score.
#[derive(Debug, Clone, Copy)]
struct Best {
    score: f32,
    place: Option<u32>,
}

impl Best {
    const NONE: Best = Best { score: f32::NEG_INFINITY, place: None };

    /// Of equal scores the lower place is better.
    fn better(self, other: Best) -> Best {
        let wins = self.score > other.score || (self.score == other.score && self.place < other.place);
        if self.place.is_some() && (wins || other.place.is_none()) { self } else { other }
    }
}

/// The best answer to each question of the group, over all words that take part.
fn best(
    known: &Known,
    scale: &Scale,
    group: &Group,
    score: impl Fn(f32, f32, f32) -> f32 + Copy + Sync,
) -> Result<Vec<Best>, QueryError> {
    let mut units = Vec::with_capacity(group.words.len() * known.search.vectors.vector_size());
    for &place in &group.words {
        units.extend(scale.row(known, place)?);
    }
    let start = || (vec![Best::NONE; group.questions.len()], Vec::new());
    let shares = known.search.products(&units, group.words.len(), start, |(best, scaled), products| {
        let scores = scale.apply(&products, scaled);
        for ((best, rows), question) in best.iter_mut().zip(&group.rows).zip(group.questions) {
            let rows = rows.map(|row| &scores[row * products.rows..][..products.rows]);
            improve(best, products.first, rows, score, |place| question.contains(&known.spelling(place)));
        }
    })?;
    let mut all = vec![Best::NONE; group.questions.len()];
    for (share, _) in shares {
        all.iter_mut().zip(share).for_each(|(best, found)| *best = best.better(found));
    }
    Ok(all)
}

/// Replaces `best` by the best word of a block whose first stands at `first`, if that is better.
#[inline(always)]
fn improve(
    best: &mut Best,
    first: usize,
    [a, b, c]: [&[f32]; 3],
    score: impl Fn(f32, f32, f32) -> f32 + Copy,
    is_left_out: impl Fn(u32) -> bool,
) {
    for (run, ((a, b), c)) in a.chunks(RUN).zip(b.chunks(RUN)).zip(c.chunks(RUN)).enumerate() {
        // Most runs hold nothing better, and that is seen without branches.
        let mut most = [f32::NEG_INFINITY; LANES];
        for ((a, b), c) in a.chunks(LANES).zip(b.chunks(LANES)).zip(c.chunks(LANES)) {
            for (((most, &a), &b), &c) in most.iter_mut().zip(a).zip(b).zip(c) {
                let score = score(a, b, c);
                *most = if score > *most { score } else { *most };
            }
        }
        if most.iter().fold(false, |any, &most| any | (most > best.score)) {
            look(best, first + run * RUN, [a, b, c], score, &is_left_out);
        }
    }
}

/// The same, word by word.
#[cold]
fn look(
    best: &mut Best,
    first: usize,
    [a, b, c]: [&[f32]; 3],
    score: impl Fn(f32, f32, f32) -> f32,
    is_left_out: impl Fn(u32) -> bool,
) {
    for (place, ((&a, &b), &c)) in (first as u32..).zip(a.iter().zip(b).zip(c)) {
        let score = score(a, b, c);
        if score > best.score && !is_left_out(place) {
            *best = Best { score, place: Some(place) };
        }
    }
}

/// What gensim answers where the words of a question have many variants in other cases.
///
/// It takes the five best words that are not `a`, `b`, `c` themselves, and of them the first that is no variant; if all are
/// variants it is left with the last of them.
fn settle(
    known: &Known,
    scale: &Scale,
    question: [u32; 3],
    best: Best,
    score: impl Fn(f32, f32, f32) -> f32,
) -> Result<Option<u32>, QueryError> {
    let mut different = question.to_vec();
    different.sort_unstable();
    different.dedup();
    let variants: Vec<_> = different.iter().flat_map(|&first| known.variants(first).iter().copied()).collect();
    if variants.is_empty() || (best.place.is_some() && variants.len() < LOOKED_AT) {
        return Ok(best.place);
    }
    let wide = |place| scale.row(known, place).map(|row| row.into_iter().map(f64::from).collect::<Vec<_>>());
    let words = [wide(question[0])?, wide(question[1])?, wide(question[2])?];
    let mut before = Vec::new();
    for place in variants {
        let row = wide(place)?;
        let [a, b, c] = words.each_ref().map(|word| dot(word, &row) as f32);
        let variant = Best { score: score(a, b, c), place: Some(place) };
        if variant.better(best).place == variant.place {
            before.push(variant);
        }
    }
    before.sort_by(|x, y| y.score.total_cmp(&x.score).then(x.place.cmp(&y.place)));
    before.truncate(LOOKED_AT);
    let looked_at_all = before.len() == LOOKED_AT || best.place.is_none();
    Ok(before.last().filter(|_| looked_at_all).map_or(best.place, |last| last.place))
}
