//! `rapidvec similar MODEL WORD...`: the nearest words by cosine.

use super::open::{self, OpenArgs};
use super::queries;
use crate::output::{Answer, Form, Query, note, thousands, to_stdout};
use rapidvec::Error;
#[cfg(feature = "ann")]
use rapidvec::vectors::ann::ApproximateIndex;
use rapidvec::vectors::{Hits, WordVectors};
#[cfg(feature = "ann")]
use std::io::ErrorKind;
use std::path::PathBuf;

/// Show the words nearest to each WORD, to a sum of words, or to a vector, by cosine
///
/// If one of the words is unknown, none is answered, unless --skip-unknown is given. WORD `-` stands for all lines of standard input, a word each; many
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
    /// Leave out WORDs that are unknown, and tell how many, instead of answering none
    #[arg(long, conflicts_with_all = ["positive", "negative", "vector"])]
    skip_unknown: bool,
    /// How many neighbours to show
    #[arg(short = 'k', long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// Answer with the N most frequent words only
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    restrict: Option<u32>,
    /// Use the index that `rapidvec index` made: much faster, but some words may be missing
    #[cfg(feature = "ann")]
    #[arg(long, conflicts_with = "restrict")]
    approximate: bool,
    /// The index to use [default: the model's name with .ann after it]
    #[cfg(feature = "ann")]
    #[arg(long, value_name = "FILE", requires = "approximate")]
    index: Option<PathBuf>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
    #[command(flatten)]
    open: OpenArgs,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let vectors = args.open.vectors(&args.model)?;
    let search = open::restricted(&args.model, &vectors, args.restrict);
    #[cfg(feature = "ann")]
    let index = args.index(&vectors)?;
    #[cfg(feature = "ann")]
    let search = match &index {
        Some(index) => search.index(index),
        None => search,
    };
    let top = args.top as usize;
    // All are answered before any is shown: an unknown word leaves no half a result behind.
    let answers = match &args.vector {
        Some(path) => {
            let found = search
                .most_similar_to_batch(&queries::vectors(path, vectors.vector_size())?.concat(), top)
                .map_err(Error::from)?;
            answers((1..).map(Query::Vector), found)
        }
        None if args.words.is_empty() => {
            let terms = terms(args);
            let found = search.most_similar_weighted(&terms, top).map_err(Error::from)?;
            let terms = terms.into_iter().map(|(word, weight)| (word.to_owned(), weight)).collect();
            vec![Answer::new(Query::Weighted(terms), found)]
        }
        None => {
            let mut words = queries::words(&args.words)?;
            if args.skip_unknown {
                leave_out_unknown(&mut words, &vectors);
            }
            let found = search
                .most_similar_batch(&words.iter().map(String::as_str).collect::<Vec<_>>(), top)
                .map_err(Error::from)?;
            answers(words.into_iter().map(Query::Nearest), found)
        }
    };
    to_stdout(|out| args.format.answers(out, &answers))
}

/// Leaves out words without a vector, and tells how many.
fn leave_out_unknown(words: &mut Vec<String>, vectors: &WordVectors) {
    let all = words.len();
    let mut first = None;
    words.retain(|word| {
        let known = vectors.vector(word).is_some();
        if !known && first.is_none() {
            first = Some(word.clone());
        }
        known
    });
    if let Some(first) = first {
        let [unknown, all] = [all - words.len(), all].map(|count| thousands(count as u64));
        note(format_args!("{unknown} of {all} words are unknown to the model and were left out, `{first}` the first"));
    }
}

/// The words of the sum, those that push away with negative weights.
fn terms(args: &Args) -> Vec<(&str, f32)> {
    let pull = args.positive.iter().map(|text| queries::weighted(text));
    let push = args.negative.iter().map(|text| queries::weighted(text)).map(|(word, weight)| (word, -weight));
    pull.chain(push).collect()
}

fn answers(queries: impl Iterator<Item = Query>, found: Vec<Hits>) -> Vec<Answer> {
    queries.zip(found).map(|(query, found)| Answer::new(query, found)).collect()
}

#[cfg(feature = "ann")]
impl Args {
    /// The index, if one is to be used.
    fn index(&self, vectors: &WordVectors) -> anyhow::Result<Option<ApproximateIndex>> {
        if !self.approximate {
            return Ok(None);
        }
        let path = self.index.clone().unwrap_or_else(|| ApproximateIndex::path_beside(&self.model));
        let opened = ApproximateIndex::open(&path, vectors).map_err(|error| match &error {
            Error::Io { source, .. } if source.kind() == ErrorKind::NotFound => {
                anyhow::anyhow!("there is no index {}; make one with `rapidvec index MODEL`", path.display())
            }
            _ => open::name_file(&path, error),
        });
        opened.map(Some)
    }
}
