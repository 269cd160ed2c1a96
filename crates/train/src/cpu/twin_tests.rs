//! The trainer against plain loops in f64: the same draws, windows, steps and rates, in whole runs, for every kernel.

use super::huffman::Branch;
use super::plan::Objective;
use super::schedule::{Schedule, ShuffleOrder};
use super::subsample::Subsampling;
use super::trainer::tests::text;
use super::{CpuTrainer, Outputs};
use crate::config::{Config, ContextSum, ModelKind};
use crate::{Trainer, Until};
use rapidvec_core::kernels::window::{MAX_CONTEXTS, WindowKernels};
use rapidvec_core::{EOS_ID, Ids, Matrix, Purpose, Rng, WordId};

type Rows = Vec<Vec<f64>>;

/// Corpus in which no word stands twice, so that no row is two contexts of a window.
fn corpus(sentences: usize, words: u32) -> (Vec<WordId>, Vec<u64>) {
    let (mut ids, mut counts) = (Vec::new(), vec![0; words as usize]);
    let mut rng = Rng::stream(3, Purpose::Shuffle, 1);
    for _ in 0..sentences {
        let mut sentence: Vec<WordId> = (0..words).collect();
        rng.shuffle(&mut sentence);
        sentence.truncate(1 + rng.below(words) as usize);
        // Frequent words and rare ones, for the tree and for subsampling.
        sentence.retain(|&id| rng.below(words) >= id / 2);
        sentence.iter().for_each(|&id| counts[id as usize] += 1);
        ids.extend(sentence);
        ids.push(EOS_ID);
    }
    (ids, counts)
}

struct Twin<'a> {
    config: &'a Config,
    w_in: Rows,
    /// Rows of words, if there are any, then those of nodes.
    w_out: Rows,
    /// How many of those are of words.
    words: usize,
    pairs: u64,
    loss: f64,
    /// How often each width of a window came.
    widths: Vec<u64>,
}

