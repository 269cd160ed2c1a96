//! The forms that results can take, and what each of them can show.

use super::evaluation::{self, Evaluation};
use super::{Answer, Facts, json, table, tsv};
use std::io::{self, Write};

/// A form of output for answers. Errors are those of the writer beneath.
pub trait Output {
    /// Shows all answers to one command.
    fn answers(&self, out: &mut dyn Write, answers: &[Answer]) -> io::Result<()>;
}

/// The form of a list of neighbours.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Form {
    /// For people
    Table,
    /// A header, then one line for each word found, with tabs between; tabs, line ends and backslashes in words are escaped
    Tsv,
    /// One array with an object for each query
    Json,
}

impl Form {
    /// Who writes in this form.
    pub fn output(self) -> &'static dyn Output {
        match self {
            Form::Table => &table::Table,
            Form::Tsv => &tsv::Tsv,
            Form::Json => &json::Json,
        }
    }
}

/// The form of scores.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum ScoresForm {
    /// For people
    Table,
    /// A header, then one line for each number: file, section (empty for the whole file), measure, value
    Tsv,
    /// One array with an object for each file
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
