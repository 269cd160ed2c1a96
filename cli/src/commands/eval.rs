//! `rapidvec eval MODEL FILE...`: how good are these vectors?

use super::open::{self, OpenArgs};
use crate::output::{Evaluation, Measured, ScoresForm, note, to_stdout};
use anyhow::ensure;
use rapidvec::vectors::error::QueryError;
use rapidvec::vectors::evaluate::{EvaluateOptions, EvaluationSet};
use rapidvec::vectors::{AnalogyMethod, WordVectors};
use std::path::{Path, PathBuf};
use std::thread;

/// Measure vectors: analogies answered, similarities compared with people's
///
/// Each FILE holds questions of four words, in sections that begin with `: name`; or pairs, two words and a number apart by
/// tabs, commas or spaces. Its content tells which. By the rules of gensim 4.4, whose figures these are.
#[derive(clap::Args)]
pub struct Args {
    /// File of word vectors; its format is recognised by content
    model: PathBuf,
    /// Files of questions or of pairs; compressed ones are unpacked
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How answers to analogies are scored
    #[arg(long, value_enum, default_value_t = Method::Add)]
    method: Method,
    /// Ask for, and answer with, the N most frequent words only
    #[arg(long, value_name = "N", default_value_t = 300_000, value_parser = clap::value_parser!(u32).range(1..))]
    restrict: u32,
    /// Tell upper and lower case apart; without it words are compared in upper case, and of those that differ in case only
    /// the most frequent stands for all
    #[arg(long)]
    case: bool,
    /// Count questions with unknown words as missed, and such pairs with similarity 0, instead of leaving them out
    /// (gensim's dummy4unknown)
    #[arg(long)]
    count_unknown: bool,
    /// Form of the output
    #[arg(long, value_enum, default_value_t = ScoresForm::Table)]
    format: ScoresForm,

    #[command(flatten)]
    open: OpenArgs,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Method {
    /// Cosine with b - a + c over unit vectors (3CosAdd)
    Add,
    /// Product and quotient of cosines (3CosMul)
    Mul,
    /// The chapter's: dot product with the vectors as stored
    Textbook,
}

impl Method {
    fn in_library(self) -> (AnalogyMethod, &'static str) {
        match self {
            Method::Add => (AnalogyMethod::Add, "add"),
            Method::Mul => (AnalogyMethod::Mul, "mul"),
            Method::Textbook => (AnalogyMethod::Textbook, "textbook"),
        }
    }
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    // The files are read while the model is opened, and all before any is answered: a fault in the last one costs no time.
    let (open, model) = (args.open.clone(), args.model.clone());
    let opened = thread::spawn(move || open.vectors(&model));
    let sets = args.files.iter().map(EvaluationSet::open).collect::<Result<Vec<_>, _>>()?;
    let vectors = opened.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    open::tell_order(&args.model, vectors.vocabulary(), args.restrict as usize);
    let evaluate = |(set, file): (&EvaluationSet, &PathBuf)| args.evaluate(&vectors, set, file);
    let evaluations = sets.iter().zip(&args.files).map(evaluate).collect::<Result<Vec<_>, _>>();
    let evaluations = evaluations.map_err(|error| open::name_file(&args.model, error))?;
    let known = evaluations.iter().filter(|evaluation| is_known(evaluation)).count();
    to_stdout(|out| args.format.write(out, &evaluations))?;
    ensure!(known > 0, "nothing could be measured: is the model of another language, or in lower case?");
    Ok(())
}

impl Args {
    fn evaluate(&self, vectors: &WordVectors, set: &EvaluationSet, file: &Path) -> Result<Evaluation, QueryError> {
        let restrict = self.restrict as usize;
        let options =
            EvaluateOptions::default().restrict(restrict).case_sensitive(self.case).count_unknown(self.count_unknown);
        let measured = match set {
            EvaluationSet::Analogies(analogies) => {
                let (method, name) = self.method.in_library();
                Measured::Analogies(vectors.evaluate_analogies(analogies, method, &options)?, name)
            }
            EvaluationSet::Pairs(pairs) => Measured::Pairs(vectors.evaluate_pairs(pairs, &options)?),
        };
        Ok(Evaluation { file: file.display().to_string(), measured })
    }
}

/// Whether anything could be measured; says so where not: the vectors may be in another language.
fn is_known(evaluation: &Evaluation) -> bool {
    let (known, what) = match &evaluation.measured {
        Measured::Analogies(report, _) => (report.total.asked > 0, "question"),
        Measured::Pairs(report) => (report.spearman.is_some(), "pair (or none that differ)"),
    };
    if !known {
        note(format_args!("{}: no {what} has all its words among those of the model", evaluation.file));
    }
    known
}
