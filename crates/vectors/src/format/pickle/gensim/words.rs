//! The words of a model, their counts and vectors.

use super::arrays::Arrays;
use super::attributes::Part;
use super::ngrams::to_complete;
use crate::error::{FormatError, Result};
use crate::format::pickle::PickleError;
use crate::format::pickle::value::{Body, Pieces, Value};
use crate::format::table_builder::{check_row, offer, picked};
use crate::format::{OpenOptions, OpenReport, header};
use crate::storage::Rows;
use crate::{Numbers, WordVectors};
use rapidvec_core::{Vocabulary, WordId};

/// Opens the words of `part`.
pub(super) fn open(
    part: &Part<'_, '_>,
    arrays: &Arrays<'_, '_>,
    options: &OpenOptions,
) -> Result<(WordVectors, OpenReport)> {
    let none = Pieces::new();
    let words = part.words().unwrap_or(&none);
    let rows = rows(part, arrays, words)?;
    if rows.len() < words.len() {
        let (dictionary, expected, got) = ("the list of words", rows.len(), words.len());
        return Err(FormatError::from(PickleError::WordCount { dictionary, expected, got }).into());
    }
    let wanted = header::wanted(words.len(), options)?;
    let mut report = OpenReport { stopped_at_limit: wanted < words.len(), ..OpenReport::default() };
    let mut vocabulary = Vocabulary::with_capacity(wanted, 8 * wanted);
    let mut kept = Vec::new();
    for (row, &word) in words.iter().take(wanted).enumerate() {
        // gensim puts None in place of a word that occurred before.
        let Some(word) = named(part, word)? else {
            report.duplicates += 1;
            continue;
        };
        check_row(word.as_bytes(), row, None, options)?;
        if offer(&mut vocabulary, word.as_bytes(), 0, options, &mut report) {
            kept.push(row as WordId);
        }
    }
    let vocabulary = counted(vocabulary, &kept, part, arrays);
    let is_plain = kept.len() == wanted && !options.allow_nan;
    let vectors = if is_plain {
        WordVectors::from_rows(vocabulary, rows.first(wanted))?
    } else {
        picked(vocabulary, &rows, &kept, options, &mut report)?
    };
    Ok((vectors, report))
}

/// The text of a word. Ids of things that are not words are written as numbers.
fn named(part: &Part<'_, '_>, word: Value) -> Result<Option<String>, FormatError> {
    let heap = part.heap;
    match (heap.text(word), heap.integer(word)) {
        (Some(word), _) => Ok(Some(word.to_owned())),
        (_, Some(number)) => Ok(Some(number.to_string())),
        _ if word == Value::None => Ok(None),
        _ => Err(PickleError::Kind { what: "a word", expected: "a text", got: heap.kind(word) }.into()),
    }
}

/// The vectors of the words; gensim leaves those of fastText out, which follow from the n-grams.
fn rows(part: &Part<'_, '_>, arrays: &Arrays<'_, '_>, words: &Pieces<Value>) -> Result<Rows> {
    if let Some(rows) = arrays.rows(part, &["vectors", "syn0"])? {
        return Ok(rows);
    }
    let Some(own) = arrays.rows(part, &["vectors_vocab", "syn0_vocab"])? else {
        return Err(FormatError::MissingTensor { tensor: "vectors".to_owned() }.into());
    };
    let Some(ngrams) = to_complete(part, arrays)? else { return Ok(own) };
    let size = own.vector_size();
    let mut numbers = own.to_f32();
    for (row, &word) in numbers.chunks_exact_mut(size).zip(words.iter()) {
        if let Some(word) = named(part, word)? {
            ngrams.complete(&word, row);
        }
    }
    Ok(Rows::new(own.len(), size, Numbers::F32(numbers))?)
}

/// The vocabulary with the counts of the words, if the model has them. `kept` are their rows.
fn counted(vocabulary: Vocabulary, kept: &[WordId], part: &Part<'_, '_>, arrays: &Arrays<'_, '_>) -> Vocabulary {
    if let Some(counts) = arrays.integers(part, "expandos", "count") {
        let count = |&row: &WordId| counts.get(row as usize).copied().unwrap_or(0);
        return vocabulary.with_counts(kept.iter().map(count).collect());
    }
    let heap = part.heap;
    let Some(entries) = part.value("vocab").and_then(|vocab| heap.pairs(vocab)) else { return vocabulary };
    let mut counts = vec![0; vocabulary.len()];
    for &(word, entry) in entries.iter() {
        let id = heap.text(word).and_then(|word| vocabulary.id(word));
        let count = match heap.body(entry) {
            Some(&Body::Count(count)) => heap.integer(count).and_then(|count| u64::try_from(count).ok()),
            _ => None,
        };
        if let (Some(id), Some(count)) = (id, count) {
            counts[id as usize] = count;
        }
    }
    vocabulary.with_counts(counts)
}
