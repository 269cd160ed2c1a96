//! How fast is exact search, and what does opening a large model cost?
//!
//! **First answer**: a new process opens a model of 3 million words by 300 numbers, made by this program, and answers one
//! `similar` by an exact scan, in at most 1.2 times the time in which another new process reads the file's bytes once with all
//! cores from a warm cache (by `read` into a buffer that stays in the core's own cache: nothing that reads a file is faster);
//! opening takes at most 50 ms more than hashing the vocabulary's bytes, and memory beyond the map stays under 200 MB.
//! **Few at once**: a few words share one scan. **Many at once**: 1,000 queries over 100,000 x 300 run at 80 % or more of the
//! rate at which this machine multiplies matrices: see `rapidvec_bench::product`.

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use rapidvec::vectors::format::safetensors;
use rapidvec::vectors::format::safetensors::{ModelFile, ModelParts};
use rapidvec::vectors::{Numbers, WordVectors};
use rapidvec::{Vocabulary, cores};
use rapidvec_bench::product::{Enough, rates};
use rapidvec_bench::{machine, report};
use rapidvec_core::kernels::search::{product_kernels, search_kernels};
use rapidvec_core::{Purpose, Rng};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// The first answer's time over that of reading the bytes.
const MAX_OVER_READING: f64 = 1.2;
/// Milliseconds that opening may take, beyond hashing the vocabulary.
const MAX_OPENING: f64 = 50.0;
/// MB of memory beyond the map.
const MAX_MEMORY: f64 = 200.0;
/// Time of eight words together over that of eight one by one.
const MAX_TOGETHER: f64 = 0.5;
/// Of the rate of matrix products.
const MIN_OF_PRODUCT: f64 = 0.8;

/// Queries answered together.
const FEW: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];
/// Bytes that are read at a time: they stay in a core's own cache.
const BUFFER: usize = 256 << 10;

/// Time the first answer of a large model, a few queries, and many at once
///
/// Exit code 1 when a bar is missed.
#[derive(Parser)]
#[command(max_term_width = 100)]
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
    /// The large model: written if missing, and kept
    #[arg(long, value_name = "FILE", conflicts_with = "folder")]
    keep: Option<PathBuf>,
    /// Measure only these
    #[arg(long, value_enum, value_name = "PART", num_args = 1..)]
    only: Vec<Part>,
    /// Rounds, of which the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Write the results as a section of this file
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
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
    Few,
    Batch,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Child {
    Hash,
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
    let found = measure(&args)?;
    if let Some(path) = &args.markdown {
        report::write_section(path, "search_speed", &found.text)?;
    }
    if !found.missed.is_empty() && !args.quick {
        bail!("missed: {}", found.missed.join("; "));
    }
    Ok(())
}

/// What was measured, for people to read, and the bars that were missed.
#[derive(Default)]
struct Found {
    text: String,
    missed: Vec<String>,
}

impl Found {
    fn say(&mut self, line: &str) {
        println!("{line}");
        let _ = writeln!(self.text, "{line}"); // a String takes everything
    }

    fn hold(&mut self, holds: bool, what: String) {
        if !holds {
            self.missed.push(what);
        }
    }
}

fn measure(args: &Args) -> Result<Found> {
    let mut found = Found::default();
    let load = machine::load_average().unwrap_or_else(|| "unknown".to_owned());
    let (scan, product) = (search_kernels().name(), product_kernels().name());
    found.say(&format!(
        "{}, {} cores, {}; load average {load}; kernels: {scan} (scan), {product} (product).",
        machine::processor(),
        cores(),
        machine::today()
    ));
    let wanted = |part| args.only.is_empty() || args.only.contains(&part);
    if wanted(Part::First) || wanted(Part::Few) {
        let model = Model::new(args)?;
        if wanted(Part::First) {
            first_answer(args, &model.path, &mut found)?;
        }
        if wanted(Part::Few) {
            few(args, &model.path, &mut found)?;
        }
    }
    if wanted(Part::Batch) {
        batch(args, &mut found)?;
    }
    Ok(found)
}

/// The large model, deleted in the end unless it is to be kept.
struct Model {
    path: PathBuf,
    keep: bool,
}

impl Model {
    fn new(args: &Args) -> Result<Self> {
        let folder = args.folder.clone().unwrap_or_else(std::env::temp_dir);
        let own = || folder.join(format!("rapidvec-search-speed-{}.safetensors", std::process::id()));
        let model = Self { path: args.keep.clone().unwrap_or_else(own), keep: args.keep.is_some() };
        if !model.path.exists() {
            write_model(&model.path, args.words, args.size)?;
        }
        Ok(model)
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        if !self.keep {
            let _ = fs::remove_file(&self.path); // nothing is left to do where that fails
        }
    }
}

