//! The forms of results. Errors are those of the writer.

use super::answer::Answer;
use super::comparison::Comparison;
use super::evaluation::{self, Evaluation};
use super::facts::Facts;
use super::{json, table, tsv};
use std::io::{self, Write};

/// The form of a list of neighbours.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Form {
    /// For people
    Table,
    /// A header, then a line per word found, with fields separated by tabs
    Tsv,
    /// One array with an object per query
    Json,
}

impl Form {
    /// Writes all answers of one command.
    pub fn answers(self, out: &mut dyn Write, answers: &[Answer]) -> io::Result<()> {
        match self {
            Form::Table => table::answers(out, answers),
            Form::Tsv => tsv::answers(out, answers),
            Form::Json => json::line(out, answers),
        }
    }

    /// Writes all comparisons of one command.
    pub fn comparisons(self, out: &mut dyn Write, comparisons: &[Comparison]) -> io::Result<()> {
        match self {
            Form::Table => table::comparisons(out, comparisons),
            Form::Tsv => tsv::comparisons(out, comparisons),
            Form::Json => json::line(out, comparisons),
        }
    }
}

/// The form of scores.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum ScoresForm {
    /// For people
    Table,
    /// A header, then a line per number: file, section, measure, value
    Tsv,
    /// One array with an object per file
    Json,
}

impl ScoresForm {
    /// Writes the scores in this form.
    pub fn write(self, out: &mut dyn Write, evaluations: &[Evaluation]) -> io::Result<()> {
        match self {
            ScoresForm::Table => evaluation::table(out, evaluations),
            ScoresForm::Tsv => evaluation::tsv(out, evaluations),
            ScoresForm::Json => json::line(out, evaluations),
        }
    }
}

/// The form of a list of facts.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum FactsForm {
    /// For people
    Table,
    /// One object
    Json,
}

impl FactsForm {
    /// Writes the facts in this form.
    pub fn write(self, out: &mut dyn Write, facts: &Facts) -> io::Result<()> {
        match self {
            FactsForm::Table => table::facts(out, facts),
            FactsForm::Json => json::line(out, facts),
        }
    }
}
