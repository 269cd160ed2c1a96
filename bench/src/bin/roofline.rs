//! `roofline TEXT`: how near is training to what the machine allows?
//!
//! Measures the machine (fused multiply-adds, rows updated a second), records the windows of an epoch, and compares training with two replays of
//! them: the rows alone and the arithmetic alone. [`rapidvec_bench::roofline`] says what each does. The three take turns; ratios are formed
//! within a round.

use anyhow::{Result, ensure};
use clap::Parser;
use rapidvec::corpus::{Corpus, CorpusOptions, Source};
use rapidvec::{Config, CpuTrainer, ModelKind, Trainer, Until};
use rapidvec_bench::machine;
use rapidvec_bench::report::write_section;
use rapidvec_bench::roofline::replay::Replay;
use rapidvec_bench::roofline::trace::Trace;
use rapidvec_bench::roofline::{Limits, peak, rows};
use rapidvec_bench::timing::median;
use rapidvec_core::kernels::window::WindowKernels;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

#[derive(Parser)]
#[command(about = "Compare training with what memory and arithmetic allow")]
struct Args {
    /// A text, a sentence a line
    text: PathBuf,
    /// Numbers per word; may be given several times
    #[arg(long = "vector-size", default_values_t = [100, 300])]
    vector_sizes: Vec<usize>,
    /// Threads; may be given several times
    #[arg(long, default_values_t = [1, 2])]
    threads: Vec<usize>,
    /// Rounds, in each of which training and both replays run once
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Windows that are recorded and replayed
    #[arg(long, default_value_t = 1_000_000)]
    windows: usize,
    /// Words seen less often are left out
    #[arg(long, default_value_t = 5)]
    min_count: u64,
    /// Do not measure the machine's rates
    #[arg(long)]
    no_machine: bool,
    /// Write the report as a section of this page
    #[arg(long)]
    markdown: Option<PathBuf>,
}

fn main() -> Result<()> {
    let args = Args::parse();
    ensure!(args.rounds > 0 && args.windows > 0, "expected at least one round and one window");
    ensure!(args.threads.iter().all(|&threads| threads > 0), "expected at least one thread");
    let options = CorpusOptions::default().min_count(args.min_count);
    let corpus = Corpus::read(&[Source::File(args.text.clone())], &options)?;
    let mut report = heading(&corpus);
    if !args.no_machine {
        report += &machine_rates(args.vector_sizes[0]);
    }
    report += "| model | dimensions | threads | training, ns a window | rows alone | arithmetic alone | binds | training over it | GFLOP/s a thread | M rows/s a thread |\n";
    report += "|---|---:|---:|---:|---:|---:|---|---:|---:|---:|\n";
    for model in [ModelKind::SkipGram, ModelKind::Cbow] {
        for &size in &args.vector_sizes {
            let config = Config::new(model).vector_size(size).subsample(1e-4).epochs(1);
            let trace = Trace::record(&config, &corpus, args.windows)?;
            for &threads in &args.threads {
                let line = line(&args, &config, &corpus, &trace, threads)?;
                eprintln!("{}", line.trim_end());
                report += &line;
            }
        }
    }
    match &args.markdown {
        Some(page) => write_section(page, "roofline", &report),
        None => {
            print!("{report}");
            Ok(())
        }
    }
}

fn heading(corpus: &Corpus) -> String {
    format!(
        "{}, {} kernels, {}; load average {}. {} tokens, {} words.\n\n",
        machine::processor(),
        WindowKernels::detect().name(),
        machine::today(),
        machine::load_average().unwrap_or_default(),
        corpus.report().tokens,
        corpus.vocabulary().len(),
    )
}

