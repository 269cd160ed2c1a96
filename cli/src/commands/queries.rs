//! Questions as users give them: words with weights, lines of standard input, vectors in a file.

use crate::output::UsageError;
use anyhow::Context;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// The words of the command line; `-` stands for those on standard input, one a line, empty lines left out.
pub fn words(given: &[String]) -> anyhow::Result<Vec<String>> {
    let mut words = Vec::new();
    for word in given {
        if word == "-" {
            for line in io::stdin().lock().lines() {
                words.push(line.context("cannot read words from standard input")?);
            }
            words.retain(|word| !word.is_empty());
        } else {
            words.push(word.clone());
        }
    }
    if words.is_empty() {
        return Err(UsageError("standard input has no words; expected one a line".to_owned()).into());
    }
    Ok(words)
}

/// `king:0.5` is king with weight 0.5; without a number after the last colon all of it is the word.
pub fn weighted(text: &str) -> (&str, f32) {
    let parts = text.rsplit_once(':').and_then(|(word, weight)| Some((word, weight.parse().ok()?)));
    parts.filter(|(word, _)| !word.is_empty()).unwrap_or((text, 1.0))
}

/// The vectors in a file (`-`: standard input), each a line of `size` numbers with spaces, tabs or commas between.
pub fn vectors(path: &Path, size: usize) -> anyhow::Result<Vec<Vec<f32>>> {
    let (name, source): (_, Box<dyn BufRead>) = if path == Path::new("-") {
        ("standard input".to_owned(), Box::new(io::stdin().lock()))
    } else {
        let name = path.display().to_string();
        (name.clone(), Box::new(BufReader::new(File::open(path).context(name)?)))
    };
    let mut vectors = Vec::new();
    for (number, line) in (1..).zip(source.lines()) {
        let line = line.with_context(|| name.clone())?;
        if !line.trim().is_empty() {
            vectors.push(vector(&line, size).with_context(|| format!("{name}: line {number}"))?);
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
            assert_eq!(weighted(text), expected, "{text}");
        }
    }

    #[test]
    fn a_line_is_a_vector_or_says_what_is_wrong() {
        assert_eq!(vector(" 1.5, -2\t3e0 ", 3).unwrap(), [1.5, -2.0, 3.0]);
        assert_eq!(vector("1 2", 3).unwrap_err().to_string(), "expected 3 numbers, got 2");
        assert_eq!(vector("1 x 2", 3).unwrap_err().to_string(), "expected a finite number, got `x`");
        assert_eq!(vector("1 nan 2", 3).unwrap_err().to_string(), "expected a finite number, got `nan`");
    }
}
