//! The trainer: goes through the corpus, epoch after epoch, and stops when asked.

use super::huffman::HuffmanTree;
use super::loss_recorder::{LossRecorder, explain};
use super::plan::{self, Frozen, Objective, Plan};
use super::pool::{self, Failure};
use super::replicas::{ReplicaSet, Replicas};
use super::schedule::{Schedule, ShuffleOrder};
use super::shared::{ReplicatedRows, SharedRows};
use super::state::{CpuState, LossPoint, Progress};
use super::subsample::Subsampling;
use super::worker::BlockStats;
use crate::Config;
use crate::config::ConfigError;
use crate::error::{Result, TrainError};
use rapidvec_core::kernels::large_pages;
use rapidvec_core::kernels::window::WindowKernels;
use rapidvec_core::{EOS_ID, Ids, LANES, Matrix, Purpose, Rng, WordId, threads_of};
use std::collections::BTreeMap;
use std::time::Instant;

/// Why [`CpuTrainer::run`] returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// All epochs are done.
    Finished,
    /// An epoch is done, and there is another.
    EpochEnd,
    /// The caller asked for it.
    Asked,
}

/// Trains word2vec's models on a stream of ids.
///
/// ```
/// use crate::cpu::{Pause, CpuTrainer};
/// use rapidvec_core::EOS_ID;
/// use crate::{Config, ModelKind};
///
/// let ids: Vec<u32> = (0..2_000).map(|i| if i % 20 == 0 { EOS_ID } else { (i * i % 101) % 20 }).collect();
/// let mut counts = vec![0; 20];
/// ids.iter().filter(|&&id| id != EOS_ID).for_each(|&id| counts[id as usize] += 1);
/// let config = Config { vector_size: 10, ..Config::word2vec(ModelKind::SkipGram) };
/// let mut trainer = CpuTrainer::new(&config, &ids, &counts, 1)?;
/// while trainer.run(|_| false, |point| println!("loss {:.2}", point.loss))? != Pause::Finished {}
/// assert_eq!(trainer.w_in().rows(), 20);
/// # Ok::<(), rapidvec::Error>(())
/// ```
pub struct CpuTrainer<'a> {
    config: Config,
    blocks: Schedule<'a>,
    subsampling: Subsampling,
    objective: Objective,
    kernels: WindowKernels,
    threads: usize,
    replicas: Replicas,
    w_in: Matrix,
    w_out: Matrix,
    frozen: Option<Vec<bool>>,
    words_per_epoch: u64,
    state: CpuState,
}

impl<'a> CpuTrainer<'a> {
    /// A trainer with random first weights: rows of `w_in` uniform in ±1/D, as gensim and fastText have them (word2vec.c: ±0.5/D), `w_out` zero.
    ///
    /// `ids` is the corpus, each sentence followed by [`EOS_ID`] (a missing last one is no harm), as a slice of `u32` or as
    /// [`Corpus::ids`](crate::corpus::Corpus::ids) packs them; `counts[id]` says how often each word occurs in it. `threads` 0
    /// takes all cores. One thread gives the same bits every time.
    ///
    /// # Errors
    /// [`ConfigError`] for a setting out of its range; [`TrainError`] if there are fewer than two words, more than a tree can
    /// have, or ids that have no count.
    pub fn new(config: &Config, ids: impl Into<Ids<'a>>, counts: &[u64], threads: usize) -> Result<Self> {
        Self::with_weights(config, ids.into(), counts, threads, |outputs| {
            let mut w_in = Matrix::zeros(counts.len(), config.vector_size);
            (0..counts.len()).for_each(|row| w_in.set_row(row, &first_weights(config, row)));
            Ok((w_in, Matrix::zeros(outputs, config.vector_size)))
        })
    }

