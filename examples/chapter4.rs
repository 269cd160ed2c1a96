//! The chapter "word2vec, made fast", section by section, with the library's layers.
//!
//!     cargo run --release --example chapter4
//!
//! Beside what our layers print stands what the book, or NumPy, has there.
#![forbid(unsafe_code)]

use rapidvec::checkpoint::{CorpusRecord, Storage};
use rapidvec::corpus::{LineCorpus, LineOptions};
use rapidvec::vectors::{AnalogyMethod, Hits, WordVectors};
use rapidvec_core::{Matrix, Purpose, Rng};
use rapidvec_textbook::checkpoint::{Run, save_model};
use rapidvec_textbook::{
    AllColumns, Embedding, EmbeddingDot, Field, MatMul, NegativeSamplingLoss, Parameter, Pause, SigmoidWithLoss,
    TextbookTrainer, UnigramSampler,
};
use rapidvec_textbook::{Config as TextbookConfig, builtin};
use std::error::Error;
use std::path::Path;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result {
    heading("4.1 Embedding");
    embedding();
    embedding_adds_up_gradients();

    heading("4.2 Negative sampling");
    one_score_instead_of_all()?;
    sigmoid_and_loss();
    unigram_sampler()?;
    negative_sampling_loss()?;

    heading("4.3 Training and queries");
    let folder = tempfile::tempdir()?;
    let model = folder.path().join("cbow.safetensors");
    train(&model)?;
    let vectors = WordVectors::open(&model)?;
    queries(&vectors)?;

    heading("4.4 What else word vectors are good for");
    sentences_as_vectors(&vectors)?;
    transfer_learning();
    Ok(())
}

