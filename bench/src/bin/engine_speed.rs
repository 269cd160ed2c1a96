//! `engine_speed TEXT`: how fast is the CPU trainer, apart from reading and saving?
//!
//! Reads a text, trains on it, and says how long each took. Words a second are those of the text that are in the
//! vocabulary, also where subsampling leaves them out. With `--json` one object with all numbers, for programs.

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use rapidvec::corpus::{Corpus, CorpusOptions, Source};
use rapidvec::vectors::format::Format;
use rapidvec::vectors::{Numbers, SaveOptions, WordVectors};
use rapidvec::{Config, CpuTrainer, ModelKind, Trainer, Until, Vocabulary, WordId};
use rapidvec_bench::machine::{peak_memory, user_seconds};
use rapidvec_core::Matrix;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(Parser)]
#[command(about = "Time the CPU trainer on a text: reading, training, saving")]
struct Args {
    /// A text, a sentence a line
    text: PathBuf,
    /// The model
    #[arg(long, value_enum, default_value_t = Model::Skipgram)]
    model: Model,
    /// Numbers per word
    #[arg(long, default_value_t = 100)]
    vector_size: usize,
    /// Words on each side of the target, at most
    #[arg(long, default_value_t = 5)]
    window: usize,
    /// Threads; 0: one for each core
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Epochs
    #[arg(long, default_value_t = 1)]
    epochs: usize,
    /// Hierarchical softmax instead of negative sampling
    #[arg(long)]
    hierarchical_softmax: bool,
    /// Negatives
    #[arg(long, default_value_t = 5)]
    negatives: usize,
    /// Threshold of subsampling
    #[arg(long, default_value_t = 1e-4)]
    subsample: f64,
    /// Words seen less often are left out
    #[arg(long, default_value_t = 5)]
    min_count: u64,
    /// Size of a step at the start; word2vec's for the model where not given
    #[arg(long)]
    learning_rate: Option<f32>,
    /// Seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// scalar, avx2, avx512 or neon
    #[arg(long)]
    kernel: Option<String>,
    /// Where to write the vectors: word2vec's binary format for the ending .bin, else its text format
    #[arg(long)]
    save: Option<PathBuf>,
    /// Print all numbers as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Model {
    Cbow,
    Skipgram,
}

impl Args {
    fn config(&self) -> Config {
        let model = match self.model {
            Model::Cbow => ModelKind::Cbow,
            Model::Skipgram => ModelKind::SkipGram,
        };
        let learning_rate = self.learning_rate.unwrap_or(Config::default_learning_rate(model));
        let mut config = Config::new(model).vector_size(self.vector_size).window(self.window).epochs(self.epochs);
        config = config.subsample(self.subsample).learning_rate(learning_rate).seed(self.seed);
        if self.hierarchical_softmax { config.hierarchical_softmax() } else { config.negatives(self.negatives) }
    }
}

fn main() -> Result<()> {
    let args = Args::parse();
    let config = args.config();
    let start = Instant::now();
    let options = CorpusOptions::default().threads(args.threads).min_count(args.min_count);
    let sentences = Corpus::read(&[Source::File(args.text.clone())], &options)?;
    let read_seconds = start.elapsed().as_secs_f64();

    let mut trainer = CpuTrainer::new(&config, &sentences, sentences.counts(), args.threads)?;
    if let Some(kernel) = &args.kernel {
        trainer.use_kernels(kernel)?;
    }
    let (start, busy) = (Instant::now(), user_seconds());
    trainer.run(Until::End, &mut ())?;
    let (train_seconds, busy_seconds) = (start.elapsed().as_secs_f64(), user_seconds() - busy);
    let peak_bytes = peak_memory(); // before saving, which needs the vectors once more

    let start = Instant::now();
    if let Some(path) = &args.save {
        save(path, sentences.vocabulary(), trainer.w_in())?;
    }
    let timing = json!({
        "read_seconds": read_seconds, "train_seconds": train_seconds, "busy_seconds": busy_seconds,
        "save_seconds": start.elapsed().as_secs_f64(), "peak_bytes": peak_bytes,
    });
    let facts = facts(&sentences, &trainer, &config);
    if args.json {
        println!("{}", merged(timing, facts));
    } else {
        print_line(&timing, &facts);
    }
    Ok(())
}

