//! An answered query, for any form of output.

use rapidvec::vectors::measure::Spread;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A query.
#[derive(Debug)]
pub enum Query {
    /// The words nearest to a word.
    Nearest(String),
    /// The words nearest to a weighted sum of words.
    Weighted(Vec<(String, f32)>),
    /// The words nearest to the n-th vector given.
    Vector(usize),
    /// The odd one of these words. The words found are the same, the farthest from their mean first.
    Odd(Vec<String>),
    /// The first is to the second as the third is to the answer.
    Analogy {
        /// The three words.
        words: [String; 3],
        /// The name of the method that scored the answers.
        method: &'static str,
    },
}

/// A word found, and its score.
#[derive(Debug, serde::Serialize)]
pub struct Found {
    pub word: String,
    pub similarity: f32,
    /// How much it differs between the runs that the model is the mean of.
    #[serde(flatten)]
    pub spread: Option<RunSpread>,
}

/// How much a word found differs between runs.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct RunSpread {
    /// The standard deviation of its score.
    pub deviation: f64,
    /// The share of runs that find it.
    pub stability: f64,
}

/// A query and the words found, best first.
#[derive(Debug)]
pub struct Answer {
    pub query: Query,
    pub found: Vec<Found>,
    /// The runs that the model is the mean of, if it has their vectors.
    pub runs: Option<usize>,
}

impl Answer {
    pub fn new<'v>(query: Query, found: impl IntoIterator<Item = (&'v str, f32)>) -> Self {
        let found =
            found.into_iter().map(|(word, similarity)| Found { word: word.to_owned(), similarity, spread: None });
        Self { query, found: found.collect(), runs: None }
    }

    /// With how much each word found differs between `runs` runs.
    pub fn with_spreads(mut self, runs: usize, spreads: &[Spread]) -> Self {
        for (found, &Spread { deviation, stability, .. }) in self.found.iter_mut().zip(spreads) {
            found.spread = Some(RunSpread { deviation, stability });
        }
        Self { runs: Some(runs), ..self }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.query {
            Query::Nearest(word) => map.serialize_entry("query", word)?,
            Query::Weighted(terms) => {
                let terms: Vec<_> = terms.iter().map(|(word, weight)| Term { word, weight: *weight }).collect();
                map.serialize_entry("query", &terms)?;
            }
            Query::Vector(number) => map.serialize_entry("query", &format!("vector {number}"))?,
            Query::Odd(words) => {
                map.serialize_entry("query", words)?;
                map.serialize_entry("odd", &self.found.first().map(|found| &found.word))?;
            }
            Query::Analogy { words, method } => {
                map.serialize_entry("query", words)?;
                map.serialize_entry("method", method)?;
            }
        }
        let name = if matches!(self.query, Query::Odd(_)) { "words" } else { "neighbours" };
        if let Some(runs) = self.runs {
            map.serialize_entry("runs", &runs)?;
        }
        map.serialize_entry(name, &self.found)?;
        map.end()
    }
}

#[derive(serde::Serialize)]
struct Term<'a> {
    word: &'a str,
    weight: f32,
}

/// A weighted sum in writing: `king - man + 0.8 woman`.
pub fn sum(terms: &[(String, f32)], shown: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    for (index, (word, weight)) in terms.iter().enumerate() {
        let sign = match (index, *weight < 0.0) {
            (0, false) => "",
            (0, true) => "-",
            (_, false) => " + ",
            (_, true) => " - ",
        };
        let factor = if weight.abs() == 1.0 { String::new() } else { format!("{} ", weight.abs()) };
        text += &format!("{sign}{factor}{}", shown(word));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_shown_as_it_is_written() {
        let terms = [("king", 1.0), ("man", -1.0), ("woman", 0.8), ("x", -2.5)].map(|(w, x)| (w.to_owned(), x));
        assert_eq!(sum(&terms, str::to_owned), "king - man + 0.8 woman - 2.5 x");
        assert_eq!(sum(&terms[1..2], str::to_owned), "-man");
    }
}
