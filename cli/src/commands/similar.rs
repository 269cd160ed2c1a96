//! `rapidvec similar [MODEL] WORD...`: the nearest words by cosine.

use super::open::OpenArgs;
use super::queries::{self, AnswerArgs, SearchArgs};
use crate::output::{Answer, Query, messages, note, thousands, to_stdout};
use rapidvec::Error;
#[cfg(feature = "ann")]
use rapidvec::vectors::ann::ApproximateIndex;
use rapidvec::vectors::{Hits, Search, WordVectors};
use rapidvec::{WordId, read_vocabulary};
use std::path::{Path, PathBuf};

/// List the words nearest to each WORD, to a sum of words, or to a vector
///
/// Words are compared by cosine. Looking up several words at once is much faster than one at a time.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec similar king queen                      In ./model.safetensors
  rapidvec similar vectors.bin king -k 10
  rapidvec similar vectors.bin --positive king --positive woman --negative man
  rapidvec similar vectors.bin --positive king:0.5 --positive queen
  rapidvec similar vectors.bin - < words.txt       One word on each line
  rapidvec similar vectors.bin -- -LRB-            A word that begins with a dash")]
pub struct Args {
    /// File of word vectors in any format [default: model.safetensors]
    model: Option<PathBuf>,
    /// Words to look up, each on its own; - reads them from standard input
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    /// Add this word to a sum to look near, as in king or king:0.5
    #[arg(long, value_name = "WORD[:WEIGHT]", conflicts_with = "words", allow_hyphen_values = true)]
    positive: Vec<String>,
    /// Subtract this word from the sum
    #[arg(long, value_name = "WORD[:WEIGHT]", conflicts_with = "words", allow_hyphen_values = true)]
    negative: Vec<String>,
    /// Look near the vectors in this file, one on each line; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["words", "positive", "negative"])]
    vector: Option<PathBuf>,
    /// Skip unknown words instead of failing, and report how many
    #[arg(long, conflicts_with_all = ["positive", "negative", "vector"])]
    skip_unknown: bool,
    /// Answer only with the words in this file, one on each line
    #[arg(long, value_name = "FILE", conflicts_with = "restrict", help_heading = "Search")]
    among: Option<PathBuf>,
    /// Answer only with words of at least this cosine
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = queries::cosine, help_heading = "Search")]
    min_similarity: Option<f32>,
    #[command(flatten)]
    answers: AnswerArgs,
    #[command(flatten)]
    search: SearchArgs,
    /// Use the index built by `rapidvec index`: fast, but may miss some words
    #[cfg(feature = "ann")]
    #[arg(long, conflicts_with = "restrict", help_heading = "Search")]
    approximate: bool,
    /// Use this index [default: the name of the model followed by .ann]
    #[cfg(feature = "ann")]
    #[arg(long, value_name = "FILE", requires = "approximate", help_heading = "Search")]
    index: Option<PathBuf>,
    #[command(flatten)]
    open: OpenArgs,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let asks_otherwise = args.vector.is_some() || !args.positive.is_empty() || !args.negative.is_empty();
    let expected = if asks_otherwise { 0..=0 } else { 1..=usize::MAX };
    let (model, words) = queries::model_and_words("similar", args.model.as_deref(), &args.words, expected)?;
    let vectors = args.open.vectors(&model)?;
    let search = args.search.search(&model, &vectors);
    let among = args.among.as_deref().map(|list| known_ids(list, &vectors)).transpose()?;
    let search = narrowed(search, among.as_deref());
    #[cfg(feature = "ann")]
    let index = args.index(&model, &vectors)?;
    #[cfg(feature = "ann")]
    let search = match &index {
        Some(index) => search.index(index),
        None => search,
    };
    let asked = args.ask(words, &vectors)?;
    let found = asked.find(&search, args.answers.top as usize)?;
    queries::note_if_untrained(&found, &vectors);
    let runs = vectors.runs();
    let spreads = runs.as_ref().map(|runs| {
        let all = |run| asked.find(&narrowed(args.search.again(run), among.as_deref()), args.answers.top as usize);
        runs.spreads(&found, all, |query, search, top| asked.find_one(query, search, top))
    });
    let spreads = spreads.transpose()?.unwrap_or_default();
    let found = found.into_iter().map(|hits| match args.min_similarity {
        Some(least) => hits.at_least(least),
        None => hits,
    });
    let answers = asked.queries().into_iter().zip(found).map(|(query, found)| Answer::new(query, found));
    let answers: Vec<_> = match &runs {
        Some(runs) => answers.zip(&spreads).map(|(answer, of)| answer.with_spreads(runs.count(), of)).collect(),
        None => answers.collect(),
    };
    to_stdout(|out| args.answers.format.answers(out, &answers))
}

