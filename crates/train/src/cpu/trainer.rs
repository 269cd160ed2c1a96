//! The trainer: processes the corpus epoch by epoch, until a block, an epoch or the end.

use super::huffman::HuffmanTree;
use super::loss_recorder::{LossRecorder, explain};
use super::plan::{self, Frozen, Objective, Plan};
use super::pool::{self, Failure};
use super::replicas::{ReplicaSet, Replicas};
use super::schedule::{Schedule, ShuffleOrder};
use super::shared::{ReplicatedRows, SharedRows};
use super::state::CpuState;
use super::subsample::Subsampling;
use super::worker::BlockStats;
use crate::checkpoint::{StateReader, StateWriter, damaged};
use crate::config::{Config, ConfigError};
use crate::corpus::Corpus;
use crate::error::Result;
use crate::observer::Observer;
use crate::progress::{LossPoint, Progress};
use crate::trainer::{Stopped, TrainError, Trainer, Until, Weights};
use rapidvec_core::kernels::large_pages;
use rapidvec_core::kernels::window::WindowKernels;
use rapidvec_core::{EOS_ID, Ids, LANES, Matrix, Purpose, Rng, WordId, threads_of};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Instant;

/// Names of the tensors in a checkpoint.
const W_IN: &str = "w_in";
const W_OUT: &str = "w_out";
const FROZEN: &str = "frozen";

/// Trains word2vec models on the CPU.
///
/// ```
/// use rapidvec::corpus::{Corpus, CorpusOptions};
/// use rapidvec::{Config, CpuTrainer, Trainer, Until};
///
/// let text = "the king and the queen\nthe man and the woman\n".repeat(200);
/// let corpus = Corpus::from_text("tale", &text, &CorpusOptions::default())?;
/// let config = Config::skip_gram().vector_size(10);
/// let mut trainer = CpuTrainer::new(&config, &corpus, corpus.counts(), 1)?;
/// trainer.run(Until::End, &mut ())?;
/// assert_eq!(trainer.weights().input.rows(), 6);
/// # Ok::<(), rapidvec::Error>(())
/// ```
#[derive(Debug)]
pub struct CpuTrainer {
    config: Config,
    corpus: Corpus,
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

impl CpuTrainer {
    /// Uses these kernels instead of the best the CPU has: `scalar`, `avx2`, `avx512` or `neon`.
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

    /// Name of the kernels in use.
    pub fn kernels(&self) -> &'static str {
        self.kernels.name()
    }

    /// The vectors: V x D.
    pub fn w_in(&self) -> &Matrix {
        &self.w_in
    }

    /// The output matrix: V x D, or (V - 1) x D for hierarchical softmax, one row for each inner node.
    pub fn w_out(&self) -> &Matrix {
        &self.w_out
    }

    /// The words whose vectors are not trained.
    pub fn frozen(&self) -> Vec<WordId> {
        let all = self.frozen.iter().flatten().zip(0..);
        all.filter(|(frozen, _)| **frozen).map(|(_, id)| id).collect()
    }

