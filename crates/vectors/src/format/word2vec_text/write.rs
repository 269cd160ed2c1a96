//! Writing: rows are formatted by all threads, a block at a time, and written in order.

use crate::error::{FormatError, Result};
use crate::format::packed;
use crate::format::packed::Holds;
use rapidvec_core::atomic_file::Existing;
use rapidvec_core::{Vocabulary, WordId};
use rayon::prelude::*;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

/// Numbers in a block: about a megabyte of text.
const BLOCK: usize = 100_000;

/// Writes V words with `numbers`, V x `vector_size`, to `path`, atomically; packed if its ending says so.
///
/// With `header`, word2vec's text and fastText's `.vec`; without it, GloVe's.
///
/// # Errors
/// As [`to_bytes`], and as [`atomic_file::write`](rapidvec_core::atomic_file::write).
pub fn write(path: &Path, words: &Vocabulary, vector_size: usize, numbers: &[f32], header: bool) -> Result<()> {
    check(words, vector_size, numbers)?;
    packed::write(path, Existing::Replace, |out| write_to(out, words, vector_size, numbers, header))
}

/// Checks that such a file can hold these words and numbers: to be asked before [`write_to`].
///
/// # Errors
/// As [`to_bytes`].
pub fn check(words: &Vocabulary, vector_size: usize, numbers: &[f32]) -> Result<(), FormatError> {
    packed::check(words, vector_size, numbers, Holds::TextWords)
}

/// The bytes of such a file.
///
/// # Errors
/// [`FormatError::Unwritable`] for a word with white space in it, or without a letter; [`FormatError::Size`],
/// [`FormatError::Empty`] and [`FormatError::NotFinite`] for numbers that are none of these words'.
pub fn to_bytes(words: &Vocabulary, vector_size: usize, numbers: &[f32], header: bool) -> Result<Vec<u8>, FormatError> {
    check(words, vector_size, numbers)?;
    let mut bytes = Vec::new();
    write_to(&mut bytes, words, vector_size, numbers, header).expect("writing to memory does not fail");
    Ok(bytes)
}

/// Writes such a file's bytes to any writer, after [`check`].
///
/// # Errors
/// Those of the writer.
pub fn write_to(
    out: &mut dyn Write,
    words: &Vocabulary,
    vector_size: usize,
    numbers: &[f32],
    header: bool,
) -> io::Result<()> {
    if header {
        writeln!(out, "{} {vector_size}", words.len())?;
    }
    let rows = (BLOCK / vector_size).max(1);
    let together = rows * 2 * rayon::current_num_threads();
    for start in (0..words.len()).step_by(together) {
        let end = (start + together).min(words.len());
        let blocks: Vec<Vec<u8>> = (start..end)
            .into_par_iter()
            .step_by(rows)
            .map(|first| lines(words, vector_size, numbers, first..(first + rows).min(end)))
            .collect();
        blocks.iter().try_for_each(|block| out.write_all(block))?;
    }
    Ok(())
}

fn lines(words: &Vocabulary, vector_size: usize, numbers: &[f32], rows: Range<usize>) -> Vec<u8> {
    let mut text = Vec::with_capacity(rows.len() * (16 + 12 * vector_size));
    let mut number_text = zmij::Buffer::new();
    for row in rows {
        text.extend_from_slice(words.word(row as WordId).as_bytes());
        for &number in &numbers[row * vector_size..(row + 1) * vector_size] {
            text.push(b' ');
            text.extend_from_slice(number_text.format_finite(number).as_bytes());
        }
        text.push(b'\n');
    }
    text
}
