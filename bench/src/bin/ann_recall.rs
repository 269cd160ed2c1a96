//! What does the approximate index find, and how much faster is it than the exact scan?
//!
//! Made-up vectors in clusters: centres are normal numbers, a word is its centre plus `--spread` times normal numbers, so that words
//! have neighbours as those of real models do. The bar: recall@10 of 0.97 or more at 20 times the exact scan's speed or more (the
//! scan on all cores, the index on one).
#![forbid(unsafe_code)]

use anyhow::{Result, bail};
use clap::Parser;
use quickvec::math::{Purpose, Rng};
use quickvec::vectors::Floats;
use quickvec::vectors::ann::{ApproximateIndex, IndexOptions};
use quickvec::{Vocabulary, WordVectors};
use quickvec_bench::machine;
use std::time::Instant;

const LEAST_RECALL: f64 = 0.97;
const LEAST_SPEEDUP: f64 = 20.0;

#[derive(Parser)]
#[command(about = "Measure recall and speed of the approximate index on made-up vectors")]
struct Args {
    /// Words
    #[arg(long, default_value_t = 1_000_000)]
    words: usize,
    /// Numbers per word
    #[arg(long, default_value_t = 100)]
    size: usize,
    /// Clusters
    #[arg(long, default_value_t = 10_000)]
    clusters: usize,
    /// How far words lie from their centre, where centres have numbers around 1
    #[arg(long, default_value_t = 0.5)]
    spread: f64,
    /// Questions
    #[arg(long, default_value_t = 500)]
    questions: usize,
    /// Neighbours that each word is joined with
    #[arg(long, default_value_t = IndexOptions::default().connectivity)]
    connectivity: u32,
    /// Candidates kept while a word is added
    #[arg(long, default_value_t = IndexOptions::default().expansion_add)]
    expansion_add: u32,
    /// Candidates kept in a search
    #[arg(long, default_value_t = IndexOptions::default().expansion_search)]
    expansion_search: u32,
    /// A small size, and no bar: does it run?
    #[arg(long)]
    quick: bool,
}

fn main() -> Result<()> {
    let mut args = Args::parse();
    if args.quick {
        (args.words, args.size, args.clusters, args.questions) = (2_000, 20, 50, 50);
    }
    let load = machine::load_average().unwrap_or_else(|| "unknown".to_owned());
    println!("{}, {}; load average {load}", machine::processor(), machine::today());
    let vectors = clustered(&args)?;
    let options = IndexOptions {
        connectivity: args.connectivity,
        expansion_add: args.expansion_add,
        expansion_search: args.expansion_search,
    };
    let start = Instant::now();
    let index = ApproximateIndex::build(&vectors, options)?;
    println!("{} words x {}, built in {:.0} s, {options:?}", args.words, args.size, start.elapsed().as_secs_f64());
    let measured = index.measure(&vectors, args.questions, 10)?;
    println!(
        "recall@10 {:.4} over {} questions; exact {:.0} us, index {:.0} us: {:.1} times faster",
        measured.recall,
        measured.questions,
        measured.exact.as_secs_f64() * 1e6,
        measured.approximate.as_secs_f64() * 1e6,
        measured.speedup()
    );
    if !args.quick && (measured.recall < LEAST_RECALL || measured.speedup() < LEAST_SPEEDUP) {
        bail!("expected a recall of {LEAST_RECALL} at {LEAST_SPEEDUP} times the speed");
    }
    Ok(())
}

fn clustered(args: &Args) -> Result<WordVectors> {
    let mut centres = vec![0.0; args.clusters.max(1) * args.size];
    Rng::stream(7, Purpose::InputWeights, 0).fill_normal(&mut centres, 1.0);
    let mut numbers = vec![0.0; args.words * args.size];
    Rng::stream(7, Purpose::InputWeights, 1).fill_normal(&mut numbers, args.spread);
    let mut vocabulary = Vocabulary::new();
    for (word, row) in numbers.chunks_exact_mut(args.size).enumerate() {
        // A large prime apart: words of a cluster do not stand together.
        let cluster = word * 7919 % args.clusters.max(1);
        let centre = &centres[cluster * args.size..][..args.size];
        row.iter_mut().zip(centre).for_each(|(x, centre)| *x += centre);
        vocabulary.insert(&format!("word{word}"), 1);
    }
    Ok(WordVectors::new(vocabulary, args.size, Floats::F32(numbers))?)
}
