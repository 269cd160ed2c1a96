//! The trainer: goes through the corpus, epoch after epoch, and stops when asked.
#![forbid(unsafe_code)]

use super::examples::Examples;
use super::learner::Learner;
use super::state::{AdamState, LossPoint, Progress, TrainerState};
use super::team::{Member, Team, Turn};
use crate::config::{Config, OptimizerKind};
use crate::error::{ConfigError, Error, Result, TrainError};
use crate::math::{LANES, Matrix, PANEL_CHUNKS, Purpose, Rng};
use crate::nn::{
    Adam, AllColumns, Batch, Columns, Field, Optimizer, Parameter, Parameters, Plan, Stopped, UnigramSampler, Weights,
    Wiring,
};
use crate::words::WordId;
use std::ops::Range;
use std::sync::RwLock;
use std::time::Instant;

/// Losses are averaged over this many iterations before they are told, as in the chapter.
const EVAL_INTERVAL: usize = 20;

/// Why [`Trainer::run`] returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// All epochs are done.
    Finished,
    /// An epoch is done, and there is another.
    EpochEnd,
    /// The caller asked for it.
    Asked,
}

/// Trains the textbook's models.
///
/// ```
/// use quickvec::nn::{Pause, Trainer};
/// let ids: Vec<u32> = (0..2_000).map(|i| (i * i % 101) % 20).collect();
/// let mut counts = vec![0; 20];
/// ids.iter().for_each(|&id| counts[id as usize] += 1);
/// let config = quickvec::Config { epochs: 2, vector_size: 10, window: 2, ..quickvec::Config::textbook() };
/// let mut trainer = Trainer::new(&config, &ids, &counts, 0)?;
/// while trainer.run(|_| false, |point| println!("loss {:.2}", point.loss))? != Pause::Finished {}
/// assert_eq!(trainer.weights().w_in.rows(), 20);
/// # Ok::<(), quickvec::Error>(())
/// ```
pub struct Trainer<'a> {
    config: Config,
    vocab_size: usize,
    examples: Examples<'a>,
    sampler: UnigramSampler,
    optimizer: Optimizer,
    learners: Vec<Learner>,
    /// Columns of each learner.
    shares: Vec<Range<usize>>,
    turns: [RwLock<Turn>; 2],
    /// Order of the examples in the epoch it was made for.
    order: (Option<u64>, Vec<u32>),
    clock: Clock,
}

/// Where training is, and its losses.
struct Clock {
    step: u64,
    iterations: usize,
    batch_size: usize,
    seconds_before: f64,
    started: Option<Instant>,
    loss_sum: f64,
    loss_count: u32,
    history: Vec<LossPoint>,
}

impl<'a> Trainer<'a> {
    /// A trainer with the chapter's random first weights. `ids` is the corpus, `counts[id]` how often each word occurs in
    /// it; `threads` 0 takes all cores. The number of threads changes the speed, never a bit of the result.
    ///
    /// # Errors
    /// If a setting is out of range, the corpus is shorter than a window, or the vocabulary too small for the negatives.
    pub fn new(config: &Config, ids: &'a [WordId], counts: &[u64], threads: usize) -> Result<Self> {
        config.validate()?;
        let weights = Weights::random(counts.len(), config.vector_size, config.seed);
        let state = TrainerState {
            step: 0,
            seconds: 0.0,
            loss_sum: 0.0,
            loss_count: 0,
            history: Vec::new(),
            w_in: weights.w_in.to_vec(),
            w_out: weights.w_out.to_vec(),
            adam: None,
        };
        Self::build(config, ids, counts, threads, state)
    }

