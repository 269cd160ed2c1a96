//! The one writer and the one reader of models and checkpoints.

use super::fields::{damaged, json, mismatch, optional, required};
use super::history;
use super::record::{CorpusRecord, HeldOutLoss, RunsRecord, SeriesRecord, Storage, Trained};
use super::state::{StateReader, StateWriter};
use super::summary::{Summary, Tagged};
use crate::corpus::Corpus;
use crate::error::{FormatError, Result, TrainError};
use crate::progress::{LossPoint, Progress};
use crate::trainer::{SubwordWeights, Trainer};
use rapidvec_core::Vocabulary;
use rapidvec_core::atomic_file::Existing;
use rapidvec_vectors::format::RowsView;
use rapidvec_vectors::format::open_model;
use rapidvec_vectors::format::safetensors::{Contents, ModelFile, write_contents};
use rapidvec_vectors::measure::MeanMatrices;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

/// What a file holds besides what the trainer provides.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The words, with the counts that training used.
    pub vocabulary: &'a Vocabulary,
    /// The text.
    pub corpus: &'a CorpusRecord,
    /// How the finished model is stored.
    pub storage: Storage,
    /// Losses on held-out text so far.
    pub held_out: &'a [HeldOutLoss],
}

/// The part of a checkpoint that is not a tensor.
#[derive(Debug, Serialize, Deserialize)]
struct StateRecord {
    state: Value,
    storage: Storage,
    held_out: Vec<HeldOutLoss>,
}

/// The key of a [`SeriesRecord`] in the part of a state that is not a tensor.
pub(crate) const SERIES: &str = "series";

/// Writes the model as it is now, without the trainer's state, atomically. A file at `path` is replaced.
///
/// # Errors
/// [`FormatError`] if a weight is not finite, or too large for half precision; otherwise as
/// [`atomic_file::write`](rapidvec_core::atomic_file::write).
pub fn save_model<T: Trainer>(path: &Path, run: &Run, trainer: &T) -> Result<()> {
    write(path, Existing::Replace, run, trainer, false)
}

/// Writes the model as it is now with everything that is needed to resume, atomically. A file at `path` is replaced.
///
/// # Errors
/// As [`save_model`].
pub fn save_checkpoint<T: Trainer>(path: &Path, run: &Run, trainer: &T) -> Result<()> {
    write(path, Existing::Replace, run, trainer, true)
}

/// Writes the model as it is now, with the trainer's state if `with_state`, atomically.
///
/// # Errors
/// As [`save_model`]; [`OutputError`](crate::error::OutputError) if a file at `path` is to be kept.
pub fn write<T: Trainer>(path: &Path, existing: Existing, run: &Run, trainer: &T, with_state: bool) -> Result<()> {
    let state: &RecordOf<'_> = &|state| Ok(state.take_record());
    write_run(path, existing, run, trainer, &trainer.progress(), trainer.history(), with_state.then_some(state))
}

/// Makes the part of a trainer's state that is not a tensor.
pub(crate) type RecordOf<'f> = dyn Fn(&mut StateWriter<'f>) -> Result<Value> + 'f;

/// As [`write`], for a run of which `trainer` trains a part: `progress` and `history` are those of the whole. With `state`, which changes the
/// part of the state that is not a tensor, the file is a checkpoint.
pub(crate) fn write_run<'f, T: Trainer>(
    path: &Path,
    existing: Existing,
    run: &Run,
    trainer: &'f T,
    progress: &Progress,
    history: &'f [LossPoint],
    state_of: Option<&RecordOf<'f>>,
) -> Result<()> {
    let trained = Trained::new(progress, history, run.held_out);
    let mut metadata = model_metadata(trainer, run.corpus, &trained)?;
    let mut state = StateWriter::new(run.storage.half);
    if let Some(state_of) = state_of {
        trainer.save_state(&mut state)?;
        history::write(history, &mut state);
        let record =
            StateRecord { state: state_of(&mut state)?, storage: run.storage, held_out: run.held_out.to_vec() };
        metadata.insert("trainer".to_owned(), json(&record)?);
    }
    let (weights, subwords) = (trainer.weights(), trainer.subwords());
    let contents = Contents {
        vocabulary: Cow::Borrowed(run.vocabulary),
        input: RowsView::of_matrix(&weights.input, weights.input.rows()),
        output: Some(RowsView::of_matrix(&weights.output, run.vocabulary.len())),
        subwords: subwords.as_ref().map(SubwordWeights::parts),
        positions: trainer.position_weights().map(|rows| RowsView::of_matrix(rows, rows.rows())),
        runs: Vec::new(),
        half: run.storage.half,
        metadata: Cow::Borrowed(&metadata),
        extra: &state.tensors(),
    };
    Ok(write_contents(path, existing, contents)?)
}

/// Writes the mean of the runs of which `trainer` trained the last one; `config` are the settings of the first.
pub(crate) fn write_mean<T: Trainer>(
    path: &Path,
    existing: Existing,
    run: &Run,
    trainer: &T,
    config: &T::Config,
    mean: &MeanMatrices,
) -> Result<()> {
    let trained = Trained::new(&trainer.progress(), trainer.history(), run.held_out);
    let metadata = mean_metadata(trainer, config, run.corpus, &trained, mean)?;
    let size = T::vector_size(config);
    let contents = Contents {
        vocabulary: Cow::Borrowed(run.vocabulary),
        input: RowsView::of_slice(&mean.input, size),
        output: Some(RowsView::of_slice(&mean.output, size)),
        subwords: None,
        positions: None,
        runs: mean.runs.iter().map(RowsView::of_rows).collect(),
        half: run.storage.half,
        metadata: Cow::Borrowed(&metadata),
        extra: &[],
    };
    Ok(write_contents(path, existing, contents)?)
}

