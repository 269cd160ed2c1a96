//! The trainer: processes the corpus epoch by epoch, until a block, an epoch or the end.

use super::loss_recorder::{LossRecorder, explain};
use super::plan::{self, Frozen, Objective, Plan, TrainedRows, local_rows};
use super::pool::{self, Failure};
use super::replicas::{ReplicaSet, Replicas};
use super::schedule::{self, Schedule, ShuffleOrder};
use super::sentence::max_contexts;
use super::share::Share;
use super::shared::{ReplicatedRows, SharedRows};
use super::state::CpuState;
use super::subsample::Subsampling;
use super::subword_table::{Held, SubwordTable};
use super::worker::BlockStats;
use crate::checkpoint::{StateReader, StateWriter, damaged};
use crate::config::{Config, ConfigError};
use crate::corpus::Corpus;
use crate::error::Result;
use crate::observer::Observer;
use crate::progress::{LossPoint, Progress};
use crate::trainer::{Stopped, SubwordWeights, TrainError, Trainer, Until, Weights};
use rapidvec_core::kernels::window::WindowKernels;
use rapidvec_core::{LANES, Matrix, Vocabulary, WordId, threads_of};
use rapidvec_vectors::{ModelVectors, Rows, Subwords};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Instant;

/// Names of the tensors in a checkpoint.
const W_IN: &str = "w_in";
const W_OUT: &str = "w_out";
const W_NODES: &str = "w_nodes";
const W_NGRAMS: &str = "w_ngrams";
const W_POSITIONS: &str = "w_positions";
const FROZEN: &str = "frozen";
const FROZEN_OUTPUT: &str = "frozen_output";

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
    pub(super) config: Config,
    pub(super) corpus: Corpus,
    pub(super) subsampling: Subsampling,
    pub(super) objective: Objective,
    pub(super) kernels: WindowKernels,
    pub(super) threads: usize,
    pub(super) replicas: Replicas,
    pub(super) w_in: Matrix,
    /// A row for each word; none without negative sampling.
    pub(super) w_words: Matrix,
    /// A row for each node of the tree; none without hierarchical softmax.
    pub(super) w_nodes: Matrix,
    /// Which rows words are composed of, if they have n-grams; `w_in` has their own rows then.
    pub(super) subwords: Option<SubwordTable>,
    /// A row for each n-gram.
    pub(super) w_ngrams: Matrix,
    /// What words are composed of that is not trained.
    pub(super) held: Option<Held>,
    /// A row for each position of the window, if they are weighted.
    pub(super) w_positions: Matrix,
    pub(super) frozen: Option<Vec<bool>>,
    /// The same of `w_words`.
    pub(super) frozen_output: Option<Vec<bool>>,
    pub(super) words_per_epoch: u64,
    /// The pieces of the text that are trained instead of all, if they were drawn.
    pub(super) drawn: Option<Vec<u32>>,
    /// What other processes do meanwhile, if there are any.
    pub(super) share: Option<Share>,
    pub(super) state: CpuState,
}

impl CpuTrainer {
    /// Words trained on so far: those that subsampling kept, over all epochs, also before the run was resumed.
    pub fn words_kept(&self) -> u64 {
        self.state.kept
    }

    /// The sum of the losses of all [pairs](Self::pairs) so far, also before the run was resumed.
    pub fn loss_sum(&self) -> f64 {
        self.state.loss_sum
    }

    /// Pairs trained so far: (context, target) for skip-gram, (window, target) for CBOW; also before the run was resumed.
    pub fn pairs(&self) -> u64 {
        self.state.pairs
    }

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

    /// Uses these kernels, for programs that measure.
    #[doc(hidden)]
    pub fn set_kernels(&mut self, kernels: WindowKernels) {
        self.kernels = kernels;
    }