impl Twin<'_> {
    fn run(&mut self, ids: &[WordId], counts: &[u64]) {
        let config = self.config;
        let blocks = Schedule::new(Ids::from(ids), config.shuffle);
        let (subsampling, objective) = (Subsampling::new(counts, config.subsample), Objective::new(config, counts));
        for epoch in 0..config.epochs as u64 {
            let shuffled = || ShuffleOrder::shuffled(blocks.pieces(), config.seed, epoch);
            let order = if config.shuffle { shuffled() } else { ShuffleOrder::OF_TEXT };
            for block in 0..blocks.count() {
                let mut rng = Rng::stream(config.seed, Purpose::Block, epoch * blocks.count() + block);
                for place in blocks.places(block) {
                    let piece = blocks.range(order.piece(place));
                    let mut done = blocks.start(place);
                    for sentence in ids[piece].split_inclusive(|&id| id == EOS_ID) {
                        let words = sentence.iter().copied().filter(|&id| id != EOS_ID);
                        let words: Vec<WordId> = words.filter(|&id| subsampling.keeps(id, &mut rng)).collect();
                        let share = (epoch as f64 + done as f64 / ids.len() as f64) / config.epochs as f64;
                        let [first, last] = [config.learning_rate, config.min_learning_rate].map(f64::from);
                        self.sentence(&words, &objective, first + (last - first) * share, &mut rng);
                        done += sentence.len();
                    }
                }
            }
        }
    }

    fn sentence(&mut self, words: &[WordId], objective: &Objective, rate: f64, rng: &mut Rng) {
        if words.len() < 2 {
            return;
        }
        let draw = |rng: &mut Rng| {
            let mut drawn = Vec::new();
            if let Some(negatives) = &objective.negatives {
                negatives.draw(rng, &mut drawn);
            }
            drawn
        };
        let mut next = draw(rng);
        for (center, &word) in words.iter().enumerate() {
            let (window, mut drawn) = (self.config.window, next);
            let width = if self.config.dynamic_window { 1 + rng.below(window as u32) as usize } else { window };
            self.widths[width] += 1;
            let mut targets: Vec<(usize, f64)> = Vec::new();
            if let Some(negatives) = &objective.negatives {
                negatives.avoid(word, rng, &mut drawn);
                targets.extend([(word as usize, 1.0)].into_iter().chain(drawn.iter().map(|&id| (id as usize, 0.0))));
            }
            if let Some(tree) = &objective.tree {
                let turn = |turn: &Branch| (self.words + turn.node() as usize, f64::from(u8::from(turn.label())));
                targets.extend(tree.path(word).iter().map(turn));
            }
            next = if center + 1 < words.len() { draw(rng) } else { Vec::new() };
            let places = center.saturating_sub(width)..(center + width + 1).min(words.len());
            // All but the center, in whose place the first is: which contexts are in one step hangs on it where there are several steps.
            let others = places.clone().skip(1).map(|i| if i == center { places.start } else { i });
            let contexts: Vec<usize> = others.map(|i| words[i] as usize).collect();
            match self.config.model {
                ModelKind::Cbow => self.cbow(&contexts, &targets, rate),
                ModelKind::SkipGram => {
                    contexts.chunks(MAX_CONTEXTS).for_each(|contexts| self.skip_gram(contexts, &targets, rate));
                }
            }
        }
    }

    /// What a score is moved by, and its loss.
    fn learn(&mut self, score: f64, label: f64, rate: f64) -> f64 {
        self.loss += if label == 1.0 { (-score).exp().ln_1p() } else { score.exp().ln_1p() };
        if score.abs() > 6.0 { 0.0 } else { rate * (label - 1.0 / (1.0 + (-score).exp())) }
    }

    fn skip_gram(&mut self, contexts: &[usize], targets: &[(usize, f64)], rate: f64) {
        let (old_in, old_out) = (self.w_in.clone(), self.w_out.clone());
        for &c in contexts {
            self.pairs += 1;
            for &(t, label) in targets {
                let moved = self.learn(dot(&old_in[c], &old_out[t]), label, rate);
                add(&mut self.w_in[c], moved, &old_out[t]);
                add(&mut self.w_out[t], moved, &old_in[c]);
            }
        }
    }

    fn cbow(&mut self, contexts: &[usize], targets: &[(usize, f64)], rate: f64) {
        let factor = if self.config.context_sum == ContextSum::Mean { 1.0 / contexts.len() as f64 } else { 1.0 };
        let (mut h, mut e) = (vec![0.0; self.config.vector_size], vec![0.0; self.config.vector_size]);
        contexts.iter().for_each(|&c| add(&mut h, factor, &self.w_in[c]));
        self.pairs += 1;
        for &(t, label) in targets {
            let moved = self.learn(dot(&h, &self.w_out[t]), label, rate);
            add(&mut e, moved, &self.w_out[t]);
            add(&mut self.w_out[t], moved, &h);
        }
        contexts.iter().for_each(|&c| add(&mut self.w_in[c], 1.0, &e));
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], factor: f64, row: &[f64]) {
    to.iter_mut().zip(row).for_each(|(to, x)| *to += factor * x);
}

fn rows(matrix: &Matrix) -> Rows {
    (0..matrix.rows()).map(|row| matrix.row(row).iter().copied().map(f64::from).collect()).collect()
}

fn output_rows(outputs: &Outputs) -> Rows {
    [&outputs.words, &outputs.nodes].into_iter().flatten().flat_map(rows).collect()
}

