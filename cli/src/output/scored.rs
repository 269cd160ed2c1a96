//! Phrases with their scores and counts, in all forms of output.

use super::json;
use super::text::{padded, printable, thousands, width};
use super::words::WordsForm;
use serde::Serialize;
use std::io::{self, Write};

/// A phrase as it is shown.
#[derive(Serialize)]
pub struct Scored {
    pub phrase: String,
    pub score: f64,
    pub count: u64,
}

impl WordsForm {
    /// Writes the phrases in this form.
    pub fn write_scored(self, out: &mut dyn Write, phrases: &[Scored]) -> io::Result<()> {
        match self {
            WordsForm::Table => table(out, phrases),
            // A phrase has no tab.
            WordsForm::Tsv => phrases
                .iter()
                .try_for_each(|Scored { phrase, score, count }| writeln!(out, "{phrase}\t{score}\t{count}")),
            WordsForm::Json => json::line(out, &phrases),
        }
    }
}

fn table(out: &mut dyn Write, phrases: &[Scored]) -> io::Result<()> {
    let lines: Vec<_> = phrases
        .iter()
        .map(|scored| (printable(&scored.phrase), format!("{:.3}", scored.score), thousands(scored.count)))
        .collect();
    let widest = lines.iter().map(|(phrase, ..)| width(phrase)).max().unwrap_or(0).min(60);
    let scores = lines.iter().map(|(_, score, _)| score.len()).max().unwrap_or(0);
    let counts = lines.iter().map(|(.., count)| count.len()).max().unwrap_or(0);
    lines.iter().try_for_each(|(phrase, score, count)| {
        writeln!(out, "{}  {score:>scores$}  {count:>counts$}", padded(phrase, widest))
    })
}
