//! Few labels go further over word vectors: the chapter's last section, measured.
//!
//!     cargo run --release --example classify
//!
//! Sentences are to be sorted by topic: animals, vehicles, buildings, reading, food or money. The word vectors come from the
//! built-in corpus, without labels; the labelled sentences are others by the same generator. A logistic classifier learns from a
//! few of them: over counts of words (the sum of their one-hot vectors), over the same counts with less weight on frequent
//! words, and over the mean of the words' unit vectors with those weights.
//!
//! The noun that decides the topic stands in each sentence; which nouns belong to which topic, only the labels say. Two dozen
//! labels leave many nouns out; for these, counts can only use the words around, while vectors place a `goose` near a
//! `cow`, and win. From four dozen labels on counts win: by then the classifier has seen nearly every noun, and a mean blurs it.
#![forbid(unsafe_code)]

use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2, Axis};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use rapidvec::corpus::CorpusOptions;
use rapidvec::vectors::{Embedder, Numbers, WordVectors};
use rapidvec::{Trainer, Until, Vocabulary};
use rapidvec_core::compress::{Compression, Limits};
use rapidvec_textbook::{Config as TextbookConfig, TextbookTrainer, builtin};
use std::error::Error;
use std::io::Read;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// The nouns of each topic; the plural counts too.
const TOPICS: [(&str, &str); 6] = [
    ("animals", "dog dogs cat cats mouse mice horse horses goose geese cow cows"),
    ("vehicles", "car cars truck trucks vehicle vehicles van vans motorcycle motorcycles taxi taxis"),
    ("buildings", "house houses factory factories school schools hotel hotels church churches"),
    ("reading", "book books story stories letter letters newspaper newspapers"),
    ("food", "apple apples potato potatoes tomato tomatoes"),
    ("money", "bond bonds share shares loan loans"),
];
const LABELS: [usize; 5] = [12, 24, 48, 96, 384];
const SEEDS: u64 = 5;
/// Frequent words, such as `the`, carry little information and get little weight.
const SIF: f64 = 1e-3;
/// Texts for choosing the regularisation, and for the accuracy that is shown.
const VALIDATION: usize = 200;
const TEST: usize = 1000;
/// Strength of the classifier's regularisation; for each kind of features, the best on the validation texts.
const ALPHAS: [f64; 3] = [0.1, 0.01, 0.001];

fn main() -> Result {
    let vectors = train()?;
    let texts = labelled_texts()?;
    println!(
        "{} sentences with a label; {TEST} of them test; always naming the commonest topic is right in {:.1} %",
        texts.len(),
        chance(&texts)
    );
    println!("\naccuracy on the test in %, mean and range over {SEEDS} draws:");
    println!("labels   one-hot counts         counts, weighted       word vectors, weighted");
    for labels in LABELS {
        let mut right = [Vec::new(), Vec::new(), Vec::new()];
        for seed in 0..SEEDS {
            let split = Split::draw(&texts, labels, seed);
            right[0].push(split.accuracy(&counts_of_words(&split, |_| 1.0))?);
            right[1].push(split.accuracy(&counts_of_words(&split, |word| weight(&vectors, word)))?);
            right[2].push(split.accuracy(&means_of_vectors(&split, &vectors)?)?);
        }
        println!("{labels:>6}   {}", right.map(|right| format!("{:<20}", summary(&right))).join("   "));
    }
    Ok(())
}

/// Word vectors of the built-in corpus, by the chapter's recipe.
fn train() -> Result<WordVectors> {
    let corpus = builtin::corpus(&CorpusOptions::textbook())?;
    let config = TextbookConfig::textbook();
    let mut trainer = TextbookTrainer::new(&config, &corpus, corpus.counts(), 0)?;
    trainer.run(Until::End, &mut ())?;
    let rows = trainer.weights().input.to_vec();
    println!(
        "vectors of {} words, trained in {:.1} s without labels",
        corpus.vocabulary().len(),
        trainer.progress().seconds
    );
    Ok(WordVectors::new(corpus.vocabulary().as_ref().clone(), config.vector_size, Numbers::F32(rows))?)
}

/// A sentence, and the number of its topic.
struct Text {
    words: String,
    topic: usize,
}

/// Distinct sentences that name nouns of one topic only; none of them is in the text that the vectors come from. The generator of
/// the built-in corpus wrote them, from seed 2.
fn labelled_texts() -> Result<Vec<Text>> {
    let mut lines = String::new();
    Compression::Gzip.reader(&include_bytes!("classify.txt.gz")[..], Limits::LIST)?.read_to_string(&mut lines)?;
    let text = |line: &str| topic(line).map(|topic| Text { words: line.to_owned(), topic });
    Ok(lines.lines().filter_map(text).collect())
}

fn topic(line: &str) -> Option<usize> {
    let of = |word: &str| TOPICS.iter().position(|(_, nouns)| nouns.split(' ').any(|noun| noun == word));
    let mut topics = line.split(' ').filter_map(of);
    topics.next().filter(|first| topics.all(|topic| topic == *first))
}

