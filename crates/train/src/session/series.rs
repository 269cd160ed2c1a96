//! Several runs of one training, of which the model is the mean: they differ by their seeds, and go one after the other.
//!
//! Each run uses all threads. Runs side by side would need as many times the memory.

use crate::checkpoint::{Checkpoint, SERIES, SeriesRecord, StateWriter, damaged, mismatch};
use crate::config::count;
use crate::corpus::Corpus;
use crate::error::{FormatError, Result};
use crate::trainer::Trainer;
use rapidvec_core::Vocabulary;
use rapidvec_vectors::format::safetensors::MAX_RUNS;
use rapidvec_vectors::measure::{MeanMatrices, MeasureError, RunMatrices};
use serde_json::Value;

/// The runs that a model is the mean of.
///
/// ```
/// use rapidvec::Runs;
/// let runs = Runs::of(5).keep(true);
/// # assert_eq!(runs.count, 5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Runs {
    /// How many, from 2 to 1,000.
    pub count: usize,
    /// Whether the model keeps the vectors of each, in half precision, so that queries can tell how much they deviate.
    pub keep: bool,
}

impl Runs {
    /// The mean of `count` runs, whose vectors are not kept.
    pub fn of(count: usize) -> Self {
        Self { count, keep: false }
    }

    /// The bytes that they take in addition to one run.
    fn memory(self, words: usize, size: usize) -> u64 {
        let matrix = (words as u64).saturating_mul(4 * size as u64);
        let kept = if self.keep { self.count as u64 * matrix / 2 } else { 0 };
        matrix.saturating_mul(2 * (self.count as u64 + 1)) + kept
    }
}

rapidvec_core::setters!(Runs { keep: bool });

/// The runs before the current one.
#[derive(Debug)]
pub(super) struct Series<T: Trainer> {
    runs: Runs,
    /// The settings of the first run.
    pub first: T::Config,
    corpus: Corpus,
    threads: usize,
    finished: Vec<RunMatrices>,
    /// The result, once all runs are finished.
    pub mean: Option<MeanMatrices>,
}

impl<T: Trainer> Series<T> {
    /// A series whose first run is about to start.
    ///
    /// # Errors
    /// [`ConfigError`](crate::ConfigError) for a number of runs out of range; [`TrainError::Unsupported`](crate::TrainError::Unsupported); [`MeasureError::FewShared`] if there are
    /// too few words for a rotation.
    pub fn start(runs: Runs, first: &T::Config, corpus: &Corpus, words: usize, threads: usize) -> Result<Self> {
        count("runs", runs.count, 2..=MAX_RUNS, "from 2 to 1000")?;
        T::of_run(first, 1)?;
        let size = T::vector_size(first);
        if words < size {
            return Err(MeasureError::FewShared { expected: size, got: words }.into());
        }
        let (first, corpus) = (first.clone(), corpus.clone());
        Ok(Self { runs, first, corpus, threads, finished: Vec::new(), mean: None })
    }

    /// The series that `checkpoint` belongs to, if it belongs to one.
    ///
    /// # Errors
    /// [`TrainError::Mismatch`](crate::TrainError::Mismatch) if the settings are others; [`TrainError::Damaged`](crate::TrainError::Damaged), and as [`start`](Self::start).
    pub fn resume(
        checkpoint: &Checkpoint,
        config: &T::Config,
        corpus: &Corpus,
        threads: usize,
    ) -> Result<Option<Self>> {
        let Some(SeriesRecord { count, keep, done }) = checkpoint.series()? else { return Ok(None) };
        if *config != checkpoint.config::<T>()? {
            return Err(mismatch("several runs of", "the same settings", "others, such as more epochs").into());
        }
        if done >= count {
            return Err(damaged("trainer", format!("{done} of {count} runs are finished")).into());
        }
        let words = checkpoint.vocabulary().len();
        let first = T::of_run(config, -(done as i64))?;
        let mut series = Self::start(Runs::of(count).keep(keep), &first, corpus, words, threads)?;
        let size = T::vector_size(config);
        for run in 0..done {
            let [input, output] = ["input", "output"].map(|which| checkpoint.state().f32_of(&name(run, which)));
            let (input, output) = (input?, output?);
            for (numbers, least) in [(&input, words), (&output, words.saturating_sub(1))] {
                if !numbers.len().is_multiple_of(size) || !(least..=words).contains(&(numbers.len() / size)) {
                    let reason = format!("run {run} has {} numbers, not {words} x {size}", numbers.len());
                    return Err(damaged("trainer.run", reason).into());
                }
            }
            series.finished.push(RunMatrices { input, output });
        }
        Ok(Some(series))
    }

    /// The bytes that the series takes in addition to one run.
    pub fn memory(&self, words: usize) -> u64 {
        self.runs.memory(words, T::vector_size(&self.first))
    }

    /// The run now, from 1, and how many there are.
    pub fn place(&self) -> (usize, usize) {
        ((self.finished.len() + 1).min(self.runs.count), self.runs.count)
    }

    /// Takes the weights of the run that `trainer` has finished. The trainer of the next run; `None` after the last one, when the mean is made.
    pub fn finish_run(&mut self, trainer: &T, vocabulary: &Vocabulary) -> Result<Option<T>> {
        if self.mean.is_some() {
            return Ok(None);
        }
        let weights = trainer.weights();
        self.finished.push(RunMatrices { input: weights.input.to_vec(), output: weights.output.to_vec() });
        if self.finished.len() == self.runs.count {
            self.make_mean(vocabulary)?;
            return Ok(None);
        }
        let config = T::of_run(trainer.config(), 1)?;
        let mut next = T::new(&config, &self.corpus, vocabulary.counts(), self.threads)?;
        next.work_like(trainer);
        Ok(Some(next))
    }

    fn make_mean(&mut self, vocabulary: &Vocabulary) -> Result<()> {
        let (size, chosen) = (T::vector_size(&self.first), T::output_vectors(&self.first));
        let runs = std::mem::take(&mut self.finished);
        let mut mean = RunMatrices::mean(runs, vocabulary, size, chosen, self.runs.keep, self.threads)?;
        mean.output.resize(mean.input.len(), 0.0); // a tree has a node less than words
        self.mean = Some(mean);
        Ok(())
    }

    /// Adds the finished runs to the state of a checkpoint.
    pub fn save<'a>(&'a self, state: &mut StateWriter<'a>) -> Result<Value> {
        for (run, matrices) in self.finished.iter().enumerate() {
            state.f32(&name(run, "input"), &matrices.input[..]);
            state.f32(&name(run, "output"), &matrices.output[..]);
        }
        let record = SeriesRecord { count: self.runs.count, keep: self.runs.keep, done: self.finished.len() };
        let as_json = |error: serde_json::Error| FormatError::Header { problem: error.to_string() };
        let mut own = state.take_record();
        own[SERIES] = serde_json::to_value(record).map_err(as_json)?;
        Ok(own)
    }
}

/// The name of a tensor in a checkpoint.
fn name(run: usize, which: &str) -> String {
    format!("run.{run}.{which}")
}

#[cfg(test)]
#[path = "series_tests.rs"]
mod tests;
