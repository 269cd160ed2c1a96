//! One thread's way through a block: sentence by sentence, window by window, a step each.
//!
//! The negatives of a window are drawn while the one before it is trained, and their rows asked for from memory at once, with
//! the next target's row and the context that comes into sight some words ahead: rows lie anywhere in matrices larger than
//! the cache, and a step takes about as long as memory needs to answer.
#![forbid(unsafe_code)]

use super::hot::{Hot, HotRows, TICK};
use super::plan::{Plan, Prediction};
use super::sentence::Sentence;
use super::shared::{OwnRows, Row, Rows};
use crate::config::{ContextSum, ModelKind};
use crate::math::kernels::window::{Labels, MAX_CONTEXTS, Scratch};
use crate::math::{Purpose, Rng};
use crate::words::WordId;

/// Words between a context and the request for its row, beyond the window.
const AHEAD: usize = 1;

/// Words between a word whose rows are asked for and one whose path in the tree is.
const PATH_AHEAD: usize = 2;

/// Turns at the start of a path whose rows are in the cache always, a few hundred of them: they are not asked for. Of 4, 6, 8 and 10 CBOW on 10 M
/// words of Wikipedia was fastest with 8, by 4 % over 4 (vectors of 100 numbers, Zen 5, medians of 8 runs, 2026-11-26).
const NEAR_ROOT: usize = 8;

/// Hot rows that are asked for before they are settled: what comes earlier another thread has taken away again.
const ASKED: usize = 4;

/// What came of a block, or of several.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Tally {
    /// Words gone through, with those that subsampling left out.
    pub words: u64,
    /// Pairs trained: (context, target) for SkipGram, (window, target) for CBOW.
    pub pairs: u64,
    /// Sum of their losses.
    pub loss: f64,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        self.words += other.words;
        self.pairs += other.pairs;
        self.loss += other.loss;
    }

    /// The average loss of a pair, if there was one.
    pub fn mean(&self) -> Option<f64> {
        (self.pairs > 0).then(|| self.loss / self.pairs as f64)
    }
}

/// Room for one thread's work.
pub(super) struct Walk<'a> {
    plan: Plan<'a>,
    rng: Rng,
    sentence: Sentence,
    /// Rows of the sentence's words in `w_in`.
    rows: Vec<Row<'a>>,
    contexts: Vec<Row<'a>>,
    targets: Vec<Row<'a>>,
    /// For the next window.
    negatives: Vec<WordId>,
    labels: Labels,
    scratch: Scratch,
    /// Which thread this is, from 0.
    thread: usize,
    rate: f32,
    pairs: u64,
    /// Both matrices as this thread sees them.
    w_in: OwnRows<'a>,
    w_out: OwnRows<'a>,
    /// Windows since the last tick, and ticks so far: see `hot.rs`.
    windows: usize,
    ticks: usize,
}

impl<'a> Walk<'a> {
    /// For thread number `thread`.
    pub fn new(plan: Plan<'a>, thread: usize) -> Self {
        let (targets, chunks) = (plan.prediction.most_targets().max(1), plan.w_in.chunks());
        let widest = 2 * plan.config.window;
        Self {
            plan,
            rng: Rng::stream(plan.config.seed, Purpose::Block, 0),
            sentence: Sentence::default(),
            rows: Vec::new(),
            contexts: Vec::with_capacity(widest),
            targets: Vec::with_capacity(targets),
            negatives: Vec::with_capacity(targets),
            labels: Labels::negative_sampling(targets - 1),
            scratch: Scratch::new(targets, chunks),
            thread,
            rate: 0.0,
            pairs: 0,
            w_in: OwnRows::new(plan.w_in, plan.hot.w_in.ids(), plan.hot_in, thread),
            w_out: OwnRows::new(plan.w_out, plan.hot.w_out.ids(), plan.hot_out, thread),
            windows: 0,
            ticks: 0,
        }
    }

