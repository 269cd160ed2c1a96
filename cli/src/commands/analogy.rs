//! `rapidvec analogy [MODEL] A B C`: A is to B as C is to what?

use super::named::{Named, named};
use super::open::OpenArgs;
use super::queries::{self, AnswerArgs, SearchArgs};
use crate::output::{Answer, Query, UsageError, messages, to_stdout};
use anyhow::Context;
use rapidvec::Error;
use rapidvec::vectors::{AnalogyMethod, Hits, Search};
use std::path::PathBuf;

/// Answer "A is to B as C is to what?"
#[derive(clap::Args)]
#[command(
    override_usage = "rapidvec analogy [OPTIONS] [MODEL] <A B C|->",
    after_help = "\
Examples:
  rapidvec analogy man king woman                  In ./model.safetensors
  rapidvec analogy vectors.bin man king woman --method mul
  rapidvec analogy vectors.bin - < questions.txt   Three words on each line"
)]
pub struct Args {
    /// File of word vectors in any format [default: model.safetensors]
    model: Option<PathBuf>,
    /// The three words; - reads three words from each line of standard input
    #[arg(value_name = "A B C", num_args = 0..=3)]
    words: Vec<String>,
    /// Choose how answers are scored
    #[arg(long, value_parser = named::<AnalogyMethod>(), default_value = "add")]
    method: AnalogyMethod,
    #[command(flatten)]
    answers: AnswerArgs,
    #[command(flatten)]
    search: SearchArgs,
    #[command(flatten)]
    open: OpenArgs,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let reads_input = args.words == ["-"] || args.words.is_empty() && args.model.as_deref() == Some("-".as_ref());
    let expected = if reads_input { 1 } else { 3 };
    let (model, words) = queries::model_and_words("analogy", args.model.as_deref(), &args.words, expected..=expected)?;
    let questions = if reads_input { read()? } else { vec![three(words)?] };
    let vectors = args.open.vectors(&model)?;
    let (method, name) = (args.method, args.method.name());
    let search = args.search.search(&model, &vectors);
    // The textbook's score has the length of a vector in it, which the vectors of runs do not keep.
    let runs = vectors.runs().filter(|_| method != AnalogyMethod::Textbook);
    queries::note_composed(questions.iter().flatten().map(String::as_str), &vectors);
    let answer = |words: [String; 3]| {
        let top = args.answers.top as usize;
        let found = ask(&search, &words, method, top)?;
        let spreads = runs.as_ref().map(|runs| {
            let all = |run| ask(&args.search.again(run), &words, method, top).map(|hits| vec![hits]);
            let one = std::slice::from_ref(&found);
            Ok::<_, Error>((runs.count(), runs.spreads(one, all, |_, search, top| ask(search, &words, method, top))?))
        });
        let spreads = spreads.transpose()?;
        let answer = Answer::new(Query::Analogy { words, method: name }, found);
        Ok(match spreads {
            Some((runs, spreads)) => answer.with_spreads(runs, spreads.first().map_or(&[], Vec::as_slice)),
            None => answer,
        })
    };
    let answers = questions.into_iter().map(answer).collect::<anyhow::Result<Vec<_>>>()?;
    to_stdout(|out| args.answers.format.answers(out, &answers))
}

fn ask<'v>(search: &Search<'v>, words: &[String; 3], method: AnalogyMethod, top: usize) -> Result<Hits<'v>, Error> {
    let [a, b, c] = words;
    Ok(search.analogy(a, b, c, method, top)?)
}

/// The questions on standard input, three words on each line, separated by tabs or by spaces.
fn read() -> anyhow::Result<Vec<[String; 3]>> {
    let mut questions = Vec::new();
    for (number, line) in queries::input_lines()? {
        let words: Vec<_> = if line.contains('\t') {
            line.split('\t').map(|word| word.trim().to_owned()).collect()
        } else {
            line.split_whitespace().map(str::to_owned).collect()
        };
        questions.push(three(words).with_context(|| format!("standard input: line {number}"))?);
    }
    if questions.is_empty() {
        return Err(UsageError(messages::no_questions_on_stdin()).into());
    }
    Ok(questions)
}

fn three(words: Vec<String>) -> anyhow::Result<[String; 3]> {
    words.try_into().map_err(|words: Vec<_>| anyhow::anyhow!("expected three words, got {}", words.len()))
}
