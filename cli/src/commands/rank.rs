//! `rapidvec rank MODEL A B`: how many words are nearer to A than B is?

use super::open::{self, OpenArgs};
use crate::output::{Comparison, Form, to_stdout};
use rapidvec::Error;
use std::path::PathBuf;

/// Show the rank of B among the words near A: 1 if it is the nearest of all
#[derive(clap::Args)]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    model: PathBuf,
    /// The word to start from
    a: String,
    /// The word whose rank is sought
    b: String,
    /// Count the N most frequent words only
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    restrict: Option<u32>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,

    #[command(flatten)]
    open: OpenArgs,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let vectors = args.open.vectors(&args.model)?;
    let among = open::restricted(&args.model, &vectors, args.restrict);
    let rank = among.rank(&args.a, &args.b).map_err(Error::from)?;
    let similarity = vectors.similarity(&args.a, &args.b).map_err(Error::from)?;
    let found = Comparison { a: vec![args.a.clone()], b: vec![args.b.clone()], similarity, rank: Some(rank) };
    to_stdout(|out| args.format.comparisons(out, &[found]))
}
