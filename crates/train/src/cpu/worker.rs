//! Trains a block on one thread: sentence by sentence, with one step per window.
//!
//! The negatives of a window are drawn before the previous one is trained, whose step prefetches their rows in its course, with the
//! next target's row and the row of a context some words ahead: rows are scattered over matrices larger than the cache, and a
//! step takes about as long as a read from memory. Prefetched at once, before the step, some fifty lines would hold it up: a CPU waits for
//! 12 to 24 at a time.

use super::composer::Composer;
use super::huffman::{Branch, HuffmanTree};
use super::negatives::Negatives;
use super::plan::{Objective, Plan};
use super::positions::Positions;
use super::replicas::{ReplicaSet, SYNC_INTERVAL};
use super::sentence::{Sentence, max_contexts};
use super::shared::{ReplicatedRows, Row};
use crate::config::{ContextSum, ModelKind};
use rapidvec_core::kernels::window::{Labels, MAX_CONTEXTS, Scratch};
use rapidvec_core::{Purpose, Rng, WordId};

/// Words beyond the window at which a context's row is prefetched.
const PREFETCH_DISTANCE: usize = 1;

/// Words between a word whose rows are prefetched and the word whose path in the tree is prefetched; the position of a path
/// is prefetched the same number of words earlier.
const PATH_PREFETCH_DISTANCE: usize = 2;

/// Branches at the start of a path whose rows, a few hundred, are always in the cache: they are not prefetched. Among 4, 6, 8 and
/// 10, CBOW on 10 M words of Wikipedia was fastest with 8, 4 % faster than with 4 (vector size 100, Zen 5, medians of 8 runs, 2026-11-26).
const NEAR_ROOT: usize = 8;

/// Replicated rows that are prefetched before they are synchronised; if it were earlier, another thread would take them away.
const ASKED: usize = 4;

/// The results of a block, or of several.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BlockStats {
    /// Words processed, including those that subsampling skipped.
    pub words: u64,
    /// Words that subsampling kept.
    pub kept: u64,
    /// Pairs trained: (context, target) for SkipGram, (window, target) for CBOW.
    pub pairs: u64,
    /// The sum of their losses.
    pub loss: f64,
}

impl BlockStats {
    /// Adds those of another block.
    pub fn add(&mut self, other: BlockStats) {
        self.words += other.words;
        self.kept += other.kept;
        self.pairs += other.pairs;
        self.loss += other.loss;
    }

    /// The average loss of a pair, if there was one.
    pub fn mean(&self) -> Option<f64> {
        (self.pairs > 0).then(|| self.loss / self.pairs as f64)
    }
}

/// One thread's work and its buffers.
pub(super) struct Worker<'a> {
    plan: Plan<'a>,
    rng: Rng,
    sentence: Sentence,
    /// Rows of the sentence's words in `w_in`.
    rows: Vec<Row<'a>>,
    /// Contexts of a window if some are frozen.
    copies: Vec<Row<'a>>,
    /// Contexts of a window, weighted by their positions.
    products: Vec<Row<'a>>,
    targets: Vec<Row<'a>>,
    labels: Labels,
    /// Targets of the next window.
    next_targets: Vec<Row<'a>>,
    /// Rows that the next window needs and this one does not.
    ahead: Vec<Row<'a>>,
    /// Labels of a tree's targets; those of negative sampling are always the same.
    next_labels: Labels,
    /// Labels of negative sampling.
    negatives: Vec<WordId>,
    scratch: Scratch,
    /// Which thread this is, from 0.
    thread: usize,
    rate: f32,
    kept: u64,
    pairs: u64,
    /// This thread's view of the matrices.
    w_in: ReplicatedRows<'a>,
    w_words: ReplicatedRows<'a>,
    w_nodes: ReplicatedRows<'a>,
    w_ngrams: ReplicatedRows<'a>,
    w_positions: ReplicatedRows<'a>,
    /// What stands for the words of a sentence, if they have n-grams.
    composer: Option<Composer<'a>>,
    positions: Option<Positions<'a>>,
    /// Where frozen targets of the window that was drawn last are copied: those of two windows are in use.
    slots: u32,
    /// Windows since the last tick, and the number of ticks so far: see `replicas.rs`.
    windows: usize,
    ticks: usize,
}

