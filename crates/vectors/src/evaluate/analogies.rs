//! How many analogy questions are answered correctly.

use super::known::{EvaluateOptions, Known};
use super::read::{Analogies, Section};
use super::scan;
use crate::search::error::QueryError;
use crate::{AnalogyMethod, WordVectors};
use rapidvec_core::WordId;

/// The prefix of the sections on grammar among Google's questions.
const SYNTACTIC: &str = "gram";

/// The score of a section, or of several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SectionScore {
    /// The section's name.
    pub name: String,
    /// Questions whose best answer was the correct one.
    pub correct: usize,
    /// Questions that count: those of known words, or all ([`EvaluateOptions::count_unknown`]).
    pub asked: usize,
    /// Questions with an unknown word.
    pub unknown: usize,
}

impl SectionScore {
    /// Correct answers divided by questions asked; `None` if there were none.
    pub fn accuracy(&self) -> Option<f64> {
        (self.asked > 0).then(|| self.correct as f64 / self.asked as f64)
    }

    fn sum<'a>(name: &str, sections: impl Iterator<Item = &'a SectionScore>) -> Self {
        sections.fold(Self { name: name.to_owned(), ..Self::default() }, |sum, section| Self {
            correct: sum.correct + section.correct,
            asked: sum.asked + section.asked,
            unknown: sum.unknown + section.unknown,
            ..sum
        })
    }
}

/// The scores of a file of questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalogyReport {
    /// How answers were scored.
    pub method: AnalogyMethod,
    /// In the order of the file.
    pub sections: Vec<SectionScore>,
    /// Over all sections: gensim's `Total accuracy`.
    pub total: SectionScore,
    /// Over the sections whose names do not begin with `gram`, and over those that do, if there are both: the two halves of
    /// Google's questions.
    pub halves: Option<[SectionScore; 2]>,
}

/// [`WordVectors::evaluate_analogies`].
pub(super) fn evaluate(
    vectors: &WordVectors,
    analogies: &Analogies,
    method: AnalogyMethod,
    options: &EvaluateOptions,
) -> Result<AnalogyReport, QueryError> {
    let known = Known::new(vectors, options);
    let places = known.find_all(&analogies.words);
    // The known questions of a section, as places.
    let asked = |section: &Section| -> (Vec<[u32; 4]>, Vec<WordId>) {
        let place = |id: u32| {
            let others = || section.others.get(&id).into_iter().flatten().find_map(|&other| places[other as usize]);
            places[id as usize].or_else(others)
        };
        let known = |question: &[u32; 4]| {
            let [a, b, c, d] = question.map(place);
            Some(([a?, b?, c?, d?], question[3]))
        };
        section.questions.iter().filter_map(known).unzip()
    };
    let (asked, expected): (Vec<_>, Vec<_>) = analogies.sections.iter().map(asked).unzip();
    let answers = scan::answers(&known.field(), &asked.concat(), method);
    let mut answers = answers.map_err(|error| vectors.named(error))?.into_iter();
    let scored = |(section, (asked, expected)): (&Section, (&Vec<[u32; 4]>, &Vec<WordId>))| {
        let right = |([.., d], expected): (&[u32; 4], &WordId), answer: Option<u32>| {
            let Some(place) = answer.map(|place| known.spelling(place)) else { return false };
            let others = section.others.get(expected).into_iter().flatten();
            place == *d || others.into_iter().any(|&other| places[other as usize] == Some(place))
        };
        let questions = asked.iter().zip(expected);
        let correct = questions.zip(&mut answers).filter(|(question, answer)| right(*question, *answer)).count();
        let unknown = section.len() - asked.len();
        let asked = if options.count_unknown { section.len() } else { asked.len() };
        SectionScore { name: section.name.clone(), correct, asked, unknown }
    };
    Ok(AnalogyReport::new(method, analogies.sections.iter().zip(asked.iter().zip(&expected)).map(scored).collect()))
}

impl AnalogyReport {
    fn new(method: AnalogyMethod, sections: Vec<SectionScore>) -> Self {
        let is_syntactic = |section: &&SectionScore| section.name.starts_with(SYNTACTIC);
        let syntactic = sections.iter().filter(is_syntactic).count();
        let halves = (syntactic > 0 && syntactic < sections.len()).then(|| {
            [
                SectionScore::sum("semantic", sections.iter().filter(|section| !is_syntactic(section))),
                SectionScore::sum("syntactic", sections.iter().filter(is_syntactic)),
            ]
        });
        Self { method, total: SectionScore::sum("total", sections.iter()), halves, sections }
    }
}
