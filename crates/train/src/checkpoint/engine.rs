//! Models and checkpoints of the fast trainer.
//!
//! As for the chapter's trainer: one file, and every checkpoint is a model. The weights in it are those the trainer has, so
//! a checkpoint needs little more: the place in the corpus and the loss history. Only where vectors are stored in half
//! precision does it hold the weights a second time, as they are.

use super::fields::{damaged, json, mismatch, optional, required};
use super::record::{CorpusRecord, HeldOutLoss, Storage};
use crate::Config;
use crate::cpu::{CpuState, CpuTrainer, LossPoint};
use crate::error::{Result, TrainError};
use rapidvec_core::{Matrix, Vocabulary, WordId};
use rapidvec_vectors::Rows;
use rapidvec_vectors::error::FormatError;
use rapidvec_vectors::format::safetensors::{ExtraTensor, ModelFile, TrainedParts, write_trained};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

const W_IN: &str = "trainer.w_in";
const W_OUT: &str = "trainer.w_out";
const EPOCHS: &str = "trainer.history.epoch";
const WORDS: &str = "trainer.history.words";
const SECONDS: &str = "trainer.history.seconds";
const LOSSES: &str = "trainer.history.loss";
const PAIRS: &str = "trainer.history.pairs";
const RATES: &str = "trainer.history.rate";
const FROZEN: &str = "trainer.frozen";

/// What a file tells of a run of the fast trainer, beside what the trainer knows.
#[derive(Debug, Clone, Copy)]
pub struct EngineRun<'a> {
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

/// How far the fast trainer has trained a model. Without times, since those are never the same twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EngineTrained {
    /// Whole epochs done.
    pub epochs: usize,
    /// Words gone through, over all epochs.
    pub words: u64,
    /// Average losses of a pair: epoch (from 1), words of it gone through, loss. Evenly thinned to 10,000 at most.
    pub losses: Vec<(usize, u64, f64)>,
    /// Losses on other text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_out: Vec<HeldOutLoss>,
}

/// A run of the fast trainer, as it was when it was saved.
#[derive(Debug, Clone)]
pub struct EngineCheckpoint {
    /// The settings.
    pub config: Config,
    /// What it learns from; the text itself is not in the file.
    pub corpus: CorpusRecord,
    /// The words.
    pub vocabulary: Vocabulary,
    /// How the finished model shall be stored.
    pub storage: Storage,
    /// Losses on other text so far.
    pub held_out: Vec<HeldOutLoss>,
    /// With the matrices, what [`CpuTrainer::resume`] needs.
    pub state: CpuState,
    /// Words whose vectors are kept as they are: for [`CpuTrainer::freeze`].
    pub frozen: Vec<WordId>,
    /// The vectors.
    pub w_in: Matrix,
    /// The other side.
    pub w_out: Matrix,
}

/// The state that is no tensor. Its history is in tensors: a header has no room for many points.
#[derive(Serialize, Deserialize)]
struct EngineRecord {
    state: CpuState,
    storage: Storage,
    held_out: Vec<HeldOutLoss>,
}

/// Writes the model as it is now, without the trainer's state, atomically.
///
/// # Errors
/// [`FormatError`] if a weight is not finite, or too large for half precision; else as
/// [`atomic_file::write`](rapidvec_core::atomic_file::write).
pub fn save_engine_model(path: &Path, run: &EngineRun, trainer: &CpuTrainer) -> Result<()> {
    save(path, run, trainer, metadata(run, trainer)?, Vec::new())
}

/// Writes the model as it is now together with all that is needed to go on, atomically.
///
/// # Errors
/// As [`save_engine_model`].
pub fn save_engine_checkpoint(path: &Path, run: &EngineRun, trainer: &CpuTrainer) -> Result<()> {
    let history = History::of(&trainer.state().history);
    let state = CpuState { history: Vec::new(), ..trainer.state().clone() };
    let record = EngineRecord { state, storage: run.storage, held_out: run.held_out.to_vec() };
    let mut metadata = metadata(run, trainer)?;
    metadata.insert("trainer".to_owned(), json(&record)?);
    let frozen = trainer.frozen();
    let mut extra = history.tensors();
    if !frozen.is_empty() {
        extra.push((FROZEN, ExtraTensor::U32(&frozen)));
    }
    if run.storage.half {
        extra.extend([(W_IN, ExtraTensor::Matrix(trainer.w_in())), (W_OUT, ExtraTensor::Matrix(trainer.w_out()))]);
    }
    save(path, run, trainer, metadata, extra)
}