impl<'a> Worker<'a> {
    /// The worker of thread `thread`.
    pub fn new(plan: Plan<'a>, thread: usize) -> Self {
        let (targets, columns) = (plan.objective.max_targets().max(1), plan.w_in.shared.columns());
        let (w_in, w_ngrams) = (plan.w_in.of_thread(thread), plan.w_ngrams.of_thread(thread));
        let w_positions = plan.w_positions.of_thread(thread);
        Self {
            plan,
            rng: Rng::stream(plan.config.seed, Purpose::Block, 0),
            sentence: Sentence::default(),
            rows: Vec::new(),
            copies: Vec::new(),
            products: Vec::new(),
            targets: Vec::with_capacity(targets),
            labels: Labels::negative_sampling(targets - 1),
            next_targets: Vec::with_capacity(targets),
            ahead: Vec::with_capacity(targets + 1),
            next_labels: Labels::default(),
            negatives: Vec::with_capacity(targets),
            scratch: Scratch::new(targets, columns),
            thread,
            rate: 0.0,
            kept: 0,
            pairs: 0,
            w_in,
            w_words: plan.w_words.of_thread(thread),
            w_nodes: plan.w_nodes.of_thread(thread),
            w_ngrams,
            w_positions,
            composer: plan.composer(thread, w_in, w_ngrams),
            positions: plan.positions(thread, w_positions),
            slots: 0,
            windows: 0,
            ticks: 0,
        }
    }

    /// Trains on block `block` of epoch `epoch`, both from 0.
    pub fn block(&mut self, epoch: u64, block: u64) -> BlockStats {
        let (blocks, config) = (self.plan.blocks, self.plan.config);
        let number = epoch * blocks.count() + block;
        let number = self.plan.share.map_or(number, |share| share.block(number));
        self.rng = Rng::stream(config.seed, Purpose::Block, number);
        (self.kept, self.pairs) = (0, 0);
        blocks.read_ahead(block);
        let words = blocks.places(block).map(|place| self.piece(epoch, place)).sum();
        BlockStats { words, kept: self.kept, pairs: self.pairs, loss: self.scratch.loss.take() }
    }

    /// Trains on the piece at position `place` of epoch `epoch`. Returns its number of words.
    fn piece(&mut self, epoch: u64, place: usize) -> u64 {
        let blocks = self.plan.blocks;
        let piece = blocks.range(self.plan.order.piece(place));
        // The rate decays as if the pieces were in this order in the text.
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
        self.kept += length as u64;
        if length < 2 {
            return;
        }
        let window = self.plan.config.window;
        self.rows.clear();
        let chunks = self.plan.w_in.shared.chunks();
        if let Some(composer) = &mut self.composer {
            composer.begin(self.sentence.words(), &mut self.rows);
        } else {
            self.rows.extend(self.sentence.words().iter().map(|&id| self.w_in.row(id)));
            self.rows.iter().take(window + PREFETCH_DISTANCE).for_each(|row| row.prefetch(chunks));
        }
        self.find_next(0);
        self.ahead.iter().for_each(|row| row.prefetch(chunks));
        for center in 0..length {
            let width = self.width();
            let (start, end) = (center.saturating_sub(width), (center + width + 1).min(length));
            self.select_targets(center);
            self.ahead.clear();
            if let Some(composer) = &mut self.composer {
                composer.advance(center, self.sentence.words(), &self.plan.kernels, &mut self.scratch);
            } else {
                self.ahead.extend(self.rows.get(center + window + PREFETCH_DISTANCE));
            }
            if center + 1 < length {
                self.find_next(center + 1);
            }
            self.window(start, center, end);
            self.windows += 1;
            if self.windows == SYNC_INTERVAL {
                self.tick();
            }
        }
        if let Some(composer) = &mut self.composer {
            composer.end(&self.plan.kernels, &mut self.scratch);
        }
    }

    /// Synchronises the replicated rows that are due.
    fn tick(&mut self) {
        sync(self.plan.w_in.replicas, self.ticks, &self.w_in);
        sync(self.plan.w_words.replicas, self.ticks, &self.w_words);
        sync(self.plan.w_nodes.replicas, self.ticks, &self.w_nodes);
        sync(self.plan.w_ngrams.replicas, self.ticks, &self.w_ngrams);
        sync(self.plan.w_positions.replicas, self.ticks, &self.w_positions);
        (self.windows, self.ticks) = (0, self.ticks + 1);
    }