/// The metadata of a mean: those of the last run, with the settings of the first.
pub(crate) fn mean_metadata<T: Trainer>(
    trainer: &T,
    config: &T::Config,
    corpus: &CorpusRecord,
    trained: &Trained,
    mean: &MeanMatrices,
) -> Result<BTreeMap<String, String>, FormatError> {
    let mut metadata = model_metadata(trainer, corpus, trained)?;
    metadata.insert("config".to_owned(), json(&Tagged { trainer: T::NAME, config })?);
    metadata.insert("runs".to_owned(), json(&RunsRecord { count: mean.count })?);
    Ok(metadata)
}

/// The metadata of a model.
pub fn model_metadata<T: Trainer>(
    trainer: &T,
    corpus: &CorpusRecord,
    trained: &Trained,
) -> Result<BTreeMap<String, String>, FormatError> {
    let fields = [
        ("config", json(&Tagged { trainer: T::NAME, config: trainer.config() })?),
        ("corpus", json(corpus)?),
        ("lowercase", json(&corpus.preparation.lower)?),
        ("trained", json(trained)?),
    ];
    let device = trainer.device().map(|device| json(&device)).transpose()?.map(|text| ("device", text));
    let mut metadata = fields.into_iter().chain(device).map(|(key, text)| (key.to_owned(), text)).collect();
    T::output_vectors(trainer.config()).put_into(&mut metadata);
    Ok(metadata)
}

/// A run, as it was when it was saved.
#[derive(Debug)]
pub struct Checkpoint {
    model: ModelFile,
    /// What the file says about its training.
    pub summary: Summary,
    /// What it was trained on; the text itself is not in the file.
    pub corpus: CorpusRecord,
    record: StateRecord,
}

impl Checkpoint {
    /// Opens the checkpoint at `path` and compares every checksum.
    ///
    /// # Errors
    /// [`TrainError::NoState`] for a finished model; [`TrainError::Damaged`] or [`FormatError`] for a file that is not what was
    /// written; an error of the system if it cannot be read.
    pub fn open(path: &Path) -> Result<Self> {
        Self::of(open_model(path)?)
    }

    /// The checkpoint in an opened file, every checksum of which is compared.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn of(model: ModelFile) -> Result<Self> {
        model.verify()?;
        let metadata = model.metadata();
        let record = optional(&metadata, "trainer")?.ok_or(TrainError::NoState)?;
        Ok(Self { summary: Summary::of(&model)?, corpus: required(&metadata, "corpus")?, record, model })
    }

    /// The words, with the counts that training used.
    pub fn vocabulary(&self) -> &Vocabulary {
        self.model.vocabulary()
    }

    /// How the finished model is to be stored.
    pub fn storage(&self) -> Storage {
        self.record.storage
    }

    /// Losses on held-out text so far.
    pub fn held_out(&self) -> &[HeldOutLoss] {
        &self.record.held_out
    }

    /// The settings of the run, which `T` made.
    ///
    /// # Errors
    /// [`TrainError`] if another trainer made it, or a setting is damaged; [`ConfigError`](crate::ConfigError).
    pub fn config<T: Trainer>(&self) -> Result<T::Config> {
        let saved = self.summary.config.as_ref().ok_or_else(|| damaged("config", "it is missing"))?;
        let config = saved.settings::<T>()?;
        T::validate(&config)?;
        Ok(config)
    }

    /// The number of processes that made it together, if it was not one alone.
    pub fn workers(&self) -> Option<u64> {
        self.record.state.get("workers")?.as_u64()
    }

    /// What the session saved of the runs before this one, if the model is to be the mean of several.
    ///
    /// # Errors
    /// [`TrainError::Damaged`].
    pub(crate) fn series(&self) -> Result<Option<SeriesRecord>, TrainError> {
        let found = self.record.state.get(SERIES).map(SeriesRecord::deserialize);
        found.transpose().map_err(|error| damaged("trainer", error))
    }

    /// What the trainer saved.
    pub(crate) fn state(&self) -> StateReader<'_> {
        StateReader::new(&self.model, &self.record.state, self.record.storage.half)
    }

    /// A trainer that continues where this one was, on the same `corpus` with the same settings; only the number of epochs
    /// may differ.
    ///
    /// # Errors
    /// As [`Trainer::new`] and [`Trainer::load_state`]; [`TrainError::Mismatch`] for another text.
    pub fn trainer<T: Trainer>(&self, config: &T::Config, corpus: &Corpus, threads: usize) -> Result<T> {
        let (expected, got) = (T::vector_size(config), self.model.vector_size());
        if expected != got {
            return Err(mismatch("a vector size of", expected, got).into());
        }
        if let Some(workers) = self.workers() {
            return Err(mismatch("a number of workers of", workers, "one process").into());
        }
        self.corpus.check(corpus)?;
        let mut trainer = T::new(config, corpus, self.vocabulary().counts(), threads)?;
        trainer.load_state(&self.state())?;
        Ok(trainer)
    }
}
