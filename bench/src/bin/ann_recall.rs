//! What does the approximate index find, and how much faster is it than the exact scan?
//!
//! Made-up vectors in clusters: centres are normal numbers, a word is its centre plus `--spread` times normal numbers, so that words
//! have neighbours as those of real models do; or a model's own, with `--model`. One question after the other is asked both
//! ways, of words from all over the vocabulary: the exact scan answers it with all cores, the index with one. The bar:
//! recall@10 of 0.97 or more at 20 times the exact scan's speed or more, with the first `--expansion-search`.

use anyhow::{Result, bail};
use clap::Parser;
use rapidvec::vectors::ann::{ApproximateIndex, IndexOptions};
use rapidvec::vectors::{Numbers, Recall, WordVectors};
use rapidvec::{Vocabulary, cores};
use rapidvec_bench::{machine, report};
use rapidvec_core::{Purpose, Rng};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

const MIN_RECALL: f64 = 0.97;
const MIN_SPEEDUP: f64 = 20.0;

/// Measure recall and speed of the approximate index, on made-up vectors or a model's
///
/// Exit code 1 when the bar is missed.
#[derive(Parser)]
#[command(max_term_width = 100)]
struct Args {
    /// Take the words of this model, not made-up ones; speed is then held to no bar
    #[arg(long, value_name = "FILE", conflicts_with_all = ["words", "size", "clusters", "spread"])]
    model: Option<PathBuf>,
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
    #[arg(long, default_value_t = 1.0)]
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
    /// Candidates kept in a search; with several, all are measured
    #[arg(long, value_name = "N", num_args = 1.., default_values_t = [IndexOptions::default().expansion_search])]
    expansion_search: Vec<u32>,
    /// Write the results as a section of this file
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// A small size, and no bar: does it run?
    #[arg(long)]
    quick: bool,
}

fn main() -> Result<()> {
    let mut args = Args::parse();
    if args.quick {
        (args.words, args.size, args.clusters, args.questions) = (2_000, 20, 50, 50);
    }
    let mut text = String::new();
    let first = measure(&args, |line| {
        println!("{line}");
        let _ = writeln!(text, "{line}"); // a String takes everything
    })?;
    if let Some(path) = &args.markdown {
        let name = if args.model.is_some() { "ann_recall, a model" } else { "ann_recall" };
        report::write_section(path, name, &text)?;
    }
    // A small model is scanned in no time: what an index gains depends on how many words there are.
    let fast_enough = args.model.is_some() || first.speedup() >= MIN_SPEEDUP;
    if !args.quick && (first.recall < MIN_RECALL || !fast_enough) {
        bail!("missed: expected a recall of {MIN_RECALL} at {MIN_SPEEDUP} times the speed");
    }
    Ok(())
}

/// Measures everything; returns the first.
fn measure(args: &Args, mut say: impl FnMut(&str)) -> Result<Recall> {
    let load = machine::load_average().unwrap_or_else(|| "unknown".to_owned());
    let cores = cores();
    say(&format!("{}, {cores} cores, {}; load average {load}.\n", machine::processor(), machine::today()));
    let (vectors, what) = match &args.model {
        Some(path) => (WordVectors::open(path)?, "of a trained model".to_owned()),
        None => (clustered(args)?, format!("generated, in {} clusters, spread {}", args.clusters, args.spread)),
    };
    let expansion_search = args.expansion_search[0];
    let options = IndexOptions { connectivity: args.connectivity, expansion_add: args.expansion_add, expansion_search };
    let start = Instant::now();
    let mut index = ApproximateIndex::build(&vectors, options)?;
    say(&format!(
        "{} words x {}, {what}. Index built in {:.0} s with {cores} threads: connectivity {}, {} candidates kept while adding.\n",
        vectors.len(),
        vectors.vector_size(),
        start.elapsed().as_secs_f64(),
        args.connectivity,
        args.expansion_add
    ));
    say(&format!(
        "| candidates in a search | recall@10 | exact, {cores} threads, us | index, 1 thread, us | times faster |"
    ));
    say("|---|---|---|---|---|");
    let mut all = Vec::new();
    for &candidates in &args.expansion_search {
        index.keep_in_search(candidates);
        let measured = index.measure(&vectors, args.questions, 10)?;
        let [exact, approximate] = [measured.exact, measured.approximate].map(|time| time.as_secs_f64() * 1e6);
        say(&format!(
            "| {candidates} | {:.4} | {exact:.0} | {approximate:.0} | {:.1} |",
            measured.recall,
            measured.speedup()
        ));
        all.push(measured);
    }
    say(&format!("\nTargets: recall {MIN_RECALL}, {MIN_SPEEDUP} times faster; {} questions.", all[0].questions));
    Ok(all[0])
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
    Ok(WordVectors::new(vocabulary, args.size, Numbers::F32(numbers))?)
}