    /// Synchronises all replicated rows, when this thread is done.
    pub fn finish(self) {
        self.plan.w_in.replicas.ids().for_each(|id| self.w_in.sync(id));
        self.plan.w_words.replicas.ids().for_each(|id| self.w_words.sync(id));
        self.plan.w_nodes.replicas.ids().for_each(|id| self.w_nodes.sync(id));
        self.plan.w_ngrams.replicas.ids().for_each(|id| self.w_ngrams.sync(id));
        self.plan.w_positions.replicas.ids().for_each(|id| self.w_positions.sync(id));
    }

    #[inline]
    fn width(&mut self) -> usize {
        let window = self.plan.config.window;
        if self.plan.config.dynamic_window { 1 + self.rng.below(window as u32) as usize } else { window }
    }

    /// Draws the random numbers of the window around `center`, finds its targets, and puts their rows among those to prefetch.
    #[inline]
    fn find_next(&mut self, center: usize) {
        self.next_targets.clear();
        let Objective { negatives, tree } = self.plan.objective;
        if let Some(negatives) = negatives {
            self.draw_negatives(negatives, center);
        }
        if let Some(tree) = tree {
            self.follow_path(tree, center);
        }
    }

    /// Words as targets: the one at `center`, and negatives.
    #[inline]
    fn draw_negatives(&mut self, negatives: &Negatives, center: usize) {
        negatives.draw(&mut self.rng, &mut self.negatives);
        self.slots = self.other_slots();
        let rows = self.output_rows(0);
        self.next_targets.push(rows(0, self.sentence.words()[center]));
        self.next_targets.extend((1..).zip(&self.negatives).map(|(slot, &id)| rows(slot, id)));
        self.ahead.extend_from_slice(&self.next_targets);
        // Those of the next window are drawn once the width of this one is. With a million words the table exceeds the cache,
        // and prefetching it makes a run a third faster (Zen 5, 100 M words, 2026-11-27).
        let mut scout = self.rng.clone();
        if self.plan.config.dynamic_window {
            scout.below(self.plan.config.window as u32);
        }
        negatives.prefetch(&mut scout);
    }

    /// Nodes as targets: those on the path to the word at `center`.
    #[inline]
    fn follow_path(&mut self, tree: &HuffmanTree, center: usize) {
        let (w_nodes, words) = (self.w_nodes, self.sentence.words());
        if let Some(&later) = words.get(center + PATH_PREFETCH_DISTANCE) {
            tree.prefetch(later);
        }
        if let Some(&later) = words.get(center + 2 * PATH_PREFETCH_DISTANCE) {
            tree.prefetch_place(later);
        }
        let path = tree.path(words[center]);
        let (near, far) = path.split_at(NEAR_ROOT.min(path.len()));
        // Labels in the same pass: one loop over the path mispredicts fewer branches than two.
        let mut bits = 0;
        let mut row = |turn: &Branch| {
            bits = bits << 1 | u64::from(turn.label());
            w_nodes.row(turn.node())
        };
        self.next_targets.extend(near.iter().map(&mut row));
        let far_ones = self.next_targets.len();
        self.next_targets.extend(far.iter().map(row));
        self.ahead.extend_from_slice(&self.next_targets[far_ones..]);
        if path.len() <= Labels::MAX_BITS {
            self.next_labels.set_bits(bits, path.len());
        } else {
            self.next_labels.set(path.iter().map(|turn| turn.label()));
        }
    }

    /// Selects the targets that were found for the word at `center`, and their labels.
    #[inline]
    fn select_targets(&mut self, center: usize) {
        std::mem::swap(&mut self.targets, &mut self.next_targets);
        let word = self.sentence.words()[center];
        let Objective { negatives, tree } = self.plan.objective;
        match (negatives, tree) {
            (Some(negatives), None) => {
                if negatives.avoid(word, &mut self.rng, &mut self.negatives) {
                    self.targets.truncate(1);
                    self.push_negatives();
                }
                if self.labels.len() != self.targets.len() {
                    self.labels = Labels::negative_sampling(self.targets.len() - 1);
                }
            }
            (None, _) => std::mem::swap(&mut self.labels, &mut self.next_labels),
            (Some(negatives), Some(tree)) => {
                let path = tree.path(word);
                if negatives.avoid(word, &mut self.rng, &mut self.negatives) {
                    self.targets.truncate(1);
                    self.push_negatives();
                    let w_nodes = self.w_nodes;
                    self.targets.extend(path.iter().map(|turn| w_nodes.row(turn.node())));
                }
                let words = self.targets.len() - path.len();
                let of_words = (0..words).map(|target| target == 0);
                self.labels.set(of_words.chain(path.iter().map(|turn| turn.label())));
            }
        }
    }

