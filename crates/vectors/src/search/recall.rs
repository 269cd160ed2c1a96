//! Measures how much of an exact answer an index finds, and how much faster it is.

use super::error::QueryError;
use crate::ann::ApproximateIndex;
use crate::unit::unit;
use crate::word_vectors::WordVectors;
use rapidvec_core::WordId;
use std::time::{Duration, Instant};

/// What an index found of what an exact scan finds, and the time of both.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Recall {
    /// The number of queries.
    pub questions: usize,
    /// The share of the nearest words that the index found: 1 is all.
    pub recall: f64,
    /// The mean time of an exact answer, on all cores.
    pub exact: Duration,
    /// The mean time of an answer by the index, on one core.
    pub approximate: Duration,
}

impl Recall {
    /// How many times faster the index answers.
    pub fn speedup(&self) -> f64 {
        self.exact.as_secs_f64() / self.approximate.as_secs_f64().max(1e-9)
    }
}

impl ApproximateIndex {
    /// Looks up the `k` words nearest to each of `questions` words, spread over the vocabulary, both exactly and by the
    /// index.
    ///
    /// # Errors
    /// Those of [`Search`](super::Search).
    pub fn measure(&self, vectors: &WordVectors, questions: usize, k: usize) -> Result<Recall, QueryError> {
        let step = vectors.len().div_ceil(questions.max(1)).max(1);
        let ids: Vec<WordId> = (0..vectors.len()).step_by(step).map(|id| id as WordId).collect();
        let (exact, approximate) = (vectors.search(), vectors.search().index(self));
        exact.pass().settle_norms().map_err(|error| vectors.named(error))?; // or the first scan would take longer
        let (mut found, mut wanted) = (0, 0);
        let (mut exact_time, mut approximate_time) = (Duration::ZERO, Duration::ZERO);
        for &id in &ids {
            let unit = unit(vectors.finite(id)?);
            let start = Instant::now();
            let all = exact.nearest(&unit, k, &[id])?;
            exact_time += start.elapsed();
            let start = Instant::now();
            let some = approximate.nearest(&unit, k, &[id])?;
            approximate_time += start.elapsed();
            wanted += all.len();
            found += all.ids().iter().filter(|id| some.ids().contains(id)).count();
        }
        let mean = |time: Duration| time / u32::try_from(ids.len()).unwrap_or(u32::MAX);
        Ok(Recall {
            questions: ids.len(),
            recall: if wanted == 0 { 1.0 } else { found as f64 / wanted as f64 },
            exact: mean(exact_time),
            approximate: mean(approximate_time),
        })
    }
}
