//! How fast is exact search, and what does opening a large model cost?
//!
//! Two bars. **First answer**: a new process opens a model of 3 million words by 300 numbers, made by this program, and answers one
//! `similar` by an exact scan, in at most 1.2 times the time in which another new process reads the file's bytes once with all
//! cores from a warm cache (by `read` into a buffer of 1 MB that stays in the cache: nothing that reads a file is faster); opening takes at most 50 ms, and memory beyond the map stays under 200 MB. **Many at once**: 1,000
//! queries over 100,000 x 300 run at 80 % or more of the rate at which the same library multiplies large matrices on all cores.
#![forbid(unsafe_code)]

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use quickvec::math::kernels::search::{multiply_transposed, search_kernels};
use quickvec::math::{Purpose, Rng};
use quickvec::vectors::Floats;
use quickvec::vectors::format::safetensors::{self, ModelParts};
use quickvec::{Vocabulary, WordVectors};
use quickvec_bench::machine;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// The first answer's time over that of reading the bytes.
const MOST_OVER_READING: f64 = 1.2;
/// Milliseconds that opening may take.
const MOST_OPENING: f64 = 50.0;
/// MB of memory beyond the map.
const MOST_MEMORY: f64 = 200.0;
/// Of the rate of large matrix products.
const LEAST_OF_PRODUCT: f64 = 0.8;

/// Sides of the product that tells the machine's rate.
const SIDE: usize = 2048;

#[derive(Parser)]
#[command(about = "Time the first answer of a large model, and many queries at once")]
struct Args {
    /// Words in the large model
    #[arg(long, default_value_t = 3_000_000)]
    words: usize,
    /// Numbers per word
    #[arg(long, default_value_t = 300)]
    size: usize,
    /// Words to search in many at once
    #[arg(long, default_value_t = 100_000)]
    batch_words: usize,
    /// Queries at once
    #[arg(long, default_value_t = 1_000)]
    queries: usize,
    /// Where the large model is written; it is deleted in the end
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Measure only this
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Rounds, of which the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Small sizes, and no bar: does it run?
    #[arg(long)]
    quick: bool,
    /// What a process that this program starts has to do
    #[arg(long, hide = true, value_enum, requires = "model")]
    child: Option<Child>,
    #[arg(long, hide = true)]
    model: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, clap::ValueEnum)]
enum Part {
    First,
    Batch,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Child {
    Read,
    First,
}

fn main() -> Result<()> {
    let mut args = Args::parse();
    if let (Some(child), Some(model)) = (args.child, &args.model) {
        return be_child(child, model);
    }
    if args.quick {
        (args.words, args.size, args.batch_words, args.queries, args.rounds) = (20_000, 50, 5_000, 100, 1);
    }
    let load = machine::load_average().unwrap_or_else(|| "unknown".to_owned());
    let kernels = search_kernels().name();
    println!("{}, {} cores, {kernels}, {}; load average {load}", machine::processor(), cores(), machine::today());
    let mut missed = Vec::new();
    if args.only != Some(Part::Batch) {
        missed.extend(first_answer(&args)?);
    }
    if args.only != Some(Part::First) {
        missed.extend(batch(&args)?);
    }
    if !missed.is_empty() && !args.quick {
        bail!("missed: {}", missed.join("; "));
    }
    Ok(())
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Deletes the file it names.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0); // nothing is left to do where that fails
    }
}

/// What the two processes measured in one round.
struct Round {
    ratio: f64,
    opening: f64,
    memory: f64,
}