    #[inline]
    fn push_negatives(&mut self) {
        let rows = self.output_rows(1);
        self.targets.extend((0..).zip(&self.negatives).map(|(slot, &id)| rows(slot, id)));
    }

    /// The rows of words as targets, of which the first is the `first` of its window; copies of those that are frozen.
    #[inline]
    fn output_rows(&self, first: u32) -> impl Fn(u32, WordId) -> Row<'a> + use<'a> {
        let (w_words, shared, frozen) = (self.w_words, self.plan.w_words.shared, self.plan.frozen);
        let slots = self.slots + first;
        move |slot, id| {
            let copy = frozen.and_then(|frozen| frozen.copy_output(id, &shared, slots + slot));
            copy.unwrap_or_else(|| w_words.row(id))
        }
    }

    /// Where the next window's targets are copied: not where those of the last one are.
    #[inline]
    fn other_slots(&self) -> u32 {
        let Some(frozen) = self.plan.frozen else { return 0 };
        let first = frozen.first(self.thread) + max_contexts(self.plan.config.window) as u32;
        if self.slots == first { first + self.plan.objective.max_targets() as u32 } else { first }
    }

    /// Trains the window from `start` to `end` around `center`.
    #[inline]
    fn window(&mut self, start: usize, center: usize, end: usize) {
        let Self {
            plan, sentence, rows, copies, targets, labels, scratch, composer, positions, products, ahead, ..
        } = self;
        // The first context takes the center's place, so that all of them are adjacent and need not be copied.
        rows.swap(start, center);
        let mut contexts = &rows[start + 1..end];
        if let Some(frozen) = plan.frozen {
            // Copies of the frozen ones; updates of the copies are discarded.
            let first = frozen.first(self.thread);
            let word = |place: usize| sentence.words()[if place == center { start } else { place }];
            // Composed rows are this thread's own.
            if composer.is_none() {
                copies.clear();
                copies.extend((first..).zip(start + 1..end).map(|(slot, place)| match word(place) {
                    id if frozen.holds(id) => frozen.copy(id, &plan.w_in.shared, slot),
                    _ => rows[place],
                }));
                contexts = copies;
            }
            frozen.copy_targets(targets, first + max_contexts(plan.config.window) as u32);
        }
        match plan.config.model {
            ModelKind::Cbow => {
                let factor = match plan.config.context_sum {
                    ContextSum::Mean => 1.0 / contexts.len() as f32,
                    ContextSum::Sum => 1.0,
                };
                match positions {
                    None => {
                        let step = plan.w_in.shared.step(contexts, targets, labels).ahead(ahead);
                        step.cbow(&plan.kernels, factor, self.rate, scratch);
                    }
                    Some(positions) => {
                        let place = |place| if place == center { start } else { place };
                        let placed = || (start + 1..end).map(place).zip(contexts.iter().copied());
                        positions.weigh(&plan.kernels, center, placed(), products);
                        let step = plan.w_in.shared.step(products, targets, labels).ahead(ahead);
                        step.cbow(&plan.kernels, factor, self.rate, scratch);
                        if plan.learns() {
                            positions.learn(&plan.kernels, center, placed(), factor, scratch);
                        }
                    }
                }
                self.pairs += 1;
            }
            ModelKind::SkipGram => {
                let mut ahead = &ahead[..];
                for contexts in contexts.chunks(MAX_CONTEXTS) {
                    let step = plan.w_in.shared.step(contexts, targets, labels).ahead(std::mem::take(&mut ahead));
                    step.skip_gram(&plan.kernels, self.rate, scratch);
                }
                self.pairs += contexts.len() as u64;
            }
        }
        rows.swap(start, center);
    }
}

/// Synchronises the rows that are due at tick `tick`.
fn sync(rows: &ReplicaSet, tick: usize, own: &ReplicatedRows) {
    let mut ahead = rows.due(tick);
    ahead.by_ref().take(ASKED).for_each(|id| own.ask(id));
    for id in rows.due(tick) {
        if let Some(id) = ahead.next() {
            own.ask(id);
        }
        own.sync(id);
    }
}
