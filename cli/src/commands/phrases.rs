//! `rapidvec phrases CORPUS...`: find words that belong together.

use super::corpus::{Choice, print_notes};
use super::named::{Named, named};
use super::text_args::Reading;
use super::vocab_args;
use crate::commands::numbers::{count, count_in};
use crate::output::{Place, Scored, UsageError, WordsForm, messages, note, say, thousands, to_stdout};
use rapidvec::atomic_file::Existing;
use rapidvec::corpus::{
    CorpusError, CorpusOptions, ENGLISH_CONNECTOR_WORDS, Pass, PassReport, Phrase, PhraseOptions, Phrases, Scoring,
};
use rapidvec::{Error, read_vocabulary};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Find phrases, such as `new york`, to be read as one word
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  rapidvec phrases corpus.txt -o phrases.txt
  rapidvec train corpus.txt --phrases phrases.txt
  rapidvec phrases corpus.txt --scoring npmi --connector-words english --passes 2 -o phrases.txt")]
pub struct Args {
    /// Text files, folders, patterns, - (standard input), or builtin, ptb[:valid|:test]
    #[arg(required = true, value_name = "CORPUS")]
    corpus: Vec<String>,

    /// Write the phrases to FILE, for --phrases of train and vocab (- for stdout)
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Overwrite the file if it exists
    #[arg(short, long, requires = "output")]
    force: bool,

    /// Show only the N phrases of the highest scores
    #[arg(long, value_name = "N", value_parser = count_in::<u32>(1..), allow_negative_numbers = true, conflicts_with = "output")]
    top: Option<u32>,

    /// Form of the output
    #[arg(long, value_enum, default_value_t = WordsForm::Table, conflicts_with = "output")]
    format: WordsForm,

    /// Use N threads; 0 uses one per core
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true, value_parser = count::<usize>)]
    threads: usize,

    #[command(flatten)]
    scoring: ScoringArgs,

    #[command(flatten)]
    reading: Reading,
}

/// Which pairs are phrases.
#[derive(clap::Args)]
#[command(next_help_heading = "Scoring")]
struct ScoringArgs {
    /// Formula of the score
    #[arg(long, value_parser = named::<Scoring>(), value_name = "NAME", default_value = "default")]
    scoring: Scoring,

    /// Drop pairs seen fewer than N times
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = count_in::<u64>(1..), allow_negative_numbers = true)]
    min_count: u64,

    /// Score that a phrase has to exceed [default: 10; with npmi 0.5]
    #[arg(long, value_name = "SCORE", allow_negative_numbers = true)]
    threshold: Option<f64>,

    /// Text between the words of a phrase
    #[arg(long, value_name = "TEXT", default_value = "_")]
    delimiter: String,

    /// Words that may stand within a phrase: a FILE of one per line, or english
    #[arg(long, value_name = "FILE")]
    connector_words: Option<PathBuf>,

    /// Join the phrases found and look for longer ones, N times in all
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count_in::<usize>(1..=16), allow_negative_numbers = true)]
    passes: usize,

    /// Keep the N most frequent words while counting; bounds memory
    #[arg(long, value_name = "N", default_value_t = CorpusOptions::default().max_vocab, allow_negative_numbers = true, value_parser = count::<usize>)]
    max_vocab: usize,
}

impl Named for Scoring {
    const NAMES: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Default, "default", "That of word2vec's paper, from 0 upwards"),
        (Self::Npmi, "npmi", "Normalised pointwise mutual information, from -1 to 1"),
    ];
}

impl ScoringArgs {
    fn options(&self, threads: usize) -> anyhow::Result<PhraseOptions> {
        let usual = if self.scoring == Scoring::Npmi { 0.5 } else { 10.0 };
        let connector_words = self.connector_words.as_deref().map(connector_words).transpose()?;
        Ok(PhraseOptions::default()
            .scoring(self.scoring)
            .min_count(self.min_count)
            .threshold(self.threshold.unwrap_or(usual))
            .delimiter(self.delimiter.as_str())
            .connector_words(connector_words.unwrap_or_default())
            .threads(threads))
    }
}

