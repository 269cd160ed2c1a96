//! `rapidvec rank [MODEL] A B`: the rank of B among the words near A.

use super::open::OpenArgs;
use super::queries::{self, SearchArgs};
use crate::output::{Comparison, Form, RunDeviation, to_stdout};
use rapidvec::Error;
use rapidvec::error::QueryError;
use rapidvec::vectors::WordVectors;
use std::path::PathBuf;

/// Show the rank of B among the words near A; 1 is the nearest
#[derive(clap::Args)]
#[command(
    override_usage = "rapidvec rank [OPTIONS] [MODEL] <A> <B>",
    after_help = "\
Examples:
  rapidvec rank king queen                         In ./model.safetensors
  rapidvec rank vectors.bin king queen --restrict 30000"
)]
pub struct Args {
    /// File of word vectors in any format [default: model.safetensors]
    model: Option<PathBuf>,
    /// The word to start from, and the word to rank
    #[arg(value_name = "A B", num_args = 0..=2)]
    words: Vec<String>,
    /// Choose the output format
    #[arg(long, value_enum, default_value_t = Form::Table, help_heading = "Output")]
    format: Form,
    #[command(flatten)]
    search: SearchArgs,
    #[command(flatten)]
    open: OpenArgs,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let (model, words) = queries::model_and_words("rank", args.model.as_deref(), &args.words, 2..=2)?;
    let vectors = args.open.vectors(&model)?;
    queries::note_composed(words.iter().map(String::as_str), &vectors);
    let rank = args.search.search(&model, &vectors).rank(&words[0], &words[1]).map_err(Error::from)?;
    let similarity = vectors.similarity(&words[0], &words[1]).map_err(Error::from)?;
    let runs = vectors.runs().map(|runs| {
        let similarity = runs.deviation(|run| run.similarity(&words[0], &words[1]).map(f64::from))?;
        let rank = |run: &WordVectors| args.search.again(run).rank(&words[0], &words[1]).map(|rank| rank as f64);
        Ok(RunDeviation { count: runs.count(), similarity, rank: Some(runs.deviation(rank)?) })
    });
    let runs = runs.transpose().map_err(|error: QueryError| Error::from(error))?;
    let [a, b] = [0, 1].map(|i| vec![words[i].clone()]);
    to_stdout(|out| args.format.comparisons(out, &[Comparison { a, b, similarity, rank: Some(rank), runs }]))
}
