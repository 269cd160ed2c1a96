//! `rapidvec eval [MODEL] FILE...`: evaluate vectors.

use super::default_model::or_default;
use super::named::{Named, named};
use super::open::{self, OpenArgs};
use crate::commands::numbers::{count_in, threads};
use crate::output::{Evaluation, Measured, ScoresForm, UsageError, is_same, messages, note, to_stdout};
use anyhow::ensure;
use rapidvec::vectors::AnalogyMethod;
use rapidvec::vectors::WordVectors;
use rapidvec::vectors::error::QueryError;
use rapidvec::vectors::evaluate::{Columns, EvaluateOptions, EvaluationSet};
use rapidvec::{parallel, threads_of};
use std::path::{Path, PathBuf};

/// Evaluate vectors by analogies and by human similarity judgements
///
/// Each FILE holds either questions of four words, in sections that begin with `: name`, or pairs: two words and a number,
/// separated by tabs, semicolons, commas, bars or spaces. SimLex, SimVerb, RW, MEN, WordSim and BATS are read as published. The rules, and
/// so the scores, are those of gensim 4.4, except that a model with n-grams has vectors for unknown words in pairs.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  rapidvec eval questions-words.txt                In ./model.safetensors
  rapidvec eval vectors.bin questions-words.txt wordsim353.tsv
  rapidvec eval vectors.bin questions-words.txt --restrict 30000 --format json")]
pub struct Args {
    /// File of word vectors in any format [default: model.safetensors]
    model: Option<PathBuf>,
    /// Files of questions or pairs, possibly compressed
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Choose how answers to analogies are scored
    #[arg(long, value_parser = named::<AnalogyMethod>(), default_value = "add")]
    method: AnalogyMethod,
    /// Take pairs from these columns, by name or number: word1,word2,score
    #[arg(long, value_name = "A,B,SCORE", value_parser = columns)]
    columns: Option<Columns>,
    /// Distinguish upper and lower case
    #[arg(long)]
    case: bool,
    /// Count questions with unknown words as wrong, and such pairs as 0
    ///
    /// By default they are skipped. This is gensim's dummy4unknown.
    #[arg(long)]
    count_unknown: bool,
    /// Skip pairs with words that are not in the vocabulary, as gensim does
    ///
    /// By default their vectors are composed of n-grams, if the model has n-grams.
    #[arg(long, conflicts_with = "count_unknown")]
    known_only: bool,
    /// Use only the N most frequent words, in questions and as answers
    #[arg(long, value_name = "N", default_value_t = 300_000, value_parser = count_in::<u32>(1..))]
    #[arg(help_heading = "Search")]
    restrict: u32,
    /// Use at most N threads [default: one for each core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, allow_negative_numbers = true)]
    #[arg(value_parser = threads)]
    #[arg(help_heading = "Search")]
    threads: usize,
    /// Choose the output format
    #[arg(long, value_enum, default_value_t = ScoresForm::Table, help_heading = "Output")]
    format: ScoresForm,
    #[command(flatten)]
    open: OpenArgs,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let (model, files) = args.model_and_files()?;
    // The files are read while the model is opened, and all of them before the first is evaluated: an error in the last one
    // costs no time.
    let open = |file| EvaluationSet::open_with(file, args.columns.as_ref());
    let read = || files.iter().map(open).collect::<Result<Vec<_>, _>>();
    let (sets, vectors) = parallel::join(threads_of(args.threads), read, || args.open.vectors(&model));
    let (sets, vectors) = (sets?, vectors?);
    open::tell_order(&model, vectors.vocabulary(), args.restrict as usize);
    let evaluate = |(set, file): (&EvaluationSet, &PathBuf)| args.evaluate(&vectors, set, file);
    let evaluations = sets.iter().zip(&files).map(evaluate).collect::<Result<Vec<_>, _>>();
    let evaluations = evaluations.map_err(|error| open::name_file(&model, error))?;
    let known = evaluations.iter().filter(|evaluation| is_known(evaluation)).count();
    to_stdout(|out| args.format.write(out, &evaluations))?;
    ensure!(known > 0, messages::nothing_evaluated());
    Ok(())
}

fn columns(text: &str) -> Result<Columns, String> {
    let parts: Vec<_> = text.split(',').map(|part| part.trim().to_owned()).collect();
    let three = <[String; 3]>::try_from(parts).ok().filter(|parts| parts.iter().all(|part| !part.is_empty()));
    three.map(Columns).ok_or_else(messages::three_columns)
}

impl Args {
    /// A single argument is a file for the default model, if that exists.
    fn model_and_files(&self) -> Result<(PathBuf, Vec<PathBuf>), UsageError> {
        let model = or_default(self.model.as_deref())?.to_owned();
        match or_default(None) {
            _ if !self.files.is_empty() => Ok((model, self.files.clone())),
            Ok(default) if self.model.is_some() && !is_same(default, &model) => Ok((default.to_owned(), vec![model])),
            _ => Err(UsageError(messages::nothing_to_evaluate())),
        }
    }

    /// The scores on one file, and how much they differ between the runs that the model is the mean of.
    fn evaluate(&self, vectors: &WordVectors, set: &EvaluationSet, file: &Path) -> Result<Evaluation, QueryError> {
        if let EvaluationSet::Pairs(pairs) = set
            && pairs.has_header
        {
            note(messages::column_names(file.display()));
        }
        let measured = self.measure(vectors, set)?;
        let runs = vectors.runs().map(|runs| {
            runs.vectors().iter().map(|run| self.measure(run, set)).collect::<Result<Vec<_>, QueryError>>()
        });
        let runs = runs.transpose()?.unwrap_or_default();
        Ok(Evaluation { file: file.display().to_string(), measured, runs })
    }

    fn measure(&self, vectors: &WordVectors, set: &EvaluationSet) -> Result<Measured, QueryError> {
        let restrict = self.restrict as usize;
        let options = EvaluateOptions::default()
            .restrict(restrict)
            .case_sensitive(self.case)
            .count_unknown(self.count_unknown)
            .compose(!self.known_only)
            .threads(self.threads);
        let measured = match set {
            EvaluationSet::Analogies(analogies) => {
                let (method, name) = (self.method, self.method.name());
                Measured::Analogies(vectors.evaluate_analogies(analogies, method, &options)?, name)
            }
            EvaluationSet::Pairs(pairs) => Measured::Pairs(vectors.evaluate_pairs(pairs, &options)?),
        };
        Ok(measured)
    }
}

/// Whether anything could be measured; otherwise prints a note: the vectors may be of another language.
fn is_known(evaluation: &Evaluation) -> bool {
    let file = &evaluation.file;
    let (known, help) = match &evaluation.measured {
        Measured::Analogies(report, _) => (report.total.asked > 0, messages::no_known_question(file)),
        Measured::Pairs(report) => (report.spearman.is_some(), messages::no_known_pair(file)),
    };
    if !known {
        note(help);
    }
    known
}
