//! `quickvec similar MODEL WORD...`: the nearest words by cosine.

use super::{open, queries};
use crate::output::{Answer, Form, Query, to_stdout};
use quickvec::vectors::Restricted;
use quickvec::{Error, Neighbour};
use std::path::PathBuf;

/// Show the words nearest to each WORD, to a sum of words, or to a vector, by cosine
///
/// If one of the words is unknown, none is answered. WORD `-` stands for all lines of standard input, a word each; many
/// words at once are answered much faster than one by one.
#[derive(clap::Args)]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    model: PathBuf,
    /// Words to look up, each on its own; - reads them from standard input
    #[arg(required_unless_present_any = ["positive", "negative", "vector"], value_name = "WORD")]
    words: Vec<String>,
    /// Look near the sum of words: this word pulls, with a weight if a number follows a colon, as in king:0.5
    #[arg(long, value_name = "WORD[:WEIGHT]", conflicts_with = "words")]
    positive: Vec<String>,
    /// Look near the sum of words: this word pushes away
    #[arg(long, value_name = "WORD[:WEIGHT]", conflicts_with = "words")]
    negative: Vec<String>,
    /// Look near each vector of this file, a line of numbers each; - reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["words", "positive", "negative"])]
    vector: Option<PathBuf>,
    /// How many neighbours to show
    #[arg(short = 'k', long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// Answer with the N most frequent words only
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    restrict: Option<u32>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let vectors = open::vectors(&args.model)?;
    let among = vectors.restrict(args.restrict.map_or(usize::MAX, |words| words as usize));
    // All are answered before any is shown: an unknown word leaves no half a result behind.
    let answers = match &args.vector {
        Some(path) => near_vectors(args, &among, &queries::vectors(path, vectors.vector_size())?)?,
        None if args.words.is_empty() => vec![near_sum(args, &among)?],
        None => near_words(args, &among, queries::words(&args.words)?)?,
    };
    to_stdout(|out| args.format.output().answers(out, &answers))
}

fn near_words(args: &Args, among: &Restricted, words: Vec<String>) -> anyhow::Result<Vec<Answer>> {
    let asked: Vec<&str> = words.iter().map(String::as_str).collect();
    let found = among.most_similar_batch(&asked, args.top as usize).map_err(Error::from)?;
    Ok(answers(words.into_iter().map(Query::Nearest), found))
}

fn near_sum(args: &Args, among: &Restricted) -> anyhow::Result<Answer> {
    let pull = args.positive.iter().map(|text| queries::weighted(text));
    let push = args.negative.iter().map(|text| queries::weighted(text)).map(|(word, weight)| (word, -weight));
    let terms: Vec<(&str, f32)> = pull.chain(push).collect();
    let neighbours = among.most_similar_weighted(&terms, args.top as usize).map_err(Error::from)?;
    let terms = terms.into_iter().map(|(word, weight)| (word.to_owned(), weight)).collect();
    Ok(Answer { query: Query::Weighted(terms), neighbours })
}

fn near_vectors(args: &Args, among: &Restricted, vectors: &[Vec<f32>]) -> anyhow::Result<Vec<Answer>> {
    let none = vec![&[][..]; vectors.len()];
    let found = among.most_similar_to_batch(&vectors.concat(), args.top as usize, &none).map_err(Error::from)?;
    Ok(answers((1..).map(Query::Vector), found))
}

fn answers(queries: impl Iterator<Item = Query>, found: Vec<Vec<Neighbour>>) -> Vec<Answer> {
    queries.zip(found).map(|(query, neighbours)| Answer { query, neighbours }).collect()
}
