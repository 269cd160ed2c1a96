//! The shaders against their twins.

use super::batch::{Batch, Segment};
use super::card::Card;
use super::plain::compact::compact;
use super::plain::random::{KEEP, WIDTH, random};
use super::plain::{END, Plain};
use super::shape::Shape;
use super::{source, tables};
use crate::device::tests::{device, random_matrix};
use crate::device::{AdapterKind, Device};
use rapidvec::config::{ContextSum, ModelKind};
use rapidvec::{Config, Sampling};
use rapidvec_core::{AliasTable, Matrix};

const WORDS: usize = 30;

/// Workgroup memory that every adapter has, and none: then rows stay in the card's.
const MEMORY: usize = 32_768;

/// Sentences of one to some twenty words, with empty ones and repeated words.
fn text(length: u32) -> Vec<u32> {
    (0..length)
        .map(|i| random([i, 7, 7, 7]))
        .map(|[a, b, ..]| if a % 11 == 0 { END } else { b % WORDS as u32 })
        .collect()
}

/// What a run needs besides its settings.
struct Case {
    config: Config,
    memory: usize,
    negatives: usize,
    ids: Vec<u32>,
    keep: Vec<u32>,
    frozen: Vec<bool>,
    table: AliasTable,
}

impl Case {
    fn new(config: Config, memory: usize) -> Self {
        let weights: Vec<f64> = (1..=WORDS).map(|rank| 1.0 / rank as f64).collect();
        Self {
            negatives: config.negatives,
            config,
            memory,
            ids: text(60),
            keep: (0..WORDS as u32).map(|id| if id < 3 { u32::MAX / 2 } else { u32::MAX }).collect(),
            frozen: (0..WORDS).map(|id| id == 4 || id == 9).collect(),
            table: AliasTable::new(&weights),
        }
    }

    fn sampling(&self) -> Sampling<'_> {
        Sampling { keep: Some(&self.keep), negatives: Some((&self.table, self.negatives)), frozen: Some(&self.frozen) }
    }

    fn shape(&self, device: &Device) -> Shape {
        let adapters = Shape::new(&self.config, WORDS, self.negatives, device.adapter()).unwrap();
        let mut shape = Shape::with_memory(&self.config, WORDS, self.negatives, adapters.threads, self.memory);
        if device.adapter().kind == AdapterKind::Software {
            shape.limit_iterations(60_000);
        }
        shape
    }

    fn segment(&self) -> Segment {
        Segment { range: 0..self.ids.len(), key: [11, 22], first_rate: 0.3, last_rate: 0.2 }
    }

    /// Trains the ids as one segment on the card and by plain loops, and compares.
    fn compare(&self, device: Device) {
        let Self { config, ids, .. } = self;
        let (shape, size) = (self.shape(&device), config.vector_size);
        let scale = 0.8 / (size as f64).sqrt();
        let (input, output) = (random_matrix(WORDS, size, scale), random_matrix(WORDS, size, 1.5 * scale));
        let card = Card::new(device, shape.clone(), 1, ids.len(), &self.sampling()).unwrap();
        card.upload(&input, &output, &self.sampling()).unwrap();
        let batch = Batch::of(&self.segment(), ids);
        let sent = card.begin(0, &batch).unwrap();
        let stats = card.end(0, sent, &batch.blocks).unwrap()[0];
        let [mut w_in, mut w_out] = [Matrix::zeros(WORDS, size), Matrix::zeros(WORDS, size)];
        card.download(&mut w_in, &mut w_out).unwrap();

        let (keep, alias) = (tables::keep(&self.sampling(), WORDS), tables::alias(&self.sampling()));
        let kept = compact(ids, [11, 22], &keep);
        let mut plain =
            Plain { shape: &shape, alias: &alias, w_in: padded(&input), w_out: padded(&output), pairs: 0, loss: 0.0 };
        plain.train(&kept, &self.segment());
        let what = format!("{config:?}, {shape:?}");
        assert_eq!(stats.pairs, plain.pairs, "{what}");
        assert_eq!(stats.kept, kept.iter().filter(|id| **id != END).count() as u64, "{what}");
        assert!((stats.loss / plain.loss - 1.0).abs() < 1e-5, "{what}: loss {}, plain {}", stats.loss, plain.loss);
        for (got, expected, before) in [(&w_in, &plain.w_in, &input), (&w_out, &plain.w_out, &output)] {
            assert!(farthest(&padded(got), expected) < 2e-5, "{what}: {}", farthest(&padded(got), expected));
            assert!(farthest(expected, &padded(before)) > 2e-3, "{what}: it learns too little");
        }
        assert_eq!(w_in.row(4), input.row(4), "{what}: a frozen vector moved");
    }
}

