//! What a model's metadata say about its training, whichever trainer made it.

use super::fields::{damaged, mismatch, optional};
use super::record::{CorpusRecord, RunsRecord, Trained};
use crate::error::TrainError;
use crate::trainer::Trainer;
use rapidvec_vectors::format::safetensors::ModelFile;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a model's metadata say. Files from other programs, and converted files, have less of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The trainer and its settings.
    pub config: Option<SavedConfig>,
    /// What it was trained on.
    pub corpus: Option<CorpusRecord>,
    /// How far it was trained.
    pub trained: Option<Trained>,
    /// The runs that it is the mean of, if it is one.
    pub runs: Option<RunsRecord>,
    /// What it was last trained on, if that was not the CPU.
    pub device: Option<String>,
    /// Whether training can resume from it.
    pub has_state: bool,
}

impl Summary {
    /// The summary of an opened model.
    ///
    /// # Errors
    /// [`TrainError::Damaged`] if the metadata are present but invalid.
    pub fn of(model: &ModelFile) -> Result<Self, TrainError> {
        let metadata = model.metadata();
        let runs: Option<RunsRecord> = optional(&metadata, "runs")?;
        let kept = model.runs().len();
        if let Some(RunsRecord { count }) = runs.filter(|runs| kept > 0 && kept != runs.count) {
            return Err(damaged("runs", format!("the model is the mean of {count}, but has the vectors of {kept}")));
        }
        Ok(Self {
            runs,
            config: optional(&metadata, "config")?,
            corpus: optional(&metadata, "corpus")?,
            trained: optional(&metadata, "trained")?,
            device: optional(&metadata, "device")?,
            has_state: metadata.contains_key("trainer"),
        })
    }
}

/// The settings of a trainer, and which trainer it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedConfig {
    trainer: String,
    #[serde(flatten)]
    settings: Map<String, Value>,
}

/// The same, as it is written.
#[doc(hidden)]
#[derive(Debug, Serialize)]
pub struct Tagged<'c, C> {
    pub trainer: &'static str,
    #[serde(flatten)]
    pub config: &'c C,
}

impl SavedConfig {
    /// The name of the trainer: its [`Trainer::NAME`].
    pub fn trainer(&self) -> &str {
        &self.trainer
    }

    /// Whether `T` made the model.
    pub fn is_of<T: Trainer>(&self) -> bool {
        self.trainer == T::NAME
    }

    /// The settings, as those of `T`.
    ///
    /// # Errors
    /// [`TrainError::Mismatch`] if another trainer made the model; [`TrainError::Damaged`] if a setting is missing or unknown.
    pub fn settings<T: Trainer>(&self) -> Result<T::Config, TrainError> {
        self.settings_of(T::NAME)
    }

    #[doc(hidden)]
    pub fn settings_of<C: DeserializeOwned>(&self, name: &str) -> Result<C, TrainError> {
        if self.trainer != name {
            return Err(mismatch("the trainer", &self.trainer, name));
        }
        serde_json::from_value(Value::Object(self.settings.clone())).map_err(|error| damaged("config", error))
    }

    /// Epochs of the run, by whichever trainer.
    pub fn epochs(&self) -> Option<u64> {
        self.settings.get("epochs")?.as_u64()
    }

    /// Whether the output rows belong to the nodes of a tree instead of words.
    pub fn has_tree(&self) -> bool {
        let has_negatives = self.settings.get("negatives").and_then(Value::as_u64) != Some(0);
        self.settings.get("hierarchical_softmax") == Some(&Value::Bool(true)) && !has_negatives
    }
}
