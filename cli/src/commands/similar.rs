//! `quickvec similar MODEL WORD...`: the nearest words by cosine.

use super::open::OpenArgs;
use crate::output::{Answer, Form, Query, to_stdout};
use std::path::PathBuf;

/// Show the words nearest to each WORD, by cosine
///
/// If one of the words is unknown, none is answered.
#[derive(clap::Args)]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    model: PathBuf,
    /// Words to look up
    #[arg(required = true, value_name = "WORD")]
    words: Vec<String>,
    /// How many neighbours to show
    #[arg(short = 'k', long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
    #[command(flatten)]
    open: OpenArgs,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let vectors = args.open.vectors(&args.model)?;
    let answer = |word: &String| {
        let neighbours = vectors.most_similar(word, args.top as usize)?;
        anyhow::Ok(Answer { query: Query::Nearest(word.clone()), neighbours })
    };
    // All are answered before any is shown: an unknown word leaves no half a result behind.
    let answers = args.words.iter().map(answer).collect::<Result<Vec<_>, _>>()?;
    to_stdout(|out| args.format.output().answers(out, &answers))
}
