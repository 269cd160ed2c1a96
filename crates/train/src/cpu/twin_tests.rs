//! The trainer against plain loops in f64: the same draws, windows, steps and rates, in whole runs, for every kernel.

use super::huffman::Branch;
use super::plan::Objective;
use super::positions::RATE;
use super::schedule::{Schedule, ShuffleOrder};
use super::subsample::Subsampling;
use super::trainer::tests::text;
use super::{CpuTrainer, Outputs};
use crate::config::{Config, ContextSum, ModelKind};
use crate::{Trainer, Until};
use rapidvec_core::kernels::window::{MAX_CONTEXTS, WindowKernels};
use rapidvec_core::{EOS_ID, Ids, Matrix, Purpose, Rng, WordId};
use rapidvec_vectors::NGrams;

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
    /// With subwords, the rows after those of words are n-grams, and these are the rows each word is composed of.
    parts: Option<Vec<Vec<usize>>>,
    /// The weights of positions.
    positions: Rows,
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
        // What stands for each word of the sentence, after all other rows.
        let base = self.w_in.len();
        let mut composed = Vec::new();
        for (center, &word) in words.iter().enumerate() {
            self.compose(words, center, &mut composed);
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
            let row = |i: usize| if self.parts.is_some() { base + i } else { words[i] as usize };
            let contexts: Vec<usize> = others.clone().map(row).collect();
            let offsets: Vec<isize> = others.map(|i| i as isize - center as isize).collect();
            match self.config.model {
                ModelKind::Cbow => self.cbow(&contexts, &offsets, &targets, rate),
                ModelKind::SkipGram => {
                    contexts.chunks(MAX_CONTEXTS).for_each(|contexts| self.skip_gram(contexts, &targets, rate));
                }
            }
        }
        self.compose(words, usize::MAX, &mut composed);
        self.w_in.truncate(base);
    }

    /// Composes the words that the window around `center` reaches, and gives what those before it have learned to their rows. `composed`
    /// has the rows of the sentence as they were composed; those it has given back are empty.
    fn compose(&mut self, words: &[WordId], center: usize, composed: &mut Rows) {
        let Some(parts) = &self.parts else { return };
        let (window, base) = (self.config.window, self.w_in.len() - composed.len());
        for place in 0..composed.len() {
            if place.saturating_add(window) < center && !composed[place].is_empty() {
                let before = std::mem::take(&mut composed[place]);
                let moved: Vec<f64> =
                    self.w_in[base + place].iter().zip(&before).map(|(now, before)| now - before).collect();
                parts[words[place] as usize].iter().for_each(|&row| add(&mut self.w_in[row], 1.0, &moved));
            }
        }
        for &word in &words[composed.len()..center.saturating_add(window + 1).min(words.len())] {
            let rows = &parts[word as usize];
            let mut mean = vec![0.0; self.config.vector_size];
            rows.iter().for_each(|&row| add(&mut mean, 1.0 / rows.len() as f64, &self.w_in[row]));
            composed.push(mean.clone());
            self.w_in.push(mean);
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

    fn cbow(&mut self, contexts: &[usize], offsets: &[isize], targets: &[(usize, f64)], rate: f64) {
        let factor = if self.config.context_sum == ContextSum::Mean { 1.0 / contexts.len() as f64 } else { 1.0 };
        let (mut h, mut e) = (vec![0.0; self.config.vector_size], vec![0.0; self.config.vector_size]);
        let weights = |offset: isize| {
            let ahead = if offset > 0 { -1 } else { 0 };
            (self.config.window as isize + offset + ahead) as usize
        };
        let weighted = |w_in: &Rows, positions: &Rows| -> Rows {
            let product = |(&c, &offset): (&usize, &isize)| match positions.get(weights(offset)) {
                Some(weights) => times(weights, &w_in[c]),
                None => w_in[c].clone(),
            };
            contexts.iter().zip(offsets).map(product).collect()
        };
        weighted(&self.w_in, &self.positions).iter().for_each(|row| add(&mut h, factor, row));
        self.pairs += 1;
        for &(t, label) in targets {
            let moved = self.learn(dot(&h, &self.w_out[t]), label, rate);
            add(&mut e, moved, &self.w_out[t]);
            add(&mut self.w_out[t], moved, &h);
        }
        for (&c, &offset) in contexts.iter().zip(offsets) {
            let Some(weights) = self.positions.get_mut(weights(offset)) else {
                add(&mut self.w_in[c], 1.0, &e);
                continue;
            };
            let (for_weights, for_context) = (times(&self.w_in[c], &e), times(weights, &e));
            add(weights, factor * f64::from(RATE), &for_weights);
            add(&mut self.w_in[c], 1.0, &for_context);
        }
    }
}

fn times(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a * b).collect()
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
        for matrix in [&mut trainer.w_ngrams, &mut trainer.w_positions] {
            for id in 0..matrix.rows() {
                rng.fill_normal(&mut row, 0.3);
                matrix.set_row(id, &row);
            }
        }
        trainer
    };
    let first = fresh("scalar");
    let (mut w_in, positions) = (rows(first.w_in()), rows(&first.w_positions));
    w_in.extend(rows(&first.w_ngrams));
    let parts = first.subwords.as_ref().map(|table| {
        let rows = |word: u32| table.rows(word).iter().map(|&row| counts.len() + row as usize);
        (0..counts.len()).map(|word| [word].into_iter().chain(rows(word as u32)).collect()).collect()
    });
    let (start, outputs) = first.into_weights();
    let w_out = output_rows(&outputs);
    let words = outputs.words.map_or(0, |words| words.rows());
    let widths = vec![0; config.window + 1];
    let mut twin = Twin { config, parts, positions, w_in, w_out, words, pairs: 0, loss: 0.0, widths };
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
        let (ngrams, positions) = (rows(&trainer.w_ngrams), rows(&trainer.w_positions));
        let (w_in, outputs) = trainer.into_weights();
        let w_in = [rows(&w_in), ngrams].concat();
        assert_eq!((w_in.len(), positions.len()), (twin.w_in.len(), twin.positions.len()));
        let away = [farthest(&w_in, &twin.w_in), farthest(&output_rows(&outputs), &twin.w_out)];
        assert!(farthest(&positions, &twin.positions) < 1e-4, "{kernel}, {config:?}: positions");
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

/// Words that share n-grams and buckets, in sentences longer than a window and shorter ones.
#[test]
fn words_composed_of_ngrams_are_what_plain_loops_make() {
    let ngrams = NGrams::default().min_n(2).max_n(3).buckets(40);
    for model in [ModelKind::SkipGram, ModelKind::Cbow] {
        let subwords = Config { subwords: Some(ngrams), ..config(model) };
        compare(&subwords);
        compare(&Config { window: 2, shuffle: false, dynamic_window: false, ..subwords.clone() });
        compare(&Config {
            window: 60,
            hierarchical_softmax: true,
            learning_rate: 0.003,
            epochs: 4,
            ..subwords.clone()
        });
        compare(&Config { subwords: Some(ngrams.buckets(3)), hierarchical_softmax: true, negatives: 0, ..subwords });
    }
}

#[test]
fn position_weights_are_what_plain_loops_make() {
    let weighted = Config { position_weights: true, ..config(ModelKind::Cbow) };
    compare(&weighted);
    compare(&Config { window: 3, context_sum: ContextSum::Sum, learning_rate: 0.02, ..weighted.clone() });
    let subwords = Config { subwords: Some(NGrams::default().buckets(99)), ..weighted };
    compare(&subwords);
    compare(&Config { hierarchical_softmax: true, window: 20, dynamic_window: false, ..subwords });
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