    /// A trainer that goes on where another stopped, with the same corpus and configuration (`epochs` may differ).
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`TrainError::Mismatch`] if `state` does not fit the corpus or the configuration.
    pub fn resume(
        config: &Config,
        ids: &'a [WordId],
        counts: &[u64],
        threads: usize,
        state: TrainerState,
    ) -> Result<Self> {
        config.validate()?;
        check_state(config, counts.len(), &state)?;
        Self::build(config, ids, counts, threads, state)
    }

    fn build(config: &Config, ids: &'a [WordId], counts: &[u64], threads: usize, state: TrainerState) -> Result<Self> {
        let wiring = Wiring::of(config);
        if ids.len() < 2 * config.window + 1 || u32::try_from(ids.len()).is_err() {
            return Err(corpus_size_error(config, ids.len()));
        }
        if let Some(&id) = ids.iter().find(|&&id| id as usize >= counts.len()) {
            return Err(mismatch("words below id", counts.len(), id).into());
        }
        let examples = Examples::new(ids, wiring);
        let sampler = UnigramSampler::new(counts, config.power, config.negatives)?;
        let clock = Clock::new(config, examples.len(), &state);
        if clock.step > clock.progress(config).steps() || clock.progress(config).steps() >= u64::from(u32::MAX) {
            return Err(mismatch("steps of at most", clock.progress(config).steps(), clock.step).into());
        }
        let vocab_size = counts.len();
        let shares = shares(config.vector_size, threads);
        let learners = shares.iter().map(|columns| learner(config, vocab_size, &state, columns)).collect();
        let optimizer = optimizer(config, vocab_size, state);
        let turns = [(); 2].map(|()| RwLock::new(Turn::new(vocab_size)));
        let config = config.clone();
        let order = (None, Vec::new());
        Ok(Self { config, vocab_size, examples, sampler, optimizer, learners, shares, turns, order, clock })
    }

    /// Trains until the end of the epoch, or until `pause`, which is asked before every batch, says so. `on_loss` is told
    /// the average loss every 20 iterations.
    ///
    /// # Errors
    /// [`TrainError::Diverged`] if the loss is no finite number; the weights are then of no use.
    pub fn run(
        &mut self,
        mut pause: impl FnMut(Progress) -> bool,
        mut on_loss: impl FnMut(&LossPoint),
    ) -> Result<Pause, TrainError> {
        if self.progress().is_finished() {
            return Ok(Pause::Finished);
        }
        self.shuffle();
        let Self { config, examples, sampler, optimizer, learners, turns, order, clock, .. } = self;
        clock.started = Some(Instant::now());
        let mut leader = Leader { config, examples, sampler, optimizer, order: &order.1, clock, failed: None };
        let team = Team::new(learners.len(), turns);
        leader.prepare(&team, 0, &mut pause);
        run_team(&team, learners, &mut leader, &mut pause, &mut on_loss)?;
        let failed = leader.failed.take();
        self.clock.seconds_before = self.clock.seconds();
        self.clock.started = None;
        match failed {
            Some(error) => Err(error),
            None if self.progress().is_finished() => Ok(Pause::Finished),
            None if self.clock.step.is_multiple_of(self.clock.iterations as u64) => Ok(Pause::EpochEnd),
            None => Ok(Pause::Asked),
        }
    }

    /// The order of the examples depends on the seed and the epoch alone.
    fn shuffle(&mut self) {
        let epoch = self.clock.step / self.clock.iterations as u64;
        if self.order.0 != Some(epoch) {
            self.order = (Some(epoch), self.examples.shuffled(self.config.seed, epoch));
        }
    }

    /// How far training is.
    pub fn progress(&self) -> Progress {
        self.clock.progress(&self.config)
    }

    /// Seconds of training so far, over all runs.
    pub fn seconds(&self) -> f64 {
        self.clock.seconds()
    }

    /// All average losses so far.
    pub fn history(&self) -> &[LossPoint] {
        &self.clock.history
    }

    /// Threads in use.
    pub fn threads(&self) -> usize {
        self.learners.len()
    }

    /// Examples in a batch: as configured, or all there are if those are fewer.
    pub fn batch_size(&self) -> usize {
        self.clock.batch_size
    }

    /// The weights as dense Adam would have them now.
    pub fn weights(&self) -> Weights {
        let mut whole = Weights::zeros(self.vocab_size, self.config.vector_size);
        for (learner, columns) in self.learners.iter().zip(&self.shares) {
            let weights = learner.settled_weights(&self.optimizer);
            copy_columns(&weights.w_in, &mut whole.w_in, columns.start);
            copy_columns(&weights.w_out, &mut whole.w_out, columns.start);
        }
        whole
    }

    /// Everything needed to go on later.
    pub fn state(&self) -> TrainerState {
        let w_in = |field| self.gather(field, |parameters| &parameters.w_in);
        let w_out = |field| self.gather(field, |parameters| &parameters.w_out);
        let adam = match &self.optimizer {
            Optimizer::Sgd(_) => None,
            Optimizer::Adam(adam) => Some(AdamState {
                last_in: adam.last_updates().0.to_vec(),
                last_out: adam.last_updates().1.to_vec(),
                dw_in: w_in(Field::Gradient),
                dw_out: w_out(Field::Gradient),
                m_in: w_in(Field::FirstMoment),
                v_in: w_in(Field::SecondMoment),
                m_out: w_out(Field::FirstMoment),
                v_out: w_out(Field::SecondMoment),
            }),
        };
        TrainerState {
            step: self.clock.step,
            seconds: self.clock.seconds(),
            loss_sum: self.clock.loss_sum,
            loss_count: self.clock.loss_count,
            history: self.clock.history.clone(),
            w_in: w_in(Field::Weight),
            w_out: w_out(Field::Weight),
            adam,
        }
    }

    /// A whole matrix, V x D row-major, from every learner's columns.
    fn gather(&self, field: Field, part: impl Fn(&Parameters) -> &Parameter) -> Vec<f32> {
        let mut whole = Matrix::zeros(self.vocab_size, self.config.vector_size);
        for (learner, columns) in self.learners.iter().zip(&self.shares) {
            if let Some(part) = part(learner.model().parameters()).get(field) {
                copy_columns(&part, &mut whole, columns.start);
            }
        }
        whole.to_vec()
    }

    /// The mean loss on other text, whose `ids` are of this vocabulary, with negatives that depend on the seed alone.
    /// `None` if it is shorter than a window. Changes nothing.
    pub fn held_out_loss(&self, ids: &[WordId]) -> Option<f64> {
        if ids.len() < 2 * self.config.window + 1 {
            return None;
        }
        let mut examples = Examples::new(ids, Wiring::of(&self.config));
        let all: Vec<u32> = (0..examples.len() as u32).collect();
        let config = Config { optimizer: OptimizerKind::Sgd, ..self.config.clone() };
        let mut learner = Learner::new(&config, Parameters::of(&self.weights(), false));
        let mut rng = Rng::stream(self.config.seed, Purpose::HeldOut, 0);
        let mut batch = Batch::new(self.vocab_size);
        let mut total = 0.0;
        for some in all.chunks(self.config.batch_size) {
            examples.fill(some, &self.sampler, &mut rng, &mut batch);
            let loss = learner.forward(&batch, &Plan::default(), &mut AllColumns).ok()?;
            total += loss * some.len() as f64;
        }
        Some(total / all.len() as f64)
    }
}

