//! The best answer to each of many questions, by an exact scan.
//!
//! The score of word `x` for "a is to b as c is to ?" is made of three products, `a·x`, `b·x` and `c·x`, and questions
//! share their words: Google's 19,544 have 905. So the products of every *word* of the questions with a block of the
//! vocabulary are one matrix product, of which a question reads three rows. Scores do not depend on the number of threads.
#![forbid(unsafe_code)]

use super::known::Known;
use crate::error::QueryError;
use crate::math::kernels::search::{RUN, TripleScore, first_above};
use crate::vectors::AnalogyMethod;
use crate::vectors::scan::Products;
use crate::vectors::search::{dot, wide_unit};
use std::collections::HashMap;

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
        AnalogyMethod::Mul => answers_by::<Mul>(known, &scale, questions),
        AnalogyMethod::Add | AnalogyMethod::Textbook => answers_by::<Add>(known, &scale, questions),
    }
}

fn answers_by<S: TripleScore>(
    known: &Known,
    scale: &Scale,
    questions: &[[u32; 3]],
) -> Result<Vec<Option<u32>>, QueryError> {
    let mut answers = Vec::with_capacity(questions.len());
    while answers.len() < questions.len() {
        let rest = &questions[answers.len()..];
        let best = best::<S>(known, scale, &Group::take(rest))?;
        for (best, question) in best.into_iter().zip(rest) {
            answers.push(settle::<S>(known, scale, *question, best)?);
        }
    }
    Ok(answers)
}

/// 3CosAdd: the cosine with `b - a + c` up to a factor that all words share.
struct Add;

impl TripleScore for Add {
    #[inline(always)]
    fn score(a: f32, b: f32, c: f32) -> f32 {
        b - a + c
    }
}

/// 3CosMul over cosines moved to the range from 0 to 1.
struct Mul;

impl TripleScore for Mul {
    #[inline(always)]
    fn score(a: f32, b: f32, c: f32) -> f32 {
        let [a, b, c] = [a, b, c].map(|cosine| (1.0 + cosine) / 2.0);
        b * c / (a + MUL_EPSILON)
    }
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
fn best<S: TripleScore>(known: &Known, scale: &Scale, group: &Group) -> Result<Vec<Best>, QueryError> {
    let first_above = first_above::<S>(); // once, not for each question
    let mut units = Vec::with_capacity(group.words.len() * known.search.vectors.vector_size());
    for &place in &group.words {
        units.extend(scale.row(known, place)?);
    }
    let start = || (vec![Best::NONE; group.questions.len()], Vec::new());
    let shares = known.search.products(&units, group.words.len(), start, |(best, scaled), products| {
        let scores = scale.apply(&products, scaled);
        for ((best, rows), question) in best.iter_mut().zip(&group.rows).zip(group.questions) {
            let rows = rows.map(|row| &scores[row * products.rows..][..products.rows]);
            let is_left_out = |place| question.contains(&known.spelling(place));
            let mut at = 0;
            while let Some(run) = first_above(rows.map(|row| &row[at..]), best.score) {
                let some = at + run..(at + run + RUN).min(products.rows);
                at = some.end;
                look::<S>(best, products.first + some.start, rows.map(|row| &row[some.clone()]), is_left_out);
            }
        }
    })?;
    let mut all = vec![Best::NONE; group.questions.len()];
    for (share, _) in shares {
        all.iter_mut().zip(share).for_each(|(best, found)| *best = best.better(found));
    }
    Ok(all)
}

/// Replaces `best` by the best of a few words, of which the first stands at `first`, if that is better.
#[cold]
fn look<S: TripleScore>(best: &mut Best, first: usize, [a, b, c]: [&[f32]; 3], is_left_out: impl Fn(u32) -> bool) {
    for (place, ((&a, &b), &c)) in (first as u32..).zip(a.iter().zip(b).zip(c)) {
        let score = S::score(a, b, c);
        if score > best.score && !is_left_out(place) {
            *best = Best { score, place: Some(place) };
        }
    }
}

/// What gensim answers where the words of a question have many variants in other cases.
///
/// It takes the five best words that are not `a`, `b`, `c` themselves, and of them the first that is no variant; if all are
/// variants it is left with the last of them.
fn settle<S: TripleScore>(
    known: &Known,
    scale: &Scale,
    question: [u32; 3],
    best: Best,
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
        let variant = Best { score: S::score(a, b, c), place: Some(place) };
        if variant.better(best).place == variant.place {
            before.push(variant);
        }
    }
    before.sort_by(|x, y| y.score.total_cmp(&x.score).then(x.place.cmp(&y.place)));
    before.truncate(LOOKED_AT);
    let looked_at_all = before.len() == LOOKED_AT || best.place.is_none();
    Ok(before.last().filter(|_| looked_at_all).map_or(best.place, |last| last.place))
}