/// The ids of the words in a list; reports how many are unknown.
fn known_ids(list: &Path, vectors: &WordVectors) -> anyhow::Result<Vec<WordId>> {
    let words = read_vocabulary(list).map_err(Error::from)?;
    let ids: Vec<_> = words.words().filter_map(|word| vectors.id(word)).collect();
    let unknown = words.len() - ids.len();
    if unknown > 0 {
        note(messages::unknown_among(thousands(unknown as u64)));
    }
    Ok(ids)
}

/// A search among some words only.
fn narrowed<'v>(search: Search<'v>, among: Option<&[WordId]>) -> Search<'v> {
    match among {
        Some(ids) => search.among(ids.iter().copied()),
        None => search,
    }
}

/// What is looked up.
enum Asked {
    Words(Vec<String>),
    Sum(Vec<(String, f32)>),
    /// The numbers of all vectors, and of each.
    Vectors(Vec<f32>, usize),
}

impl Asked {
    fn queries(&self) -> Vec<Query> {
        match self {
            Self::Words(words) => words.iter().cloned().map(Query::Nearest).collect(),
            Self::Sum(terms) => vec![Query::Weighted(terms.clone())],
            Self::Vectors(numbers, size) => (1..=numbers.len() / size).map(Query::Vector).collect(),
        }
    }

    /// The answers to all queries.
    fn find<'v>(&self, search: &Search<'v>, top: usize) -> anyhow::Result<Vec<Hits<'v>>> {
        let found = match self {
            Self::Words(words) => search.most_similar_batch(&words.iter().map(String::as_str).collect::<Vec<_>>(), top),
            Self::Sum(_) => return Ok(vec![self.find_one(0, search, top)?]),
            Self::Vectors(numbers, _) => search.most_similar_to_batch(numbers, top),
        };
        Ok(found.map_err(Error::from)?)
    }

    /// The answer to the query of this number, from 0.
    fn find_one<'v>(&self, query: usize, search: &Search<'v>, top: usize) -> anyhow::Result<Hits<'v>> {
        let found = match self {
            Self::Words(words) => search.most_similar(&words[query], top),
            Self::Sum(terms) => {
                let terms: Vec<_> = terms.iter().map(|(word, weight)| (word.as_str(), *weight)).collect();
                search.most_similar_weighted(&terms, top)
            }
            Self::Vectors(numbers, size) => search.most_similar_to(&numbers[query * size..(query + 1) * size], top),
        };
        Ok(found.map_err(Error::from)?)
    }
}

impl Args {
    /// All queries, so that an unknown word leaves no partial output.
    fn ask(&self, words: Vec<String>, vectors: &WordVectors) -> anyhow::Result<Asked> {
        if let Some(path) = &self.vector {
            let size = vectors.vector_size();
            return Ok(Asked::Vectors(queries::vectors(path, size)?, size));
        }
        if words.is_empty() {
            let terms = self.terms(vectors);
            queries::note_composed(terms.iter().map(|(word, _)| *word), vectors);
            return Ok(Asked::Sum(terms.into_iter().map(|(word, weight)| (word.to_owned(), weight)).collect()));
        }
        Ok(Asked::Words(queries::known(queries::words(&words, vectors)?, vectors, self.skip_unknown)?))
    }

    /// The words of the sum, those to subtract with negative weights.
    fn terms(&self, vectors: &WordVectors) -> Vec<(&str, f32)> {
        let weighted = |text| queries::weighted(text, vectors);
        let plus = self.positive.iter().map(|text| weighted(text));
        let minus = self.negative.iter().map(|text| weighted(text)).map(|(word, weight)| (word, -weight));
        plus.chain(minus).collect()
    }

    /// The index, if requested.
    #[cfg(feature = "ann")]
    fn index(&self, model: &Path, vectors: &WordVectors) -> anyhow::Result<Option<ApproximateIndex>> {
        if !self.approximate {
            return Ok(None);
        }
        let path = self.index.clone().unwrap_or_else(|| ApproximateIndex::path_beside(model));
        let build = "build it with `rapidvec index MODEL`";
        match ApproximateIndex::open(&path, vectors).map_err(Error::from) {
            Ok(index) => Ok(Some(index)),
            Err(error) => {
                let shown = super::open::name_file(&path, error);
                let message = format!("{}; {build}", crate::output::message(&shown));
                Err(shown.context(message))
            }
        }
    }
}