/// The thread that prepares batches and keeps the books, beside working on its own columns.
struct Leader<'t, 'a> {
    config: &'t Config,
    examples: &'t mut Examples<'a>,
    sampler: &'t UnigramSampler,
    optimizer: &'t mut Optimizer,
    order: &'t [u32],
    clock: &'t mut Clock,
    failed: Option<TrainError>,
}

impl Leader<'_, '_> {
    /// Fills turn `i` with the next batch, or with the end. The clock already stands at the step to come.
    fn prepare(&mut self, team: &Team, i: u64, pause: &mut dyn FnMut(Progress) -> bool) {
        let mut turn = team.prepare(i);
        let progress = self.clock.progress(self.config);
        let iteration = (progress.step % progress.iterations as u64) as usize;
        turn.end = self.failed.is_some() || (i > 0 && iteration == 0) || pause(progress);
        if !turn.end {
            let Turn { batch, plan, .. } = &mut *turn;
            let mut rng = Rng::stream(self.config.seed, Purpose::Negatives, progress.step);
            let size = self.clock.batch_size;
            self.examples.fill(&self.order[iteration * size..][..size], self.sampler, &mut rng, batch);
            self.optimizer.plan(batch, plan);
        }
        drop(turn);
        team.announce(i);
    }

    fn record(&mut self, loss: f64, on_loss: &mut dyn FnMut(&LossPoint)) {
        let (epoch, iteration) = self.clock.position();
        if !loss.is_finite() {
            self.failed = Some(TrainError::Diverged { epoch, iteration, loss });
        }
        if let Some(point) = self.clock.record(loss) {
            on_loss(&point);
        }
    }
}

