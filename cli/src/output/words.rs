//! Words and their counts, in all forms of output.

use super::json;
use super::text::{padded, printable, thousands, width};
use serde::Serialize;
use std::io::{self, Write};

/// The form of a list of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum WordsForm {
    /// For people
    Table,
    /// A word, a tab and its count per line: the file that train --vocab reads
    Tsv,
    /// One array with an object per word
    Json,
}

#[derive(Serialize)]
struct Counted<'w> {
    word: &'w str,
    count: u64,
}

impl WordsForm {
    /// Writes the words in this form.
    pub fn write(self, out: &mut dyn Write, words: &[(&str, u64)]) -> io::Result<()> {
        match self {
            WordsForm::Table => table(out, words),
            // Words have no white space to escape.
            WordsForm::Tsv => words.iter().try_for_each(|(word, count)| writeln!(out, "{word}\t{count}")),
            WordsForm::Json => {
                json::line(out, &words.iter().map(|&(word, count)| Counted { word, count }).collect::<Vec<_>>())
            }
        }
    }
}

fn table(out: &mut dyn Write, words: &[(&str, u64)]) -> io::Result<()> {
    let widest = words.iter().map(|(word, _)| width(&printable(word))).max().unwrap_or(0).min(60);
    let digits = words.iter().map(|(_, count)| thousands(*count).len()).max().unwrap_or(0);
    words.iter().try_for_each(|(word, count)| {
        writeln!(out, "{}  {:>digits$}", padded(&printable(word), widest), thousands(*count))
    })
}
