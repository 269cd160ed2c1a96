//! The runs that a model is the mean of: how much a value differs between them, and how stable neighbours and words are.
//!
//! A deviation is the standard deviation of one run (over `n - 1`). The mean of the runs varies less: by about `1 / √n` of it, where only
//! chance makes the runs differ.

use crate::error::QueryError;
use crate::search::{Hits, Search};
use crate::storage::Rows;
use crate::unit::cosine;
use crate::word_vectors::WordVectors;
use rapidvec_core::WordId;

/// The runs that a model is the mean of.
#[derive(Debug, Clone)]
pub struct RunVectors<'v> {
    mean: &'v WordVectors,
    runs: Vec<WordVectors>,
}

/// How much a word found differs between runs.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Spread {
    /// The standard deviation of its score.
    pub deviation: f64,
    /// The share of the runs in which it is among as many best words, from 0 to 1.
    pub stability: f64,
}

impl WordVectors {
    /// The runs that the model is the mean of, if it has their vectors.
    ///
    /// ```
    /// use rapidvec_vectors::{Numbers, Rows, WordVectors};
    /// let mut vocabulary = rapidvec_core::Vocabulary::new();
    /// ["you", "we"].map(|word| vocabulary.add(word));
    /// let rows = |numbers: [f32; 4]| Rows::new(2, 2, Numbers::F32(numbers.into()));
    /// let runs = vec![rows([1.0, 0.0, 0.6, 0.8])?, rows([1.0, 0.0, 0.8, 0.6])?];
    /// let mean = WordVectors::from_rows(vocabulary, rows([1.0, 0.0, 0.7, 0.7])?)?.with_runs(runs)?;
    /// let deviation = mean.runs().map(|runs| runs.deviation(|run| run.similarity("you", "we").map(f64::from)));
    /// assert!((deviation.transpose()?.unwrap_or(0.0) - 0.1414).abs() < 1e-3);
    /// # Ok::<(), rapidvec_vectors::Error>(())
    /// ```
    pub fn runs(&self) -> Option<RunVectors<'_>> {
        let runs: Vec<Self> = self.run_rows().iter().map(|rows: &Rows| self.with_run(rows)).collect();
        (runs.len() > 1).then_some(RunVectors { mean: self, runs })
    }
}