    fn schedule(&self) -> Schedule<'_> {
        Schedule::new(self.corpus.ids(), self.config.shuffle)
    }

    /// The block at which a run ends that is to go `until` there, over all epochs.
    fn target(&self, until: Until) -> u64 {
        let Progress { block, blocks_per_epoch, .. } = self.progress();
        let total = self.progress().total_blocks();
        match until {
            Until::Blocks(count) => block.saturating_add(count).min(total),
            Until::Epoch => (block / blocks_per_epoch + 1) * blocks_per_epoch,
            Until::End => total,
        }
    }

    /// Trains up to block `end` of the current epoch, or until the observer stops it. Whether the observer did.
    fn run_epoch(&mut self, epoch: u64, end: u64, observer: &mut dyn Observer) -> Result<bool, TrainError> {
        let order = self.order(epoch);
        let Self {
            config, corpus, subsampling, objective, kernels, threads, replicas, w_in, w_out, frozen, state, ..
        } = self;
        let blocks = Schedule::new(corpus.ids(), config.shuffle);
        let first = state.block - epoch * blocks.count();
        let window_rows = if frozen.is_some() { *threads * 2 * config.window } else { 0 };
        let mut copies = Matrix::zeros(window_rows, config.vector_size);
        let copies_of =
            |rows: &ReplicaSet| Matrix::zeros(*threads * ReplicatedRows::copies(rows.ids().len()), config.vector_size);
        let (mut replicas_in, mut replicas_out) = (copies_of(&replicas.w_in), copies_of(&replicas.w_out));
        let [w_in, w_out, replicas_in, replicas_out, copies] =
            SharedRows::group([w_in, w_out, &mut replicas_in, &mut replicas_out, &mut copies]);
        let plan = Plan {
            config,
            kernels: *kernels,
            blocks,
            order: &order,
            subsampling,
            objective,
            w_in,
            w_out,
            replicas,
            replicas_in,
            replicas_out,
            frozen: frozen.as_deref().map(|by_id| Frozen::new(by_id, copies)),
        };
        let (started, seconds, words) = (Instant::now(), state.seconds, state.words);
        let words_per_epoch = self.words_per_epoch;
        let mut loss_recorder = LossRecorder::new(state, plan, epoch, words_per_epoch);
        let mut is_stopped = false;
        let next = pool::run(plan, epoch, first..end, *threads, |all_stats, words_now| {
            let seconds = seconds + started.elapsed().as_secs_f64();
            loss_recorder.take(all_stats, seconds, observer);
            let block = loss_recorder.block();
            let now = Progress {
                block,
                blocks_per_epoch: blocks.count(),
                words: words + words_now,
                words_per_epoch,
                epochs: config.epochs,
                learning_rate: plan.rate_after(block),
                seconds,
                loss: loss_recorder.last(),
            };
            is_stopped |= observer.progress(&now).is_break();
            !is_stopped
        });
        state.seconds = seconds + started.elapsed().as_secs_f64();
        let next = next.map_err(|failure| explain(epoch, failure))?;
        debug_assert_eq!(state.block, epoch * blocks.count() + next);
        Ok(is_stopped)
    }

    /// The order of the corpus in epoch `epoch`, from 0.
    fn order(&self, epoch: u64) -> ShuffleOrder {
        match self.config.shuffle {
            true => ShuffleOrder::shuffled(self.schedule().pieces(), self.config.seed, epoch),
            false => ShuffleOrder::OF_TEXT,
        }
    }

    /// Continues where `state` was saved.
    fn restore(&mut self, state: CpuState) -> Result<(), TrainError> {
        let (blocks, all) = (self.schedule().count(), self.words_per_epoch);
        let last = blocks * self.config.epochs as u64;
        if state.block > last {
            return Err(damaged("trainer", format!("block {} of {last}", state.block)));
        }
        let epochs = state.block / blocks.max(1);
        if !(epochs * all..=(epochs + 1) * all).contains(&state.words) {
            return Err(damaged("trainer", format!("{} words after {epochs} epochs of {all}", state.words)));
        }
        self.state = state;
        Ok(())
    }
}

impl Trainer for CpuTrainer {
    type Config = Config;

    const NAME: &'static str = "word2vec";

