//! A matrix whose words are in a list of their own: NumPy's `.npy`, an npz, a text of numbers, GloVe's binary.
//!
//! GloVe's binary has no header: `2 V (D + 1)` numbers, first V rows of words, then V rows of contexts, each D numbers and a
//! bias. As in the text that GloVe writes beside it, a word's vector is the sum of both, without the biases.

use super::table_builder::{check_row, offer};
use super::{Format, OpenOptions, OpenReport, header, npy, npz, recognise, word2vec_text};
use crate::error::{FormatError, Result};
use crate::labels::Labels;
use crate::mapped::Bytes;
use crate::storage::Rows;
use crate::{Numbers, WordVectors};
use rapidvec_core::{Vocabulary, WordId};
use std::sync::Arc;

/// Opens a matrix with the words that `options` name.
///
/// # Errors
/// [`FormatError::HasWords`] if the file is not a matrix without words; [`FormatError::WordsOfMatrix`] if there are more or
/// fewer words than rows; what `options` do not allow; errors of the list.
pub(crate) fn open(bytes: &Arc<Bytes>, options: &OpenOptions) -> Result<(WordVectors, OpenReport)> {
    let labels = options.words.as_deref().map(Labels::open).transpose()?.unwrap_or_default();
    let rows = rows(bytes, &labels)?;
    let mut report = OpenReport::default();
    let words = labels.of_rows(rows.len(), &mut report)?;
    let wanted = header::wanted(rows.len(), options)?;
    report.stopped_at_limit = wanted < rows.len();
    let mut vocabulary = Vocabulary::new();
    let mut kept = Vec::new();
    for (row, (word, count)) in words.into_iter().take(wanted).enumerate() {
        let finite = !options.allow_nan || rows.row(row).is_some_and(|row| row.iter().all(|x| x.is_finite()));
        check_row(word.as_bytes(), row, None, options)?;
        if !finite {
            report.not_finite += 1;
        } else if offer(&mut vocabulary, word.as_bytes(), count, options, &mut report) {
            kept.push(row as WordId);
        }
    }
    if kept.len() == wanted {
        return Ok((WordVectors::from_rows(vocabulary, rows.first(wanted))?, report));
    }
    if kept.is_empty() {
        return Err(FormatError::Empty { words: 0, vector_size: rows.vector_size() }.into());
    }
    Ok((WordVectors::new(vocabulary, rows.vector_size(), Numbers::F32(rows.of_ids(&kept)))?, report))
}

fn rows(bytes: &Arc<Bytes>, labels: &Labels) -> Result<Rows, FormatError> {
    match recognise(bytes) {
        Ok(Format::Npy) => npy::rows(bytes, "vectors"),
        Ok(Format::Npz) => npz::only_matrix(bytes),
        Err(FormatError::NoWords) => word2vec_text::read_matrix(bytes),
        Ok(Format::Glove | Format::Word2vecText) if word2vec_text::has_numbers_only(bytes) => {
            word2vec_text::read_matrix(bytes)
        }
        Ok(_) => of_glove(bytes, labels).ok_or(FormatError::HasWords),
        Err(error) => of_glove(bytes, labels).ok_or(error),
    }
}

/// The sums of GloVe's binary, if it has as many numbers as that many words need.
fn of_glove(bytes: &[u8], labels: &Labels) -> Option<Rows> {
    let words = labels.len();
    [8, 4].into_iter().find_map(|width| {
        let numbers = Some(bytes.len() / width).filter(|_| bytes.len().is_multiple_of(width))?;
        let row = Some(numbers.checked_div(2 * words)?).filter(|row| row * 2 * words == numbers && *row > 1)?;
        let at = |index: usize| number(&bytes[index * width..][..width]);
        // The wrong width would show as numbers that no training reaches.
        let likely = |number: f64| number.is_finite() && (number == 0.0 || (1e-30..1e6).contains(&number.abs()));
        if !(0..numbers.min(4096)).all(|index| likely(at(index))) {
            return None;
        }
        let size = row - 1;
        let sum = |index: usize| {
            let place = index / size * row + index % size;
            (at(place) + at(words * row + place)) as f32
        };
        Rows::new(words, size, Numbers::F32((0..words * size).map(sum).collect())).ok()
    })
}

fn number(bytes: &[u8]) -> f64 {
    match *bytes {
        [a, b, c, d] => f32::from_le_bytes([a, b, c, d]).into(),
        [a, b, c, d, e, f, g, h] => f64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => f64::NAN,
    }
}
