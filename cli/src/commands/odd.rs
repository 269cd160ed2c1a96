//! `rapidvec odd MODEL WORD...`: which of these words does not belong?

use super::open::OpenArgs;
use crate::output::{Answer, Form, Query, to_stdout};
use rapidvec::Error;
use std::path::PathBuf;

/// Show which of the words does not belong with the others
///
/// The words are shown with their cosine with the mean of all of them, the farthest first: the first is the answer.
#[derive(clap::Args)]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    model: PathBuf,
    /// The words; three at least, for of two either could be odd
    #[arg(required = true, num_args = 3.., value_name = "WORD")]
    words: Vec<String>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,

    #[command(flatten)]
    open: OpenArgs,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let vectors = args.open.vectors(&args.model)?;
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    let ranked = vectors.rank_by_centrality(&words).map_err(Error::from)?;
    let answer = Answer::new(Query::Odd(args.words.clone()), ranked.into_iter().rev());
    to_stdout(|out| args.format.answers(out, &[answer]))
}
