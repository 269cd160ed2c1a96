//! `rapidvec average RUN RUN... -o FILE`: the mean of several runs of the same training.

use super::numbers::{count_in, threads};
use super::open::Opening;
use super::saved::{format_of, save};
use crate::output::{Form, Measures, Place, UsageError, is_same, messages, note, thousands, to_stdout};
use rapidvec::vectors::measure::Average;
use rapidvec::vectors::{SaveOptions, WordVectors};
use std::path::PathBuf;

/// Average several runs of the same training, rotated onto each other
///
/// Runs that differ only in their --seed differ by a rotation and by chance. Each is rotated onto the mean of all until that settles (generalised
/// Procrustes); what chance added is averaged out. Shows the words on which the runs agree least: 1 would be complete agreement.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  for s in 1 2 3; do rapidvec train corpus.txt --recipe best --seed $s -o run$s.safetensors; done
  rapidvec average run1.safetensors run2.safetensors run3.safetensors -o model.safetensors")]
pub struct Args {
    /// Models of the same text with other seeds; the words of all of them are kept
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// File to write; its extension is the format
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Overwrite FILE if it exists
    #[arg(short, long)]
    force: bool,
    /// Store numbers in half precision (f16)
    #[arg(long)]
    half: bool,
    /// Show the K words on which the runs agree least
    #[arg(short = 'k', long, value_name = "K", default_value_t = 10, value_parser = count_in::<u32>(1..))]
    top: u32,
    /// Use at most N threads [default: one for each core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = threads)]
    threads: usize,
    /// Choose the output format
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
    #[command(flatten)]
    open: Opening,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let format = format_of(&args.output)?;
    if args.half && !format.has_half() {
        return Err(UsageError(messages::no_half(format.name())).into());
    }
    if let Some(run) = args.runs.iter().find(|run| is_same(run, &args.output)) {
        return Err(UsageError(messages::output_is_a_run(run.display())).into());
    }
    Place::File(&args.output).check_file(args.force)?;
    let runs = args.runs.iter().map(|run| args.open.vectors(run, None)).collect::<anyhow::Result<Vec<_>>>()?;
    let average = WordVectors::average(&runs, args.threads)?;
    let left_out = runs.iter().map(WordVectors::len).max().unwrap_or(0) - average.vectors.len();
    if left_out > 0 {
        note(messages::not_in_all_runs(thousands(left_out as u64)));
    }
    drop(runs);
    let options = SaveOptions::default().half(args.half);
    save(&average.vectors, &args.output, format, &options, args.force)?;
    to_stdout(|out| args.format.measures(out, &measures(&average, args.runs.len(), args.top as usize)))
}

/// The mean agreement, and the words on which the runs agree least.
fn measures(average: &Average, runs: usize, top: usize) -> Measures {
    let vocabulary = average.vectors.vocabulary();
    let mut words: Vec<(String, f64)> =
        vocabulary.words().map(str::to_owned).zip(average.agreement.iter().copied()).collect();
    let mean = average.agreement.iter().sum::<f64>() / words.len() as f64;
    words.sort_by(|a, b| a.1.total_cmp(&b.1));
    words.truncate(top);
    Measures::Average { runs, mean, words }
}
