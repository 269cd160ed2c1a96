//! `rapidvec synonyms [MODEL]`: words that a search engine may take for each other.

use super::default_model::or_default;
use super::numbers::count_in;
use super::open::{self, OpenArgs};
use super::queries::{SearchArgs, cosine};
use crate::output::{messages, say, thousands, to_stdout};
use rapidvec::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

/// List words that may stand for each other, for search engines
///
/// Prints rules for Solr, Elasticsearch and OpenSearch (`king => king, queen`): each word with those among its K nearest that have it among
/// theirs. Vectors know what is used alike, not what means the same; read the list before using it.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec synonyms > synonyms.txt                 In ./model.safetensors
  rapidvec synonyms vectors.bin --restrict 50000 --min-similarity 0.75 -k 3")]
pub struct Args {
    /// File of word vectors in any format [default: model.safetensors]
    model: Option<PathBuf>,
    /// Take words from among the K nearest in both directions
    #[arg(short = 'k', long, value_name = "K", default_value_t = 5, value_parser = count_in::<u32>(1..))]
    top: u32,
    /// Take only words of at least this cosine
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = cosine, default_value_t = 0.7)]
    min_similarity: f32,
    #[command(flatten)]
    search: SearchArgs,
    #[command(flatten)]
    open: OpenArgs,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let model = or_default(args.model.as_deref())?;
    let vectors = args.open.vectors(model)?;
    let search = args.search.search(model, &vectors);
    let found = search.mutual_neighbours(args.top as usize).map_err(Error::from);
    let found = found.map_err(|error| open::name_file(model, error))?;
    let mut rules = String::new();
    let mut count = 0;
    for (id, hits) in found {
        let hits = hits.at_least(args.min_similarity);
        if hits.is_empty() {
            continue;
        }
        let word = escaped(vectors.vocabulary().word(id));
        let _ = write!(rules, "{word} => {word}"); // a text takes everything
        hits.words().for_each(|other| rules.extend([", ", &escaped(other)]));
        rules.push('\n');
        count += 1;
    }
    to_stdout(|out| out.write_all(rules.as_bytes()))?;
    say(messages::rules(thousands(count)));
    Ok(())
}

/// What separates words in a rule is a part of a word after a backslash.
fn escaped(word: &str) -> String {
    word.replace('\\', r"\\").replace(',', r"\,").replace("=>", r"\=>").replace('#', r"\#")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn signs_of_a_rule_are_escaped() {
        assert_eq!(escaped(r"a,b=>c\#"), r"a\,b\=>c\\\#");
        assert_eq!(escaped("new york"), "new york");
    }
}