fn padded(matrix: &Matrix) -> Vec<f32> {
    let mut numbers = Vec::new();
    for row in 0..matrix.rows() {
        matrix.push_row(row, &mut numbers);
        numbers.resize(numbers.len().next_multiple_of(4), 0.0);
    }
    numbers
}

fn farthest(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

fn compare_all(test: &str, cases: impl Iterator<Item = Case>) {
    for case in cases {
        let Some(device) = device(test) else { return };
        case.compare(device);
    }
}

fn both_models(size: usize) -> [Config; 2] {
    [ModelKind::SkipGram, ModelKind::Cbow].map(|model| Config::new(model).vector_size(size))
}

/// The sizes around which rows are padded, and large ones.
fn sizes() -> impl Iterator<Item = usize> {
    (1..=130).chain([300, 1024])
}

#[test]
fn windows_in_workgroup_memory_are_what_plain_loops_make_for_every_vector_size() {
    let models = |size: usize| both_models(size).into_iter().take(if size % 4 < 2 { 2 } else { 1 });
    let cases = sizes().flat_map(models).map(|config| Case::new(config, MEMORY));
    compare_all("windows_in_workgroup_memory_are_what_plain_loops_make_for_every_vector_size", cases);
}

#[test]
fn windows_in_the_cards_memory_are_what_plain_loops_make() {
    let sizes = sizes().filter(|size| size % 10 < 3 || *size > 130);
    let cases = sizes.flat_map(both_models).map(|config| Case::new(config, 0));
    compare_all("windows_in_the_cards_memory_are_what_plain_loops_make", cases);
}

#[test]
fn every_setting_is_what_plain_loops_make() {
    let [skip_gram, cbow] = both_models(20);
    let configs = [
        skip_gram.clone().window(1),
        skip_gram.clone().window(8).fixed_window(),
        skip_gram.clone().window(9),
        skip_gram.clone().window(1_000_000_000).negatives(1),
        skip_gram.clone().negatives(25),
        skip_gram.negatives(200).window(2),
        cbow.clone().context_sum(ContextSum::Sum),
        cbow.clone().window(1).negatives(1),
        cbow.clone().window(30).fixed_window(),
        cbow.clone().negatives(25),
        cbow.negatives(200),
    ];
    let cases = configs.into_iter().flat_map(|config| [0, MEMORY].map(|memory| Case::new(config.clone(), memory)));
    compare_all("every_setting_is_what_plain_loops_make", cases);
}

#[test]
fn texts_without_a_window_are_what_plain_loops_make() {
    let Some(device) = device("texts_without_a_window_are_what_plain_loops_make") else { return };
    let case = Case::new(Config::skip_gram().vector_size(8), MEMORY);
    let shape = case.shape(&device);
    let card = Card::new(device, shape, 1, 100, &case.sampling()).unwrap();
    let zeros = Matrix::zeros(WORDS, 8);
    card.upload(&zeros, &zeros, &case.sampling()).unwrap();
    for ids in [vec![], vec![END], vec![5], vec![5, END, END, 6, END]] {
        let batch = Batch::of(&Segment { range: 0..ids.len(), ..case.segment() }, &ids);
        let sent = card.begin(0, &batch).unwrap();
        let stats = card.end(0, sent, &batch.blocks).unwrap()[0];
        let words = ids.iter().filter(|id| **id != END).count() as u64;
        assert_eq!((stats.pairs, stats.loss, stats.words, stats.kept), (0, 0.0, words, words), "{ids:?}");
    }
}

#[test]
fn a_score_that_is_no_number_makes_a_loss_that_is_none() {
    let Some(device) = device("a_score_that_is_no_number_makes_a_loss_that_is_none") else { return };
    let case = Case::new(Config::skip_gram().vector_size(8), MEMORY);
    let shape = case.shape(&device);
    let card = Card::new(device, shape, 1, case.ids.len(), &case.sampling()).unwrap();
    let bad = Matrix::from_rows(WORDS, 8, &[f32::NAN; WORDS * 8]);
    card.upload(&bad, &Matrix::zeros(WORDS, 8), &case.sampling()).unwrap();
    let batch = Batch::of(&case.segment(), &case.ids);
    let sent = card.begin(0, &batch).unwrap();
    assert!(card.end(0, sent, &batch.blocks).unwrap()[0].loss.is_nan());
}

#[test]
fn subsampling_on_the_card_keeps_what_plain_loops_keep() {
    let Some(device) = device("subsampling_on_the_card_keeps_what_plain_loops_keep") else { return };
    for length in [0, 1, 7, 8, 9, 31, 32, 33, 1000, 4096] {
        for threads in [8, 32, 96] {
            let case = Case::new(Config::cbow(), MEMORY);
            let (ids, keep) = (text(length), tables::keep(&case.sampling(), WORDS));
            let shape = Shape { threads, ..case.shape(&device) };
            let kernel = device.kernel("compact", &source::compact(&shape), &[]).unwrap();
            let batch = Batch::of(&Segment { range: 0..ids.len(), ..case.segment() }, &ids);
            let [plan, text, limits] =
                [&batch.plan, &ids, &keep].map(|numbers| device.buffer("numbers", numbers).unwrap());
            let kept = device.zeros("kept", 4 * ids.len() as u64).unwrap();
            let counts = device.zeros("counts", 4).unwrap();
            let bindings = kernel.bind(&device, &[&plan, &text, &limits, &kept, &counts]);
            device.submit(|pass| kernel.run(pass, &bindings, 1));
            let count = device.read::<u32>(&counts).unwrap()[0] as usize;
            let expected = compact(&ids, [11, 22], &keep);
            assert_eq!(device.read::<u32>(&kept).unwrap()[..count], expected, "{length} ids, {threads} threads");
        }
    }
}

/// Pearson's chi-square of draws that should have these probabilities.
fn chi_square(seen: &[u64], probabilities: &[f64]) -> f64 {
    let draws = seen.iter().sum::<u64>() as f64;
    seen.iter().zip(probabilities).map(|(&seen, p)| (seen as f64 - p * draws).powi(2) / (p * draws)).sum()
}

#[test]
fn negatives_follow_their_distribution() {
    let case = Case::new(Config::skip_gram().vector_size(1), 0);
    let shape = Shape::with_memory(&case.config, WORDS, 5, 32, 0);
    let alias = tables::alias(&case.sampling());
    let plain = Plain { shape: &shape, alias: &alias, w_in: vec![], w_out: vec![], pairs: 0, loss: 0.0 };
    let target = 2;
    let mut seen = vec![0; WORDS];
    // The first negative of each window: later ones do not count where they repeat it.
    let draws = (0..40u32).flat_map(|key| (0..2_000).map(move |center| ([key, 5], center)));
    for (key, center) in draws {
        let drawn = plain.targets(key, center, target);
        assert_eq!((drawn[0], drawn.len()), (Some(target), 6));
        assert!((1..6).all(|k| drawn[k] != Some(target) && (drawn[k].is_none() || !drawn[1..k].contains(&drawn[k]))));
        seen[drawn[1].unwrap() as usize] += 1;
    }
    let total: f64 = (1..=WORDS).filter(|rank| *rank != 3).map(|rank| 1.0 / rank as f64).sum();
    let others = |rank: usize| 1.0 / rank as f64 / total;
    let (mut counts, mut probabilities) = (seen.clone(), (1..=WORDS).map(others).collect::<Vec<_>>());
    assert_eq!(counts.remove(2), 0);
    probabilities.remove(2);
    // 28 degrees of freedom: 1 in 10,000 is above 63.
    let chi = chi_square(&counts, &probabilities);
    assert!(chi < 63.0, "chi-square {chi}");
}

#[test]
fn widths_and_kept_words_follow_their_distributions() {
    let case = Case::new(Config::skip_gram().vector_size(1), 0);
    let shape = Shape::with_memory(&case.config, WORDS, 5, 32, 0);
    let plain = Plain { shape: &shape, alias: &[], w_in: vec![], w_out: vec![], pairs: 0, loss: 0.0 };
    let mut widths = [0; 5];
    (0..50_000u32).for_each(|i| widths[plain.window_width([i / 1_000, 3], i % 1_000) - 1] += 1);
    // 4 degrees of freedom: 1 in 10,000 is above 23.6.
    assert!(chi_square(&widths, &[0.2; 5]) < 23.6, "{widths:?}");
    for share in [0.5, 0.1, 0.9] {
        let keep = vec![(share * f64::from(u32::MAX)) as u32; WORDS];
        let kept: usize = (0..50).map(|key| compact(&[3; 2_000], [key, 1], &keep).len()).sum();
        // Four standard deviations of a share of 100,000 draws are at most 0.0064.
        assert!((kept as f64 / 1e5 - share).abs() < 0.0065, "{kept} of 100,000 for {share}");
    }
    // Neighbouring places, keys and purposes have nothing to do with each other.
    let bit = |counter| random(counter)[0] >> 31;
    let pairs = (0..10_000).map(|i| [(i, 1, KEEP), (i + 1, 1, KEEP), (i, 2, KEEP), (i, 1, WIDTH)]);
    let agree = pairs.fold([0; 3], |mut agree, counters| {
        let bits = counters.map(|(place, key, purpose)| bit([key, 9, place, purpose]));
        (0..3).for_each(|other| agree[other] += u32::from(bits[0] == bits[other + 1]));
        agree
    });
    assert!(agree.iter().all(|&agree| agree.abs_diff(5_000) < 200), "{agree:?}");
}
