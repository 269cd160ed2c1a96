//! A file becomes a run that can go on, after everything in it was checked.

use super::record::TrainerRecord;
use crate::{AdamState, Config, LossPoint, OptimizerKind, TrainerState};
use rapidvec::Result;
use rapidvec::checkpoint::fields::{damaged, mismatch, optional, required};
use rapidvec::checkpoint::{CorpusRecord, HeldOutLoss, SavedConfig, Storage};
use rapidvec::error::TrainError;
use rapidvec_core::Vocabulary;
use rapidvec_vectors::error::FormatError;
use rapidvec_vectors::format::safetensors::ModelFile;
use std::path::Path;

/// A run, as it was when it was saved.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// The settings.
    pub config: Config,
    /// What it learns from; the text itself is not in the file.
    pub corpus: CorpusRecord,
    /// The words.
    pub vocabulary: Vocabulary,
    /// How the finished model shall be stored.
    pub storage: Storage,
    /// Steps in an epoch.
    pub iterations: usize,
    /// Losses on other text so far.
    pub held_out: Vec<HeldOutLoss>,
    /// What [`TextbookTrainer::resume`](crate::TextbookTrainer::resume) needs.
    pub state: TrainerState,
}

/// Reads the checkpoint at `path`: every checksum is compared, every size checked.
///
/// # Errors
/// [`TrainError::NoState`] for a finished model, [`TrainError::Damaged`] or [`FormatError`] for a file that is not what was
/// written, [`Error::Io`](crate::Error::Io) if it cannot be read.
pub fn load(path: &Path) -> Result<Checkpoint> {
    let model = ModelFile::open(path)?;
    model.verify()?;
    let metadata = model.metadata();
    let record: TrainerRecord = optional(&metadata, "trainer")?.ok_or(TrainError::NoState)?;
    let config: Config = required::<SavedConfig>(&metadata, "config")?.settings_of("textbook")?;
    config.validate()?;
    let corpus = required(&metadata, "corpus")?;
    if config.vector_size != model.vector_size() {
        return Err(mismatch("a vector size of", config.vector_size, model.vector_size()).into());
    }
    if record.iterations == 0 {
        return Err(damaged("trainer", "an epoch without iterations").into());
    }
    let state = state(&model, &config, &record)?;
    let vocabulary = model.vocabulary().clone();
    let TrainerRecord { iterations, storage, held_out, .. } = record;
    Ok(Checkpoint { config, corpus, vocabulary, storage, iterations, held_out, state })
}

fn state(model: &ModelFile, config: &Config, record: &TrainerRecord) -> Result<TrainerState> {
    let words = model.vocabulary().len();
    let matrix = |name: &'static str| {
        let numbers = model.extra_f32(name)?;
        check_size(name, words * config.vector_size, numbers)
    };
    let steps = |name: &'static str| check_size(name, words, model.extra_u32(name)?);
    let adam = match config.optimizer {
        OptimizerKind::Sgd => None,
        OptimizerKind::Adam => Some(AdamState {
            last_in: steps("trainer.adam.last_in")?,
            last_out: steps("trainer.adam.last_out")?,
            dw_in: matrix("trainer.adam.dw_in")?,
            dw_out: matrix("trainer.adam.dw_out")?,
            m_in: matrix("trainer.adam.m_in")?,
            v_in: matrix("trainer.adam.v_in")?,
            m_out: matrix("trainer.adam.m_out")?,
            v_out: matrix("trainer.adam.v_out")?,
        }),
    };
    Ok(TrainerState {
        step: record.step,
        seconds: record.seconds,
        loss_sum: record.loss_sum,
        loss_count: record.loss_count,
        history: history(model)?,
        w_in: matrix("trainer.w_in")?,
        w_out: matrix("trainer.w_out")?,
        adam,
    })
}

fn history(model: &ModelFile) -> Result<Vec<LossPoint>, FormatError> {
    let epochs = model.extra_u32("trainer.history.epoch")?;
    let iterations =
        check_size("trainer.history.iteration", epochs.len(), model.extra_u32("trainer.history.iteration")?)?;
    let seconds = check_size("trainer.history.seconds", epochs.len(), model.extra_u64("trainer.history.seconds")?)?;
    let losses = check_size("trainer.history.loss", epochs.len(), model.extra_u64("trainer.history.loss")?)?;
    let places = epochs.into_iter().zip(iterations);
    let numbers = seconds.into_iter().zip(losses);
    Ok(places
        .zip(numbers)
        .map(|((epoch, iteration), (seconds, loss))| LossPoint {
            epoch: epoch as usize,
            iteration: iteration as usize,
            seconds: f64::from_bits(seconds),
            loss: f64::from_bits(loss),
        })
        .collect())
}

fn check_size<T>(tensor: &'static str, expected: usize, numbers: Vec<T>) -> Result<Vec<T>, FormatError> {
    let got = numbers.len();
    if got == expected { Ok(numbers) } else { Err(FormatError::Size { tensor, expected, got }) }
}