/// Measures the first answer; returns the bars it missed.
fn first_answer(args: &Args) -> Result<Vec<String>> {
    let folder = args.folder.clone().unwrap_or_else(std::env::temp_dir);
    let model = Temporary(folder.join(format!("quickvec-search-speed-{}.safetensors", std::process::id())));
    write_model(&model.0, args.words, args.size)?;
    let bytes = fs::metadata(&model.0)?.len() as f64;
    println!("first answer: {} words x {}, {:.2} GB", args.words, args.size, bytes / 1e9);
    run_child("read", &model.0)?; // warms the cache
    let rounds = (0..args.rounds).map(|_| round(&model.0, bytes)).collect::<Result<Vec<_>>>()?;
    let median = |field: fn(&Round) -> f64| median(rounds.iter().map(field).collect());
    let (ratio, opening, memory) = (median(|r| r.ratio), median(|r| r.opening), median(|r| r.memory));
    println!("  median: {ratio:.2} x reading, opening {opening:.0} ms, {memory:.0} MB beyond the map");
    let bars = [
        (ratio > MOST_OVER_READING, format!("first answer {ratio:.2} x reading, at most {MOST_OVER_READING}")),
        (opening > MOST_OPENING, format!("opening {opening:.0} ms, at most {MOST_OPENING}")),
        (memory > MOST_MEMORY, format!("memory {memory:.0} MB, at most {MOST_MEMORY}")),
    ];
    Ok(bars.into_iter().filter(|(missed, _)| *missed).map(|(_, what)| what).collect())
}

fn round(model: &Path, bytes: f64) -> Result<Round> {
    let read = run_child("read", model)?[0];
    let [opening, first, memory] = run_child("first", model)?[..] else { bail!("a child said something else") };
    let rate = bytes / read / 1e6;
    println!("  read {read:.0} ms ({rate:.1} GB/s), opened {opening:.0} ms, answered {first:.0} ms, {memory:.0} MB");
    Ok(Round { ratio: first / read, opening, memory })
}

/// Runs this program anew; returns the numbers it prints.
fn run_child(what: &str, model: &Path) -> Result<Vec<f64>> {
    let mut command = Command::new(std::env::current_exe()?);
    let output = command.args(["--child", what, "--model"]).arg(model).output()?;
    ensure!(output.status.success(), "the process failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    text.split_whitespace().map(|number| number.parse().context("expected numbers")).collect()
}

fn be_child(child: Child, model: &Path) -> Result<()> {
    let start = Instant::now();
    match child {
        Child::Read => {
            let sum = read_all(model)?;
            ensure!(sum > 0, "nothing was read");
            println!("{}", milliseconds(start));
        }
        Child::First => {
            let vectors = WordVectors::open(model)?;
            let opening = milliseconds(start);
            let word = vectors.vocabulary().word((vectors.len() / 2) as u32).to_owned();
            let found = vectors.most_similar(&word, 10)?;
            let first = milliseconds(start);
            ensure!(found.len() == 10, "expected 10 neighbours, got {}", found.len());
            println!("{opening} {first} {}", memory_beyond_the_map()?);
        }
    }
    Ok(())
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

/// Reads the file once, each core a share; returns how many bytes that were.
fn read_all(path: &Path) -> Result<u64> {
    let (length, shares) = (fs::metadata(path)?.len(), cores() as u64);
    thread::scope(|scope| {
        let read = |share: u64| {
            move || -> Result<u64> {
                let (start, end) = (length * share / shares, length * (share + 1) / shares);
                let mut file = File::open(path)?;
                std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(start))?;
                let mut file = file.take(end - start);
                let (mut buffer, mut total) = (vec![0; 1 << 20], 0);
                loop {
                    match file.read(&mut buffer)? {
                        0 => return Ok(total),
                        count => total += count as u64,
                    }
                }
            }
        };
        let running: Vec<_> = (0..shares).map(|share| scope.spawn(read(share))).collect();
        running.into_iter().map(|thread| thread.join().expect("reading does not panic")).sum()
    })
}

/// MB of this process that are no file's.
fn memory_beyond_the_map() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status").context("memory is measured on Linux only")?;
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).context("no RssAnon in the status")?;
    let kilobytes: f64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
    Ok(kilobytes / 1024.0)
}