    /// `weights`, told how many rows `w_out` has, gives both matrices.
    fn with_weights(
        config: &Config,
        ids: Ids<'a>,
        counts: &[u64],
        threads: usize,
        weights: impl FnOnce(usize) -> Result<(Matrix, Matrix)>,
    ) -> Result<Self> {
        config.validate()?;
        let words = counts.iter().filter(|&&count| count > 0).count();
        if words < 2 {
            return Err(TrainError::VocabularyTooSmall { vocabulary: words, negatives: 1 }.into());
        }
        if config.hierarchical_softmax {
            HuffmanTree::check(counts.len())?;
        }
        check_ids(ids, counts.len())?;
        let threads = threads_of(threads);
        let subsampling = Subsampling::new(counts, config.subsample);
        let objective = Objective::new(config, counts);
        let replicas = Replicas::new(config, counts, &subsampling, &objective, threads);
        large_pages::give_back(); // what reading the text and making the tables took
        let outputs = if config.hierarchical_softmax { counts.len() - 1 } else { counts.len() };
        let (w_in, w_out) = weights(outputs)?;
        Ok(Self {
            blocks: Schedule::new(ids, config.shuffle),
            replicas,
            subsampling,
            objective,
            kernels: WindowKernels::detect(),
            threads,
            w_in,
            w_out,
            frozen: None,
            words_per_epoch: ids.words() as u64,
            state: CpuState::default(),
            config: config.clone(),
        })
    }

    /// A trainer that goes on where another was when its state and its matrices were saved.
    ///
    /// # Errors
    /// As [`new`](Self::new); [`TrainError::Damaged`] if state or matrices do not belong to these settings.
    pub fn resume(
        config: &Config,
        ids: impl Into<Ids<'a>>,
        counts: &[u64],
        threads: usize,
        state: CpuState,
        w_in: Matrix,
        w_out: Matrix,
    ) -> Result<Self> {
        let mut trainer = Self::with_weights(config, ids.into(), counts, threads, |outputs| {
            for (key, rows, got) in [("input.weight", counts.len(), &w_in), ("output.weight", outputs, &w_out)] {
                let (expected, got) = ((rows, config.vector_size), (got.rows(), got.cols()));
                if expected != got {
                    let reason = format!("expected rows and columns {expected:?}, got {got:?}");
                    return Err(TrainError::Damaged { key, reason }.into());
                }
            }
            Ok((w_in, w_out))
        })?;
        let last = trainer.blocks.count() * config.epochs as u64;
        if state.block > last {
            let reason = format!("block {} of {last}", state.block);
            return Err(TrainError::Damaged { key: "trainer", reason }.into());
        }
        let (epochs, all) = (state.block / trainer.blocks.count().max(1), trainer.words_per_epoch);
        if !(epochs * all..=(epochs + 1) * all).contains(&state.words) {
            let reason = format!("{} words after {epochs} epochs of {all}", state.words);
            return Err(TrainError::Damaged { key: "trainer", reason }.into());
        }
        trainer.state = state;
        Ok(trainer)
    }

    /// Takes these kernels instead of the best the CPU has: `scalar`, `avx2`, `avx512` or `neon`.
    ///
    /// # Errors
    /// [`ConfigError::Kernel`] if this CPU cannot run them.
    pub fn use_kernels(&mut self, name: &str) -> Result<(), ConfigError> {
        self.kernels = WindowKernels::named(name).ok_or_else(|| ConfigError::Kernel {
            available: WindowKernels::all().iter().map(WindowKernels::name).collect(),
            got: name.to_owned(),
        })?;
        Ok(())
    }

    /// Starts from a vector that is known already; `row` has as many numbers as vectors shall have.
    ///
    /// # Panics
    /// If there is no such word, or `row` has another length.
    pub fn set_input(&mut self, id: WordId, row: &[f32]) {
        self.w_in.set_row(id as usize, row);
    }

    /// The same for a row of `w_out`.
    ///
    /// # Panics
    /// As [`set_input`](Self::set_input).
    pub fn set_output(&mut self, id: WordId, row: &[f32]) {
        self.w_out.set_row(id as usize, row);
    }

    /// Keeps the vectors of these words as they are: they help to train others and are not trained.
    ///
    /// # Panics
    /// If there is no such word.
    pub fn freeze(&mut self, ids: impl IntoIterator<Item = WordId>) {
        let frozen = self.frozen.get_or_insert_with(|| vec![false; self.w_in.rows()]);
        ids.into_iter().for_each(|id| frozen[id as usize] = true);
    }

