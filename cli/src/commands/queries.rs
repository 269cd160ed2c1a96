//! What the commands that query a model share: the model, its known words, lists of words, vectors in a file.

use super::default_model::or_default;
use super::named::Named;
use crate::commands::numbers::{count_in, threads};
use crate::output::{Form, UsageError, messages, note, shown, thousands};
use anyhow::Context;
use rapidvec::Error;
use rapidvec::vectors::{AnalogyMethod, Hits, Search, WordVectors};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// File extensions, so that a mistyped name is not taken for a word.
const ENDINGS: [&str; 12] =
    ["bin", "bz2", "glove", "gz", "npz", "pkl", "safetensors", "txt", "vec", "xz", "zip", "zst"];

/// Options of a search.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Search")]
pub struct SearchArgs {
    /// Answer only with the N most frequent words; queries may use any word
    #[arg(long, value_name = "N", value_parser = count_in::<u32>(1..))]
    restrict: Option<u32>,
    /// Use at most N threads [default: one for each core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, allow_negative_numbers = true)]
    #[arg(value_parser = threads)]
    threads: usize,
}

impl SearchArgs {
    /// The search these options describe.
    pub fn search<'v>(&self, path: &Path, vectors: &'v WordVectors) -> Search<'v> {
        if let Some(words) = self.restrict {
            super::open::tell_order(path, vectors.vocabulary(), words as usize);
        }
        self.again(vectors)
    }

    /// The same search of other vectors of the model.
    pub fn again<'v>(&self, vectors: &'v WordVectors) -> Search<'v> {
        let search = vectors.search().threads(self.threads);
        match self.restrict {
            None => search,
            Some(words) => search.restrict(words as usize),
        }
    }
}

/// Options of the output.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Output")]
pub struct AnswerArgs {
    /// Show the K best answers
    #[arg(short = 'k', long, value_name = "K", default_value_t = 5, value_parser = count_in::<u32>(1..))]
    pub top: u32,
    /// Choose the output format
    #[arg(long, value_enum, default_value_t = Form::Table)]
    pub format: Form,
}

impl Named for AnalogyMethod {
    const NAMES: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Add, "add", "Cosine with b - a + c over unit vectors (3CosAdd)"),
        (Self::Mul, "mul", "Product and quotient of cosines (3CosMul)"),
        (Self::Textbook, "textbook", "The textbook's: dot product of the unit query with the vectors as stored"),
    ];
}

/// The model among the arguments `[MODEL] WORD...`, and the words. The first argument is the model if there is a file of that
/// name, or if it looks like the name of a file; otherwise the model is ./model.safetensors, if that exists.
///
/// # Errors
/// If the model comes after the words, or there are more or fewer words than `expected`.
pub fn model_and_words(
    command: &str,
    first: Option<&Path>,
    others: &[String],
    expected: RangeInclusive<usize>,
) -> Result<(PathBuf, Vec<String>), UsageError> {
    let (model, words) = match first {
        Some(first) if !names_a_file(first) => {
            if let Some(file) = others.iter().find(|other| Path::new(other).is_file()) {
                return Err(UsageError(messages::model_comes_first(first.display(), command, file)));
            }
            match or_default(None) {
                Ok(model) => {
                    let words = [first.display().to_string()].into_iter().chain(others.iter().cloned()).collect();
                    (model.to_owned(), words)
                }
                // The first argument may be the name of a model that is missing.
                Err(_) if expected.contains(&others.len()) => (first.to_owned(), others.to_vec()),
                Err(error) => return Err(error),
            }
        }
        _ => (or_default(first)?.to_owned(), others.to_vec()),
    };
    if expected.contains(&words.len()) {
        return Ok((model, words));
    }
    if *expected.end() == 0 {
        return Err(UsageError(messages::words_or_sum()));
    }
    let (least, got) = (expected.start(), words.len());
    let is_exact = expected.start() == expected.end();
    Err(UsageError(if is_exact { messages::exactly_words(least, got) } else { messages::at_least_words(least, got) }))
}

fn names_a_file(path: &Path) -> bool {
    let has_ending = || path.extension().and_then(|ending| ending.to_str()).is_some_and(|e| ENDINGS.contains(&e));
    path.exists() || path.components().count() > 1 || has_ending()
}