    /// Name of the kernels in use.
    pub fn kernels(&self) -> &'static str {
        self.kernels.name()
    }

    /// The vectors: V x D. With subwords, the rows that words have of their own; [`weights`](Trainer::weights) has the vectors.
    pub fn w_in(&self) -> &Matrix {
        &self.w_in
    }

    /// The output matrix: V x D, or (V - 1) x D for hierarchical softmax alone, one row for each inner node.
    pub fn w_out(&self) -> &Matrix {
        if self.has_output_per_word() { &self.w_words } else { &self.w_nodes }
    }

    /// Whether words are predicted in both ways.
    fn has_two_outputs(&self) -> bool {
        self.config.hierarchical_softmax && self.config.negatives > 0
    }

    fn w_out_mut(&mut self) -> &mut Matrix {
        if self.has_output_per_word() { &mut self.w_words } else { &mut self.w_nodes }
    }

    /// The words whose vectors are not trained.
    pub fn frozen(&self) -> Vec<WordId> {
        marked(self.frozen.as_deref())
    }

    /// The words whose output vectors are not trained.
    pub fn frozen_output(&self) -> Vec<WordId> {
        marked(self.frozen_output.as_deref())
    }

    pub(super) fn schedule(&self) -> Schedule<'_> {
        Schedule::new(self.corpus.ids(), self.config.shuffle)
    }

    /// Goes through the epochs until `until`: `train` trains one up to a block of it, and says whether the observer stopped it.
    pub(super) fn each_epoch<E>(
        &mut self,
        until: Until,
        mut train: impl FnMut(&mut Self, u64, u64) -> Result<bool, E>,
    ) -> Result<Stopped, E> {
        if self.progress().is_finished() {
            return Ok(Stopped::Finished);
        }
        let target = self.progress().block_of(until);
        let blocks = self.progress().blocks_per_epoch;
        while self.state.block < target {
            let epoch = self.state.block / blocks;
            let end = (target - epoch * blocks).min(blocks);
            if train(self, epoch, end)? && self.state.block < target {
                return Ok(Stopped::Interrupted);
            }
        }
        Ok(if self.progress().is_finished() { Stopped::Finished } else { Stopped::Reached })
    }

    /// Trains up to block `end` of the current epoch, or until the observer stops it. Returns whether the observer did.
    fn run_epoch(&mut self, epoch: u64, end: u64, observer: &mut dyn Observer) -> Result<bool, TrainError> {
        let before = self.progress();
        let order = self.order(epoch);
        let config = &self.config;
        let schedule = Schedule::new(self.corpus.ids(), config.shuffle);
        let blocks = before.block - epoch * schedule.count()..end;
        let threads = pool::useful(self.threads, &blocks);
        let alone = Replicas::default();
        let replicas = if threads > 1 { &self.replicas } else { &alone };
        let copies_of =
            |rows: &ReplicaSet| Matrix::zeros(threads * ReplicatedRows::copies(rows.ids().len()), config.vector_size);
        let mut copies_in = copies_of(&replicas.w_in);
        let (mut copies_words, mut copies_nodes) = (copies_of(&replicas.w_words), copies_of(&replicas.w_nodes));
        let targets = if self.frozen_output.is_some() { 2 * self.objective.max_targets() } else { 0 };
        let each = max_contexts(config.window) + targets;
        let window_rows = if self.frozen.is_some() { threads * each } else { 0 };
        let mut window = Matrix::zeros(window_rows, config.vector_size);
        let (mut copies_ngrams, mut copies_positions) =
            (copies_of(&replicas.w_ngrams), copies_of(&replicas.w_positions));
        let mut local = Matrix::zeros(threads * local_rows(config).iter().sum::<usize>(), config.vector_size);
        let [w_in, w_words, w_nodes, w_ngrams, w_positions, local, copies @ ..] = SharedRows::group([
            &mut self.w_in,
            &mut self.w_words,
            &mut self.w_nodes,
            &mut self.w_ngrams,
            &mut self.w_positions,
            &mut local,
            &mut copies_in,
            &mut copies_words,
            &mut copies_nodes,
            &mut copies_ngrams,
            &mut copies_positions,
            &mut window,
        ]);
        let [copies_in, copies_words, copies_nodes, copies_ngrams, copies_positions, window] = copies;
        let plan = Plan {
            config,
            kernels: self.kernels,
            blocks: schedule,
            order: &order,
            subsampling: &self.subsampling,
            objective: &self.objective,
            w_in: TrainedRows { shared: w_in, replicas: &replicas.w_in, copies: copies_in },
            w_words: TrainedRows { shared: w_words, replicas: &replicas.w_words, copies: copies_words },
            w_nodes: TrainedRows { shared: w_nodes, replicas: &replicas.w_nodes, copies: copies_nodes },
            subwords: self.subwords.as_ref(),
            held: self.held.as_ref(),
            w_ngrams: TrainedRows { shared: w_ngrams, replicas: &replicas.w_ngrams, copies: copies_ngrams },
            w_positions: TrainedRows { shared: w_positions, replicas: &replicas.w_positions, copies: copies_positions },
            local,
            frozen: self
                .frozen
                .as_deref()
                .map(|by_id| Frozen::new(Some(by_id), window, each).with_outputs(self.frozen_output.as_deref())),
            share: self.share,
        };
        let started = Instant::now();
        let seconds = || before.seconds + started.elapsed().as_secs_f64();
        let mut loss_recorder = LossRecorder::new(&mut self.state, config, schedule, epoch, before.words_per_epoch);
        let mut is_stopped = false;
        let next = pool::run(plan, epoch, blocks, threads, |all_stats, words_now| {
            loss_recorder.take(all_stats, seconds(), observer);
            let (block, loss, words) = (loss_recorder.block(), loss_recorder.last(), before.words + words_now);
            let learning_rate = plan.rate_after(block);
            let now = Progress { block, words, learning_rate, seconds: seconds(), loss, ..before };
            is_stopped |= observer.progress(&now).is_break();
            !is_stopped
        });
        self.state.seconds = seconds();
        let next = next.map_err(|failure| explain(epoch, failure))?;
        debug_assert_eq!(self.state.block, epoch * schedule.count() + next);
        Ok(is_stopped)
    }

    /// The order of the corpus in epoch `epoch`, from 0.
    pub(super) fn order(&self, epoch: u64) -> ShuffleOrder {
        let order = match self.config.shuffle {
            true => ShuffleOrder::shuffled(self.schedule().pieces(), self.config.seed, epoch),
            false => ShuffleOrder::OF_TEXT,
        };
        match &self.drawn {
            Some(drawn) => order.of_drawn(drawn),
            None => order,
        }
    }

    /// The rows of n-grams, and those that words have of their own.
    fn load_subwords(&mut self, from: &StateReader) -> Result<()> {
        let subwords = from.subwords()?.ok_or_else(|| damaged("ngrams.weight", "it is missing"))?;
        let own = self.subword_weights().map(|weights| weights.buckets);
        let all: Vec<(WordId, WordId)> = (0..self.w_in.rows() as WordId).map(|id| (id, id)).collect();
        if subwords.buckets() != own.as_deref() || !self.take_subwords(&subwords, &all) {
            return Err(damaged("ngrams.weight", "its n-grams are not those of the words").into());
        }
        Ok(())
    }

    /// Continues where `state` was saved.
    pub(super) fn restore(&mut self, state: CpuState) -> Result<(), TrainError> {
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

    /// Rows of `w_in` are uniform in ±1/D, as in gensim and fastText (word2vec.c: ±0.5/D); `w_out` is zero. One thread
    /// gives the same bits every time.
    ///
    /// # Errors
    /// [`ConfigError`] for a setting out of range; [`TrainError`] if there are fewer than two words, more than a tree can
    /// hold, or ids without a count.
    fn new(config: &Config, corpus: &Corpus, counts: &[u64], threads: usize) -> Result<Self> {
        Self::with_random_weights(config, corpus, counts, threads)
    }

    fn memory_needed(config: &Config, words: usize, ids: usize, threads: usize) -> u64 {
        /// What a thread uses of its stack, and of what it shares with no other: the sentence and the tables of a window.
        const OF_A_THREAD: u64 = 1 << 17;
        let row = (config.vector_size.div_ceil(LANES) * LANES * size_of::<f32>()) as u64;
        let (words, threads) = (words as u64, pool::useful(threads_of(threads), &(0..schedule::blocks(ids))));
        // A path is some twenty branches of 4 bytes, twice while they are collected; building the tree takes parents and a heap.
        let tree = if config.hierarchical_softmax { words * (8 * 20 + 8 + 60) } else { 0 };
        let tables = tree + if config.negatives > 0 { words * 8 } else { 0 };
        let keep = if config.subsample > 0.0 { 4 * words } else { 0 };
        let local = local_rows(config).iter().sum::<usize>() as u64;
        let thread = (max_contexts(config.window) as u64 + 64 + local) * row + OF_A_THREAD;
        let matrices = 1 + u64::from(config.negatives > 0) + u64::from(config.hierarchical_softmax);
        let replicas = Replicas::max_bytes(matrices, words as usize, row, threads);
        matrices * words * row + tables + keep + replicas + threads as u64 * thread
    }

    /// The rows of n-grams, the table of them, and the vectors that are composed to be saved.
    fn memory_of_words(config: &Config, words: &Vocabulary, threads: usize) -> u64 {
        let row = (config.vector_size.div_ceil(LANES) * LANES * size_of::<f32>()) as u64;
        config.subwords.map_or(0, |ngrams| {
            let (table, rows) = SubwordTable::size(ngrams, words);
            let replicas = Replicas::max_bytes(1, rows as usize, row, threads_of(threads));
            table + (rows + words.len() as u64) * row + replicas
        })
    }

    fn validate(config: &Config) -> Result<(), ConfigError> {
        config.validate()
    }

    fn vector_size(config: &Config) -> usize {
        config.vector_size
    }

    fn output_vectors(config: &Config) -> ModelVectors {
        ModelVectors { matrix: config.output_vectors, weight: config.join_weight }
    }

    /// A mean of n-grams or weights of positions means nothing: a rotation turns them apart from what they are multiplied with.
    fn of_run(config: &Config, later: i64) -> Result<Config, TrainError> {
        let refuse = |what| Err(TrainError::Unsupported { trainer: Self::NAME, what });
        match config {
            Config { subwords: Some(_), .. } => refuse("several runs with subwords"),
            Config { position_weights: true, .. } => refuse("several runs with position weights"),
            config => Ok(config.clone().seed(config.seed.wrapping_add_signed(later))),
        }
    }

    fn work_like(&mut self, other: &Self) {
        self.kernels = other.kernels;
    }

    fn run(&mut self, until: Until, observer: &mut dyn Observer) -> Result<Stopped> {
        Ok(self.each_epoch(until, |trainer, epoch, end| trainer.run_epoch(epoch, end, observer))?)
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
        self.config.negatives > 0
    }

    /// (K + 1) log 2 for K negatives, since every score is 0. For a tree, at most log 2 times the length of the longest path.
    fn guessing_loss(&self) -> Option<f64> {
        Some(self.objective.max_targets() as f64 * std::f64::consts::LN_2)
    }

    fn history(&self) -> &[LossPoint] {
        &self.state.history
    }

    fn weights(&self) -> Weights<'_> {
        let input = self.composed().map_or(Cow::Borrowed(&self.w_in), Cow::Owned);
        Weights { input, output: Cow::Borrowed(self.w_out()) }
    }

    fn subwords(&self) -> Option<SubwordWeights<'_>> {
        self.subword_weights()
    }

    fn position_weights(&self) -> Option<&Matrix> {
        self.config.position_weights.then_some(&self.w_positions)
    }

    fn set_input(&mut self, id: WordId, row: &[f32]) {
        self.set_composed(id, row);
    }

    fn set_subwords(&mut self, from: &Subwords, known: &[(WordId, WordId)]) -> bool {
        self.take_subwords(from, known)
    }

    fn set_position_weights(&mut self, from: &Rows) -> bool {
        self.take_positions(from)
    }

    fn set_output(&mut self, row_id: u32, row: &[f32]) {
        self.w_out_mut().set_row(row_id as usize, row);
    }

    fn freeze(&mut self, ids: &[WordId]) -> Result<(), TrainError> {
        if !ids.is_empty() && self.subwords.is_some() {
            // A frozen word would still move with its n-grams.
            return Err(TrainError::Unsupported { trainer: Self::NAME, what: "frozen vectors together with subwords" });
        }
        if !ids.is_empty() {
            let frozen = self.frozen.get_or_insert_with(|| vec![false; self.w_in.rows()]);
            ids.iter().for_each(|&id| frozen[id as usize] = true);
        }
        Ok(())
    }

    fn freeze_output(&mut self, ids: &[WordId]) -> Result<(), TrainError> {
        if ids.is_empty() {
            return Ok(());
        }
        if self.config.hierarchical_softmax {
            let what = "frozen output vectors together with hierarchical softmax";
            return Err(TrainError::Unsupported { trainer: Self::NAME, what });
        }
        let words = self.w_in.rows();
        self.frozen.get_or_insert_with(|| vec![false; words]);
        let frozen = self.frozen_output.get_or_insert_with(|| vec![false; words]);
        ids.iter().for_each(|&id| frozen[id as usize] = true);
        Ok(())
    }

    /// With the same subsampling, windows and negatives as in training. The same text gives the same draws every time. Steps
    /// write to copies, so that no row changes, not even the sign of a zero.
    fn held_out_loss(&mut self, text: &Corpus, observer: &mut dyn Observer) -> Result<Option<f64>> {
        let now = self.progress();
        let Self { config, subsampling, objective, kernels, threads, w_in, w_words, w_nodes, .. } = self;
        let Self { subwords, w_ngrams, w_positions, .. } = self;
        let config = Config { learning_rate: 0.0, min_learning_rate: 0.0, ..config.clone() };
        let blocks = Schedule::new(text.ids(), false);
        let threads = pool::useful(*threads, &(0..blocks.count()));
        let each = max_contexts(config.window) + objective.max_targets();
        let (mut none, mut window) =
            (Matrix::zeros(0, config.vector_size), Matrix::zeros(threads * each, config.vector_size));
        let mut local = Matrix::zeros(threads * local_rows(&config).iter().sum::<usize>(), config.vector_size);
        let [w_in, w_words, w_nodes, w_ngrams, w_positions, local, copies, window] =
            SharedRows::group([w_in, w_words, w_nodes, w_ngrams, w_positions, &mut local, &mut none, &mut window]);
        let replicas = &ReplicaSet::default();
        let alone = |shared| TrainedRows { shared, replicas, copies };
        let plan = Plan {
            config: &config,
            kernels: *kernels,
            blocks,
            order: &ShuffleOrder::OF_TEXT,
            subsampling,
            objective,
            w_in: alone(w_in),
            w_words: alone(w_words),
            w_nodes: alone(w_nodes),
            subwords: subwords.as_ref(),
            held: None,
            w_ngrams: alone(w_ngrams),
            w_positions: alone(w_positions),
            local,
            frozen: Some(Frozen::new(None, window, each)),
            share: None,
        };
        let mut all_stats = BTreeMap::new();
        let done = pool::run(plan, 0, 0..blocks.count(), threads, |more, _| {
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

    /// The stored weights are the trainer's own, so the state is little more than the position in the corpus. It has a copy of
    /// the weights only if the file stores half precision.
    fn save_state<'a>(&'a self, out: &mut StateWriter<'a>) -> Result<()> {
        out.record(&self.state)?;
        let frozen = self.frozen();
        if !frozen.is_empty() {
            out.u32(FROZEN, frozen);
        }
        let frozen = self.frozen_output();
        if !frozen.is_empty() {
            out.u32(FROZEN_OUTPUT, frozen);
        }
        if out.is_half() {
            out.matrix(W_IN, &self.w_in);
            out.matrix(W_OUT, self.w_out());
            if self.subwords.is_some() {
                out.matrix(W_NGRAMS, &self.w_ngrams);
            }
            if self.config.position_weights {
                out.matrix(W_POSITIONS, &self.w_positions);
            }
        }
        if self.has_two_outputs() {
            out.matrix(W_NODES, &self.w_nodes);
        }
        Ok(())
    }

    fn load_state(&mut self, from: &StateReader) -> Result<()> {
        self.restore(CpuState { history: from.history()?, ..from.record()? })?;
        self.load_weights(from)
    }
}

impl CpuTrainer {
    /// The weights, and which of them are frozen, as [`save_state`](Trainer::save_state) and the model's file have them.
    pub(crate) fn load_weights(&mut self, from: &StateReader) -> Result<()> {
        if from.is_half() {
            from.fill(W_IN, &mut self.w_in)?;
            from.fill(W_OUT, self.w_out_mut())?;
            from.fill_if(self.subwords.is_some(), W_NGRAMS, &mut self.w_ngrams)?;
            from.fill_if(self.config.position_weights, W_POSITIONS, &mut self.w_positions)?;
        } else {
            let (input, output) = (from.input(), from.output()?);
            match self.subwords {
                Some(_) => self.load_subwords(from)?,
                None => input.for_each(0..self.w_in.rows(), |i, row| self.w_in.set_row(i, row)),
            }
            if self.config.position_weights && !from.positions().is_some_and(|rows| self.take_positions(&rows)) {
                return Err(damaged("positions.weight", "it is missing or has another size").into());
            }
            let w_out = self.w_out_mut();
            output.for_each(0..w_out.rows(), |i, row| w_out.set_row(i, row));
        }
        if self.has_two_outputs() {
            from.fill(W_NODES, &mut self.w_nodes)?;
        }
        self.freeze(&self.ids_in(from, FROZEN)?)?;
        Ok(self.freeze_output(&self.ids_in(from, FROZEN_OUTPUT)?)?)
    }

    /// The ids of words in a tensor of a state, if it is there.
    fn ids_in(&self, from: &StateReader, tensor: &'static str) -> Result<Vec<WordId>> {
        let ids = if from.has(tensor) { from.u32(tensor, None)? } else { Vec::new() };
        let words = self.w_in.rows();
        match ids.iter().find(|id| **id as usize >= words) {
            Some(id) => Err(damaged(tensor, format!("word {id} of {words}")).into()),
            None => Ok(ids),
        }
    }
}

/// The words that are marked.
fn marked(words: Option<&[bool]>) -> Vec<WordId> {
    words.into_iter().flatten().zip(0..).filter(|(marked, _)| **marked).map(|(_, id)| id).collect()
}

#[cfg(test)]
#[path = "trainer_tests.rs"]
pub(super) mod tests;
