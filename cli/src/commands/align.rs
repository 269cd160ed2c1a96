//! `rapidvec align A B`: rotates one model onto another and shows which words changed.

use super::numbers::{count, count_in, threads};
use super::open::Opening;
use super::saved::{format_of, save};
use crate::output::{Form, Measures, Place, to_stdout};
use rapidvec::Error;
use rapidvec::error::QueryError;
use rapidvec::vectors::SaveOptions;
use rapidvec::vectors::format::Format;
use rapidvec::vectors::measure::Change;
use std::path::{Path, PathBuf};

/// Rotate a model onto another, and show which words changed most
///
/// Models of two periods, or two runs, have no axes in common. The vectors of A are rotated so that those of the words in both, at length
/// 1, come nearest to B's (orthogonal Procrustes). A word's similarity is then the cosine of its two vectors.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec align 1900s.safetensors 1990s.safetensors --min-count 100
  rapidvec align 1900s.safetensors 1990s.safetensors -o aligned.safetensors --format json")]
pub struct Args {
    /// File of word vectors to rotate; its format is recognised by content
    #[arg(value_name = "A")]
    from: PathBuf,
    /// File of word vectors to rotate it onto
    #[arg(value_name = "B")]
    to: PathBuf,
    /// Find the rotation by the N most frequent words in both [default: all]
    #[arg(long, value_name = "N", value_parser = count_in::<u32>(1..))]
    restrict: Option<u32>,
    /// Compare as they are, without a rotation: models trained with the same --compass
    #[arg(long, conflicts_with_all = ["restrict", "output"])]
    no_rotation: bool,
    /// Show only words that both texts have at least N times
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = count::<u64>, hide_default_value = true)]
    min_count: u64,
    /// Show the K words that changed most
    #[arg(short = 'k', long, value_name = "K", default_value_t = 20, value_parser = count_in::<u32>(1..))]
    top: u32,
    /// Use at most N threads [default: one for each core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = threads)]
    threads: usize,
    /// Write the rotated vectors of A; the extension of FILE is the format
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Overwrite FILE if it exists
    #[arg(short, long, requires = "output", help_heading = "Output")]
    force: bool,
    /// Choose the output format
    #[arg(long, value_enum, default_value_t = Form::Table, help_heading = "Output")]
    format: Form,
    #[command(flatten)]
    open: Opening,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let target = args.output.as_deref().map(|path| args.target(path)).transpose()?;
    let [from, to] = [&args.from, &args.to].map(|path| args.open.vectors(path, None));
    let (from, to) = (from?, to?);
    let alignment = match args.no_rotation {
        true => from.compare(&to)?,
        false => from.align(&to, args.restrict.map(|words| words as usize), args.threads)?,
    };
    if let Some((path, format)) = target {
        let rotated = from.rotated(&alignment.rotation, args.threads).map_err(Error::from)?;
        save(&rotated, path, format, &SaveOptions::default(), args.force)?;
    }
    let shared = alignment.changes.len();
    let mean = alignment.changes.iter().map(|change| change.similarity).sum::<f64>() / shared as f64;
    let is_frequent = |change: &Change| change.counts.iter().all(|&count| count >= args.min_count);
    let changes = alignment.changes.into_iter().filter(is_frequent).take(args.top as usize);
    let with_deviation = |change: Change| {
        let deviation = from.change_deviation(&to, &alignment.rotation, &change.word)?;
        Ok((change, deviation))
    };
    let changes: Result<Vec<_>, QueryError> = changes.map(with_deviation).collect();
    let changes = changes.map_err(Error::from)?;
    let measures = Measures::Alignment { shared, anchors: alignment.anchors, mean, changes };
    to_stdout(|out| args.format.measures(out, &measures))
}

impl Args {
    /// Where the rotated vectors go, and their format.
    fn target<'p>(&self, path: &'p Path) -> anyhow::Result<(&'p Path, Format)> {
        let format = format_of(path)?;
        Place::File(path).check(self.force)?;
        Ok((path, format))
    }
}
