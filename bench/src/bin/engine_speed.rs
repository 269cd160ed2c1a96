//! Words a second of the fast trainer on a text, without reading and saving.

use clap::{Parser, ValueEnum};
use quickvec::engine::{Pause, Trainer};
use quickvec::words::SENTENCE_END;
use quickvec::{EngineConfig, ModelKind, Vocabulary};
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Instant;

/// Words a second of the fast trainer, training alone
#[derive(Parser)]
struct Args {
    /// A text, a sentence a line
    text: PathBuf,
    /// The model
    #[arg(long, value_enum, default_value_t = Model::Skipgram)]
    model: Model,
    /// Numbers per word
    #[arg(long, default_value_t = 100)]
    vector_size: usize,
    /// Threads
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
    /// Seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// scalar, avx2, avx512 or neon
    #[arg(long)]
    kernel: Option<String>,
    /// Where to write the vectors, in word2vec's text format
    #[arg(long)]
    save: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Model {
    Cbow,
    Skipgram,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args = Args::parse();
    let text = std::fs::read_to_string(&args.text)?;
    let (vocabulary, ids) = encode(&text, 5);
    let model = match args.model {
        Model::Cbow => ModelKind::Cbow,
        Model::Skipgram => ModelKind::SkipGram,
    };
    let config = EngineConfig {
        vector_size: args.vector_size,
        epochs: args.epochs,
        hierarchical_softmax: args.hierarchical_softmax,
        negatives: if args.hierarchical_softmax { 0 } else { args.negatives },
        subsample: args.subsample,
        seed: args.seed,
        ..EngineConfig::word2vec(model)
    };
    let mut trainer = Trainer::new(&config, &ids, vocabulary.counts(), args.threads)?;
    if let Some(kernel) = &args.kernel {
        trainer.use_kernels(kernel)?;
    }
    let (start, busy) = (Instant::now(), cpu_seconds());
    while trainer.run(|_| false, |_| ())? != Pause::Finished {}
    let (seconds, busy) = (start.elapsed().as_secs_f64(), cpu_seconds() - busy);
    let last = trainer.state().history.last().map_or(0.0, |point| point.loss);
    println!(
        "{} words, {} kernels, {} threads: {:.2} s, {:.2} M words/s, {:.2} M words/s of a core, loss {last:.4}",
        vocabulary.len(),
        trainer.kernels(),
        args.threads,
        seconds,
        trainer.progress().words as f64 / seconds / 1e6,
        trainer.progress().words as f64 / busy / 1e6
    );
    if let Some(path) = &args.save {
        use std::io::Write;
        let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
        writeln!(out, "{} {}", vocabulary.len(), args.vector_size)?;
        for (id, word) in vocabulary.words().enumerate() {
            write!(out, "{word}")?;
            trainer.w_in().row(id).iter().try_for_each(|x| write!(out, " {x}"))?;
            writeln!(out)?;
        }
    }
    Ok(())
}

/// Seconds of processor time in user mode, to a hundredth; 0 where the system does not tell.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    after_name.split_whitespace().nth(11).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0) / 100.0
}

fn encode(text: &str, min_count: u64) -> (Vocabulary, Vec<u32>) {
    let mut counts: HashMap<&str, u64> = HashMap::new();
    text.split_whitespace().for_each(|word| *counts.entry(word).or_insert(0) += 1);
    let mut words: Vec<_> = counts.into_iter().filter(|&(_, count)| count >= min_count).collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let mut vocabulary = Vocabulary::new();
    for (word, count) in words {
        vocabulary.insert(word, count);
    }
    let mut ids = Vec::new();
    for line in text.lines() {
        ids.extend(line.split_whitespace().filter_map(|word| vocabulary.id(word)));
        ids.push(SENTENCE_END);
    }
    (vocabulary, ids)
}
