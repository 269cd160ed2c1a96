//! The chapter "word2vec, made fast", section by section: first in plain loops, then with the fast trainer.
//! 책의 4장 "word2vec 속도 개선"을 절 순서대로: 먼저 평범한 반복문으로, 다음에 빠른 훈련기로.
//!
//!     cargo run --release --example chapter4
//!
//! Each result is followed by what the book, or NumPy, has in its place.
//! 결과마다 책이나 NumPy의 값을 함께 보여 준다.
#![forbid(unsafe_code)]

use rapidvec::corpus::{Corpus, CorpusOptions};
use rapidvec::vectors::{AnalogyMethod, Hits, Numbers, WordVectors};
use rapidvec::{Stopped, Trainer as _, Until};
use rapidvec_core::{Purpose, Rng};
use rapidvec_textbook::chapter::{
    Adam, CBOW, Embedding, EmbeddingDot, Matrix, NegativeSamplingLoss, SigmoidWithLoss, Trainer, UnigramSampler,
    create_contexts_target,
};
use rapidvec_textbook::{Config as TextbookConfig, TextbookTrainer, builtin};
use std::error::Error;
use std::time::Instant;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

// The chapter's settings. / 책의 하이퍼파라미터.
const WINDOW_SIZE: usize = 5;
const HIDDEN_SIZE: usize = 100;
const SAMPLE_SIZE: usize = 5;
const BATCH_SIZE: usize = 100;

/// How much of the built-in corpus the plain layers learn from, and how often: some seconds of work.
/// 평범한 계층이 학습할 내장 말뭉치의 토큰 수와 에폭 수. 몇 초면 끝난다.
const PLAIN_TOKENS: usize = 40_000;
const PLAIN_EPOCHS: usize = 3;

fn main() -> Result {
    heading("4.1 Embedding");
    embedding();
    embedding_adds_up_gradients();

    heading("4.2 Negative sampling");
    one_score_instead_of_all();
    sigmoid_and_loss();
    unigram_sampler();
    negative_sampling_loss();

    heading("4.3 CBOW in plain loops");
    let corpus = builtin::corpus(&CorpusOptions::textbook())?;
    let (tokens, words) = (corpus.ids().len(), corpus.vocabulary().len());
    println!("the built-in corpus: {tokens} tokens, {words} words (the book's Penn Treebank: 929589 and 10000)");
    let plain_rate = train_plain(&corpus)?;

    heading("4.3 CBOW with the fast trainer");
    let (vectors, fast_rate) = train_fast(corpus)?;
    println!(
        "{fast_rate:.0} examples per second, in plain loops {plain_rate:.0}: {:.0} times as fast",
        fast_rate / plain_rate
    );
    queries(&vectors)?;
    println!("\nthe answers that the book hopes for: woman, went, children, worse");

    heading("4.4 What else word vectors are good for");
    sentences_as_vectors(&vectors);
    transfer_learning();
    Ok(())
}

/// A row of the matrix instead of a product with a one-hot vector.
/// 원핫 벡터와의 곱 대신 행렬의 행 하나.
fn embedding() {
    let w = arange(7, 3); // np.arange(21).reshape(7, 3)
    for idx in [&[2][..], &[5], &[1, 0, 3, 0]] {
        let rows = Embedding::default().forward(&w, idx);
        println!("W[{idx:?}] =");
        (0..idx.len()).for_each(|b| println!("  {:?}", &rows[b]));
    }
    println!("the book: [6 7 8]; [15 16 17]; [[3 4 5] [0 1 2] [9 10 11] [0 1 2]]\n");

    let one_hot = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0];
    let product: Vec<f32> = (0..3).map(|d| (0..7).map(|i| one_hot[i] * w[i][d]).sum()).collect();
    println!("one-hot 2 times W, at 21 multiplications = {product:?}: the same row");
}

/// An id that was taken twice gets both gradients: `np.add.at`, not `dW[idx] = dout`.
/// 두 번 꺼낸 id는 두 기울기를 모두 받는다. `dW[idx] = dout`이 아니라 `np.add.at`이다.
fn embedding_adds_up_gradients() {
    let (w, mut dw) = (arange(7, 3), Matrix::zeros(7, 3));
    let mut layer = Embedding::default();
    layer.forward(&w, &[1, 0, 3, 0]);
    layer.backward(&Matrix::new(3, vec![1., 1., 1., 2., 2., 2., 3., 3., 3., 4., 4., 4.]), &mut dw);
    println!("\ngradients 1, 2, 3, 4 for the ids 1, 0, 3, 0 give row 0 of dW = {:?}", &dw[0]);
    println!("np.add.at: [6 6 6]; the assignment that the book warns of: [4 4 4]");
}