    /// The words whose vectors are kept as they are.
    pub fn frozen(&self) -> Vec<WordId> {
        let all = self.frozen.iter().flatten().zip(0..);
        all.filter(|(frozen, _)| **frozen).map(|(_, id)| id).collect()
    }

    /// Trains until the end of the epoch, or until `pause`, which is asked every few hundredths of a second, says so. `on_loss`
    /// is told the average loss of each stretch of the corpus.
    ///
    /// # Errors
    /// [`TrainError::LossNotFinite`] if the loss is no finite number, [`TrainError::Worker`] if a thread failed; the weights
    /// are then of no use.
    pub fn run(
        &mut self,
        mut pause: impl FnMut(Progress) -> bool,
        mut on_loss: impl FnMut(&LossPoint),
    ) -> Result<Pause, TrainError> {
        if self.progress().is_finished() {
            return Ok(Pause::Finished);
        }
        let blocks = self.blocks.count();
        let (epoch, first) = (self.state.block / blocks, self.state.block % blocks);
        let order = self.order(epoch);
        let Self { config, subsampling, objective, kernels, threads, replicas, w_in, w_out, frozen, state, .. } = self;
        let window_rows = if frozen.is_some() { *threads * 2 * config.window } else { 0 };
        let mut copies = Matrix::zeros(window_rows, config.vector_size);
        let copies_of =
            |rows: &ReplicaSet| Matrix::zeros(*threads * ReplicatedRows::copies(rows.ids().len()), config.vector_size);
        let (mut replicas_in, mut replicas_out) = (copies_of(&replicas.w_in), copies_of(&replicas.w_out));
        let plan = Plan {
            config,
            kernels: *kernels,
            blocks: self.blocks,
            order: &order,
            subsampling,
            objective,
            w_in: SharedRows::new(w_in),
            w_out: SharedRows::new(w_out),
            replicas,
            replicas_in: SharedRows::new(&mut replicas_in),
            replicas_out: SharedRows::new(&mut replicas_out),
            frozen: frozen.as_deref().map(|by_id| Frozen::new(by_id, SharedRows::new(&mut copies))),
        };
        let (started, seconds, words) = (Instant::now(), state.seconds, state.words);
        let words_per_epoch = self.words_per_epoch;
        let mut loss_recorder = LossRecorder::new(state, plan, epoch, words_per_epoch);
        let next = pool::run(plan, epoch, first, *threads, |all_stats, words_now| {
            let seconds = seconds + started.elapsed().as_secs_f64();
            loss_recorder.take(all_stats, seconds, &mut on_loss);
            let now = Progress {
                block: loss_recorder.block(),
                blocks,
                words: words + words_now,
                words_per_epoch,
                epochs: config.epochs,
                learning_rate: plan.rate_after(loss_recorder.block()),
                seconds,
            };
            !pause(now)
        });
        state.seconds = seconds + started.elapsed().as_secs_f64();
        let next = next.map_err(|failure| explain(&self.blocks, epoch, failure))?;
        debug_assert_eq!(self.state.block, epoch * blocks + next);
        Ok(match next == blocks {
            true if self.progress().is_finished() => Pause::Finished,
            true => Pause::EpochEnd,
            false => Pause::Asked,
        })
    }

    /// The order of the corpus in epoch `epoch`, from 0.
    fn order(&self, epoch: u64) -> ShuffleOrder {
        match self.config.shuffle {
            true => ShuffleOrder::shuffled(self.blocks.pieces(), self.config.seed, epoch),
            false => ShuffleOrder::OF_TEXT,
        }
    }

    /// How far training is.
    pub fn progress(&self) -> Progress {
        let blocks = self.blocks.count();
        Progress {
            block: self.state.block,
            blocks,
            words: self.state.words,
            words_per_epoch: self.words_per_epoch,
            epochs: self.config.epochs,
            learning_rate: plan::rate_after(&self.config, &self.blocks, self.state.block),
            seconds: self.state.seconds,
        }
    }

    /// All that is needed to go on later, beside the matrices.
    pub fn state(&self) -> &CpuState {
        &self.state
    }