fn save(
    path: &Path,
    run: &EngineRun,
    trainer: &CpuTrainer,
    metadata: BTreeMap<String, String>,
    extra: Vec<(&str, ExtraTensor)>,
) -> Result<()> {
    let parts = TrainedParts {
        vocabulary: run.vocabulary,
        w_in: trainer.w_in(),
        w_out: trainer.w_out(),
        half: run.storage.half,
        metadata,
        extra: extra.into_iter().map(|(name, tensor)| (name.to_owned(), tensor)).collect(),
    };
    Ok(write_trained(path, &parts)?)
}

fn metadata(run: &EngineRun, trainer: &CpuTrainer) -> Result<BTreeMap<String, String>, FormatError> {
    Ok(BTreeMap::from([
        ("engine".to_owned(), json(run.config)?),
        ("corpus".to_owned(), json(run.corpus)?),
        ("trained".to_owned(), json(&trained(run, trainer))?),
    ]))
}

fn trained(run: &EngineRun, trainer: &CpuTrainer) -> EngineTrained {
    let history = &trainer.state().history;
    let every = history.len().div_ceil(super::record::MAX_POINTS).max(1);
    EngineTrained {
        epochs: trainer.progress().epochs_done(),
        words: trainer.progress().words,
        losses: history.iter().step_by(every).map(|point| (point.epoch, point.words, point.loss)).collect(),
        held_out: run.held_out.to_vec(),
    }
}

/// Reads the checkpoint at `path`: every checksum is compared, every size checked.
///
/// # Errors
/// [`TrainError::NoState`] for a finished model, [`TrainError::Damaged`] or [`FormatError`] for a file that is not what was
/// written, [`Error::Io`](crate::Error::Io) if it cannot be read.
pub fn load_engine(path: &Path) -> Result<EngineCheckpoint> {
    let model = ModelFile::open(path)?;
    model.verify()?;
    let metadata = model.metadata();
    let record: EngineRecord = optional(&metadata, "trainer")?.ok_or(TrainError::NoState)?;
    let config: Config = required(&metadata, "engine")?;
    config.validate()?;
    if config.vector_size != model.vector_size() {
        return Err(mismatch("a vector size of", config.vector_size, model.vector_size()).into());
    }
    let EngineRecord { mut state, storage, held_out } = record;
    state.history = History::read(&model)?;
    let words = model.vocabulary().len();
    let outputs = if config.hierarchical_softmax { words.saturating_sub(1) } else { words };
    let output = model.output().ok_or_else(|| damaged("output.weight", "it is missing"))?;
    let w_in = matrix(&model, W_IN, model.input(), words, &storage)?;
    let w_out = matrix(&model, W_OUT, output, outputs, &storage)?;
    let corpus = required(&metadata, "corpus")?;
    let vocabulary = model.vocabulary().clone();
    let is_frozen = model.extra_names().any(|name| name == FROZEN);
    let frozen = if is_frozen { model.extra_u32(FROZEN)? } else { Vec::new() };
    if let Some(id) = frozen.iter().find(|id| **id as usize >= words) {
        return Err(damaged(FROZEN, format!("word {id} of {words}")).into());
    }
    Ok(EngineCheckpoint { config, corpus, vocabulary, storage, held_out, state, frozen, w_in, w_out })
}

/// The weights as the trainer had them: the stored ones, or the copy in single precision beside them.
fn matrix(model: &ModelFile, name: &'static str, stored: Rows, rows: usize, storage: &Storage) -> Result<Matrix> {
    let size = model.vector_size();
    let mut matrix = Matrix::zeros(rows, size);
    if storage.half {
        let numbers = model.extra_f32(name)?;
        let (expected, got) = (rows * size, numbers.len());
        if expected != got {
            return Err(FormatError::Size { tensor: name, expected, got }.into());
        }
        numbers.chunks_exact(size).enumerate().for_each(|(i, row)| matrix.set_row(i, row));
    } else {
        stored.for_each(0..rows, |i, row| matrix.set_row(i, row));
    }
    Ok(matrix)
}

/// The loss history, a column a tensor.
struct History {
    epochs: Vec<u32>,
    words: Vec<u64>,
    seconds: Vec<u64>,
    losses: Vec<u64>,
    pairs: Vec<u64>,
    rates: Vec<f32>,
}

impl History {
    fn of(points: &[LossPoint]) -> Self {
        Self {
            // Epochs fit 32 bits: the settings allow a million.
            epochs: points.iter().map(|point| point.epoch as u32).collect(),
            words: points.iter().map(|point| point.words).collect(),
            seconds: points.iter().map(|point| point.seconds.to_bits()).collect(),
            losses: points.iter().map(|point| point.loss.to_bits()).collect(),
            pairs: points.iter().map(|point| point.pairs).collect(),
            rates: points.iter().map(|point| point.learning_rate).collect(),
        }
    }

