//! How much does the index find, and how much faster is it?

use super::ApproximateIndex;
use crate::WordVectors;
use crate::error::Result;
use crate::restrict::Restricted;
use rapidvec_core::WordId;
use std::time::{Duration, Instant};

/// What an index found of what an exact scan finds, and the time of both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// Questions asked.
    pub questions: usize,
    /// Of the nearest words, the share that the index found: 1 is all.
    pub recall: f64,
    /// Time of an exact answer, with all cores: the mean.
    pub exact: Duration,
    /// Time of an answer of the index, with one: the mean.
    pub approximate: Duration,
}

impl Measured {
    /// How many times faster the index answers.
    pub fn speedup(&self) -> f64 {
        self.exact.as_secs_f64() / self.approximate.as_secs_f64().max(1e-9)
    }
}

impl ApproximateIndex {
    /// Asks for the `top` words nearest to each of `questions` words, spread over the vocabulary, both exactly and by the
    /// index.
    ///
    /// # Errors
    /// As [`most_similar`](Self::most_similar).
    pub fn measure(&self, vectors: &WordVectors, questions: usize, top: usize) -> Result<Measured> {
        let step = vectors.len().div_ceil(questions.max(1)).max(1);
        let ids: Vec<WordId> = (0..vectors.len()).step_by(step).map(|id| id as WordId).collect();
        vectors.check_finite()?; // the first scan would do more than those after it
        let (mut found, mut wanted) = (0, 0);
        let (mut exact_time, mut approximate_time) = (Duration::ZERO, Duration::ZERO);
        for &id in &ids {
            let unit = vectors.unit(id)?;
            let start = Instant::now();
            let exact = Restricted::all(vectors).nearest(&unit, top, &[id])?;
            exact_time += start.elapsed();
            let start = Instant::now();
            let approximate = self.nearest(vectors, &unit, top, &[id])?;
            approximate_time += start.elapsed();
            wanted += exact.len();
            found += exact.iter().filter(|word| approximate.iter().any(|other| other.id == word.id)).count();
        }
        let mean = |time: Duration| time / u32::try_from(ids.len()).unwrap_or(u32::MAX);
        Ok(Measured {
            questions: ids.len(),
            recall: if wanted == 0 { 1.0 } else { found as f64 / wanted as f64 },
            exact: mean(exact_time),
            approximate: mean(approximate_time),
        })
    }
}