/// What the machine does by itself.
fn machine_rates(columns: usize) -> String {
    let mut text = String::new();
    if let Some((rate, bits)) = peak::measure() {
        let _ = writeln!(text, "One thread: {rate:.0} GFLOP/s of fused multiply-adds in registers of {bits} bits.\n");
    }
    let _ = writeln!(
        text,
        "Millions of rows of {columns} numbers read and written a second, in random order, one thread:\n"
    );
    let sizes: Vec<usize> = (0..10).map(|doubling| 1 << doubling).collect();
    let cells = |of: &dyn Fn(usize) -> String| sizes.iter().map(|&size| format!(" {} |", of(size))).collect::<String>();
    let _ = writeln!(text, "| table, MB |{}", cells(&|size| size.to_string()));
    let _ = writeln!(text, "|---|{}", cells(&|_| "---:".to_owned()).replace(' ', ""));
    for (name, large) in [("pages of 4 kB", false), ("pages of 2 MB", true)] {
        let _ = writeln!(
            text,
            "| {name} |{}",
            cells(&|size| format!("{:.0}", rows::rate(size << 20, columns, large, 2_000_000)))
        );
    }
    text + "\n"
}

/// A line of the table: medians of the rounds.
fn line(args: &Args, config: &Config, corpus: &Corpus, trace: &Trace, threads: usize) -> Result<String> {
    let cbow = config.model == ModelKind::Cbow;
    let (words, size, kernels) = (corpus.vocabulary().len(), config.vector_size, WindowKernels::detect());
    let mut replay = Replay::new(trace, words, size, cbow);
    let mut rounds = Vec::new();
    for _ in 0..args.rounds {
        rounds.push(Limits {
            training: 1e9 * train(config, corpus, threads)? * threads as f64 / trace.all as f64,
            memory: replay.memory(threads),
            arithmetic: replay.arithmetic(threads, &kernels),
        });
    }
    let of = |value: fn(&Limits) -> f64| median(rounds.iter().map(value).collect());
    let limits = Limits { training: of(|l| l.training), memory: of(|l| l.memory), arithmetic: of(|l| l.arithmetic) };
    let (contexts, targets) = trace.shape();
    let (operations, rows) = (flops(cbow, contexts, targets, size), contexts.min(1.0) + targets);
    Ok(format!(
        "| {} | {size} | {threads} | {:.0} | {:.0} | {:.0} | {} | {:.2} | {:.1} | {:.1} |\n",
        if cbow { "CBOW" } else { "skip-gram" },
        limits.training,
        limits.memory,
        limits.arithmetic,
        limits.bound().0,
        of(Limits::ratio),
        operations / limits.training,
        1e3 * rows / limits.training,
    ))
}

/// Seconds of an epoch.
fn train(config: &Config, corpus: &Corpus, threads: usize) -> Result<f64> {
    let mut trainer = CpuTrainer::new(config, corpus, corpus.counts(), threads)?;
    let start = Instant::now();
    trainer.run(Until::End, &mut ())?;
    Ok(start.elapsed().as_secs_f64())
}

/// Floating-point operations of a window. A pair of skip-gram takes a dot product and two updates; in CBOW the contexts are added up
/// and updated once, and only their sum meets the targets.
fn flops(cbow: bool, contexts: f64, targets: f64, size: usize) -> f64 {
    let pairs = if cbow { targets } else { contexts * targets };
    size as f64 * (6.0 * pairs + if cbow { 2.0 * contexts } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_those_of_the_formulas() {
        assert_eq!(flops(false, 6.0, 6.0, 100), 21_600.0);
        assert_eq!(flops(true, 6.0, 6.0, 100), 4_800.0);
    }

    #[test]
    fn a_short_run_fills_a_line() {
        let corpus =
            Corpus::from_text("text", &"a b c d e f\n".repeat(200), &CorpusOptions::default().min_count(1)).unwrap();
        let args = Args::parse_from(["roofline", "text", "--rounds", "1"]);
        let config = Config::skip_gram().vector_size(20).epochs(1).subsample(0.0);
        let trace = Trace::record(&config, &corpus, 1000).unwrap();
        let line = line(&args, &config, &corpus, &trace, 1).unwrap();
        assert!(line.starts_with("| skip-gram | 20 | 1 | ") && line.matches('|').count() == 11, "{line}");
    }
}