impl RunVectors<'_> {
    /// The vectors of each run, of length 1, in the space of the mean; the words have the ids of the mean.
    pub fn vectors(&self) -> &[WordVectors] {
        &self.runs
    }

    /// How many there are, from 2.
    pub fn count(&self) -> usize {
        self.runs.len()
    }

    /// The standard deviation of a value over the runs.
    ///
    /// # Errors
    /// Those of `value`.
    pub fn deviation<E>(&self, value: impl Fn(&WordVectors) -> Result<f64, E>) -> Result<f64, E> {
        let values = self.runs.iter().map(value).collect::<Result<Vec<_>, E>>()?;
        Ok(deviation(&values))
    }

    /// How much the words of answers differ between runs: `found` are the answers of the mean, and `all` are those of each run to the same
    /// queries, for as many words. `ask` puts the query of a number to a search of a run again, for the scores of words that the run
    /// did not find.
    ///
    /// # Errors
    /// Those of `all` and `ask`.
    pub fn spreads<'r, E>(
        &'r self,
        found: &[Hits<'_>],
        all: impl Fn(&'r WordVectors) -> Result<Vec<Hits<'r>>, E>,
        ask: impl Fn(usize, &Search<'r>, usize) -> Result<Hits<'r>, E>,
    ) -> Result<Vec<Vec<Spread>>, E> {
        let of_runs = self.runs.iter().map(all).collect::<Result<Vec<_>, E>>()?;
        let of_query = |(query, hits): (usize, &Hits<'_>)| {
            let mut scores = vec![Vec::with_capacity(self.count()); hits.len()];
            let mut times = vec![0_usize; hits.len()];
            for (run, answers) in self.runs.iter().zip(&of_runs) {
                let ids = hits.ids().iter().copied();
                let again = ask(query, &run.search().among(ids), hits.len())?;
                for (place, id) in hits.ids().iter().enumerate() {
                    let at = again.ids().iter().position(|other| other == id);
                    scores[place].extend(at.map(|at| f64::from(again.scores()[at])));
                    times[place] += usize::from(answers.get(query).is_some_and(|all| all.ids().contains(id)));
                }
            }
            let spread = |(scores, times): (&Vec<f64>, usize)| Spread {
                deviation: deviation(scores),
                stability: times as f64 / self.count() as f64,
            };
            Ok(scores.iter().zip(times).map(spread).collect())
        };
        found.iter().enumerate().map(of_query).collect()
    }

    /// For each of these words, the mean cosine of the runs' vectors with the mean: 1 if all runs agree.
    ///
    /// # Errors
    /// [`QueryError::NotFinite`] if a vector holds NaN or infinity.
    pub fn agreement(&self, ids: &[WordId]) -> Result<Vec<f64>, QueryError> {
        let of_word = |&id: &WordId| {
            let mean = self.mean.finite(id)?;
            let cosine = |run: &WordVectors| Ok(f64::from(cosine(&run.finite(id)?, &mean)));
            let cosines = self.runs.iter().map(cosine).collect::<Result<Vec<_>, QueryError>>()?;
            Ok(cosines.iter().sum::<f64>() / cosines.len() as f64)
        };
        ids.iter().map(of_word).collect()
    }
}

/// The standard deviation of a sample; 0 of fewer than two values.
pub fn deviation(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    if values.len() < 2 {
        return 0.0;
    }
    let mean = values.iter().sum::<f64>() / count;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;
    use crate::{Numbers, SaveOptions};
    use half::f16;
    use rapidvec_core::Vocabulary;

    fn rows(numbers: [f32; 8]) -> Rows {
        Rows::new(4, 2, Numbers::F16(numbers.map(f16::from_f32).to_vec())).unwrap()
    }

    /// `a` is near `b` and `c` in turn; `d` is where it is in all runs.
    fn mean(third: [f32; 8]) -> WordVectors {
        let mut vocabulary = Vocabulary::new();
        ["a", "b", "c", "d"].iter().zip([9, 7, 5, 3]).for_each(|(word, count)| {
            vocabulary.insert(word, count);
        });
        let numbers = vec![2.0, 0.0, 1.0, 0.1, 1.0, 0.2, -1.0, 0.0];
        let near = [1.0, 0.0, 1.0, 0.0, 0.6, 0.8, -1.0, 0.0];
        let runs = vec![rows(near), rows([1.0, 0.0, 0.8, 0.6, 1.0, 0.0, -1.0, 0.0]), rows(third)];
        WordVectors::new(vocabulary, 2, Numbers::F32(numbers)).unwrap().with_runs(runs).unwrap()
    }

    const THIRD: [f32; 8] = [1.0, 0.0, 1.0, 0.0, 0.6, 0.8, -1.0, 0.0];

    #[test]
    fn a_deviation_is_that_of_a_sample() {
        assert_eq!(deviation(&[1.0, 2.0, 3.0]), 1.0);
        assert_eq!([deviation(&[]), deviation(&[5.0]), deviation(&[2.0, 2.0])], [0.0; 3]);
    }

    #[test]
    fn neighbours_have_the_deviation_of_their_score_and_the_share_of_runs_that_find_them() {
        let mean = mean(THIRD);
        let runs = mean.runs().unwrap();
        let found = [mean.most_similar("a", 1).unwrap()];
        assert_eq!(found[0].ids(), [1]);
        let all = |run| WordVectors::most_similar(run, "a", 1).map(|hits| vec![hits]);
        let spreads = runs.spreads(&found, all, |_, search, k| search.most_similar("a", k)).unwrap();
        let Spread { deviation, stability } = spreads[0][0];
        assert!((stability - 2.0 / 3.0).abs() < 1e-9, "{stability}");
        // Its cosine is 1, 0.8 and 1.
        assert!((deviation - 0.11547).abs() < 1e-3, "{deviation}");
    }

    #[test]
    fn words_that_are_elsewhere_in_each_run_agree_less() {
        let mean = mean(THIRD);
        let agreement = mean.runs().unwrap().agreement(&[0, 1, 2, 3]).unwrap();
        assert!((agreement[0] - 1.0).abs() < 1e-3 && (agreement[3] - 1.0).abs() < 1e-3, "{agreement:?}");
        assert!(agreement[2] < agreement[1] && agreement[1] < 0.99, "{agreement:?}");
    }

    #[test]
    fn runs_survive_a_file_and_their_rows_are_picked_with_the_words() {
        let mean = mean(THIRD);
        let file = tempfile::NamedTempFile::new().unwrap();
        for top in [None, Some(2)] {
            let report = mean.save(file.path(), Format::Safetensors, &SaveOptions::default().top(top)).unwrap();
            assert!(!report.not_stored.contains(&crate::Part::Runs));
            let again = WordVectors::open(file.path()).unwrap();
            assert_eq!(again.run_rows().len(), 3);
            for (own, other) in mean.run_rows().iter().zip(again.run_rows()) {
                assert_eq!(other.to_f32(), own.to_f32()[..2 * again.len()]);
            }
        }
        let report = mean.save(file.path(), Format::Word2vecText, &SaveOptions::default()).unwrap();
        assert!(report.not_stored.contains(&crate::Part::Runs));
        assert!(WordVectors::open(file.path()).unwrap().runs().is_none());
    }

    #[test]
    fn a_number_that_is_not_finite_is_an_error_of_its_word() {
        let mean = mean([1.0, 0.0, f32::NAN, 0.0, 0.6, 0.8, -1.0, 0.0]);
        let runs = mean.runs().unwrap();
        let refused = runs.deviation(|run| run.similarity("a", "b").map(f64::from)).unwrap_err();
        assert!(matches!(refused, QueryError::NotFinite { ref word, .. } if word == "b"), "{refused}");
        assert!(runs.agreement(&[1]).is_err() && runs.agreement(&[0]).is_ok());
        assert!(mean.runs().unwrap().vectors()[2].most_similar("a", 2).is_err());
        assert!(mean.verify().is_err());
        assert!(mean.save("unused", Format::Safetensors, &SaveOptions::default()).is_err());
        let wrong = Rows::new(2, 2, Numbers::F32(vec![0.0; 4])).unwrap();
        assert!(mean.with_runs(vec![wrong]).is_err());
    }
}