    /// Rows of `w_in` are uniform in ±1/D, as gensim and fastText have them (word2vec.c: ±0.5/D); `w_out` is zero. One thread
    /// gives the same bits every time.
    ///
    /// # Errors
    /// [`ConfigError`] for a setting out of range; [`TrainError`] if there are fewer than two words, more than a tree can
    /// have, or ids that have no count.
    fn new(config: &Config, corpus: &Corpus, counts: &[u64], threads: usize) -> Result<Self> {
        config.validate()?;
        let words = counts.iter().filter(|&&count| count > 0).count();
        if words < 2 {
            return Err(TrainError::VocabularyTooSmall { vocabulary: words, negatives: 1 }.into());
        }
        if config.hierarchical_softmax {
            HuffmanTree::check(counts.len())?;
        }
        check_ids(corpus.ids(), counts.len())?;
        let threads = threads_of(threads);
        let subsampling = Subsampling::new(counts, config.subsample);
        let objective = Objective::new(config, counts);
        let replicas = Replicas::new(config, counts, &subsampling, &objective, threads);
        large_pages::give_back(); // memory of reading the text and of making the tables
        let outputs = if config.hierarchical_softmax { counts.len() - 1 } else { counts.len() };
        let mut w_in = Matrix::zeros(counts.len(), config.vector_size);
        (0..counts.len()).for_each(|row| w_in.set_row(row, &first_weights(config, row)));
        Ok(Self {
            replicas,
            subsampling,
            objective,
            kernels: WindowKernels::detect(),
            threads,
            w_in,
            w_out: Matrix::zeros(outputs, config.vector_size),
            frozen: None,
            words_per_epoch: corpus.ids().words() as u64,
            state: CpuState::default(),
            corpus: corpus.clone(),
            config: config.clone(),
        })
    }

    fn memory_needed(config: &Config, words: usize, _ids: usize, threads: usize) -> u64 {
        let row = (config.vector_size.div_ceil(LANES) * LANES * size_of::<f32>()) as u64;
        let (words, threads) = (words as u64, threads_of(threads));
        let tables = if config.hierarchical_softmax {
            // A path is some twenty branches of 4 bytes, twice while they are collected; building the tree takes parents and a heap.
            words * (8 * 20 + 8 + 60)
        } else {
            words * 8
        };
        let keep = if config.subsample > 0.0 { 4 * words } else { 0 };
        let thread = (2 * config.window as u64 + 64) * row + (1 << 20);
        2 * words * row + tables + keep + Replicas::max_bytes(words as usize, row, threads) + threads as u64 * thread
    }

    fn validate(config: &Config) -> Result<(), ConfigError> {
        config.validate()
    }

    fn vector_size(config: &Config) -> usize {
        config.vector_size
    }

    fn run(&mut self, until: Until, observer: &mut dyn Observer) -> Result<Stopped> {
        if self.progress().is_finished() {
            return Ok(Stopped::Finished);
        }
        let target = self.target(until);
        let blocks = self.progress().blocks_per_epoch;
        while self.state.block < target {
            let epoch = self.state.block / blocks;
            let end = (target - epoch * blocks).min(blocks);
            if self.run_epoch(epoch, end, observer)? && self.state.block < target {
                return Ok(Stopped::Interrupted);
            }
        }
        Ok(if self.progress().is_finished() { Stopped::Finished } else { Stopped::Reached })
    }

    fn config(&self) -> &Config {
        &self.config
    }

    fn threads(&self) -> usize {
        self.threads
    }

    fn progress(&self) -> Progress {
        let (blocks, block) = (self.schedule(), self.state.block);
        Progress {
            block,
            blocks_per_epoch: blocks.count(),
            words: self.state.words,
            words_per_epoch: self.words_per_epoch,
            epochs: self.config.epochs,
            learning_rate: plan::rate_after(&self.config, &blocks, block),
            seconds: self.state.seconds,
            loss: self.state.last_loss(),
        }
    }

    fn has_output_per_word(&self) -> bool {
        !self.config.hierarchical_softmax
    }

    /// (K + 1) log 2 for K negatives: every score is 0. For a tree at most log 2 times the length of its longest path.
    fn guessing_loss(&self) -> Option<f64> {
        Some(self.objective.max_targets() as f64 * std::f64::consts::LN_2)
    }

    fn history(&self) -> &[LossPoint] {
        &self.state.history
    }