/// What was trained and how much memory that is, as far as it does not hang on the clock.
fn facts(sentences: &Corpus, trainer: &CpuTrainer, config: &Config) -> Value {
    let (text, ends) = sentences.vocabulary().arena();
    let history = trainer.history();
    json!({
        "tokens": sentences.report().tokens,
        "words": trainer.progress().words,
        "trained_words": trained_words(sentences.counts(), config.subsample) * config.epochs as f64,
        "trained_pairs": history.iter().map(|point| point.pairs).sum::<u64>(),
        "loss": history.last().map_or(0.0, |point| point.loss),
        "vocabulary": sentences.vocabulary().len(),
        "kernels": trainer.kernels(),
        "threads": trainer.threads(),
        "matrix_bytes": matrix_bytes(trainer.w_in()) + matrix_bytes(trainer.w_out()),
        "id_bytes": sentences.ids().len() * size_of::<WordId>(),
        // A word's letters, where it ends, and its count.
        "vocabulary_bytes": text.len() + size_of_val(ends) + size_of_val(sentences.counts()),
    })
}

/// The numbers alone. (In memory rows are longer: they fill whole lines of the cache.)
fn matrix_bytes(matrix: &Matrix) -> usize {
    matrix.rows() * matrix.cols() * size_of::<f32>()
}

/// How many words of an epoch subsampling leaves, on average (the sum's own deviation is below a thousandth from some
/// million words up).
fn trained_words(counts: &[u64], threshold: f64) -> f64 {
    let total = counts.iter().sum::<u64>() as f64;
    let keep = |count: f64| match threshold * total / count {
        ratio if threshold > 0.0 => (ratio.sqrt() + ratio).min(1.0),
        _ => 1.0,
    };
    counts.iter().filter(|&&count| count > 0).map(|&count| count as f64 * keep(count as f64)).sum()
}

fn save(path: &Path, words: &Vocabulary, rows: &Matrix) -> Result<()> {
    let numbers: Vec<f32> = (0..rows.rows()).flat_map(|row| rows.row(row)).collect();
    let vectors = WordVectors::new(words.clone(), rows.cols(), Numbers::F32(numbers))?;
    let format = Format::of_ending(path).unwrap_or(Format::Word2vecText);
    vectors.save(path, format, &SaveOptions::default()).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

/// Two objects as one.
fn merged(mut first: Value, second: Value) -> Value {
    if let (Value::Object(first), Value::Object(second)) = (&mut first, second) {
        first.extend(second);
    }
    first
}

fn print_line(timing: &Value, facts: &Value) {
    let number = |of: &Value, name: &str| of[name].as_f64().unwrap_or(f64::NAN);
    let (seconds, busy) = (number(timing, "train_seconds"), number(timing, "busy_seconds"));
    let millions = number(facts, "words") / 1e6;
    println!(
        "{} words, {} kernels, {} threads: {seconds:.2} s, {:.2} M words/s, {:.2} M words/s of a core, loss {:.4}; \
         reading {:.2} s, peak {:.0} MB",
        facts["vocabulary"],
        facts["kernels"].as_str().unwrap_or_default(),
        facts["threads"],
        millions / seconds,
        millions / busy,
        number(facts, "loss"),
        number(timing, "read_seconds"),
        number(timing, "peak_bytes") / 1e6,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_words_are_left_out_by_the_formula_of_word2vec() {
        // Shares .9 and .1 under a threshold of .1: sqrt(1/9) + 1/9 = 4/9 stays of the first, all of the second.
        assert!((trained_words(&[900, 100, 0], 0.1) - 500.0).abs() < 1e-9);
        assert_eq!(trained_words(&[900, 100], 0.0), 1000.0);
    }

    #[test]
    fn memory_of_a_matrix_is_that_of_its_numbers_without_padding() {
        assert_eq!(matrix_bytes(&Matrix::zeros(10, 100)), 10 * 100 * 4);
        assert_eq!(matrix_bytes(&Matrix::zeros(10, 16)), 10 * 16 * 4);
    }

    #[test]
    fn objects_become_one() {
        assert_eq!(merged(json!({"a": 1}), json!({"b": 2})), json!({"a": 1, "b": 2}));
    }
}
