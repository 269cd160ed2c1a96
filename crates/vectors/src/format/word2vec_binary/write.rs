//! Writing, without a line end after a row, as gensim does.

use crate::error::{FormatError, Result};
use crate::format::packed;
use crate::format::packed::Holds;
use rapidvec_core::Vocabulary;
use rapidvec_core::atomic_file::Existing;
use std::io::{self, Write};
use std::path::Path;

/// Writes V words with `numbers`, V x `vector_size`, to `path`, atomically; packed if its ending says so.
///
/// # Errors
/// As [`to_bytes`], and as [`atomic_file::write`](rapidvec_core::atomic_file::write).
pub fn write(path: &Path, words: &Vocabulary, vector_size: usize, numbers: &[f32]) -> Result<()> {
    check(words, vector_size, numbers)?;
    packed::write(path, Existing::Replace, |out| write_to(out, words, vector_size, numbers))
}

/// Checks that such a file can hold these words and numbers: to be asked before [`write_to`].
///
/// # Errors
/// As [`to_bytes`].
pub fn check(words: &Vocabulary, vector_size: usize, numbers: &[f32]) -> Result<(), FormatError> {
    packed::check(words, vector_size, numbers, Holds::BinaryWords)
}

/// The bytes of such a file.
///
/// # Errors
/// [`FormatError::Unwritable`] for a word with a space or a control character in it, or without a letter;
/// [`FormatError::Size`], [`FormatError::Empty`] and [`FormatError::NotFinite`] for numbers that are none of these words'.
pub fn to_bytes(words: &Vocabulary, vector_size: usize, numbers: &[f32]) -> Result<Vec<u8>, FormatError> {
    check(words, vector_size, numbers)?;
    let mut bytes = Vec::new();
    write_to(&mut bytes, words, vector_size, numbers).expect("writing to memory does not fail");
    Ok(bytes)
}

/// Writes such a file's bytes to any writer, after [`check`].
///
/// # Errors
/// Those of the writer.
pub fn write_to(out: &mut dyn Write, words: &Vocabulary, vector_size: usize, numbers: &[f32]) -> io::Result<()> {
    writeln!(out, "{} {vector_size}", words.len())?;
    let mut row = Vec::with_capacity(4 * vector_size + 32);
    for (word, numbers) in words.words().zip(numbers.chunks_exact(vector_size)) {
        row.clear();
        row.extend_from_slice(word.as_bytes());
        row.push(b' ');
        row.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        out.write_all(&row)?;
    }
    Ok(())
}
