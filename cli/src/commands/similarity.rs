//! `rapidvec similarity MODEL A B`: how near are two words, or two sets of words?

use super::open::OpenArgs;
use crate::output::{Comparison, Form, to_stdout};
use rapidvec::Error;
use std::path::PathBuf;

/// Show how near two words are, by cosine; or two sets of words, by the cosine of their means
#[derive(clap::Args)]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    model: PathBuf,
    /// A word; with --sets, words with commas between
    a: String,
    /// Another word or set
    b: String,
    /// A and B are sets of words, with commas between
    #[arg(long)]
    sets: bool,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,

    #[command(flatten)]
    open: OpenArgs,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let vectors = args.open.vectors(&args.model)?;
    let words = |text: &str| -> Vec<String> {
        if args.sets { text.split(',').map(str::to_owned).collect() } else { vec![text.to_owned()] }
    };
    let (a, b) = (words(&args.a), words(&args.b));
    let [of_a, of_b] = [&a, &b].map(|words| words.iter().map(String::as_str).collect::<Vec<_>>());
    let similarity = vectors.n_similarity(&of_a, &of_b).map_err(Error::from)?;
    to_stdout(|out| args.format.comparisons(out, &[Comparison { a, b, similarity, rank: None }]))
}
