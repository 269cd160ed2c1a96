//! `rapidvec similarity [MODEL] A B`: the similarity of two words, or of two sets of words.

use super::open::OpenArgs;
use super::queries;
use crate::output::{Comparison, Form, RunDeviation, to_stdout};
use rapidvec::Error;
use rapidvec::error::QueryError;
use std::path::PathBuf;

/// Show the cosine of two words, or of the means of two sets of words
#[derive(clap::Args)]
#[command(
    override_usage = "rapidvec similarity [OPTIONS] [MODEL] <A> <B>",
    after_help = "\
Examples:
  rapidvec similarity king queen                   In ./model.safetensors
  rapidvec similarity vectors.bin king,man queen,woman --sets"
)]
pub struct Args {
    /// File of word vectors in any format [default: model.safetensors]
    model: Option<PathBuf>,
    /// Two words; with --sets, words separated by commas
    #[arg(value_name = "A B", num_args = 0..=2)]
    words: Vec<String>,
    /// Take A and B as sets of words, separated by commas
    #[arg(long)]
    sets: bool,
    /// Choose the output format
    #[arg(long, value_enum, default_value_t = Form::Table, help_heading = "Output")]
    format: Form,
    #[command(flatten)]
    open: OpenArgs,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let (model, words) = queries::model_and_words("similarity", args.model.as_deref(), &args.words, 2..=2)?;
    let vectors = args.open.vectors(&model)?;
    let set = |text| if args.sets { queries::set(text, &vectors) } else { vec![text] };
    let (a, b) = (set(&words[0]), set(&words[1]));
    queries::note_composed(a.iter().chain(&b).copied(), &vectors);
    let similarity = vectors.n_similarity(&a, &b).map_err(Error::from)?;
    let runs = vectors.runs().map(|runs| {
        let similarity = runs.deviation(|run| run.n_similarity(&a, &b).map(f64::from))?;
        Ok(RunDeviation { count: runs.count(), similarity, rank: None })
    });
    let runs = runs.transpose().map_err(|error: QueryError| Error::from(error))?;
    let [a, b] = [a, b].map(|words| words.into_iter().map(str::to_owned).collect());
    to_stdout(|out| args.format.comparisons(out, &[Comparison { a, b, similarity, rank: None, runs }]))
}
