//! `rapidvec index [MODEL]`: build an approximate index and measure it.

use super::default_model::or_default;
use super::open::OpenArgs;
use crate::commands::numbers::count_in;
use crate::output::{Facts, FactsForm, Place, to_stdout};
use rapidvec::Error;
use rapidvec::vectors::ann::{ApproximateIndex, IndexOptions};
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

/// Build an index for approximate search, and measure its recall
///
/// The index is saved as MODEL.ann, where `similar --approximate` finds it. Rebuild it when the model changes. Recall is the
/// share of the nearest ten words that the index finds, measured on words spread over the vocabulary.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec index model.safetensors
  rapidvec similar model.safetensors king --approximate")]
pub struct Args {
    /// File of word vectors in any format [default: model.safetensors]
    model: Option<PathBuf>,
    /// Write the index to this file [default: the name of the model followed by .ann]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Overwrite a file that is not an index
    #[arg(short, long, help_heading = "Output")]
    force: bool,
    /// Link each word to N neighbours
    #[arg(long, value_name = "N", default_value_t = IndexOptions::default().connectivity,
          value_parser = count_in::<u32>(2..=256))]
    connectivity: u32,
    /// Keep N candidates while adding a word
    #[arg(long, value_name = "N", default_value_t = IndexOptions::default().expansion_add,
          value_parser = count_in::<u32>(1..=4096))]
    expansion_add: u32,
    /// Keep N candidates in a search; more find more words and take longer
    #[arg(long, value_name = "N", default_value_t = IndexOptions::default().expansion_search,
          value_parser = count_in::<u32>(1..=4096))]
    expansion_search: u32,
    /// Measure with N words
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = count_in::<u32>(1..))]
    questions: u32,
    /// Choose the output format
    #[arg(long, value_enum, default_value_t = FactsForm::Table, help_heading = "Output")]
    format: FactsForm,

    #[command(flatten)]
    open: OpenArgs,
}

/// Neighbours looked up for each word.
const TOP: usize = 10;

pub fn run(args: &Args) -> anyhow::Result<()> {
    let model = or_default(args.model.as_deref())?;
    let path = args.output.clone().unwrap_or_else(|| ApproximateIndex::path_beside(model));
    // An old index may be replaced; any other file only with --force.
    let replaceable = args.force || fs::read(&path).is_ok_and(|bytes| ApproximateIndex::is_likely(&bytes));
    Place::named(&path).check_unread([model])?;
    Place::named(&path).check_file(replaceable)?;
    let vectors = args.open.vectors(model)?;
    let options = IndexOptions {
        connectivity: args.connectivity,
        expansion_add: args.expansion_add,
        expansion_search: args.expansion_search,
    };
    let start = Instant::now();
    let index = ApproximateIndex::build(&vectors, options).map_err(Error::from)?;
    let seconds = start.elapsed().as_secs_f64();
    index.save(&path, &vectors)?;
    let measured = index.measure(&vectors, args.questions as usize, TOP).map_err(Error::from)?;
    let microseconds = |time: std::time::Duration| (time.as_secs_f64() * 1e7).round() / 10.0;
    let mut facts = Facts::default();
    facts.add("index", path.display().to_string());
    facts.add("bytes", fs::metadata(&path)?.len());
    facts.add("words", index.len());
    facts.add("seconds_to_build", (seconds * 10.0).round() / 10.0);
    facts.add("questions", measured.questions);
    facts.add("recall_at_10", (measured.recall * 1e4).round() / 1e4);
    facts.add("microseconds_exact", microseconds(measured.exact));
    facts.add("microseconds_approximate", microseconds(measured.approximate));
    facts.add("times_faster", (measured.speedup() * 10.0).round() / 10.0);
    to_stdout(|out| args.format.write(out, &facts))
}
