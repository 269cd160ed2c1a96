//! `rapidvec odd [MODEL] WORD...`: which of these words does not belong?

use super::open::OpenArgs;
use super::queries;
use crate::output::{Answer, Form, Query, UsageError, messages, to_stdout};
use rapidvec::Error;
use std::path::PathBuf;

/// Find the word that does not belong with the others
///
/// Lists the words by their cosine to the mean of all of them, the farthest first. The first word is the answer.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec odd breakfast lunch dinner car          In ./model.safetensors
  rapidvec odd vectors.bin breakfast lunch dinner car --format json")]
pub struct Args {
    /// File of word vectors in any format [default: model.safetensors]
    model: Option<PathBuf>,
    /// Three words or more; - reads them from standard input
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    /// Skip unknown words instead of failing, and report how many
    #[arg(long)]
    skip_unknown: bool,
    /// Choose the output format
    #[arg(long, value_enum, default_value_t = Form::Table, help_heading = "Output")]
    format: Form,
    #[command(flatten)]
    open: OpenArgs,
}

/// The minimum number of words: of two, either could be the odd one.
const MIN_WORDS: usize = 3;

pub fn run(args: &Args) -> anyhow::Result<()> {
    let reads_input = args.words.iter().any(|word| word == "-") || args.model.as_deref() == Some("-".as_ref());
    let expected = if reads_input { 1 } else { MIN_WORDS };
    let (model, words) = queries::model_and_words("odd", args.model.as_deref(), &args.words, expected..=usize::MAX)?;
    let vectors = args.open.vectors(&model)?;
    let words = queries::known(queries::words(&words, &vectors)?, &vectors, args.skip_unknown)?;
    if words.len() < MIN_WORDS {
        return Err(UsageError(messages::few_known_words(MIN_WORDS, words.len())).into());
    }
    let lent: Vec<&str> = words.iter().map(String::as_str).collect();
    let ranked = vectors.rank_by_centrality(&lent).map_err(Error::from)?;
    let answer = Answer::new(Query::Odd(words.clone()), ranked.into_iter().rev());
    to_stdout(|out| args.format.answers(out, &[answer]))
}
