//! `rapidvec axis [MODEL] [WORD]...`: where words lie between two groups of words.

use super::groups::{group, lent};
use super::open::OpenArgs;
use super::queries::{self, SearchArgs};
use crate::commands::default_model::or_default;
use crate::commands::numbers::count_in;
use crate::output::{Form, Measures, to_stdout};
use rapidvec::vectors::WordVectors;
use rapidvec::vectors::measure::Axis;
use std::path::{Path, PathBuf};

/// Show where words lie between two groups of words
///
/// The axis is the difference of the means of both groups; a word's place on it is its cosine, from -1 (as --from) to 1 (as --to). Without
/// words, the words farthest to both ends are shown. A group is a list of words separated by commas, or @FILE with a word a line.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec axis doctor nurse engineer --from he,man,male --to she,woman,female
  rapidvec axis vectors.bin --from poor,cheap --to rich,expensive -k 20 --restrict 50000")]
pub struct Args {
    /// File of word vectors in any format [default: model.safetensors]
    model: Option<PathBuf>,
    /// Words to place; - reads them from standard input
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    /// Start the axis at the mean of these words
    #[arg(long, value_name = "WORDS")]
    from: String,
    /// End the axis at the mean of these words
    #[arg(long, value_name = "WORDS")]
    to: String,
    /// Show K words at each end if no words are given
    #[arg(short = 'k', long, value_name = "K", default_value_t = 10, value_parser = count_in::<u32>(1..))]
    top: u32,
    /// Skip unknown words instead of failing, and report how many
    #[arg(long)]
    skip_unknown: bool,
    /// Choose the output format
    #[arg(long, value_enum, default_value_t = Form::Table, help_heading = "Output")]
    format: Form,
    #[command(flatten)]
    search: SearchArgs,
    #[command(flatten)]
    open: OpenArgs,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let (model, words) = match queries::model_and_words("axis", args.model.as_deref(), &args.words, 0..=usize::MAX) {
        Ok(found) => found,
        // Without words there is nothing to tell a model from.
        Err(_) if args.words.is_empty() => (or_default(args.model.as_deref())?.to_owned(), Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let vectors = args.open.vectors(&model)?;
    let ends = [&args.from, &args.to].map(|text| group(text, &vectors, args.skip_unknown));
    let [from, to] = ends;
    let (from, to) = (from?, to?);
    let axis = vectors.axis(&lent(&from), &lent(&to))?;
    let mut places = match words.is_empty() {
        true => args.ends(&model, &vectors, &axis)?,
        false => {
            let words = queries::known(queries::words(&words, &vectors)?, &vectors, args.skip_unknown)?;
            let place = |word: String| axis.project(&vectors, &word).map(|place| (word, place));
            words.into_iter().map(place).collect::<Result<Vec<_>, _>>()?
        }
    };
    places.sort_by(|a, b| a.1.total_cmp(&b.1));
    to_stdout(|out| args.format.measures(out, &Measures::Axis { from, to, places }))
}

impl Args {
    /// The words at both ends.
    fn ends(&self, model: &Path, vectors: &WordVectors, axis: &Axis) -> anyhow::Result<Vec<(String, f64)>> {
        let [low, high] = axis.ends(&self.search.search(model, vectors), self.top as usize)?;
        let mut places: Vec<(String, f64)> = low.into_iter().map(|(word, place)| (word.to_owned(), place)).collect();
        // In a small model the ends overlap.
        for (word, place) in high {
            if !places.iter().any(|(known, _)| known == word) {
                places.push((word.to_owned(), place));
            }
        }
        Ok(places)
    }
}
