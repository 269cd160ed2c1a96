//! Results as a table for programs: a header, then a line for each word found, with fields separated by tabs.
//!
//! `query`, `word`, `similarity`; the three words of an analogy are joined by spaces. Backslash, tab, line feed and
//! carriage return in a word are written `\\`, `\t`, `\n` and `\r`, so that each result stays on one line.

use super::answer::{Answer, Query, sum};
use super::comparison::Comparison;
use super::text::field;
use std::io::{self, Write};

/// A header, then a line for each word found.
pub fn answers(out: &mut dyn Write, answers: &[Answer]) -> io::Result<()> {
    writeln!(out, "query\tword\tsimilarity")?;
    for answer in answers {
        let query = match &answer.query {
            Query::Nearest(word) => field(word),
            Query::Analogy { words, .. } => field(&words.join(" ")),
            Query::Weighted(terms) => sum(terms, field),
            Query::Vector(number) => format!("vector {number}"),
            Query::Odd(words) => field(&words.join(" ")),
        };
        for found in &answer.found {
            writeln!(out, "{query}\t{}\t{}", field(&found.word), found.similarity)?;
        }
    }
    Ok(())
}

/// A header, then a line for each comparison; the words of a set are joined by spaces.
pub fn comparisons(out: &mut dyn Write, comparisons: &[Comparison]) -> io::Result<()> {
    let ranked = comparisons.iter().any(|comparison| comparison.rank.is_some());
    writeln!(out, "a\tb\tsimilarity{}", if ranked { "\trank" } else { "" })?;
    for Comparison { a, b, similarity, rank } in comparisons {
        write!(out, "{}\t{}\t{similarity}", field(&a.join(" ")), field(&b.join(" ")))?;
        match rank {
            Some(rank) => writeln!(out, "\t{rank}")?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}