/// The share of the most frequent topic, in percent.
fn chance(texts: &[Text]) -> f64 {
    let of = |topic| texts.iter().filter(|text| text.topic == topic).count();
    let most = (0..TOPICS.len()).map(of).max().unwrap_or(0);
    100.0 * most as f64 / texts.len() as f64
}

/// Texts for training, validation and test.
struct Split<'t> {
    /// Training texts first, then validation, then test.
    texts: Vec<&'t Text>,
    labels: usize,
}

impl<'t> Split<'t> {
    /// Draws as many training texts of each topic.
    fn draw(texts: &'t [Text], labels: usize, seed: u64) -> Self {
        let mut order: Vec<_> = texts.iter().collect();
        shuffle(&mut order, seed);
        let mut left = [labels / TOPICS.len(); TOPICS.len()];
        let (mut training, others): (Vec<_>, Vec<_>) = order.into_iter().partition(|text| {
            let trains = left[text.topic] > 0;
            left[text.topic] -= usize::from(trains);
            trains
        });
        let labels = training.len();
        training.extend(others.into_iter().take(VALIDATION + TEST));
        Self { texts: training, labels }
    }

    /// The share of the test that a classifier gets right, over these features: a row for each text.
    fn accuracy(&self, features: &Array2<f64>) -> Result<f64> {
        let topics: Array1<usize> = self.texts.iter().map(|text| text.topic).collect();
        let part = |from: usize, to: usize| {
            let rows: Vec<_> = (from..to).collect();
            (features.select(Axis(0), &rows), topics.select(Axis(0), &rows))
        };
        let (training, chosen) = (self.labels, self.labels + VALIDATION);
        let (x, y) = part(0, training);
        let (validation, test) = (part(training, chosen), part(chosen, self.texts.len()));
        let dataset = DatasetBase::new(x, y);
        let mut best = (-1.0, 0.0);
        for alpha in ALPHAS {
            let model = MultiLogisticRegression::default().alpha(alpha).max_iterations(100).fit(&dataset)?;
            let right = |(x, y): &(Array2<f64>, Array1<usize>)| {
                let same = model.predict(x).iter().zip(y).filter(|(found, topic)| found == topic).count();
                same as f64 / y.len() as f64
            };
            if right(&validation) > best.0 {
                best = (right(&validation), right(&test));
            }
        }
        Ok(best.1)
    }
}

/// A column for each word of the training texts: a classifier learns nothing about others.
fn counts_of_words(split: &Split, weight: impl Fn(&str) -> f64) -> Array2<f64> {
    let mut vocabulary = Vocabulary::new();
    for word in split.texts[..split.labels].iter().flat_map(|text| text.words.split(' ')) {
        vocabulary.add(word);
    }
    let mut counts = Array2::zeros((split.texts.len(), vocabulary.len()));
    for (mut row, text) in counts.rows_mut().into_iter().zip(&split.texts) {
        for word in text.words.split(' ') {
            if let Some(id) = vocabulary.id(word) {
                row[id as usize] += weight(word);
            }
        }
        to_length_1(row.as_slice_mut().expect("rows of a fresh array lie together"));
    }
    counts
}

/// The weight that `Embedder::sif` gives a word, for counts too.
fn weight(vectors: &WordVectors, word: &str) -> f64 {
    let seen: u64 = vectors.vocabulary().counts().iter().sum();
    let count = vectors.vocabulary().id(word).map_or(0, |id| vectors.vocabulary().count(id));
    SIF / (SIF + count as f64 / seen as f64)
}

/// A column for each dimension of the vectors.
fn means_of_vectors(split: &Split, vectors: &WordVectors) -> Result<Array2<f64>> {
    let embedder = Embedder::new(vectors).sif(SIF)?;
    let mut means = Array2::zeros((split.texts.len(), vectors.vector_size()));
    for (mut row, text) in means.rows_mut().into_iter().zip(&split.texts) {
        row.iter_mut().zip(embedder.embed(&text.words)?).for_each(|(out, x)| *out = f64::from(x));
        to_length_1(row.as_slice_mut().expect("rows of a fresh array lie together"));
    }
    Ok(means)
}

/// The same scale for all features, so that regularisation affects them equally.
fn to_length_1(row: &mut [f64]) {
    let length = row.iter().map(|x| x * x).sum::<f64>().sqrt();
    if length > 0.0 {
        row.iter_mut().for_each(|x| *x /= length);
    }
}

fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    for i in (1..items.len()).rev() {
        items.swap(i, (rng.next_u64() % (i as u64 + 1)) as usize);
    }
}

fn summary(right: &[f64]) -> String {
    let percent: Vec<_> = right.iter().map(|share| 100.0 * share).collect();
    let (least, most) = percent.iter().fold((100.0, 0.0), |(least, most): (f64, f64), &x| (least.min(x), most.max(x)));
    format!("{:5.1} % ({least:.1} to {most:.1})", percent.iter().sum::<f64>() / percent.len() as f64)
}