/// The words of the command line; `-` stands for the lines of standard input, each a word with or without a tab and a count.
pub fn words(given: &[String], vectors: &WordVectors) -> anyhow::Result<Vec<String>> {
    let mut words = Vec::new();
    for word in given {
        if word == "-" {
            words.extend(input_lines()?.iter().map(|(_, line)| listed(line, vectors).to_owned()));
        } else {
            words.push(word.clone());
        }
    }
    if words.is_empty() {
        return Err(UsageError(messages::no_words_on_stdin()).into());
    }
    Ok(words)
}

/// The lines of standard input with their numbers, without a byte order mark, blanks at the ends, and empty lines.
pub fn input_lines() -> anyhow::Result<Vec<(usize, String)>> {
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(io::stdin().lock().lines()) {
        let line = line.context("cannot read words from standard input")?;
        let line = if number == 1 { line.trim_start_matches('\u{feff}') } else { &line }.trim();
        if !line.is_empty() {
            lines.push((number, line.to_owned()));
        }
    }
    Ok(lines)
}

/// The word of a line: all of it if the model has that word, or what comes before a tab and a count.
fn listed<'l>(line: &'l str, vectors: &WordVectors) -> &'l str {
    let before_count = || line.rsplit_once('\t').filter(|(_, count)| count.parse::<u64>().is_ok());
    match vectors.id(line).map_or_else(before_count, |_| None) {
        Some((word, _)) => word.trim_end(),
        None => line,
    }
}

/// Drops and reports the words that the model does not know, if `skip` is set.
///
/// # Errors
/// Otherwise, for the first unknown word, with the number of the others.
pub fn known(words: Vec<String>, vectors: &WordVectors, skip: bool) -> anyhow::Result<Vec<String>> {
    let (words, unknown): (Vec<_>, Vec<_>) = words.into_iter().partition(|word| vectors.vector(word).is_some());
    let Some(first) = unknown.first() else {
        note_composed(words.iter().map(String::as_str), vectors);
        return Ok(words);
    };
    let all = unknown.len() + words.len();
    let [count, total] = [unknown.len(), all].map(|count| thousands(count as u64));
    if skip {
        note(messages::skipped_words(count, total, first));
        note_composed(words.iter().map(String::as_str), vectors);
        return Ok(words);
    }
    let error = Error::from(vectors.similarity(first, first).err().context("the word was unknown a moment ago")?);
    let error = anyhow::Error::new(error);
    if all == 1 {
        return Err(error);
    }
    let message = shown(&error);
    let end = if message.ends_with('?') { "" } else { "." };
    Err(error.context(format!("{message}{end} {}", messages::skip_unknown(count, total))))
}

/// Says which words are not in the vocabulary, and have vectors all the same.
pub fn note_composed<'w>(words: impl IntoIterator<Item = &'w str>, vectors: &WordVectors) {
    let words: Vec<&str> = words.into_iter().filter(|word| vectors.is_composed(word)).collect();
    match words[..] {
        [] => (),
        [word] => note(messages::composed_word(word)),
        [first, ..] => note(messages::composed_words(thousands(words.len() as u64), first)),
    }
}

/// A cosine on the command line.
pub fn cosine(text: &str) -> Result<f32, String> {
    let number = text.parse().ok().filter(|x: &f32| (-1.0..=1.0).contains(x));
    number.ok_or_else(messages::not_a_cosine)
}

/// `king:0.5` is king with weight 0.5, unless the model has the word `king:0.5`.
pub fn weighted<'t>(text: &'t str, vectors: &WordVectors) -> (&'t str, f32) {
    match vectors.id(text) {
        Some(_) => (text, 1.0),
        None => word_and_weight(text),
    }
}

/// Without a number after the last colon, all of it is the word.
fn word_and_weight(text: &str) -> (&str, f32) {
    let parts = text.rsplit_once(':').and_then(|(word, weight)| Some((word, weight.parse().ok()?)));
    parts.filter(|(word, _)| !word.is_empty()).unwrap_or((text, 1.0))
}