    /// Trains on block `block` of epoch `epoch`, both from 0.
    pub fn block(&mut self, epoch: u64, block: u64) -> Tally {
        let (blocks, config) = (self.plan.blocks, self.plan.config);
        let number = epoch * blocks.count() + block;
        self.rng = Rng::stream(config.seed, Purpose::Block, number);
        self.pairs = 0;
        blocks.read_ahead(block);
        let words = blocks.places(block).map(|place| self.piece(epoch, place)).sum();
        Tally { words, pairs: self.pairs, loss: self.scratch.loss.take() }
    }

    /// Trains on the piece at place `place` of epoch `epoch`. Returns its words.
    fn piece(&mut self, epoch: u64, place: usize) -> u64 {
        let blocks = self.plan.blocks;
        let piece = blocks.range(self.plan.order.piece(place));
        // The rate falls as if the pieces stood in the text in this order.
        let done = blocks.start(place);
        let ids = blocks.ids();
        let mut at = piece.start;
        while at < piece.end {
            self.rate = self.plan.rate(epoch, done + at - piece.start);
            at = self.sentence.read(ids, at..piece.end, self.plan.subsampling, &mut self.rng);
            self.sentence();
        }
        ids.slice(piece).words() as u64
    }

    fn sentence(&mut self) {
        let length = self.sentence.words().len();
        if length < 2 {
            return;
        }
        let window = self.plan.config.window;
        self.rows.clear();
        self.rows.extend(self.sentence.words().iter().map(|&id| self.w_in.row(id)));
        let chunks = self.plan.w_in.chunks();
        self.rows.iter().take(window + AHEAD).for_each(|row| row.prefetch(chunks));
        self.look_ahead(0);
        for center in 0..length {
            let width = self.width();
            let (start, end) = (center.saturating_sub(width), (center + width + 1).min(length));
            self.targets_of(center);
            if let Some(row) = self.rows.get(center + window + AHEAD) {
                row.prefetch(chunks);
            }
            if center + 1 < length {
                self.look_ahead(center + 1);
            }
            self.window(start, center, end);
            self.windows += 1;
            if self.windows == TICK {
                self.tick();
            }
        }
    }

    /// Settles the hot rows that are due.
    fn tick(&mut self) {
        let Hot { w_in, w_out } = self.plan.hot;
        settle(w_in, self.ticks, &self.w_in);
        settle(w_out, self.ticks, &self.w_out);
        (self.windows, self.ticks) = (0, self.ticks + 1);
    }

    /// Settles all hot rows: this thread goes no further.
    pub fn finish(self) {
        self.plan.hot.w_in.ids().for_each(|id| self.w_in.settle(id));
        self.plan.hot.w_out.ids().for_each(|id| self.w_out.settle(id));
    }

    #[inline]
    fn width(&mut self) -> usize {
        let window = self.plan.config.window;
        if self.plan.config.dynamic_window { 1 + self.rng.below(window as u32) as usize } else { window }
    }

    /// Draws what the window around `center` will need, and asks for its rows.
    #[inline]
    fn look_ahead(&mut self, center: usize) {
        let w_out = self.w_out;
        let word = self.sentence.words()[center];
        match self.plan.prediction {
            Prediction::Negatives(negatives) => {
                negatives.draw(&mut self.rng, &mut self.negatives);
                self.negatives.iter().for_each(|&id| w_out.prefetch(id));
                w_out.prefetch(word);
            }
            Prediction::Tree(tree) => {
                if let Some(&later) = self.sentence.words().get(center + PATH_AHEAD) {
                    tree.prefetch(later);
                }
                tree.path(word).iter().skip(NEAR_ROOT).for_each(|turn| w_out.prefetch(turn.node()));
            }
        }
    }