/// Milliseconds (and MB) of one round.
struct Round {
    hash: f64,
    read: f64,
    opening: f64,
    first: f64,
    memory: f64,
}

fn first_answer(args: &Args, model: &Path, found: &mut Found) -> Result<()> {
    let bytes = fs::metadata(model)?.len() as f64;
    found.say(&format!("\n**First answer** of {} words x {}, {:.2} GB\n", args.words, args.size, bytes / 1e9));
    found.say("| round | reading, ms | GB/s | hash of the vocabulary, ms | opening, ms | first answer, ms | over reading | MB beyond the map |");
    found.say("|---|---|---|---|---|---|---|---|");
    run_child(Child::Read, model)?; // warms the cache
    let mut rounds = Vec::new();
    for number in 1..=args.rounds {
        let r = round(model)?;
        let (rate, ratio) = (bytes / r.read / 1e6, r.first / r.read);
        found.say(&format!(
            "| {number} | {:.0} | {rate:.1} | {:.1} | {:.1} | {:.0} | {ratio:.2} | {:.0} |",
            r.read, r.hash, r.opening, r.first, r.memory
        ));
        rounds.push(r);
    }
    let median = |field: fn(&Round) -> f64| median(rounds.iter().map(field).collect());
    let (ratio, opening) = (median(|r| r.first / r.read), median(|r| r.opening - r.hash));
    let memory = median(|r| r.memory);
    found.say(&format!(
        "\nMedian: {ratio:.2} x reading (target: at most {MAX_OVER_READING}), opening {opening:.0} ms beyond the hash (at most {MAX_OPENING}), \
         {memory:.0} MB beyond the map (at most {MAX_MEMORY})."
    ));
    found.hold(ratio <= MAX_OVER_READING, format!("first answer {ratio:.2} x reading, at most {MAX_OVER_READING}"));
    found.hold(opening <= MAX_OPENING, format!("opening {opening:.0} ms beyond the hash, at most {MAX_OPENING}"));
    found.hold(memory <= MAX_MEMORY, format!("memory {memory:.0} MB, at most {MAX_MEMORY}"));
    Ok(())
}

fn round(model: &Path) -> Result<Round> {
    let [hash] = run_child(Child::Hash, model)?[..] else { bail!("a child said something else") };
    let [read] = run_child(Child::Read, model)?[..] else { bail!("a child said something else") };
    let [opening, first, memory] = run_child(Child::First, model)?[..] else { bail!("a child said something else") };
    Ok(Round { hash, read, opening, first, memory })
}