/// Lets every learner go through the turns, the last one on this thread with the leader's work between its two halves.
fn run_team(
    team: &Team,
    learners: &mut [Learner],
    leader: &mut Leader,
    pause: &mut dyn FnMut(Progress) -> bool,
    on_loss: &mut dyn FnMut(&LossPoint),
) -> Result<(), TrainError> {
    let last = learners.len() - 1;
    let (others, own) = learners.split_at_mut(last);
    let led = |i: u64, loss: f64, leader: &mut Leader| {
        leader.record(loss, on_loss);
        leader.prepare(team, i + 1, pause);
    };
    if others.is_empty() {
        return follow(team, &mut own[0], &mut AllColumns, led, leader).map_err(worker_stopped);
    }
    std::thread::scope(|scope| {
        let work =
            |(index, learner)| move || follow(team, learner, &mut Member::new(team, index), |_, _, ()| (), &mut ());
        let handles: Vec<_> = others.iter_mut().enumerate().map(work).map(|work| scope.spawn(work)).collect();
        let outcome = follow(team, &mut own[0], &mut Member::new(team, last), led, leader);
        let joined: Result<Vec<_>, _> = handles.into_iter().map(|handle| handle.join()).collect();
        match joined {
            Ok(_) => outcome.map_err(worker_stopped),
            Err(panic) => Err(TrainError::Worker(panic_message(panic.as_ref()))),
        }
    })
}

/// One thread's way through the turns; `between` is called with the loss, halfway through each step.
fn follow<L>(
    team: &Team,
    learner: &mut Learner,
    columns: &mut dyn Columns,
    mut between: impl FnMut(u64, f64, &mut L),
    leader: &mut L,
) -> Result<(), Stopped> {
    for i in 0.. {
        let turn = team.turn(i)?;
        if turn.end {
            break;
        }
        let loss = learner.forward(&turn.batch, &turn.plan, columns)?;
        between(i, loss, leader);
        learner.backward(&turn.batch, &turn.plan, columns)?;
    }
    Ok(())
}

fn worker_stopped(stopped: Stopped) -> TrainError {
    TrainError::Worker(stopped.to_string())
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it gave no reason".to_owned())
}

impl Clock {
    fn new(config: &Config, examples: usize, state: &TrainerState) -> Self {
        let batch_size = config.batch_size.min(examples);
        Self {
            step: state.step,
            iterations: examples / batch_size,
            batch_size,
            seconds_before: state.seconds,
            started: None,
            loss_sum: state.loss_sum,
            loss_count: state.loss_count,
            history: state.history.clone(),
        }
    }

    fn progress(&self, config: &Config) -> Progress {
        Progress { step: self.step, iterations: self.iterations, epochs: config.epochs }
    }

    /// Epoch and iteration of the step to come, both from 1.
    fn position(&self) -> (usize, usize) {
        let iterations = self.iterations as u64;
        ((self.step / iterations) as usize + 1, (self.step % iterations) as usize + 1)
    }

    fn seconds(&self) -> f64 {
        self.seconds_before + self.started.map_or(0.0, |started| started.elapsed().as_secs_f64())
    }

    /// Counts a step. A point at iterations 1, 21, 41, ... of each epoch.
    fn record(&mut self, loss: f64) -> Option<LossPoint> {
        let (epoch, iteration) = self.position();
        self.step += 1;
        self.loss_sum += loss;
        self.loss_count += 1;
        if (iteration - 1) % EVAL_INTERVAL != 0 {
            return None;
        }
        let loss = self.loss_sum / f64::from(self.loss_count);
        let point = LossPoint { epoch, iteration, seconds: self.seconds(), loss };
        (self.loss_sum, self.loss_count) = (0.0, 0);
        self.history.push(point);
        Some(point)
    }
}

/// Which columns each thread has: whole panels, spread evenly. The last share is the smallest, since its thread also
/// prepares the batches.
fn shares(vector_size: usize, threads: usize) -> Vec<Range<usize>> {
    const PANEL: usize = PANEL_CHUNKS * LANES;
    let panels = vector_size.div_ceil(PANEL);
    let available = || std::thread::available_parallelism().map_or(1, |n| n.get());
    let threads = if threads == 0 { available() } else { threads }.min(panels);
    let end = |t: usize| ((panels * (t + 1)).div_ceil(threads) * PANEL).min(vector_size);
    (0..threads).map(|t| if t == 0 { 0..end(0) } else { end(t - 1)..end(t) }).collect()
}

