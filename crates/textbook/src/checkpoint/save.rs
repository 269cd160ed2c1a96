//! A run becomes a file.

use super::record::TrainerRecord;
use crate::{Config, LossPoint, TextbookTrainer, TrainerState};
use rapidvec::Result;
use rapidvec::checkpoint::fields::json;
use rapidvec::checkpoint::{CorpusRecord, HeldOutLoss, Storage, Tagged, Trained};
use rapidvec_core::Vocabulary;
use rapidvec_vectors::error::FormatError;
use rapidvec_vectors::format::safetensors::{ExtraTensor, ModelParts, write};
use std::collections::BTreeMap;
use std::path::Path;

/// What a file tells of a run, beside what its trainer knows.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The settings.
    pub config: &'a Config,
    /// What is learned from.
    pub corpus: &'a CorpusRecord,
    /// Its words.
    pub vocabulary: &'a Vocabulary,
    /// How the finished model is stored.
    pub storage: Storage,
    /// Losses on other text so far.
    pub held_out: &'a [HeldOutLoss],
}

/// Writes the model as it is now, without the trainer's state, atomically.
///
/// # Errors
/// [`FormatError`] if a weight is not finite, or too large for half precision; else as
/// [`atomic_file::write`](rapidvec_core::atomic_file::write).
pub fn save_model(path: &Path, run: &Run, trainer: &TextbookTrainer) -> Result<()> {
    save(path, run, trainer, metadata(run, trainer)?, Vec::new())
}

/// Writes the model as it is now together with all that is needed to go on, atomically.
///
/// # Errors
/// As [`save_model`].
pub fn save_checkpoint(path: &Path, run: &Run, trainer: &TextbookTrainer) -> Result<()> {
    let state = trainer.state();
    let history = History::new(&state.history);
    let mut metadata = metadata(run, trainer)?;
    let record = TrainerRecord {
        step: state.step,
        iterations: trainer.progress().iterations,
        seconds: state.seconds,
        loss_sum: state.loss_sum,
        loss_count: state.loss_count,
        storage: run.storage,
        held_out: run.held_out.to_vec(),
    };
    metadata.insert("trainer".to_owned(), json(&record)?);
    let tensors = tensors(&state, &history);
    save(path, run, trainer, metadata, tensors.into_iter().map(|(name, data)| (name.to_owned(), data)).collect())
}

fn save(
    path: &Path,
    run: &Run,
    trainer: &TextbookTrainer,
    metadata: BTreeMap<String, String>,
    extra: Vec<(String, ExtraTensor)>,
) -> Result<()> {
    let weights = trainer.weights();
    let (input, output) = (weights.w_in.to_vec(), weights.w_out.to_vec());
    drop(weights); // the copies above are what is written
    Ok(write(
        path,
        &ModelParts {
            vocabulary: run.vocabulary,
            vector_size: run.config.vector_size,
            input: &input,
            output: Some(&output),
            half: run.storage.half,
            metadata,
            extra,
        },
    )?)
}

fn metadata(run: &Run, trainer: &TextbookTrainer) -> Result<BTreeMap<String, String>, FormatError> {
    let progress = trainer.progress();
    let history: Vec<_> = trainer.history().iter().map(|point| point.shared()).collect();
    let trained = Trained::new(&progress.shared(), &history, run.held_out);
    Ok(BTreeMap::from([
        ("config".to_owned(), json(&Tagged { trainer: "textbook", config: run.config })?),
        ("corpus".to_owned(), json(run.corpus)?),
        ("trained".to_owned(), json(&trained)?),
    ]))
}

/// The loss history, a column a tensor: a header has no room for the millions of points of a large corpus.
struct History {
    epochs: Vec<u32>,
    iterations: Vec<u32>,
    seconds: Vec<u64>,
    losses: Vec<u64>,
}

impl History {
    /// Epochs and iterations fit 32 bits, since steps do.
    fn new(points: &[LossPoint]) -> Self {
        Self {
            epochs: points.iter().map(|point| point.epoch as u32).collect(),
            iterations: points.iter().map(|point| point.iteration as u32).collect(),
            seconds: points.iter().map(|point| point.seconds.to_bits()).collect(),
            losses: points.iter().map(|point| point.loss.to_bits()).collect(),
        }
    }
}

fn tensors<'a>(state: &'a TrainerState, history: &'a History) -> Vec<(&'static str, ExtraTensor<'a>)> {
    use ExtraTensor::{F32, U32, U64};
    let mut tensors = vec![
        ("trainer.w_in", F32(&state.w_in)),
        ("trainer.w_out", F32(&state.w_out)),
        ("trainer.history.epoch", U32(&history.epochs)),
        ("trainer.history.iteration", U32(&history.iterations)),
        ("trainer.history.seconds", U64(&history.seconds)),
        ("trainer.history.loss", U64(&history.losses)),
    ];
    if let Some(adam) = &state.adam {
        tensors.extend([
            ("trainer.adam.dw_in", F32(&adam.dw_in)),
            ("trainer.adam.dw_out", F32(&adam.dw_out)),
            ("trainer.adam.m_in", F32(&adam.m_in)),
            ("trainer.adam.v_in", F32(&adam.v_in)),
            ("trainer.adam.m_out", F32(&adam.m_out)),
            ("trainer.adam.v_out", F32(&adam.v_out)),
            ("trainer.adam.last_in", U32(&adam.last_in)),
            ("trainer.adam.last_out", U32(&adam.last_out)),
        ]);
    }
    tensors
}
