//! Results as a table for programs: a header, then a line for each word found, with tabs between.
//!
//! `query`, `word`, `similarity`; the three words of an analogy are joined by spaces. Backslash, tab, line feed and
//! carriage return in a word are written `\\`, `\t`, `\n` and `\r`, so that a line stays a line.

use super::answer::sum;
use super::comparison::Comparison;
use super::form::Output;
use super::{Answer, Query};
use std::io::{self, Write};

/// Lines of three fields.
pub struct Tsv;

impl Output for Tsv {
    fn answers(&self, out: &mut dyn Write, answers: &[Answer]) -> io::Result<()> {
        writeln!(out, "query\tword\tsimilarity")?;
        for answer in answers {
            let query = match &answer.query {
                Query::Nearest(word) => escaped(word),
                Query::Analogy { words, .. } => escaped(&words.join(" ")),
                Query::Weighted(terms) => sum(terms, escaped),
                Query::Vector(number) => format!("vector {number}"),
                Query::Odd(words) => escaped(&words.join(" ")),
            };
            for found in &answer.found {
                writeln!(out, "{query}\t{}\t{}", escaped(&found.word), found.similarity)?;
            }
        }
        Ok(())
    }
}

/// A header, then a line for each comparison; the words of a set are joined by spaces.
pub fn comparisons(out: &mut dyn Write, comparisons: &[Comparison]) -> io::Result<()> {
    let ranked = comparisons.iter().any(|comparison| comparison.rank.is_some());
    writeln!(out, "a\tb\tsimilarity{}", if ranked { "\trank" } else { "" })?;
    for Comparison { a, b, similarity, rank } in comparisons {
        write!(out, "{}\t{}\t{similarity}", escaped(&a.join(" ")), escaped(&b.join(" ")))?;
        match rank {
            Some(rank) => writeln!(out, "\t{rank}")?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}

pub(super) fn escaped(word: &str) -> String {
    word.replace('\\', r"\\").replace('\t', r"\t").replace('\n', r"\n").replace('\r', r"\r")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_cannot_break_its_line() {
        assert_eq!(escaped("a\tb\\n\nc\r"), r"a\tb\\n\nc\r");
        assert_eq!(escaped("안녕 you"), "안녕 you");
    }
}