/// The score of one word for each example, not of all words.
/// 모든 단어가 아니라 예제마다 단어 하나의 점수.
fn one_score_instead_of_all() {
    let scores = EmbeddingDot::default().forward(&arange(7, 3), &arange(3, 3), &[0, 3, 1]);
    println!("EmbeddingDot of words 0, 3, 1: {scores:?}");
    println!("np.sum(W[[0, 3, 1]] * h, axis=1): [5 122 86]");
}

/// Yes or no, and how wrong the answer was.
/// 예 또는 아니오, 그리고 답이 얼마나 틀렸는가.
fn sigmoid_and_loss() {
    let mut layer = SigmoidWithLoss::default();
    println!("\nscore   label  loss      gradient");
    for (score, label) in [(0.0, 1.0), (0.0, 0.0), (2.0, 1.0), (2.0, 0.0), (1000.0, 0.0)] {
        let loss = layer.forward(&[score], label);
        println!("{score:<7} {label:<6} {loss:<9.4} {:+.4}", layer.backward()[0]);
    }
    println!("by hand: log 2 = 0.6931 twice, log(1 + e^-2) = 0.1269, log(1 + e^2) = 2.1269; gradients y - t");
    println!("the last line is why losses come from scores: log(1 - sigmoid(1000)) would be -inf");
}

/// Negatives in proportion to count^0.75, never the target, never the same twice.
/// count^0.75에 비례하는 부정적 예. 타깃은 나오지 않고, 같은 단어가 두 번 나오지도 않는다.
fn unigram_sampler() {
    let mut sampler = UnigramSampler::new(&[0, 1, 2, 3, 4, 1, 2, 3], 0.75, 2, 1);
    let target = [1, 3, 0];
    let negatives = sampler.get_negative_sample(&target);
    println!();
    for (b, target) in target.iter().enumerate() {
        println!("target {target}: negatives {:?}", [negatives[0][b], negatives[1][b]]);
    }
    println!("as in the book: at random, never the target, never a word twice");
}

/// One target and five negatives: six yes-or-no questions.
/// 타깃 하나와 부정적 예 다섯: 예/아니오 질문 여섯.
fn negative_sampling_loss() {
    let negatives = [vec![0], vec![1], vec![3], vec![4], vec![5]];
    let loss = NegativeSamplingLoss::new(5).forward(&Matrix::zeros(7, 3), &Matrix::zeros(1, 3), &[2], &negatives);
    println!("\nloss of an untrained model: {loss:.4}");
    println!("6 log 2 = 4.1589: the 4.16 that the chapter's training log starts with");
}

/// The chapter's program on the start of the corpus. Returns the examples learned per second.
/// 말뭉치 앞부분으로 책의 프로그램을 실행한다. 초당 학습한 예제 수를 반환한다.
fn train_plain(corpus: &Corpus) -> Result<f64> {
    let ids: Vec<usize> = corpus.ids().iter().take(PLAIN_TOKENS).map(|id| id as usize).collect();
    let vocab_size = ids.iter().max().map_or(0, |id| id + 1);
    let (contexts, target) = create_contexts_target(&ids, WINDOW_SIZE);
    let sampler = UnigramSampler::new(&ids, 0.75, SAMPLE_SIZE, 1);
    let w_in = first_weights(vocab_size, Purpose::InputWeights);
    let w_out = first_weights(vocab_size, Purpose::OutputWeights);
    let model = CBOW::new(w_in, w_out, WINDOW_SIZE, SAMPLE_SIZE, sampler);

    println!("of these the first {} tokens, {vocab_size} words, {PLAIN_EPOCHS} epochs", ids.len());
    let mut trainer = Trainer { model, optimizer: Adam::new(0.001) };
    let start = Instant::now();
    trainer
        .fit(&contexts, &target, PLAIN_EPOCHS, BATCH_SIZE, |epoch, loss| println!("| epoch {epoch} | loss {loss:.2}"));
    let rate = (PLAIN_EPOCHS * target.len()) as f64 / start.elapsed().as_secs_f64();

    let mut vocabulary = rapidvec::Vocabulary::new();
    for &id in &ids {
        vocabulary.add(corpus.vocabulary().word(id as u32));
    }
    let word_vecs = trainer.model.w_in.numbers().to_vec();
    queries(&WordVectors::new(vocabulary, HIDDEN_SIZE, Numbers::F32(word_vecs))?)?;
    println!("\neven this little text shows which words are similar; the four analogies need more of it");
    Ok(rate)
}