/// A model of made-up words and normal numbers.
fn write_model(path: &Path, words: usize, size: usize) -> Result<()> {
    let vocabulary = vocabulary(words);
    let parts = ModelParts {
        vocabulary: &vocabulary,
        vector_size: size,
        input: &numbers(words * size),
        output: None,
        half: false,
        metadata: BTreeMap::new(),
        extra: Vec::new(),
    };
    Ok(safetensors::write(path, &parts)?)
}

fn vocabulary(words: usize) -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    for i in 0..words {
        vocabulary.insert(&format!("word{i}"), (words - i) as u64);
    }
    vocabulary
}

fn numbers(count: usize) -> Vec<f32> {
    let mut numbers = vec![0.0; count];
    let share = count.div_ceil(cores()).max(1);
    thread::scope(|scope| {
        for (index, share) in numbers.chunks_mut(share).enumerate() {
            scope.spawn(move || Rng::stream(1, Purpose::InputWeights, index as u64).fill_normal(share, 1.0));
        }
    });
    numbers
}

/// Measures many queries at once; returns the bar if it was missed.
fn batch(args: &Args) -> Result<Vec<String>> {
    let floats = Floats::F32(numbers(args.batch_words * args.size));
    let vectors = WordVectors::new(vocabulary(args.batch_words), args.size, floats)?;
    let words: Vec<String> = (0..args.queries).map(|i| format!("word{}", i * 97 % args.batch_words)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let answers = vectors.most_similar_batch(&words, 10)?;
    for (word, answer) in words.iter().zip(&answers).step_by(words.len().div_ceil(5)) {
        ensure!(*answer == vectors.most_similar(word, 10)?, "the batch answers `{word}` otherwise than a single query");
    }
    println!("many at once: {} queries over {} x {}", args.queries, args.batch_words, args.size);
    let flops = 2.0 * (args.queries * args.batch_words * args.size) as f64;
    let mut ratios = Vec::new();
    for _ in 0..args.rounds {
        let product = product_rate();
        let time = timed(|| vectors.most_similar_batch(&words, 10).map(|answers| answers.len()))?;
        let rate = flops / time.as_secs_f64() / 1e9;
        println!("  product {product:.0} GFLOP/s, batch {rate:.0} GFLOP/s ({:.0} ms)", time.as_secs_f64() * 1e3);
        ratios.push(rate / product);
    }
    let ratio = median(ratios);
    println!("  median: {:.0} % of the product's rate", 100.0 * ratio);
    let missed = ratio < LEAST_OF_PRODUCT;
    Ok(missed.then(|| format!("batch at {:.0} % of the product's rate", 100.0 * ratio)).into_iter().collect())
}

fn timed<T, E: Into<anyhow::Error>>(work: impl FnOnce() -> Result<T, E>) -> Result<Duration> {
    let start = Instant::now();
    std::hint::black_box(work().map_err(Into::into)?);
    Ok(start.elapsed())
}

/// GFLOP/s of large square products, one on each core.
fn product_rate() -> f64 {
    let (a, b) = (numbers(SIDE * SIDE), numbers(SIDE * SIDE));
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..cores() {
            scope.spawn(|| {
                let mut out = vec![0.0; SIDE * SIDE];
                multiply_transposed(&a, &b, SIDE, &mut out);
                std::hint::black_box(out);
            });
        }
    });
    2.0 * (SIDE * SIDE * SIDE * cores()) as f64 / start.elapsed().as_secs_f64() / 1e9
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_run_small() {
        let args = Args::parse_from([
            "search_speed",
            "--batch-words",
            "500",
            "--size",
            "20",
            "--queries",
            "40",
            "--rounds",
            "1",
        ]);
        assert!(batch(&args).is_ok());
        let folder = std::env::temp_dir().join(format!("quickvec-search-speed-test-{}", std::process::id()));
        write_model(&folder, 100, 5).unwrap();
        let file = Temporary(folder.clone());
        assert_eq!(read_all(&file.0).unwrap(), fs::metadata(&file.0).unwrap().len());
        be_child(Child::First, &file.0).unwrap();
        drop(file);
        assert!(!folder.exists());
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
    }
}
