//! The best answer to each of many questions, by an exact scan.
//!
//! The score of word `x` for "a is to b as c is to ?" is made of three products, `a·x`, `b·x` and `c·x`, and questions
//! share their words: Google's 19,544 have 905. So the products of every *word* of the questions with a block of the
//! vocabulary are one matrix product, and the part of the score that `a` and `b` give is calculated once for all questions
//! that share them (`block.rs`). Scores do not depend on the number of threads.

use super::block::{Add, AnalogyScore, Asked, Mul, Search, TopK};
use crate::AnalogyMethod;
use crate::normed_rows::RowError;
use crate::search::scan::{Products, Scan};
use crate::unit::{dot, wide_unit};
use rapidvec_core::kernels::Vectorised;
use rapidvec_core::kernels::search::product_kernels;
use std::collections::HashMap;
use std::marker::PhantomData;

/// The maximum number of distinct words in a group of questions: their products with a block stay in the cache.
const MAX_WORDS: usize = 1024;
/// The number of answers among which gensim looks for one that is not a word of the question in another case.
const LOOKED_AT: usize = 5;

/// The words among which answers are looked for.
pub(crate) struct Field<'a> {
    pub scan: Scan<'a>,
    /// For each place of the candidates: others that are the same word in another case, if there are any.
    pub variants: &'a HashMap<u32, Vec<u32>>,
}

impl<'a> Field<'a> {
    fn row(&self, place: u32) -> Result<Vec<f64>, RowError> {
        self.scan.rows.finite(self.scan.id(place as usize))
    }

    fn variants(&self, place: u32) -> &'a [u32] {
        self.variants.get(&place).map_or(&[], Vec::as_slice)
    }
}

/// The place of the answer to each question `[a, b, c, d]`, where `d` is the expected answer; `None` if no word is
/// left. The expected answer makes the search faster and does not influence the result.
pub(crate) fn answers(
    field: &Field,
    questions: &[[u32; 4]],
    method: AnalogyMethod,
) -> Result<Vec<Option<u32>>, RowError> {
    let scale = Scale::new(field, method)?;
    match method {
        AnalogyMethod::Mul => answers_by::<Mul>(field, &scale, questions),
        AnalogyMethod::Add | AnalogyMethod::Textbook => answers_by::<Add>(field, &scale, questions),
    }
}

fn answers_by<S: AnalogyScore>(
    field: &Field,
    scale: &Scale,
    questions: &[[u32; 4]],
) -> Result<Vec<Option<u32>>, RowError> {
    let mut answers = Vec::with_capacity(questions.len());
    while answers.len() < questions.len() {
        let rest = &questions[answers.len()..];
        let best = best::<S>(field, scale, &Group::take(field, rest))?;
        for (best, &[a, b, c, _]) in best.into_iter().zip(rest) {
            answers.push(settle::<S>(field, scale, [a, b, c], best)?);
        }
    }
    Ok(answers)
}

/// How vectors are scaled before the product.
enum Scale {
    /// Vectors of length 1; zero vectors stay zero.
    Unit,
    /// Vectors as they are stored, over the length of the longest, so that no product overflows; and the lengths of all
    /// words over the longest, by place.
    Stored { longest: f64, lengths: Vec<f32> },
}

impl Scale {
    fn new(field: &Field, method: AnalogyMethod) -> Result<Self, RowError> {
        if method != AnalogyMethod::Textbook {
            return Ok(Scale::Unit);
        }
        let length = |place| field.row(place as u32).map(|row| dot(&row, &row).sqrt());
        let lengths = (0..field.scan.candidates.len()).map(length).collect::<Result<Vec<_>, _>>()?;
        let longest = lengths.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        Ok(Scale::Stored { longest, lengths: lengths.iter().map(|length| (length / longest) as f32).collect() })
    }

    /// The vector of a word of a question.
    fn row(&self, field: &Field, place: u32) -> Result<Vec<f32>, RowError> {
        let mut row = field.row(place)?;
        match self {
            Scale::Unit => row = wide_unit(row),
            Scale::Stored { longest, .. } => row.iter_mut().for_each(|x| *x /= longest),
        }
        Ok(row.into_iter().map(|x| x as f32).collect())
    }

    /// Turns cosines with a block of words into products at this scale.
    fn apply(&self, products: &mut Products) {
        let Scale::Stored { lengths, .. } = self else { return };
        let lengths = &lengths[products.first..][..products.rows];
        for scores in products.scores.chunks_exact_mut(products.rows) {
            scores.iter_mut().zip(lengths).for_each(|(score, length)| *score *= length);
        }
    }
}

/// Questions that are answered in one pass over the vocabulary.
struct Group<'q> {
    /// Places of the distinct words.
    words: Vec<u32>,
    questions: &'q [[u32; 4]],
    /// The positions of their words in `words`, sorted by pair.
    asked: Vec<Asked>,
    /// Pairs of a place and the row of a word, sorted: a place with the word's spelling cannot answer a question with that word.
    left_out: Vec<(u32, usize)>,
    /// The positions of the expected answers in `words`, by question; `None` if an answer is not a word of the questions.
    expected: Vec<Option<usize>>,
}

