//! Results as a table for programs: a header, then a line for each word found, with fields separated by tabs.
//!
//! `query`, `word`, `similarity`; the three words of an analogy are joined by spaces. Backslash, tab, line feed and
//! carriage return in a word are written `\\`, `\t`, `\n` and `\r`, so that each result stays on one line.

use super::answer::{Answer, Query, RunSpread, sum};
use super::comparison::Comparison;
use super::text::field;
use std::io::{self, Write};

/// A header, then a line for each word found.
pub fn answers(out: &mut dyn Write, answers: &[Answer]) -> io::Result<()> {
    let spreads = answers.iter().any(|answer| answer.runs.is_some());
    writeln!(out, "query\tword\tsimilarity{}", if spreads { "\tdeviation\tstability" } else { "" })?;
    for answer in answers {
        let query = match &answer.query {
            Query::Nearest(word) => field(word),
            Query::Analogy { words, .. } => field(&words.join(" ")),
            Query::Weighted(terms) => sum(terms, field),
            Query::Vector(number) => format!("vector {number}"),
            Query::Odd(words) => field(&words.join(" ")),
        };
        for found in &answer.found {
            write!(out, "{query}\t{}\t{}", field(&found.word), found.similarity)?;
            match found.spread {
                Some(RunSpread { deviation, stability }) => writeln!(out, "\t{deviation}\t{stability}")?,
                None => writeln!(out)?,
            }
        }
    }
    Ok(())
}

/// A header, then a line for each comparison; the words of a set are joined by spaces.
pub fn comparisons(out: &mut dyn Write, comparisons: &[Comparison]) -> io::Result<()> {
    let ranked = comparisons.iter().any(|comparison| comparison.rank.is_some());
    let spreads = comparisons.iter().any(|comparison| comparison.runs.is_some());
    let names = [("rank", ranked), ("deviation", spreads), ("rank_deviation", spreads && ranked)];
    let names = names.into_iter().filter(|(_, given)| *given).map(|(name, _)| format!("\t{name}"));
    writeln!(out, "a\tb\tsimilarity{}", names.collect::<String>())?;
    for Comparison { a, b, similarity, rank, runs } in comparisons {
        let rank = rank.map(|rank| rank.to_string());
        let deviations = runs.map(|runs| [Some(runs.similarity), runs.rank].map(|of| of.map(|of| of.to_string())));
        let more = [rank].into_iter().chain(deviations.into_iter().flatten()).flatten();
        let more: String = more.map(|number| format!("\t{number}")).collect();
        writeln!(out, "{}\t{}\t{similarity}{more}", field(&a.join(" ")), field(&b.join(" ")))?;
    }
    Ok(())
}
