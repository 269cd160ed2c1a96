//! `rapidvec index MODEL`: build the approximate index, and tell what it is worth.

use super::open::OpenArgs;
use crate::output::{Facts, FactsForm, Place, to_stdout};
use rapidvec::vectors::ann::{ApproximateIndex, IndexOptions};
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

/// Build an index for approximate search, and measure it against the exact one
///
/// The index is saved beside the model, where `similar --approximate` finds it. It is made anew when the model changes. The
/// neighbours of words from all over the vocabulary are looked up both ways; recall is the share that the index finds.
#[derive(clap::Args)]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    model: PathBuf,
    /// Where the index goes [default: the model's name with .ann after it]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite a file that is no index
    #[arg(short, long)]
    force: bool,
    /// Neighbours that each word is joined with
    #[arg(long, value_name = "N", default_value_t = IndexOptions::default().connectivity,
          value_parser = clap::value_parser!(u32).range(2..=256))]
    connectivity: u32,
    /// Candidates kept while a word is added
    #[arg(long, value_name = "N", default_value_t = IndexOptions::default().expansion_add,
          value_parser = clap::value_parser!(u32).range(1..=4096))]
    expansion_add: u32,
    /// Candidates kept in a search: more find more and take longer
    #[arg(long, value_name = "N", default_value_t = IndexOptions::default().expansion_search,
          value_parser = clap::value_parser!(u32).range(1..=4096))]
    expansion_search: u32,
    /// How many words to measure with
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    questions: u32,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = FactsForm::Table)]
    format: FactsForm,

    #[command(flatten)]
    open: OpenArgs,
}

/// Neighbours a question asks for.
const TOP: usize = 10;

pub fn run(args: &Args) -> anyhow::Result<()> {
    let path = args.output.clone().unwrap_or_else(|| ApproximateIndex::path_beside(&args.model));
    // An old index may be replaced; anything else only when that was asked for.
    let replaceable = args.force || fs::read(&path).is_ok_and(|bytes| ApproximateIndex::is_likely(&bytes));
    Place::named(&path).check_unread([&args.model])?;
    Place::named(&path).check_file("an index", replaceable)?;
    let vectors = args.open.vectors(&args.model)?;
    let options = IndexOptions {
        connectivity: args.connectivity,
        expansion_add: args.expansion_add,
        expansion_search: args.expansion_search,
    };
    let start = Instant::now();
    let index = ApproximateIndex::build(&vectors, options)?;
    let seconds = start.elapsed().as_secs_f64();
    index.save(&path, &vectors)?;
    let measured = index.measure(&vectors, args.questions as usize, TOP)?;
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