impl<'q> Group<'q> {
    /// The longest run of the first questions that has at most [`MAX_WORDS`] words.
    fn take(field: &Field, questions: &'q [[u32; 4]]) -> Self {
        let (mut words, mut asked, mut rows) = (Vec::new(), Vec::new(), vec![None; field.scan.candidates.len()]);
        for (question, &[a, b, c, _]) in questions.iter().enumerate() {
            if words.len() + 3 > MAX_WORDS {
                break;
            }
            let [a, b, single] = [a, b, c].map(|place| {
                *rows[place as usize].get_or_insert_with(|| {
                    words.push(place);
                    words.len() - 1
                })
            });
            asked.push(Asked { pair: [a, b], single, question });
        }
        let questions = &questions[..asked.len()];
        let expected = questions.iter().map(|&[.., d]| rows[d as usize]).collect();
        asked.sort_unstable();
        let spelling = |(row, &place): (usize, &u32)| {
            std::iter::once(place).chain(field.variants(place).iter().copied()).map(move |place| (place, row))
        };
        let mut left_out: Vec<_> = words.iter().enumerate().flat_map(spelling).collect();
        left_out.sort_unstable();
        Self { words, questions, asked, left_out, expected }
    }

    /// Replaces the products of words that cannot be answers by NaN, which no score exceeds.
    fn leave_out(&self, products: &mut Products) {
        let first = self.left_out.partition_point(|&(place, _)| (place as usize) < products.first);
        for &(place, row) in &self.left_out[first..] {
            let at = place as usize - products.first;
            if at >= products.rows {
                break;
            }
            products.scores[row * products.rows + at] = f32::NAN;
        }
    }

    /// Where the search for each answer starts: slightly below the score of the expected answer, if known.
    /// `units` are the vectors of `words`.
    fn floors<S: AnalogyScore>(&self, field: &Field, units: &[f32]) -> Vec<TopK> {
        let (kernels, size) = (product_kernels(), field.scan.rows.vector_size());
        let unit = |word: usize| &units[word * size..][..size];
        // A larger margin than two calculations of a product of unit vectors can differ by.
        let slack = (2 * size + 16) as f32 * f32::EPSILON;
        let mut floors = vec![TopK::NONE; self.questions.len()];
        for &Asked { pair: [a, b], single, question } in &self.asked {
            let ([words @ .., d], Some(expected)) = (self.questions[question], self.expected[question]) else {
                continue;
            };
            if words.contains(&d) {
                continue; // never an answer
            }
            let [a, b, c] = [a, b, single].map(|word| kernels.dot(unit(word), unit(expected)));
            let (b, c) = (b - slack, c - slack);
            // Cosines end at -1: two negative factors of 3CosMul would give a score above the real one.
            if b > -1.0 && c > -1.0 {
                floors[question].score = S::score([a + slack, b, c]);
            }
        }
        floors
    }
}

/// The best answer to each question of the group, among all candidates.
fn best<S: AnalogyScore>(field: &Field, scale: &Scale, group: &Group) -> Result<Vec<TopK>, RowError> {
    let mut units = Vec::with_capacity(group.words.len() * field.scan.rows.vector_size());
    for &place in &group.words {
        units.extend(scale.row(field, place)?);
    }
    let floors = group.floors::<S>(field, &units);
    let start = || (floors.clone(), Vec::new());
    let shares = field.scan.products(&units, group.words.len(), start, |(best, pair), mut products| {
        scale.apply(&mut products);
        group.leave_out(&mut products);
        let search = Search {
            asked: &group.asked,
            best,
            products: products.scores,
            words: products.rows,
            first: products.first as u32,
            pair,
            score: PhantomData::<S>,
        };
        search.run_vectorised();
    })?;
    let mut all = vec![TopK::NONE; group.questions.len()];
    for (share, _) in shares {
        all.iter_mut().zip(share).for_each(|(best, found)| *best = best.better(found));
    }
    Ok(all)
}

/// The answer that gensim gives if the words of a question have many variants in other cases.
///
/// It takes the five best words other than `a`, `b`, `c` themselves, and of these the first that is not a variant; if all
/// are variants, the last of them.
fn settle<S: AnalogyScore>(
    field: &Field,
    scale: &Scale,
    question: [u32; 3],
    best: TopK,
) -> Result<Option<u32>, RowError> {
    let mut different = question.to_vec();
    different.sort_unstable();
    different.dedup();
    let variants: Vec<_> = different.iter().flat_map(|&first| field.variants(first).iter().copied()).collect();
    if variants.is_empty() || (best.place.is_some() && variants.len() < LOOKED_AT) {
        return Ok(best.place);
    }
    let wide = |place| scale.row(field, place).map(|row| row.into_iter().map(f64::from).collect::<Vec<_>>());
    let words = [wide(question[0])?, wide(question[1])?, wide(question[2])?];
    let mut before = Vec::new();
    for place in variants {
        let row = wide(place)?;
        let [a, b, c] = words.each_ref().map(|word| dot(word, &row) as f32);
        let variant = TopK { score: S::score([a, b, c]), place: Some(place) };
        if variant.better(best).place == variant.place {
            before.push(variant);
        }
    }
    before.sort_by(|x, y| y.score.total_cmp(&x.score).then(x.place.cmp(&y.place)));
    before.truncate(LOOKED_AT);
    let looked_at_all = before.len() == LOOKED_AT || best.place.is_none();
    Ok(before.last().filter(|_| looked_at_all).map_or(best.place, |last| last.place))
}