/// `0.01 * np.random.randn(V, H)`
fn first_weights(vocab_size: usize, purpose: Purpose) -> Matrix {
    let mut w = Matrix::zeros(vocab_size, HIDDEN_SIZE);
    (0..vocab_size).for_each(|i| Rng::stream(1, purpose, i as u64).fill_normal(&mut w[i], 0.01));
    w
}

/// The same model and settings on the whole corpus, for the chapter's ten epochs. Returns the vectors, and the examples learned per second.
/// 같은 모델과 설정으로 말뭉치 전체를 책처럼 10에폭 학습한다. 단어 벡터와 초당 학습한 예제 수를 반환한다.
fn train_fast(corpus: Corpus) -> Result<(WordVectors, f64)> {
    let config = TextbookConfig::textbook();
    let mut trainer = TextbookTrainer::new(&config, &corpus, corpus.counts(), 0)?;
    while trainer.run(Until::Epoch, &mut ())? != Stopped::Finished {
        print_epoch(&trainer);
    }
    print_epoch(&trainer);
    println!("a reader's log on the first 60 % of Penn Treebank: from 4.16 to 2.3 in one epoch, 1.6 in eight");
    let progress = trainer.progress();
    let rate = progress.block as f64 * config.batch_size as f64 / progress.seconds;
    let word_vecs = trainer.weights().input.to_vec();
    Ok((WordVectors::new(corpus.vocabulary().as_ref().clone(), config.vector_size, Numbers::F32(word_vecs))?, rate))
}

fn print_epoch(trainer: &TextbookTrainer) {
    let progress = trainer.progress();
    println!("| epoch {} | loss {:.2}", progress.epochs_done(), progress.loss.unwrap_or(f64::NAN));
}

/// The chapter's eight questions.
/// 책에 나오는 질문 여덟 개.
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
    Ok(())
}

/// A sentence of any length becomes a vector of one length: the mean of its words' unit vectors.
/// 길이가 다른 문장도 같은 길이의 벡터가 된다: 단어들의 단위 벡터의 평균.
fn sentences_as_vectors(vectors: &WordVectors) {
    let sentences = ["she drove the car", "he drove the old truck yesterday", "the child read a book"];
    let means = sentences.map(|sentence| sentence_vector(vectors, sentence));
    for (sentence, mean) in sentences.iter().zip(&means) {
        println!("{} words -> {} numbers: {sentence}", sentence.split(' ').count(), mean.len());
    }
    for (i, j) in [(0, 1), (0, 2), (1, 2)] {
        println!("cosine of \"{}\" and \"{}\": {:.2}", sentences[i], sentences[j], cosine(&means[i], &means[j]));
    }
    println!("the two about driving are nearest; another model can take a vector of fixed length as its input");
}

/// Skips unknown words.
/// 모르는 단어는 제외한다.
fn sentence_vector(vectors: &WordVectors, sentence: &str) -> Vec<f32> {
    let units: Vec<_> = sentence.split(' ').filter_map(|word| vectors.vector(word)).map(unit).collect();
    (0..vectors.vector_size()).map(|d| units.iter().map(|unit| unit[d]).sum::<f32>() / units.len() as f32).collect()
}

fn transfer_learning() {
    println!(
        "
Transfer learning: vectors learned once on a large text help tasks with little text. Train on the large text,
keep the file, and start the small task (sorting mails, for example) from `WordVectors::open`: its classifier
sees 100 numbers per word instead of a one-hot vector, and words that are not in its own examples are near
words that are. `rapidvec convert model.safetensors model.pkl` saves them for Python."
    );
}

fn heading(title: &str) {
    println!("\n{title}\n{}", "=".repeat(title.len()));
}

/// `np.arange(rows * cols).reshape(rows, cols)`
fn arange(rows: usize, cols: usize) -> Matrix {
    Matrix::new(cols, (0..rows * cols).map(|i| i as f32).collect())
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