    fn tensors(&self) -> Vec<(&'static str, ExtraTensor<'_>)> {
        use ExtraTensor::{F32, U32, U64};
        vec![
            (EPOCHS, U32(&self.epochs)),
            (WORDS, U64(&self.words)),
            (SECONDS, U64(&self.seconds)),
            (LOSSES, U64(&self.losses)),
            (PAIRS, U64(&self.pairs)),
            (RATES, F32(&self.rates)),
        ]
    }

    fn read(model: &ModelFile) -> Result<Vec<LossPoint>, FormatError> {
        let epochs = model.extra_u32(EPOCHS)?;
        let wide = |name| same_length(name, epochs.len(), model.extra_u64(name)?);
        let (words, seconds, losses, pairs) = (wide(WORDS)?, wide(SECONDS)?, wide(LOSSES)?, wide(PAIRS)?);
        let rates = same_length(RATES, epochs.len(), model.extra_f32(RATES)?)?;
        let point = |i: usize| LossPoint {
            epoch: epochs[i] as usize,
            words: words[i],
            seconds: f64::from_bits(seconds[i]),
            loss: f64::from_bits(losses[i]),
            pairs: pairs[i],
            learning_rate: rates[i],
        };
        Ok((0..epochs.len()).map(point).collect())
    }
}

fn same_length<T>(tensor: &'static str, expected: usize, numbers: Vec<T>) -> Result<Vec<T>, FormatError> {
    let got = numbers.len();
    if got == expected { Ok(numbers) } else { Err(FormatError::Size { tensor, expected, got }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelKind;
    use crate::corpus::{Corpus, CorpusOptions};
    use crate::cpu::Pause;
    use rapidvec_vectors::WordVectors;

    fn sentences() -> Corpus {
        let text = "the king saw the queen and the man saw the woman .\n".repeat(3_000);
        Corpus::from_text("tale", &text, &CorpusOptions::default()).unwrap()
    }

    fn configs() -> Vec<Config> {
        let base = Config { vector_size: 20, epochs: 4, ..Config::word2vec(ModelKind::SkipGram) };
        let tree = Config { hierarchical_softmax: true, negatives: 0, ..base.clone() };
        vec![base, tree]
    }

    #[test]
    fn a_checkpoint_brings_back_all_there_was_and_the_end_is_the_same_file() {
        let sentences = sentences();
        let options = CorpusOptions::default();
        let corpus = CorpusRecord::of_sentences(&sentences, vec!["tale.txt".into()], &options);
        let folder = tempfile::tempdir().unwrap();
        for config in configs() {
            for storage in [false, true].map(|half| Storage { half, ..Storage::default() }) {
                let vocabulary = &**sentences.vocabulary();
                let run = EngineRun { config: &config, corpus: &corpus, vocabulary, storage, held_out: &[] };
                let path = |name: &str| folder.path().join(name);
                let mut whole = CpuTrainer::new(&config, sentences.ids(), vocabulary.counts(), 1).unwrap();
                while whole.run(|_| false, |_| ()).unwrap() != Pause::Finished {}
                save_engine_model(&path("whole"), &run, &whole).unwrap();

                let mut trainer = CpuTrainer::new(&config, sentences.ids(), vocabulary.counts(), 1).unwrap();
                while trainer.run(|_| true, |_| ()).unwrap() != Pause::Finished {
                    save_engine_checkpoint(&path("stopped"), &run, &trainer).unwrap();
                    WordVectors::open(path("stopped")).unwrap().most_similar("king", 3).unwrap();
                    let EngineCheckpoint { config, corpus, vocabulary, state, w_in, w_out, .. } =
                        load_engine(&path("stopped")).unwrap();
                    assert_eq!((&config, &corpus, &vocabulary), (run.config, run.corpus, run.vocabulary));
                    assert_eq!(&state, trainer.state());
                    let counts = run.vocabulary.counts();
                    trainer = CpuTrainer::resume(&config, sentences.ids(), counts, 1, state, w_in, w_out).unwrap();
                }
                save_engine_model(&path("resumed"), &run, &trainer).unwrap();
                let bytes = |name: &str| std::fs::read(path(name)).unwrap();
                assert!(bytes("whole") == bytes("resumed"), "{config:?} {storage:?}");
                assert!(matches!(load_engine(&path("whole")), Err(crate::Error::Train(TrainError::NoState))));
            }
        }
    }
}
