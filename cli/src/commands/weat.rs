//! `rapidvec weat [MODEL]`: do two groups of words differ in what they are associated with?

use super::default_model::or_default;
use super::groups::{group, lent};
use super::numbers::{count, count_in};
use super::open::OpenArgs;
use crate::output::{Form, Measures, to_stdout};
use rapidvec::vectors::measure::WeatOptions;
use std::path::PathBuf;

/// Test whether two groups of words differ in their associations (WEAT)
///
/// Are the words of X nearer to those of A than to those of B, compared with the words of Y? The effect size is between -2 and 2; the
/// p-value is the share of all ways to divide the words of X and Y into two such groups that differ at least as much. A group is a list
/// of words separated by commas, or @FILE with a word a line.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec weat -x rose,tulip,daisy -y ant,wasp,flea -a love,peace -b war,hate
  rapidvec weat vectors.bin -x @math.txt -y @arts.txt -a @male.txt -b @female.txt --format json")]
pub struct Args {
    /// File of word vectors in any format [default: model.safetensors]
    model: Option<PathBuf>,
    /// Compare these words, the first group of targets
    #[arg(short, value_name = "WORDS")]
    x: String,
    /// With these, the second group of targets
    #[arg(short, value_name = "WORDS")]
    y: String,
    /// By their similarity to these words, the first group of attributes
    #[arg(short, value_name = "WORDS")]
    a: String,
    /// Rather than to these, the second group of attributes
    #[arg(short, value_name = "WORDS")]
    b: String,
    /// Count differences of either sign as extreme
    #[arg(long)]
    two_sided: bool,
    /// Examine all partitions if there are no more than N, else N random ones
    #[arg(long, value_name = "N", default_value_t = 200_000, value_parser = count_in::<u64>(1..))]
    permutations: u64,
    /// Start the random numbers from this seed
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count::<u64>)]
    seed: u64,
    /// Skip unknown words instead of failing, and report how many
    #[arg(long)]
    skip_unknown: bool,
    /// Choose the output format
    #[arg(long, value_enum, default_value_t = Form::Table, help_heading = "Output")]
    format: Form,
    #[command(flatten)]
    open: OpenArgs,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let vectors = args.open.vectors(or_default(args.model.as_deref())?)?;
    let known = |text: &String| group(text, &vectors, args.skip_unknown);
    let groups = [known(&args.x)?, known(&args.y)?, known(&args.a)?, known(&args.b)?];
    let [x, y, a, b] = groups.each_ref().map(|words| lent(words));
    let options = WeatOptions::default().permutations(args.permutations).two_sided(args.two_sided).seed(args.seed);
    let weat = vectors.weat([&x, &y], [&a, &b], &options)?;
    to_stdout(|out| args.format.measures(out, &Measures::Weat { groups, weat, two_sided: args.two_sided }))
}
