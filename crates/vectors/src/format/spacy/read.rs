//! Reads a folder: the table of hashes first, then the words that it names.

use super::floret::Config;
use super::{CONFIG, KEYS, STRINGS, VECTORS, hash, keys, strings};
use crate::error::{FormatError, Result};
use crate::format::table_builder::{check_room, check_row, offer, picked};
use crate::format::{OpenOptions, OpenReport, header, npy};
use crate::mapped::Bytes;
use crate::storage::Rows;
use crate::{Numbers, WordVectors};
use rapidvec_core::Vocabulary;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder that has the files: `folder`, its `vocab`, or that of the pipeline in a package, `NAME/NAME-VERSION`.
pub(crate) fn find(folder: &Path) -> Option<PathBuf> {
    let has_all = |folder: &PathBuf| {
        let of_words = folder.join(KEYS).is_file() || folder.join(CONFIG).is_file();
        folder.join(VECTORS).is_file() && folder.join(STRINGS).is_file() && of_words
    };
    let in_pipeline = [folder.to_owned(), folder.join("vocab")].into_iter().find(has_all);
    in_pipeline.or_else(|| {
        let start = format!("{}-", folder.file_name()?.to_str()?);
        let versions = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
        let is_version =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&start));
        versions.filter(is_version).map(|version| version.join("vocab")).find(has_all)
    })
}

/// Opens the folder that [`find`] found.
///
/// # Errors
/// Those of the system; [`FormatError`] if the files are damaged or do not fit together; what `options` do not allow.
pub(crate) fn open(folder: &Path, options: &OpenOptions) -> Result<(WordVectors, OpenReport)> {
    let rows = npy::rows(&Arc::new(Bytes::map(&folder.join(VECTORS))?), VECTORS)?;
    let texts = Bytes::map(&folder.join(STRINGS))?;
    let config = folder.join(CONFIG);
    let config = if config.is_file() { Some(Config::parse(&Bytes::map(&config)?)?) } else { None };
    match config {
        Some(config) if config.mode == "floret" => Ok(composed(&config, &texts, &rows, options)?),
        _ => Ok(looked_up(&Bytes::map(&folder.join(KEYS))?, &texts, &rows, options)?),
    }
}

/// The words whose hashes the table has, in its order; several may share a row.
fn looked_up(
    table: &[u8],
    texts: &[u8],
    rows: &Rows,
    options: &OpenOptions,
) -> Result<(WordVectors, OpenReport), FormatError> {
    let pairs = keys::parse(table)?;
    if let Some((_, got)) = pairs.iter().find(|(_, row)| *row as usize >= rows.len()) {
        let expected = "a row of the matrix";
        return Err(FormatError::Field { field: "the row of a word", expected, got: got.to_string() });
    }
    let words = Words::of(&pairs, texts)?;
    let found = words.spans.iter().filter(|span| !span.is_empty()).count();
    if found == 0 {
        let expected = "the words whose hashes key2row has";
        return Err(FormatError::Field { field: STRINGS, expected, got: "none of them".to_owned() });
    }
    let wanted = header::wanted(found, options)?;
    let mut report =
        OpenReport { stopped_at_limit: wanted < found, unnamed: (pairs.len() - found) as u64, ..OpenReport::default() };
    let (mut vocabulary, mut kept) = (Vocabulary::new(), Vec::new());
    for (span, &(_, row)) in words.spans.iter().zip(&pairs).filter(|(span, _)| !span.is_empty()).take(wanted) {
        let word = words.text[span.clone()].as_bytes();
        check_row(word, row as usize, None, options)?;
        if offer(&mut vocabulary, word, 0, options, &mut report) {
            kept.push(row);
        }
    }
    let in_order = kept.iter().enumerate().all(|(place, &row)| place == row as usize);
    if in_order && !options.allow_nan {
        return Ok((WordVectors::from_rows(vocabulary, rows.clone().first(kept.len()))?, report));
    }
    check_room(kept.len(), rows.vector_size())?;
    Ok((picked(vocabulary, rows, &kept, options, &mut report)?, report))
}

/// The words of the keys, as far as there are any.
struct Words {
    text: String,
    /// Where the word of each key is in the text; empty if it has none.
    spans: Vec<Range<usize>>,
}

impl Words {
    fn of(pairs: &[(u64, u32)], texts: &[u8]) -> Result<Self, FormatError> {
        let mut places: Vec<_> = pairs.iter().zip(0u32..).map(|(&(key, _), place)| (key, place)).collect();
        places.sort_unstable();
        let mut words = Self { text: String::new(), spans: vec![0..0; pairs.len()] };
        let symbols = places.iter().filter_map(|&(key, place)| Some((hash::symbol(key)?, place)));
        symbols.for_each(|(symbol, place)| words.set(place, symbol));
        strings::for_each(texts, |word| {
            let key = hash::key(word);
            let first = places.partition_point(|&(other, _)| other < key);
            if let Some(&(_, place)) = places.get(first).filter(|(other, _)| *other == key) {
                words.set(place, word);
            }
        })?;
        Ok(words)
    }

    fn set(&mut self, place: u32, word: &str) {
        let start = self.text.len();
        self.text.push_str(word);
        self.spans[place as usize] = start..self.text.len();
    }
}

/// All words of the list, composed of floret's rows.
fn composed(
    config: &Config,
    texts: &[u8],
    rows: &Rows,
    options: &OpenOptions,
) -> Result<(WordVectors, OpenReport), FormatError> {
    let (mut words, mut bytes) = (0, 0);
    strings::for_each(texts, |word| (words, bytes) = (words + 1, bytes + word.len()))?;
    config.check(bytes, words)?;
    let wanted = header::wanted(words, options)?;
    check_room(wanted, rows.vector_size())?;
    let mut report = OpenReport { stopped_at_limit: wanted < words, ngrams_left_out: true, ..OpenReport::default() };
    let (mut vocabulary, mut numbers) = (Vocabulary::new(), Vec::new());
    let mut row = vec![0.0; rows.vector_size()];
    let (mut refused, mut seen) = (None, 0);
    strings::for_each(texts, |word| {
        seen += 1;
        if seen > wanted || word.is_empty() || refused.is_some() {
            return; // the empty text of every list is not a word
        }
        config.compose(word, rows, &mut row);
        let bad = row.iter().copied().find(|x| !x.is_finite());
        if let Err(error) = check_row(word.as_bytes(), seen - 1, bad, options) {
            refused = Some(error);
        } else if bad.is_some() {
            report.not_finite += 1;
        } else if offer(&mut vocabulary, word.as_bytes(), 0, options, &mut report) {
            numbers.extend_from_slice(&row);
        }
    })?;
    match refused {
        Some(error) => Err(error),
        None => Ok((WordVectors::new(vocabulary, rows.vector_size(), Numbers::F32(numbers))?, report)),
    }
}