/// The words of a list, or those that `english` stands for. A file of that name is written `./english`.
fn connector_words(list: &Path) -> anyhow::Result<BTreeSet<String>> {
    if list == Path::new("english") {
        return Ok(ENGLISH_CONNECTOR_WORDS.map(str::to_owned).into());
    }
    let words = read_vocabulary(list).map_err(Error::from)?;
    if words.is_empty() {
        return Err(UsageError(messages::connector_words_file(list.display())).into());
    }
    Ok(words.words().map(str::to_owned).collect())
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let choice = Choice::parse(&args.corpus)?;
    check(args, &choice)?;
    let options = args.scoring.options(args.threads)?;
    let reading = CorpusOptions::default().max_vocab(args.scoring.max_vocab).threads(args.threads);
    let reading = args.reading.with_phrases(args.reading.options(reading))?;
    let (found, reports) = find(args, &choice, &reading, &options)?;
    report(&choice.names().join(" "), &reading, &reports);
    if found.is_empty() {
        note(messages::no_phrases(options.threshold));
    }
    match args.output.as_deref() {
        None => to_stdout(|out| args.format.write_scored(out, &shown(&found, args.top))),
        Some(output) if Place::named(output) == Place::Stdout => to_stdout(|out| found.write_to(out)),
        Some(output) => Ok(found.write(output, Existing::replace_if(args.force))?),
    }
}

fn check(args: &Args, choice: &Choice) -> anyhow::Result<()> {
    if let Some(path) = choice.missing() {
        return Err(Error::from(CorpusError::Missing { path: path.to_owned() }).into());
    }
    if args.scoring.passes > 1 && choice.is_stdin() {
        return Err(UsageError(messages::phrases_and_stdin(args.scoring.passes)).into());
    }
    if let Some(output) = &args.output {
        if choice.reads(output) || args.reading.phrases.iter().any(|path| path == output) {
            return Err(UsageError(messages::input_not_output(output.display())).into());
        }
        Place::named(output).check(args.force)?;
    }
    Ok(())
}

fn find(
    args: &Args,
    choice: &Choice,
    reading: &CorpusOptions,
    options: &PhraseOptions,
) -> anyhow::Result<(Phrases, Vec<PassReport>)> {
    // Errors of reading have the advice of the command line already, so they are kept apart from the library's.
    let mut refused = None;
    let mut read = |options: &CorpusOptions| {
        vocab_args::read(choice, &args.reading, options).map_err(|error| {
            refused = Some(error);
            CorpusError::Interrupted.into()
        })
    };
    let found = Phrases::find_passes(&mut read, reading, options, args.scoring.passes);
    match refused {
        Some(error) => Err(error),
        None => Ok(found?),
    }
}

fn report(name: &str, reading: &CorpusOptions, reports: &[PassReport]) {
    for (report, pass) in reports.iter().zip(1..) {
        print_notes(name, &report.reading);
        vocab_args::note_pruned(name, reading, &report.reading);
        if report.rounds > 1 {
            note(messages::phrases_rounds(report.rounds));
        }
        let [tokens, words, pairs, phrases] =
            [report.reading.tokens, report.words, report.pairs, report.phrases].map(thousands);
        say(messages::phrases_counted(pass, tokens, words, pairs) + ": " + &messages::phrases_found(phrases));
    }
}

/// Phrases as they are joined, with their scores; of several passes one after the other.
fn shown(found: &Phrases, top: Option<u32>) -> Vec<Scored> {
    let of_pass = |pass: &Pass| {
        let scored = |phrase: &Phrase| Scored {
            phrase: phrase.words.join(&pass.settings.delimiter),
            score: phrase.score.unwrap_or_default(),
            count: phrase.count.unwrap_or_default(),
        };
        pass.phrases().iter().map(scored).collect::<Vec<_>>()
    };
    found.passes().flat_map(of_pass).take(top.map_or(usize::MAX, |top| top as usize)).collect()
}