/// Runs this program again; returns the numbers it prints.
fn run_child(what: Child, model: &Path) -> Result<Vec<f64>> {
    let mut command = Command::new(std::env::current_exe()?);
    let name = format!("{what:?}").to_lowercase();
    let output = command.args(["--child", &name, "--model"]).arg(model).output()?;
    ensure!(output.status.success(), "the process failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    text.split_whitespace().map(|number| number.parse().context("expected numbers")).collect()
}

fn be_child(child: Child, model: &Path) -> Result<()> {
    match child {
        Child::Hash => {
            // The vocabulary's bytes, as they lie in memory, by the hash of the format: twice, the second is timed.
            let words = ModelFile::open(model)?;
            let (text, ends) = words.vocabulary().arena();
            let numbers: Vec<u8> =
                ends.iter().chain(words.vocabulary().counts()).flat_map(|x| x.to_le_bytes()).collect();
            let hash = || xxhash_rust::xxh3::xxh3_128(text.as_bytes()) ^ xxhash_rust::xxh3::xxh3_128(&numbers);
            std::hint::black_box(hash());
            let start = Instant::now();
            std::hint::black_box(hash());
            println!("{}", milliseconds(start));
        }
        Child::Read => {
            let start = Instant::now();
            let sum = read_all(model)?;
            ensure!(sum > 0, "nothing was read");
            println!("{}", milliseconds(start));
        }
        Child::First => {
            let start = Instant::now();
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
                file.seek(SeekFrom::Start(start))?;
                let mut file = file.take(end - start);
                let (mut buffer, mut total) = (vec![0; BUFFER], 0);
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

/// MB of this process that do not belong to a file.
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

fn few(args: &Args, model: &Path, found: &mut Found) -> Result<()> {
    let vectors = WordVectors::open(model)?;
    let words = words(FEW[FEW.len() - 1], vectors.len());
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    vectors.search().most_similar_batch(&words, 10)?; // finds the norms, and fills the map
    found.say(&format!(
        "\n**A few words at once** over {} words x {}, norms known\n",
        vectors.len(),
        vectors.vector_size()
    ));
    found.say("| words | one by one, ms | together, ms | ratio |");
    found.say("|---|---|---|---|");
    for count in FEW {
        let words = &words[..count];
        let mut rounds = Vec::new();
        for _ in 0..args.rounds {
            let alone =
                timed(|| words.iter().map(|word| vectors.most_similar(word, 10)).collect::<Result<Vec<_>, _>>())?;
            let together = timed(|| vectors.search().most_similar_batch(words, 10))?;
            ensure!(alone.1 == together.1, "words together are answered otherwise than one by one");
            rounds.push([alone.0, together.0].map(|time| time.as_secs_f64() * 1e3));
        }
        let median = |field: fn(&[f64; 2]) -> f64| median(rounds.iter().map(field).collect());
        let ratio = median(|[alone, together]| together / alone);
        found.say(&format!("| {count} | {:.0} | {:.0} | {ratio:.2} |", median(|r| r[0]), median(|r| r[1])));
        found.hold(
            count != 8 || ratio <= MAX_TOGETHER,
            format!("8 words together {ratio:.2} x one by one, at most {MAX_TOGETHER}"),
        );
    }
    Ok(())
}

/// Words spread over a vocabulary of this size.
fn words(count: usize, of: usize) -> Vec<String> {
    (0..count).map(|i| format!("word{}", i * 97 % of)).collect()
}

fn batch(args: &Args, found: &mut Found) -> Result<()> {
    let floats = Numbers::F32(numbers(args.batch_words * args.size));
    let vectors = WordVectors::new(vocabulary(args.batch_words), args.size, floats)?;
    let words = words(args.queries, args.batch_words);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let answers = vectors.search().most_similar_batch(&words, 10)?;
    for (word, answer) in words.iter().zip(&answers).step_by(words.len().div_ceil(5)) {
        ensure!(*answer == vectors.most_similar(word, 10)?, "the batch answers `{word}` otherwise than a single query");
    }
    found.say(&format!(
        "\n**Many at once**: {} queries over {} words x {}\n",
        args.queries, args.batch_words, args.size
    ));
    found.say("| round | matrixmultiply, GFLOP/s | kernel on blocks in the cache, GFLOP/s | batch, ms | batch, GFLOP/s | of the faster product |");
    found.say("|---|---|---|---|---|---|");
    let flops = 2.0 * (args.queries * args.batch_words * args.size) as f64;
    let enough = if args.quick { Enough::ToRun } else { Enough::ToKeep };
    let mut ratios = Vec::new();
    for number in 1..=args.rounds {
        let product = rates(cores(), args.size, enough);
        let (time, _) = timed(|| vectors.search().most_similar_batch(&words, 10))?;
        let rate = flops / time.as_secs_f64() / 1e9;
        let ratio = rate / product.best();
        found.say(&format!(
            "| {number} | {:.0} | {:.0} | {:.0} | {rate:.0} | {:.0} % |",
            product.library,
            product.kernel,
            time.as_secs_f64() * 1e3,
            100.0 * ratio
        ));
        ratios.push(ratio);
    }
    let ratio = median(ratios);
    found.say(&format!("\nMedian: {:.0} % (target: at least {:.0} %).", 100.0 * ratio, 100.0 * MIN_OF_PRODUCT));
    found.hold(ratio >= MIN_OF_PRODUCT, format!("batch at {:.0} % of the product's rate", 100.0 * ratio));
    Ok(())
}

fn timed<T, E: Into<anyhow::Error>>(work: impl FnOnce() -> Result<T, E>) -> Result<(Duration, T)> {
    let start = Instant::now();
    let result = work().map_err(Into::into)?;
    Ok((start.elapsed(), result))
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parts_run_small() {
        let file = std::env::temp_dir().join(format!("rapidvec-search-speed-test-{}", std::process::id()));
        let mut args = Args::parse_from(
            "search_speed --quick --words 100 --batch-words 500 --size 20 --queries 40 --rounds 1".split(' '),
        );
        args.keep = Some(file.clone());
        let mut model = Model::new(&args).unwrap();
        model.keep = false;
        assert_eq!(read_all(&file).unwrap(), fs::metadata(&file).unwrap().len());
        be_child(Child::First, &file).unwrap();
        be_child(Child::Hash, &file).unwrap();
        let mut found = Found::default();
        few(&args, &file, &mut found).unwrap();
        batch(&args, &mut found).unwrap();
        assert!(found.text.contains("| 64 |") && found.text.contains("Many at once"), "{}", found.text);
        drop(model);
        assert!(!file.exists());
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
    }
}
