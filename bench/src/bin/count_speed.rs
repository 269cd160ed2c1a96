//! `count_speed FILE...`: how fast are words counted and text encoded?
//!
//! Reads the files several times, from a warm file cache after the first, and prints the median: seconds from the file
//! names to the ids, words a second, and the largest and smallest time, which show how quiet the machine was.

use anyhow::{Result, ensure};
use clap::Parser;
use rapidvec::corpus::{Corpus, CorpusOptions, Source};
use rapidvec_bench::timing::median;
use serde_json::json;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

#[derive(Parser)]
#[command(about = "Time counting and encoding of text files")]
struct Args {
    /// Text files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Times that count
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Threads; 0: one for each core
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Words seen less often are left out
    #[arg(long, default_value_t = 5)]
    min_count: u64,
    /// Bytes of ids that may lie in memory
    #[arg(long)]
    memory_limit: Option<u64>,
    /// Print the numbers as JSON
    #[arg(long)]
    json: bool,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let sources: Vec<_> = args.files.iter().map(|file| Source::File(file.clone())).collect();
    let (threads, min_count, memory_limit) = (args.threads, args.min_count, args.memory_limit);
    let options = CorpusOptions::default().threads(threads).min_count(min_count).memory_limit(memory_limit);
    let first = Corpus::read(&sources, &options)?; // brings the files into the cache
    let fingerprint = first.fingerprint();
    let report = *first.report();
    drop(first);
    let mut times = Vec::new();
    for _ in 0..args.runs {
        let start = Instant::now();
        let sentences = black_box(Corpus::read(&sources, &options)?);
        times.push(start.elapsed().as_secs_f64());
        ensure!(sentences.fingerprint() == fingerprint, "two runs over the same text gave different ids");
    }
    let (least, most) = (times.iter().copied().fold(f64::MAX, f64::min), times.iter().copied().fold(0.0, f64::max));
    if args.json {
        let (tokens, kept, vocabulary) = (report.tokens, report.kept, report.distinct_words - report.rare_words);
        let numbers = json!({"seconds": times, "tokens": tokens, "kept": kept, "vocabulary": vocabulary});
        println!("{numbers}");
        return Ok(());
    }
    let (seconds, words) = (median(times), report.tokens as f64 / 1e6);
    println!("words        {:.2} M, {:.2} M kept", words, report.kept as f64 / 1e6);
    println!("distinct     {} ({} rare)", report.distinct_words, report.rare_words);
    println!("sentences    {}", report.sentences);
    println!("seconds      {seconds:.3} (median of {}; {least:.3} to {most:.3})", args.runs);
    println!("words/s      {:.1} M", words / seconds);
    println!("fingerprint  {fingerprint}");
    Ok(())
}