/// A row of the matrix instead of a product with a one-hot vector.
fn embedding() {
    let w = arange(7, 3); // np.arange(21).reshape(7, 3)
    let mut rows = Matrix::zeros(0, 0);
    let mut layer = Embedding::new();
    for ids in [&[2][..], &[5], &[1, 0, 3, 0]] {
        layer.forward(&w, ids, &mut rows);
        println!("W[{ids:?}] =");
        print_rows(&rows);
    }
    println!("the book: [6 7 8]; [15 16 17]; [[3 4 5] [0 1 2] [9 10 11] [0 1 2]]\n");

    let mut one_hot = Matrix::zeros(1, 7);
    one_hot.set_row(0, &[0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    let (_, product) = MatMul::forward(one_hot, &w.get(Field::Weight).expect("weights are always kept"));
    println!("one-hot 2 times W, at 21 multiplications = {:?}: the same row", product.row(0));
}

/// An id that was taken twice gets both gradients: `np.add.at`, not `dW[idx] = dout`.
fn embedding_adds_up_gradients() {
    let mut w = arange(7, 3);
    let mut layer = Embedding::new();
    layer.forward(&w, &[1, 0, 3, 0], &mut Matrix::zeros(0, 0));
    layer.backward(&Matrix::from_rows(4, 3, &[1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 3.0, 3.0, 3.0, 4.0, 4.0, 4.0]), &mut w);
    let dw = w.get(Field::Gradient).expect("gradients are always kept");
    println!("\ngradients 1, 2, 3, 4 for the ids 1, 0, 3, 0 give row 0 of dW = {:?}", dw.row(0));
    println!("np.add.at: [6 6 6]; the assignment that the book warns of: [4 4 4]");
}

/// The score of one word for each example, not of all words.
fn one_score_instead_of_all() -> Result {
    let w = arange(7, 3);
    let h = arange(3, 3).get(Field::Weight).expect("weights are always kept");
    let mut scores = [0.0; 3];
    EmbeddingDot::new(1).forward(&w, &h, &[0, 3, 1], &mut AllColumns, &mut scores)?;
    println!("EmbeddingDot of words 0, 3, 1: {scores:?}");
    println!("np.sum(W[[0, 3, 1]] * h, axis=1): [5 122 86]");
    Ok(())
}

/// Yes or no, and how wrong the answer was.
fn sigmoid_and_loss() {
    let mut layer = SigmoidWithLoss::default();
    println!("\nscore   label  loss      gradient");
    for (score, positive) in [(0.0, true), (0.0, false), (2.0, true), (2.0, false), (1000.0, false)] {
        let loss = layer.forward(&[score], positive);
        let mut gradient = [0.0];
        layer.backward(&mut gradient);
        println!("{score:<7} {:<6} {loss:<9.4} {:+.4}", u8::from(positive), gradient[0]);
    }
    println!("by hand: log 2 = 0.6931 twice, log(1 + e^-2) = 0.1269, log(1 + e^2) = 2.1269; gradients y - t");
    println!("the last line is why losses come from scores: log(1 - sigmoid(1000)) would be -inf");
}

/// Negatives in proportion to count^0.75, never the target, never the same twice.
fn unigram_sampler() -> Result {
    let counts = [1, 2, 2, 2, 1]; // of np.array([0, 1, 2, 3, 4, 1, 2, 3])
    let sampler = UnigramSampler::new(&counts, 0.75, 2)?;
    println!("\nword_p of the corpus 0 1 2 3 4 1 2 3 at power 0.75: {:.4?}", sampler.word_p());
    println!("counts alone would give [0.125, 0.25, 0.25, 0.25, 0.125]: rare words gain");
    let mut rng = Rng::stream(1, Purpose::Negatives, 0);
    for target in [1, 3, 0] {
        let mut negatives = Vec::new();
        sampler.sample_into(target, &mut rng, &mut negatives);
        println!("target {target}: negatives {negatives:?}");
    }
    println!("as in the book: at random, never the target, never a word twice");
    Ok(())
}

/// One true word and five negatives: six yes-or-no questions.
fn negative_sampling_loss() -> Result {
    let w_out = Parameter::zeros(7, 3, false);
    let h = Matrix::zeros(1, 3);
    let ids = [2, 0, 1, 3, 4, 5]; // the true word, then its negatives
    let loss = NegativeSamplingLoss::new(5).forward(&w_out, &h, &ids, &mut AllColumns)?;
    println!("\nloss of a model that knows nothing: {loss:.4}");
    println!("6 log 2 = 4.1589: the 4.16 that the chapter's training log starts with");
    Ok(())
}

/// CBOW by the chapter's recipe on the built-in corpus, saved.
fn train(model: &Path) -> Result {
    let options = LineOptions::default();
    let corpus = builtin::corpus(&options)?;
    let (tokens, words) = (corpus.ids.len(), corpus.vocabulary.len());
    println!("the built-in corpus: {tokens} tokens, {words} words (the book's Penn Treebank: 929589 and 10000)");
    let config = TextbookConfig::textbook();
    let mut trainer = TextbookTrainer::new(&config, &corpus.ids, corpus.vocabulary.counts(), 0)?;
    loop {
        let pause = trainer.run(|_| false, |_| ())?;
        let (epoch, last) = (trainer.progress().epochs_done(), trainer.history().last());
        println!("| epoch {epoch} | loss {:.2}", last.map_or(f64::NAN, |point| point.loss));
        if pause == Pause::Finished {
            break;
        }
    }
    println!("a reader's log on the first 60 % of Penn Treebank: from 4.16 to 2.3 in one epoch, 1.6 in eight");
    save(model, &config, &corpus, &trainer, &options)
}

fn save(
    model: &Path,
    config: &TextbookConfig,
    corpus: &LineCorpus,
    trainer: &TextbookTrainer,
    options: &LineOptions,
) -> Result {
    let record = CorpusRecord::new(corpus, vec!["builtin".into()], options);
    let vocabulary = &corpus.vocabulary;
    let run = Run { config, corpus: &record, vocabulary, storage: Storage::default(), held_out: &[] };
    Ok(save_model(model, &run, trainer)?)
}

/// The chapter's eight questions.
fn queries(vectors: &WordVectors) -> Result {
    for word in ["you", "year", "car", "toyota"] {
        println!("\n[query] {word}");
        print_neighbours(&vectors.most_similar(word, 5)?);
    }
    for [a, b, c] in
        [["king", "man", "queen"], ["take", "took", "go"], ["car", "cars", "child"], ["good", "better", "bad"]]
    {
        println!("\n[analogy] {a}:{b} = {c}:?");
        print_neighbours(&vectors.search().analogy(a, b, c, AnalogyMethod::Add, 5)?);
    }
    println!("\nthe book hopes for woman, went, children, worse");
    Ok(())
}

/// A sentence of any length becomes a vector of one length: the mean of its words' unit vectors.
fn sentences_as_vectors(vectors: &WordVectors) -> Result {
    let sentences = ["she drove the car", "he drove the old truck yesterday", "the child read a book"];
    let means = sentences.map(|sentence| sentence_vector(vectors, sentence));
    for (sentence, mean) in sentences.iter().zip(&means) {
        println!("{} words -> {} numbers: {sentence}", sentence.split(' ').count(), mean.len());
    }
    for (i, j) in [(0, 1), (0, 2), (1, 2)] {
        println!("cosine of \"{}\" and \"{}\": {:.2}", sentences[i], sentences[j], cosine(&means[i], &means[j]));
    }
    println!("the two about driving are nearest; a vector of fixed length is what another learner takes as its input");
    Ok(())
}

/// Unknown words are left out.
fn sentence_vector(vectors: &WordVectors, sentence: &str) -> Vec<f32> {
    let units: Vec<_> = sentence.split(' ').filter_map(|word| vectors.vector(word)).map(unit).collect();
    (0..vectors.vector_size()).map(|d| units.iter().map(|unit| unit[d]).sum::<f32>() / units.len() as f32).collect()
}

fn transfer_learning() {
    println!(
        "
Transfer learning: vectors learned once on a large text serve tasks that have little text of their own. Train
on the large text, keep the file, and start the small task (sorting mails, say) from `WordVectors::open`:
its classifier sees 100 numbers a word instead of a one-hot vector, and words it never met in its own
examples lie near words it did. `rapidvec convert model.safetensors model.pkl` hands them to Python."
    );
}

fn heading(title: &str) {
    println!("\n{title}\n{}", "=".repeat(title.len()));
}

/// `np.arange(rows * cols).reshape(rows, cols)`, as a layer's weights.
fn arange(rows: usize, cols: usize) -> Parameter {
    let numbers: Vec<f32> = (0..rows * cols).map(|i| i as f32).collect();
    Parameter::of(&Matrix::from_rows(rows, cols, &numbers), false)
}

fn print_rows(matrix: &Matrix) {
    (0..matrix.rows()).for_each(|i| println!("  {:?}", matrix.row(i)));
}

fn print_neighbours(hits: &Hits) {
    hits.iter().for_each(|(word, score)| println!(" {word}: {score:.4}"));
}

fn unit(vector: Vec<f32>) -> Vec<f32> {
    let norm = dot(&vector, &vector).sqrt();
    if norm == 0.0 { vector } else { vector.iter().map(|x| x / norm).collect() }
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