/// The words of a set, separated by commas. A word of the model may contain commas itself; the longest match counts.
pub fn set<'t>(text: &'t str, vectors: &WordVectors) -> Vec<&'t str> {
    const MAX_COMMAS: usize = 8;
    let is_known = |word: &str| vectors.id(word.trim()).is_some();
    let (mut words, mut rest) = (Vec::new(), text);
    loop {
        let commas = rest.match_indices(',').map(|(at, _)| at).chain([rest.len()]);
        let ends: Vec<usize> = commas.take(MAX_COMMAS + 1).collect();
        let end = ends.iter().rev().copied().find(|&end| is_known(&rest[..end])).unwrap_or(ends[0]);
        words.push(rest[..end].trim());
        match rest.get(end + 1..) {
            Some(more) => rest = more,
            None => return words,
        }
    }
}

/// If the nearest neighbours are all more similar than this, the vectors hardly distinguish words.
const NEARLY_THE_SAME: f32 = 0.99;

/// Notes that vectors look untrained if all neighbours of all words are nearly the same.
pub fn note_if_untrained(found: &[Hits], vectors: &WordVectors) {
    let is_weak = |hits: &Hits| hits.len() >= 3 && hits.scores().iter().all(|&score| score > NEARLY_THE_SAME);
    // With few dimensions even good vectors may be nearly parallel.
    if vectors.vector_size() >= 10 && !found.is_empty() && found.iter().all(is_weak) {
        note(messages::hardly_differ(NEARLY_THE_SAME));
    }
}

/// The vectors in a file (`-`: standard input), each a line of `size` numbers separated by spaces, tabs or commas.
pub fn vectors(path: &Path, size: usize) -> anyhow::Result<Vec<f32>> {
    let (name, source): (_, Box<dyn BufRead>) = if path == Path::new("-") {
        ("standard input".to_owned(), Box::new(io::stdin().lock()))
    } else {
        let name = path.display().to_string();
        (name.clone(), Box::new(BufReader::new(File::open(path).context(name)?)))
    };
    let mut vectors = Vec::new();
    for (number, line) in (1..).zip(source.lines()) {
        let line = line.with_context(|| name.clone())?;
        let line = line.trim_start_matches('\u{feff}');
        if !line.trim().is_empty() {
            vectors.extend(vector(line, size).with_context(|| format!("{name}: line {number}"))?);
        }
    }
    anyhow::ensure!(!vectors.is_empty(), "{name}: expected a vector of {size} numbers, got nothing");
    Ok(vectors)
}

fn vector(line: &str, size: usize) -> anyhow::Result<Vec<f32>> {
    let parts = line.split(|c: char| c.is_whitespace() || c == ',').filter(|part| !part.is_empty());
    let number = |part: &str| part.parse().ok().filter(|x: &f32| x.is_finite());
    let numbers = parts
        .map(|part| number(part).with_context(|| format!("expected a finite number, got `{part}`")))
        .collect::<Result<Vec<_>, _>>()?;
    anyhow::ensure!(numbers.len() == size, "expected {size} numbers, got {}", numbers.len());
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_a_number_after_the_last_colon() {
        let cases = [
            ("king", ("king", 1.0)),
            ("king:0.5", ("king", 0.5)),
            ("king:-2", ("king", -2.0)),
            ("a:b", ("a:b", 1.0)),
            ("a:1:1", ("a:1", 1.0)),
            (":3", (":3", 1.0)),
        ];
        for (text, expected) in cases {
            assert_eq!(word_and_weight(text), expected, "{text}");
        }
    }

    #[test]
    fn a_mistyped_file_is_not_a_word() {
        for (path, expected) in [("king", false), ("-", false), ("e.g.", false), ("m.vec", true), ("no/such", true)] {
            assert_eq!(names_a_file(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn a_line_is_a_vector_or_an_error_says_what_is_wrong() {
        assert_eq!(vector(" 1.5, -2\t3e0 ", 3).unwrap(), [1.5, -2.0, 3.0]);
        assert_eq!(vector("1 2", 3).unwrap_err().to_string(), "expected 3 numbers, got 2");
        assert_eq!(vector("1 x 2", 3).unwrap_err().to_string(), "expected a finite number, got `x`");
        assert_eq!(vector("1 nan 2", 3).unwrap_err().to_string(), "expected a finite number, got `nan`");
    }
}
