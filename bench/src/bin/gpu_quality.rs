//! `gpu_quality TEXT`: are the vectors that a graphics card learns as good as those of the CPU?
//!
//! Trains both on the first words of a text with several seeds, and prints analogies (percent) and correlations with human
//! judgements for each run, their means and standard deviations.

use anyhow::{Result, bail};
use clap::{Parser, ValueEnum};
use rapidvec::corpus::{Corpus, CorpusOptions, Source};
use rapidvec::vectors::evaluate::{EvaluateOptions, EvaluationSet};
use rapidvec::vectors::{AnalogyMethod, Numbers, WordVectors};
use rapidvec::{Config, CpuTrainer, ModelKind, Trainer, Until};
use rapidvec_bench::machine::{load_average, processor};
use rapidvec_gpu::GpuTrainer;
use std::path::PathBuf;
use std::time::Instant;

#[derive(Parser)]
#[command(about = "Compare the vectors of a graphics card with those of the CPU")]
struct Args {
    /// A text, a sentence a line
    text: PathBuf,
    /// Files of analogies and of pairs of words with judgements
    #[arg(required = true)]
    questions: Vec<PathBuf>,
    /// The model
    #[arg(long, value_enum, default_value_t = Model::Skipgram)]
    model: Model,
    /// Words of the text
    #[arg(long, default_value_t = 2_000_000)]
    tokens: u64,
    /// Epochs
    #[arg(long, default_value_t = 5)]
    epochs: usize,
    /// Seeds, from 1
    #[arg(long, default_value_t = 3)]
    seeds: u64,
    /// Numbers per word
    #[arg(long, default_value_t = 100)]
    vector_size: usize,
    /// Windows in flight on the card; 0: the default
    #[arg(long, default_value_t = 0)]
    windows: usize,
    /// Leave out the card
    #[arg(long)]
    cpu_only: bool,
    /// Leave out the CPU
    #[arg(long)]
    card_only: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Model {
    Cbow,
    Skipgram,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let model = match args.model {
        Model::Cbow => ModelKind::Cbow,
        Model::Skipgram => ModelKind::SkipGram,
    };
    let sets = args.questions.iter().map(EvaluationSet::open).collect::<Result<Vec<_>, _>>()?;
    let options = CorpusOptions::default().max_tokens(Some(args.tokens));
    let corpus = Corpus::read(&[Source::File(args.text.clone())], &options)?;
    println!("{}; load {}", processor(), load_average().unwrap_or_default());
    println!("{} words, {} different", corpus.report().kept, corpus.vocabulary().len());
    let config = Config::new(model).vector_size(args.vector_size).epochs(args.epochs);
    if !args.cpu_only {
        let make = |config: &Config| -> Result<GpuTrainer> {
            let mut trainer = GpuTrainer::new(config, &corpus, corpus.counts(), 0)?;
            if args.windows > 0 {
                trainer.set_windows_in_flight(args.windows)?;
            }
            Ok(trainer)
        };
        seeds("card", &args, &config, &corpus, &sets, make)?;
    }
    if !args.card_only {
        seeds("CPU", &args, &config, &corpus, &sets, |config| {
            Ok(CpuTrainer::new(config, &corpus, corpus.counts(), 0)?)
        })?;
    }
    Ok(())
}

/// Trains with each seed; prints the scores, their means and their standard deviations.
fn seeds<T: Trainer<Config = Config>>(
    name: &str,
    args: &Args,
    config: &Config,
    corpus: &Corpus,
    sets: &[EvaluationSet],
    make: impl Fn(&Config) -> Result<T>,
) -> Result<()> {
    let mut all: Vec<Vec<f64>> = Vec::new();
    for seed in 1..=args.seeds {
        let mut trainer = make(&config.clone().seed(seed))?;
        let start = Instant::now();
        trainer.run(Until::End, &mut ())?;
        let seconds = start.elapsed().as_secs_f64();
        let loss = trainer.progress().loss.unwrap_or(f64::NAN);
        let numbers = trainer.weights().input.to_vec();
        let words = corpus.vocabulary().as_ref().clone();
        let vectors = WordVectors::new(words, config.vector_size, Numbers::F32(numbers))?;
        let scores = sets.iter().map(|set| score(&vectors, set)).collect::<Result<Vec<_>>>()?;
        println!("{name}, seed {seed}: {}; loss {loss:.4}, {seconds:.0} s", shown(&scores));
        all.push(scores);
    }
    let of_set = |set: usize| all.iter().map(move |scores| scores[set]);
    let mean = |set| of_set(set).sum::<f64>() / all.len() as f64;
    let means: Vec<f64> = (0..sets.len()).map(mean).collect();
    let deviation = |set: usize| {
        let squares: f64 = of_set(set).map(|score| (score - means[set]).powi(2)).sum();
        (squares / (all.len() as f64 - 1.0)).sqrt()
    };
    let deviations: Vec<f64> = (0..sets.len()).map(deviation).collect();
    println!("{name}: mean {}; standard deviation {}", shown(&means), shown(&deviations));
    Ok(())
}

fn shown(scores: &[f64]) -> String {
    scores.iter().map(|score| format!("{score:.3}")).collect::<Vec<_>>().join(" ")
}

fn score(vectors: &WordVectors, set: &EvaluationSet) -> Result<f64> {
    let options = EvaluateOptions::default();
    match set {
        EvaluationSet::Analogies(analogies) => {
            let report = vectors.evaluate_analogies(analogies, AnalogyMethod::Add, &options)?;
            Ok(100.0 * report.total.correct as f64 / report.total.asked.max(1) as f64)
        }
        EvaluationSet::Pairs(pairs) => {
            let report = vectors.evaluate_pairs(pairs, &options)?;
            match report.spearman {
                Some(spearman) => Ok(spearman.coefficient),
                None => bail!("no pair of words is in the vocabulary"),
            }
        }
    }
}
