//! How long answering analogies takes in a process that has the vectors in memory, and has answered a question before: as JSON,
//! `seconds`, and for each section and then for all of them `[correct, asked]`.
//!
//! `race.py` in `bench/eval/` runs it alongside gensim's `evaluate_word_analogies`, which is timed in the same way: both read the
//! file of questions.

use anyhow::{Result, bail};
use clap::Parser;
use rapidvec::vectors::evaluate::{AnalogyReport, EvaluateOptions, EvaluationSet};
use rapidvec::vectors::{AnalogyMethod, WordVectors};
use std::path::PathBuf;
use std::time::Instant;

#[derive(Parser)]
struct Args {
    /// File of word vectors to open
    model: PathBuf,
    /// File of analogies
    questions: PathBuf,
    /// Number of most frequent words that take part
    #[arg(long, default_value_t = 30_000)]
    restrict: usize,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let vectors = WordVectors::open(&args.model)?;
    let options = EvaluateOptions::default().restrict(args.restrict);
    let words: Vec<_> = vectors.vocabulary().words().take(4).collect();
    let one = format!(": one\n{}\n", words.join(" "));
    answer(&vectors, EvaluationSet::read(one.as_bytes(), "the first four words")?, &options)?;
    let start = Instant::now();
    let report = answer(&vectors, EvaluationSet::open(&args.questions)?, &options)?;
    let seconds = start.elapsed().as_secs_f64();
    let counts: Vec<_> =
        report.sections.iter().chain([&report.total]).map(|section| [section.correct, section.asked]).collect();
    println!("{}", serde_json::json!({ "seconds": seconds, "counts": counts }));
    Ok(())
}

fn answer(vectors: &WordVectors, questions: EvaluationSet, options: &EvaluateOptions) -> Result<AnalogyReport> {
    match questions {
        EvaluationSet::Analogies(analogies) => {
            Ok(vectors.evaluate_analogies(&analogies, AnalogyMethod::Add, options)?)
        }
        EvaluationSet::Pairs(_) => bail!("expected analogies, got pairs of words"),
    }
}