fn farthest(a: &Rows, b: &Rows) -> f64 {
    a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// Trains with each kernel and as the twin does, and compares weights, losses and numbers of pairs.
fn compare(config: &Config) {
    let (ids, counts) = corpus(250, 50);
    let fresh = |kernel: &str| {
        // Both sides with numbers: words that start from zero would move by little.
        let mut rng = Rng::stream(9, Purpose::OutputWeights, 0);
        let mut input = Matrix::zeros(counts.len(), config.vector_size);
        let mut outputs = Outputs::zeros(config, counts.len());
        let mut row = vec![0.0; config.vector_size];
        for matrix in [Some(&mut input), outputs.words.as_mut(), outputs.nodes.as_mut()].into_iter().flatten() {
            for id in 0..matrix.rows() {
                rng.fill_normal(&mut row, 0.3);
                matrix.set_row(id, &row);
            }
        }
        let mut trainer = CpuTrainer::with_weights(config, &text(&ids), &counts, 1, input, outputs).unwrap();
        trainer.use_kernels(kernel).unwrap();
        trainer
    };
    let (start, outputs) = fresh("scalar").into_weights();
    let (w_in, w_out) = (rows(&start), output_rows(&outputs));
    let words = outputs.words.map_or(0, |words| words.rows());
    let mut twin = Twin { config, w_in, w_out, words, pairs: 0, loss: 0.0, widths: vec![0; config.window + 1] };
    twin.run(&ids, &counts);
    assert!(twin.pairs > 1_000 && farthest(&twin.w_in, &rows(&start)) > 0.1, "{config:?}: it learns too little");
    for kernel in WindowKernels::all().iter().map(WindowKernels::name) {
        let mut trainer = fresh(kernel);
        trainer.run(Until::End, &mut ()).unwrap();
        let history = trainer.history();
        let pairs: u64 = history.iter().map(|point| point.pairs).sum();
        let loss: f64 = history.iter().map(|point| point.loss * point.pairs as f64).sum();
        assert_eq!(pairs, twin.pairs, "{kernel}, {config:?}");
        assert!((loss / twin.loss - 1.0).abs() < 1e-5, "{kernel}, {config:?}: loss {loss}, plain loops {}", twin.loss);
        let (w_in, outputs) = trainer.into_weights();
        let away = [farthest(&rows(&w_in), &twin.w_in), farthest(&output_rows(&outputs), &twin.w_out)];
        assert!(away.iter().all(|&away| away < 1e-4), "{kernel}, {config:?}: {away:?} from plain loops");
    }
    let drawn = if config.dynamic_window { 1..=config.window } else { config.window..=config.window };
    assert!(drawn.clone().all(|width| twin.widths[width] > 0) && twin.widths[..*drawn.start()].iter().all(|&n| n == 0));
}

fn config(model: ModelKind) -> Config {
    let word2vec = Config::new(model);
    Config { vector_size: 19, epochs: 2, window: 5, subsample: 2e-2, min_learning_rate: 1e-3, ..word2vec }
}

#[test]
fn skipgram_is_what_plain_loops_make() {
    let config = config(ModelKind::SkipGram);
    compare(&config);
    compare(&Config { dynamic_window: false, negatives: 9, shuffle: false, ..config });
}

/// Windows of more contexts than a step takes.
#[test]
fn wide_windows_are_what_plain_loops_make() {
    for window in [9, 20, 60] {
        compare(&Config { window, subsample: 0.0, ..config(ModelKind::SkipGram) });
        compare(&Config { window, dynamic_window: false, ..config(ModelKind::Cbow) });
    }
}

#[test]
fn cbow_is_what_plain_loops_make() {
    let config = config(ModelKind::Cbow);
    compare(&config);
    compare(&Config { context_sum: ContextSum::Sum, learning_rate: 0.02, ..config.clone() });
    compare(&Config { power: -0.5, negatives: 1, ..config });
}

#[test]
fn hierarchical_softmax_is_what_plain_loops_make() {
    for model in [ModelKind::SkipGram, ModelKind::Cbow] {
        let tree = Config { hierarchical_softmax: true, negatives: 0, ..config(model) };
        compare(&tree);
        compare(&Config { window: 20, ..tree });
    }
}

#[test]
fn both_objectives_at_once_are_what_plain_loops_make() {
    for model in [ModelKind::SkipGram, ModelKind::Cbow] {
        let both = Config { hierarchical_softmax: true, ..config(model) };
        compare(&both);
        compare(&Config { negatives: 12, dynamic_window: false, ..both.clone() });
        compare(&Config { window: 20, negatives: 1, shuffle: false, ..both });
    }
}