    /// The vectors: V x D.
    pub fn w_in(&self) -> &Matrix {
        &self.w_in
    }

    /// The other side: V x D, or (V - 1) x D for hierarchical softmax, a row for each inner node.
    pub fn w_out(&self) -> &Matrix {
        &self.w_out
    }

    /// Threads in use.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Name of the kernels in use.
    pub fn kernels(&self) -> &'static str {
        self.kernels.name()
    }

    /// The average loss of a pair on other text, with the same subsampling, windows and negatives as in training and
    /// nothing learned from it. `None` if it has no pair or no finite loss, or if `stop`, which is asked every few hundredths of a
    /// second, ends it. The same text gives the same draws every time, and the same weights the same bits.
    ///
    /// # Errors
    /// [`TrainError::Worker`] if a thread failed.
    pub fn held_out_loss<'b>(
        &mut self,
        ids: impl Into<Ids<'b>>,
        mut stop: impl FnMut() -> bool,
    ) -> Result<Option<f64>, TrainError> {
        let Self { config, subsampling, objective, kernels, threads, w_in, w_out, .. } = self;
        let config = Config { learning_rate: 0.0, min_learning_rate: 0.0, ..config.clone() };
        let blocks = Schedule::new(ids.into(), false);
        let (mut no_in, mut no_out) = (Matrix::zeros(0, config.vector_size), Matrix::zeros(0, config.vector_size));
        let plan = Plan {
            config: &config,
            kernels: *kernels,
            blocks,
            order: &ShuffleOrder::OF_TEXT,
            subsampling,
            objective,
            w_in: SharedRows::new(w_in),
            w_out: SharedRows::new(w_out),
            frozen: None,
            replicas: &Replicas::default(),
            replicas_in: SharedRows::new(&mut no_in),
            replicas_out: SharedRows::new(&mut no_out),
        };
        let mut all_stats = BTreeMap::new();
        let done = pool::run(plan, 0, 0, *threads, |more, _| {
            all_stats.extend(more);
            !stop()
        });
        let done = match done {
            Err(Failure::Diverged { .. }) => return Ok(None),
            done => done.map_err(|failure| explain(&blocks, 0, failure))?,
        };
        let mut all = BlockStats::default();
        all_stats.into_values().for_each(|stats| all.add(stats)); // in the order of the text
        Ok(all.mean().filter(|_| done == blocks.count()))
    }
}

/// Ids are words or sentence ends.
fn check_ids(ids: Ids, words: usize) -> Result<(), TrainError> {
    match ids.position(|id| id != EOS_ID && id as usize >= words) {
        Some(at) => Err(TrainError::UnknownId { at, words, got: ids.get(at) }),
        None => Ok(()),
    }
}

/// Uniform in ±1/D. Twice as wide as word2vec.c's; as good or better, and what gensim does.
fn first_weights(config: &Config, row: usize) -> Vec<f32> {
    let mut rng = Rng::stream(config.seed, Purpose::InputWeights, row as u64);
    let size = config.vector_size as f64;
    (0..config.vector_size).map(|_| ((2.0 * rng.uniform() - 1.0) / size) as f32).collect()
}

/// Bytes that training needs for `words` words on `threads` threads (0: one for each core), beside the corpus and the vocabulary themselves.
pub fn memory_needed(config: &Config, words: usize, threads: usize) -> u64 {
    let row = (config.vector_size.div_ceil(LANES) * LANES * size_of::<f32>()) as u64;
    let (words, threads) = (words as u64, threads_of(threads));
    let tables = if config.hierarchical_softmax {
        // A path is some twenty turns of 4 bytes, twice while they are collected; while the tree is made, parents and a heap.
        words * (8 * 20 + 8 + 60)
    } else {
        words * 8
    };
    let keep = if config.subsample > 0.0 { 4 * words } else { 0 };
    let thread = (2 * config.window as u64 + 64) * row + (1 << 20);
    2 * words * row + tables + keep + Replicas::max_bytes(words as usize, row, threads) + threads as u64 * thread
}

#[cfg(test)]
#[path = "trainer_tests.rs"]
mod tests;
