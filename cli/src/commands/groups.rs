//! Groups of words on the command line: `rose,tulip`, or `@FILE` with a word a line.

use super::queries;
use anyhow::Context;
use rapidvec::vectors::WordVectors;
use std::fs;
use std::path::Path;

/// The known words of a group; without `skip` an unknown one is an error.
pub fn group(text: &str, vectors: &WordVectors, skip: bool) -> anyhow::Result<Vec<String>> {
    let words = match text.strip_prefix('@').map(Path::new) {
        // `@home` may be a word.
        Some(path) if vectors.id(text).is_none() => lines(path)?,
        _ => queries::set(text, vectors).into_iter().filter(|word| !word.is_empty()).map(str::to_owned).collect(),
    };
    queries::known(words, vectors, skip)
}

fn lines(path: &Path) -> anyhow::Result<Vec<String>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    Ok(lines.filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// The words as the library takes them.
pub fn lent(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}
