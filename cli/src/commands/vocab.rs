//! `rapidvec vocab CORPUS...`: count the words of a text.

use super::corpus::Choice;
use super::text_args::Reading;
use super::vocab_args::Counting;
use crate::commands::numbers::{count_in, threads};
use crate::output::{Place, UsageError, WordsForm, messages, to_stdout};
use rapidvec::atomic_file::Existing;
use rapidvec::{Vocabulary, write_vocabulary};
use std::path::PathBuf;

/// Count the words of a text
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  rapidvec vocab corpus.txt --top 20
  rapidvec vocab 'wiki/**/*.gz' -o words.tsv
  rapidvec train corpus.txt --vocab words.tsv")]
pub struct Args {
    /// Text files, folders, patterns, - (standard input), or builtin, ptb[:valid|:test]
    #[arg(required = true, value_name = "CORPUS")]
    corpus: Vec<String>,

    /// Write the words to FILE, a word, a tab and a count per line (- for stdout)
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Overwrite the file if it exists
    #[arg(short, long, requires = "output")]
    force: bool,

    /// Show only the N most frequent words
    #[arg(long, value_name = "N", value_parser = count_in::<u32>(1..), allow_negative_numbers = true)]
    top: Option<u32>,

    /// Choose the output format
    #[arg(long, value_enum, default_value_t = WordsForm::Table, conflicts_with = "output")]
    format: WordsForm,

    /// Use N threads; 0: one per core
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true, value_parser = threads)]
    threads: usize,

    #[command(flatten)]
    counting: Counting,

    #[command(flatten)]
    reading: Reading,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let choice = Choice::parse(&args.corpus)?;
    if let Some(output) = &args.output {
        if choice.reads(output) {
            return Err(UsageError(messages::input_not_output(output.display())).into());
        }
        Place::named(output).check(args.force)?;
    }
    let (vocabulary, _) = args.counting.count(&choice, &args.reading, args.threads)?;
    let top = args.top.map_or(usize::MAX, |top| top as usize);
    let words: Vec<_> = vocabulary.words().zip(vocabulary.counts().iter().copied()).take(top).collect();
    match args.output.as_deref() {
        None => to_stdout(|out| args.format.write(out, &words)),
        Some(output) if Place::named(output) == Place::Stdout => to_stdout(|out| WordsForm::Tsv.write(out, &words)),
        Some(output) if words.len() == vocabulary.len() => {
            Ok(write_vocabulary(output, Existing::replace_if(args.force), &vocabulary)?)
        }
        Some(output) => Ok(write_vocabulary(output, Existing::replace_if(args.force), &of(&words))?),
    }
}

fn of(words: &[(&str, u64)]) -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    for (word, count) in words {
        // They are from a vocabulary, which has each word once.
        let _id = vocabulary.insert(word, *count);
    }
    vocabulary
}