    fn weights(&self) -> Weights<'_> {
        Weights { input: Cow::Borrowed(&self.w_in), output: Cow::Borrowed(&self.w_out) }
    }

    fn set_input(&mut self, id: WordId, row: &[f32]) {
        self.w_in.set_row(id as usize, row);
    }

    fn set_output(&mut self, row_id: u32, row: &[f32]) {
        self.w_out.set_row(row_id as usize, row);
    }

    fn freeze(&mut self, ids: &[WordId]) -> Result<(), TrainError> {
        if !ids.is_empty() {
            let frozen = self.frozen.get_or_insert_with(|| vec![false; self.w_in.rows()]);
            ids.iter().for_each(|&id| frozen[id as usize] = true);
        }
        Ok(())
    }

    /// With the same subsampling, windows and negatives as in training. The same text gives the same draws every time.
    fn held_out_loss(&mut self, text: &Corpus, observer: &mut dyn Observer) -> Result<Option<f64>> {
        let now = self.progress();
        let Self { config, subsampling, objective, kernels, threads, w_in, w_out, .. } = self;
        let config = Config { learning_rate: 0.0, min_learning_rate: 0.0, ..config.clone() };
        let blocks = Schedule::new(text.ids(), false);
        let (mut no_in, mut no_out) = (Matrix::zeros(0, config.vector_size), Matrix::zeros(0, config.vector_size));
        let [w_in, w_out, replicas_in, replicas_out] = SharedRows::group([w_in, w_out, &mut no_in, &mut no_out]);
        let plan = Plan {
            config: &config,
            kernels: *kernels,
            blocks,
            order: &ShuffleOrder::OF_TEXT,
            subsampling,
            objective,
            w_in,
            w_out,
            frozen: None,
            replicas: &Replicas::default(),
            replicas_in,
            replicas_out,
        };
        let mut all_stats = BTreeMap::new();
        let done = pool::run(plan, 0, 0..blocks.count(), *threads, |more, _| {
            all_stats.extend(more);
            observer.progress(&now).is_continue()
        });
        let done = match done {
            Err(Failure::Diverged { .. }) => return Ok(None),
            done => done.map_err(|failure| explain(0, failure))?,
        };
        let mut all = BlockStats::default();
        all_stats.into_values().for_each(|stats| all.add(stats)); // in the order of the text
        Ok(all.mean().filter(|_| done == blocks.count()))
    }

    /// The stored weights are the trainer's own, so the state is little more than the place in the corpus. Only if the file
    /// stores half precision does it hold the weights a second time.
    fn save_state<'a>(&'a self, out: &mut StateWriter<'a>) -> Result<()> {
        out.record(&self.state)?;
        let frozen = self.frozen();
        if !frozen.is_empty() {
            out.u32(FROZEN, frozen);
        }
        if out.is_half() {
            out.matrix(W_IN, &self.w_in);
            out.matrix(W_OUT, &self.w_out);
        }
        Ok(())
    }

    fn load_state(&mut self, from: &StateReader) -> Result<()> {
        self.restore(CpuState { history: from.history()?, ..from.record()? })?;
        if from.is_half() {
            from.fill(W_IN, &mut self.w_in)?;
            from.fill(W_OUT, &mut self.w_out)?;
        } else {
            let (input, output) = (from.input(), from.output()?);
            input.for_each(0..self.w_in.rows(), |i, row| self.w_in.set_row(i, row));
            output.for_each(0..self.w_out.rows(), |i, row| self.w_out.set_row(i, row));
        }
        let frozen = if from.has(FROZEN) { from.u32(FROZEN, None)? } else { Vec::new() };
        let words = self.w_in.rows();
        if let Some(id) = frozen.iter().find(|id| **id as usize >= words) {
            return Err(damaged("trainer.frozen", format!("word {id} of {words}")).into());
        }
        Ok(self.freeze(&frozen)?)
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

#[cfg(test)]
#[path = "trainer_tests.rs"]
pub(super) mod tests;