fn learner(config: &Config, vocab_size: usize, state: &TrainerState, columns: &Range<usize>) -> Learner {
    let take = |numbers: &[f32]| take_columns(numbers, vocab_size, config.vector_size, columns);
    let weights = Weights { w_in: take(&state.w_in), w_out: take(&state.w_out) };
    let mut parameters = Parameters::of(&weights, config.optimizer == OptimizerKind::Adam);
    if let Some(adam) = &state.adam {
        let Parameters { w_in, w_out } = &mut parameters;
        w_in.set(Field::Gradient, &take(&adam.dw_in));
        w_in.set(Field::FirstMoment, &take(&adam.m_in));
        w_in.set(Field::SecondMoment, &take(&adam.v_in));
        w_out.set(Field::Gradient, &take(&adam.dw_out));
        w_out.set(Field::FirstMoment, &take(&adam.m_out));
        w_out.set(Field::SecondMoment, &take(&adam.v_out));
    }
    Learner::new(config, parameters)
}

fn optimizer(config: &Config, vocab_size: usize, state: TrainerState) -> Optimizer {
    match state.adam {
        Some(adam) => {
            let adam = Adam::resume(config.learning_rate, state.step as u32, adam.last_in, adam.last_out);
            Optimizer::Adam(Box::new(adam))
        }
        None => Optimizer::new(config, vocab_size),
    }
}

/// Columns `columns` of a `rows` x `cols` matrix.
fn take_columns(numbers: &[f32], rows: usize, cols: usize, columns: &Range<usize>) -> Matrix {
    let mut part = Matrix::zeros(rows, columns.len());
    for (i, row) in numbers.chunks_exact(cols).enumerate() {
        part.set_row(i, &row[columns.clone()]);
    }
    part
}

/// Writes `part` into columns `from..` of `whole`; `from` is a multiple of a panel.
fn copy_columns(part: &Matrix, whole: &mut Matrix, from: usize) {
    let (n, width) = (part.width(), whole.width());
    for (whole, part) in whole.chunks_mut().chunks_exact_mut(width).zip(part.chunks().chunks_exact(n)) {
        whole[from / LANES..][..n].copy_from_slice(part);
    }
}

fn corpus_size_error(config: &Config, tokens: usize) -> Error {
    if tokens < 2 * config.window + 1 {
        return TrainError::CorpusTooShort { tokens, window: config.window }.into();
    }
    ConfigError::OutOfRange { name: "max-tokens", expected: "at most 4294967295", got: tokens.to_string() }.into()
}

fn mismatch(what: &'static str, expected: impl ToString, got: impl ToString) -> TrainError {
    TrainError::Mismatch { what, expected: expected.to_string(), got: got.to_string() }
}

/// A state must have a number for every place where one will be read.
fn check_state(config: &Config, vocab_size: usize, state: &TrainerState) -> Result<(), TrainError> {
    let numbers = vocab_size * config.vector_size;
    let mut matrices = vec![&state.w_in, &state.w_out];
    match (&state.adam, config.optimizer) {
        (Some(adam), OptimizerKind::Adam) => {
            matrices.extend([&adam.dw_in, &adam.dw_out, &adam.m_in, &adam.v_in, &adam.m_out, &adam.v_out]);
            for last in [&adam.last_in, &adam.last_out] {
                if last.len() != vocab_size {
                    return Err(mismatch("a vocabulary of", last.len(), vocab_size));
                }
                if let Some(late) = last.iter().find(|&&last| u64::from(last) > state.step) {
                    return Err(mismatch("updates until step", state.step, late));
                }
            }
        }
        (None, OptimizerKind::Sgd) => {}
        (Some(_), kind) | (None, kind) => return Err(mismatch("another optimizer than", kind, kind)),
    }
    match matrices.iter().find(|matrix| matrix.len() != numbers) {
        Some(matrix) => Err(mismatch("matrices of numbers", matrix.len(), numbers)),
        None => Ok(()),
    }
}
