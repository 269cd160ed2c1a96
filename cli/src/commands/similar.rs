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
    let search = match &args.among {
        Some(list) => search.among(known_ids(list, &vectors)?),
        None => search,
    };
    #[cfg(feature = "ann")]
    let index = args.index(&model, &vectors)?;
    #[cfg(feature = "ann")]
    let search = match &index {
        Some(index) => search.index(index),
        None => search,
    };
    let (queries, found) = args.find(words, &vectors, &search)?;
    queries::note_if_untrained(&found, &vectors);
    let found = found.into_iter().map(|hits| match args.min_similarity {
        Some(least) => hits.at_least(least),
        None => hits,
    });
    let answers: Vec<_> = queries.into_iter().zip(found).map(|(query, found)| Answer::new(query, found)).collect();
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

impl Args {
    /// All queries with their answers, so that an unknown word leaves no partial output.
    fn find<'v>(
        &self,
        words: Vec<String>,
        vectors: &'v WordVectors,
        search: &Search<'v>,
    ) -> anyhow::Result<(Vec<Query>, Vec<Hits<'v>>)> {
        let top = self.answers.top as usize;
        if let Some(path) = &self.vector {
            let given = queries::vectors(path, vectors.vector_size())?;
            let found = search.most_similar_to_batch(&given, top).map_err(Error::from)?;
            return Ok(((1..=found.len()).map(Query::Vector).collect(), found));
        }
        if words.is_empty() {
            let terms = self.terms(vectors);
            queries::note_composed(terms.iter().map(|(word, _)| *word), vectors);
            let found = search.most_similar_weighted(&terms, top).map_err(Error::from)?;
            let terms = terms.into_iter().map(|(word, weight)| (word.to_owned(), weight)).collect();
            return Ok((vec![Query::Weighted(terms)], vec![found]));
        }
        let words = queries::known(queries::words(&words, vectors)?, vectors, self.skip_unknown)?;
        let found = search.most_similar_batch(&words.iter().map(String::as_str).collect::<Vec<_>>(), top);
        Ok((words.into_iter().map(Query::Nearest).collect(), found.map_err(Error::from)?))
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
