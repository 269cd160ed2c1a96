//! What a checkpoint of several processes holds besides the model, and how all of them get it.

use super::gang::Gang;
use super::plan::SyncPlan;
use super::text::tell_vocabulary;
use crate::checkpoint::{Checkpoint, CorpusRecord, Storage, damaged, mismatch};
use crate::config::Config;
use crate::cpu::CpuTrainer;
use crate::error::{FormatError, Result};
use rapidvec_core::Vocabulary;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// Where all processes are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct GangState {
    pub workers: u64,
    pub plan: SyncPlan,
    pub round: u64,
    pub recorded: (f64, u64),
    pub seconds: f64,
    /// What the trainer of each saved.
    pub states: Vec<Value>,
}

impl GangState {
    pub fn to_value(&self) -> Result<Value> {
        let value = serde_json::to_value(self);
        Ok(value.map_err(|error| FormatError::Header { problem: error.to_string() })?)
    }
}

/// What is in a checkpoint. Only the first process has the weights.
#[derive(Debug)]
pub struct Resumed {
    /// The settings of the run.
    pub config: Config,
    /// The words, with the counts of the whole text.
    pub vocabulary: Arc<Vocabulary>,
    /// The text.
    pub record: CorpusRecord,
    pub(super) storage: Storage,
    pub(super) state: GangState,
    pub(super) checkpoint: Option<Checkpoint>,
}

/// What all processes are told.
#[derive(Serialize, Deserialize)]
struct Told {
    config: Config,
    record: CorpusRecord,
    storage: Storage,
    state: GangState,
}

impl Resumed {
    /// Tells all processes what is in the checkpoint that the first one has opened; the others pass `None`.
    ///
    /// # Errors
    /// The first process's, in all of them; [`TrainError::Mismatch`](crate::TrainError::Mismatch) for another number of processes.
    pub fn tell(gang: &mut Gang, opened: Result<Option<Checkpoint>>) -> Result<Self> {
        let workers = gang.seat().size as u64;
        let told = opened.and_then(|checkpoint| match checkpoint {
            Some(checkpoint) => Ok(Some((Told::of(&checkpoint, workers)?, checkpoint))),
            None => Ok(None),
        });
        let (told, checkpoint) = gang.agree(told)?.unzip();
        let Told { config, record, storage, state } = gang.tell("the checkpoint", told.as_ref())?;
        let vocabulary = tell_vocabulary(gang, checkpoint.as_ref().map(Checkpoint::vocabulary))?;
        Ok(Self { config, vocabulary: Arc::new(vocabulary), record, storage, state, checkpoint })
    }

    /// When the run synchronises. Another plan gives other bits.
    pub fn plan(&self) -> SyncPlan {
        self.state.plan
    }

    /// Synchronises by another plan from now on.
    pub fn set_plan(&mut self, plan: SyncPlan) {
        self.state.plan = plan;
    }

    /// Whether each process had one thread, so that the run can be repeated bit for bit.
    pub fn one_thread(&self) -> bool {
        self.storage.one_thread
    }
}

impl Told {
    fn of(checkpoint: &Checkpoint, workers: u64) -> Result<Self> {
        let processes = |count: Option<u64>| count.map_or_else(|| "one process".to_owned(), |count| count.to_string());
        if checkpoint.workers() != Some(workers) {
            let expected = processes(checkpoint.workers());
            return Err(mismatch("a number of workers of", expected, workers).into());
        }
        let state: GangState = checkpoint.state().record()?;
        if state.states.len() as u64 != workers {
            let reason = format!("{} states of {workers} workers", state.states.len());
            return Err(damaged("trainer", reason).into());
        }
        let (record, storage) = (checkpoint.corpus.clone(), checkpoint.storage());
        Ok(Self { config: checkpoint.config::<CpuTrainer>()?, record, storage, state })
    }
}