    /// The rows that the word at `center` is predicted with, and their labels.
    #[inline]
    fn targets_of(&mut self, center: usize) {
        let (w_out, word) = (self.w_out, self.sentence.words()[center]);
        self.targets.clear();
        match self.plan.prediction {
            Prediction::Negatives(negatives) => {
                negatives.avoid(word, &mut self.rng, &mut self.negatives);
                self.targets.push(w_out.row(word));
                self.targets.extend(self.negatives.iter().map(|&id| w_out.row(id)));
                if self.labels.len() != self.targets.len() {
                    self.labels = Labels::negative_sampling(self.targets.len() - 1);
                }
            }
            Prediction::Tree(tree) => {
                let path = tree.path(word);
                self.targets.extend(path.iter().map(|turn| w_out.row(turn.node())));
                self.labels.set(path.iter().map(|turn| turn.label()));
            }
        }
    }

    /// Trains the window from `start` to `end` around `center`.
    #[inline]
    fn window(&mut self, start: usize, center: usize, end: usize) {
        match self.plan.config.model {
            ModelKind::Cbow => {
                self.take_window(start, center, end);
                let factor = match self.plan.config.context_sum {
                    ContextSum::Mean => 1.0 / self.contexts.len() as f32,
                    ContextSum::Sum => 1.0,
                };
                self.step(Some(factor));
                self.pairs += 1;
            }
            ModelKind::SkipGram => {
                if end - start - 1 <= MAX_CONTEXTS {
                    self.take_window(start, center, end);
                    self.step(None);
                } else {
                    self.in_steps(start, center, end);
                }
                self.pairs += (end - start - 1) as u64;
            }
        }
    }

    /// A window that is too wide for one step.
    fn in_steps(&mut self, start: usize, center: usize, end: usize) {
        for first in (start..end).step_by(MAX_CONTEXTS) {
            let last = (first + MAX_CONTEXTS).min(end);
            self.take_contexts((first..last).filter(|&i| i != center));
            if !self.contexts.is_empty() {
                self.step(None);
            }
        }
    }

    /// The rows of all words of the window but the one at `center`.
    #[inline]
    fn take_window(&mut self, start: usize, center: usize, end: usize) {
        if self.plan.frozen.is_some() {
            return self.take_contexts((start..end).filter(|&i| i != center));
        }
        self.contexts.clear();
        self.contexts.extend_from_slice(&self.rows[start..center]);
        self.contexts.extend_from_slice(&self.rows[center + 1..end]);
    }

    /// The rows of the words at `places`; copies of those that are frozen, for the step to change in vain.
    #[inline]
    fn take_contexts(&mut self, places: impl Iterator<Item = usize>) {
        self.contexts.clear();
        let Some(frozen) = self.plan.frozen else {
            self.contexts.extend(places.map(|i| self.rows[i]));
            return;
        };
        let first = (self.thread * 2 * self.plan.config.window) as u32;
        for (slot, i) in (first..).zip(places) {
            let id = self.sentence.words()[i];
            let row = if frozen.holds(id) { frozen.copy(id, &self.plan.w_in, slot) } else { self.rows[i] };
            self.contexts.push(row);
        }
    }

    /// CBOW's with a factor, else SkipGram's.
    #[inline]
    fn step(&mut self, factor: Option<f32>) {
        let Self { plan, contexts, targets, labels, scratch, rate, .. } = self;
        let rows = Rows { contexts, targets, labels, chunks: plan.w_in.chunks() };
        match factor {
            Some(factor) => rows.cbow(&plan.kernels, factor, *rate, scratch),
            None => rows.skip_gram(&plan.kernels, *rate, scratch),
        }
    }
}

/// Settles the rows that are due at tick `tick`.
fn settle(rows: &HotRows, tick: usize, own: &OwnRows) {
    let mut ahead = rows.due(tick);
    ahead.by_ref().take(ASKED).for_each(|id| own.ask(id));
    for id in rows.due(tick) {
        if let Some(id) = ahead.next() {
            own.ask(id);
        }
        own.settle(id);
    }
}
