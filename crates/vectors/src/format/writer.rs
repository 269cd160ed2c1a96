//! The input and the interface of writers, the same for every format.
//!
//! Shapes: `V` words, `D` numbers for each. A view borrows the rows (a slice, a mapped file, a trainer's matrix), selects
//! and scales them as they are written, and holds only a block of them, so that writing takes little memory.

use super::packed;
use crate::error::{FormatError, Result};
use crate::storage::{Rows, check_size};
use crate::unit::normalize;
use half::f16;
use rapidvec_core::atomic_file::Existing;
use rapidvec_core::compress::Compression;
use rapidvec_core::{Matrix, Vocabulary, WordId};
use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Numbers turned into bytes at a time.
pub(super) const CHUNK: usize = 16 * 1024;

/// A file of vectors that is ready to be written: what the format cannot hold was rejected when this was made.
pub trait VectorWriter {
    /// Writes the file's bytes.
    ///
    /// # Errors
    /// Those of `out`.
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()>;

    /// Writes the file at `path`, atomically, replacing an old one; compressed if it ends in `.gz`, `.bz2`, `.zst` or
    /// `.xz`.
    ///
    /// # Errors
    /// As [`atomic_file::write`](rapidvec_core::atomic_file::write).
    fn write(&self, path: &Path) -> Result<()> {
        if let Some(words) = self.words() {
            packed::write(&words_path(path), Existing::Replace, |out| out.write_all(words.as_bytes()))?;
        }
        packed::write(path, Existing::Replace, |out| self.write_to(out))
    }

    /// The words, one a line, if the file does not hold them: they belong into a file beside it ([`words_path`]).
    fn words(&self) -> Option<String> {
        None
    }

    /// The bytes of the file.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write_to(&mut bytes).expect("writing to memory does not fail");
        bytes
    }
}

/// The list of words beside the matrix at `path`: `vectors.words.txt` beside `vectors.npy`.
pub fn words_path(path: &Path) -> PathBuf {
    let bare = if Compression::of_ending(path).is_some() { path.with_extension("") } else { path.to_owned() };
    bare.with_extension("words.txt")
}

/// V words and their V x D numbers, as a writer takes them.
#[derive(Debug, Clone)]
pub struct TableView<'a> {
    pub(crate) vocabulary: Cow<'a, Vocabulary>,
    pub(crate) rows: RowsView<'a>,
    pub(crate) half: bool,
}

impl<'a> TableView<'a> {
    /// The words of `vocabulary` and their V x `vector_size` numbers, in single precision.
    pub fn new(vocabulary: &'a Vocabulary, vector_size: usize, numbers: &'a [f32]) -> Self {
        Self::of(Cow::Borrowed(vocabulary), RowsView::of_slice(numbers, vector_size))
    }

    pub(crate) fn of(vocabulary: Cow<'a, Vocabulary>, rows: RowsView<'a>) -> Self {
        Self { vocabulary, rows, half: false }
    }

    /// Stores the numbers in half precision, in formats that support it.
    pub fn half(self, half: bool) -> Self {
        Self { half, ..self }
    }

    /// Checks the sizes, and that every number can be stored.
    pub(super) fn check(&self) -> Result<(), FormatError> {
        check_rows("vectors", &self.vocabulary, &self.rows, self.half)
    }
}

/// The rows of a matrix, V x D.
#[derive(Debug, Clone)]
pub struct RowsView<'a> {
    source: Source<'a>,
    vector_size: usize,
    /// The rows to write, in this order; `None`: all of them, in their own order.
    picked: Option<Vec<WordId>>,
    /// Scale every row to length 1.
    unit: bool,
}

#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    Slice(&'a [f32]),
    Rows(&'a Rows),
    /// The first `rows` rows; zeros if the matrix has fewer.
    Matrix {
        matrix: &'a Matrix,
        rows: usize,
    },
}

impl<'a> RowsView<'a> {
    /// Numbers in memory, row after row.
    pub fn of_slice(numbers: &'a [f32], vector_size: usize) -> Self {
        Self::new(Source::Slice(numbers), vector_size)
    }

    /// The first `rows` rows of a matrix; zeros if it has fewer.
    pub fn of_matrix(matrix: &'a Matrix, rows: usize) -> Self {
        Self::new(Source::Matrix { matrix, rows }, matrix.cols())
    }

    /// Rows in the precision their file has.
    pub fn of_rows(rows: &'a Rows) -> Self {
        Self::new(Source::Rows(rows), rows.vector_size())
    }

    fn new(source: Source<'a>, vector_size: usize) -> Self {
        Self { source, vector_size, picked: None, unit: false }
    }

    /// Selects the rows `ids`, in that order.
    pub fn pick(self, ids: Option<Vec<WordId>>) -> Self {
        Self { picked: ids, ..self }
    }

    /// Scales every row to length 1; zero rows stay zero.
    pub(crate) fn unit(self, unit: bool) -> Self {
        Self { unit, ..self }
    }

    /// Numbers per row: D.
    pub fn vector_size(&self) -> usize {
        self.vector_size
    }

    /// How many numbers there are: V x D.
    pub(super) fn numbers(&self) -> usize {
        match (&self.picked, self.source) {
            (Some(ids), _) => ids.len() * self.vector_size,
            (None, Source::Slice(numbers)) => numbers.len(),
            (None, Source::Rows(rows)) => rows.len() * self.vector_size,
            (None, Source::Matrix { rows, .. }) => rows * self.vector_size,
        }
    }

    /// How many rows there are: V.
    pub(super) fn len(&self) -> usize {
        self.numbers() / self.vector_size.max(1)
    }

    /// Passes all rows to `show`, several at a time.
    pub(super) fn visit<E>(&self, see: impl FnMut(&[f32]) -> Result<(), E>) -> Result<(), E> {
        self.visit_range(0..self.len(), see)
    }

    /// Passes the rows of `range` to `show`, several at a time.
    pub(super) fn visit_range<E>(
        &self,
        range: Range<usize>,
        mut see: impl FnMut(&[f32]) -> Result<(), E>,
    ) -> Result<(), E> {
        let size = self.vector_size;
        let step = (CHUNK / size.max(1)).max(1);
        if let Some(all) = self.as_slice() {
            return all[range.start * size..range.end * size].chunks(step * size).try_for_each(see);
        }
        let mut some = Vec::with_capacity(step.min(range.len()) * size);
        for start in range.clone().step_by(step) {
            some.clear();
            (start..(start + step).min(range.end)).for_each(|row| self.push(row, &mut some));
            see(&some)?;
        }
        Ok(())
    }

    /// The numbers, borrowed, if they need no change.
    fn as_slice(&self) -> Option<&[f32]> {
        match self.source {
            _ if self.picked.is_some() || self.unit => None,
            Source::Slice(numbers) => Some(numbers),
            Source::Rows(rows) => rows.as_f32(),
            Source::Matrix { .. } => None,
        }
    }

    fn push(&self, row: usize, out: &mut Vec<f32>) {
        let (from, size) = (out.len(), self.vector_size);
        let row = self.picked.as_ref().map_or(row, |ids| ids[row] as usize);
        match self.source {
            Source::Slice(numbers) => out.extend_from_slice(&numbers[row * size..(row + 1) * size]),
            Source::Rows(rows) => rows.push_row(row, out),
            Source::Matrix { matrix, .. } if row < matrix.rows() => matrix.push_row(row, out),
            Source::Matrix { .. } => out.resize(from + size, 0.0),
        }
        if self.unit {
            normalize(&mut out[from..]);
        }
    }
}

/// Checks that there is a row for each word, and that every number is finite, also in half precision if that is stored.
pub(super) fn check_rows(
    tensor: &'static str,
    vocabulary: &Vocabulary,
    rows: &RowsView,
    half: bool,
) -> Result<(), FormatError> {
    check_size(tensor, vocabulary.len(), rows.vector_size(), rows.numbers())?;
    first_bad(rows, half).map_err(|(row, got)| {
        let word = vocabulary.word(row as WordId).to_owned(); // ids are 32 bits
        if got.is_finite() {
            FormatError::HalfOverflow { word, got }
        } else {
            FormatError::NotFinite { word, row, got }
        }
    })
}

/// Checks that every number of rows that belong to no words is finite, also in half precision if that is stored.
pub(super) fn check_numbers(tensor: &'static str, rows: &RowsView, half: bool) -> Result<(), FormatError> {
    first_bad(rows, half).map_err(|(row, got)| {
        let word = format!("row {row} of {tensor}");
        if got.is_finite() {
            FormatError::HalfOverflow { word, got }
        } else {
            FormatError::NotFinite { word, row, got }
        }
    })
}

/// The first number that cannot be stored, and its row.
fn first_bad(rows: &RowsView, half: bool) -> Result<(), (usize, f32)> {
    let storable = |x: f32| if half { f16::from_f32(x).is_finite() } else { x.is_finite() };
    let mut before = 0;
    rows.visit(|numbers| {
        let bad = numbers.iter().position(|&x| !storable(x));
        let found = bad.map(|at| ((before + at) / rows.vector_size(), numbers[at]));
        before += numbers.len();
        found.map_or(Ok(()), Err)
    })
}

/// Passes on the little-endian bytes of `numbers`, in half precision if `half`, at most [`CHUNK`] numbers at a time.
pub(super) fn bytes_of<E>(numbers: &[f32], half: bool, see: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    if half {
        in_chunks(numbers, |x| f16::from_f32(x).to_le_bytes(), see)
    } else {
        in_chunks(numbers, f32::to_le_bytes, see)
    }
}

pub(super) fn in_chunks<T: Copy, E, const N: usize>(
    numbers: &[T],
    encode: impl Fn(T) -> [u8; N],
    mut see: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut buffer = Vec::with_capacity(N * CHUNK.min(numbers.len()));
    for chunk in numbers.chunks(CHUNK) {
        buffer.clear();
        chunk.iter().for_each(|&number| buffer.extend_from_slice(&encode(number)));
        see(&buffer)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Numbers;

    fn shown(rows: &RowsView) -> Vec<f32> {
        let mut all = Vec::new();
        let Ok(()) = rows.visit::<std::convert::Infallible>(|some| {
            assert_eq!(some.len() % rows.vector_size(), 0);
            all.extend_from_slice(some);
            Ok(())
        });
        all
    }

    #[test]
    fn every_source_shows_the_same_rows() {
        for (words, size) in [(3, 5), (400, 100), (2, 40_000)] {
            let numbers: Vec<f32> = (0..words * size).map(|i| (i % 2000) as f32 * 0.25).collect(); // exact in f16
            let matrix = Matrix::from_rows(words, size, &numbers);
            let single = Rows::new(words, size, Numbers::F32(numbers.clone())).unwrap();
            let half = numbers.iter().map(|&x| f16::from_f32(x)).collect();
            let half = Rows::new(words, size, Numbers::F16(half)).unwrap();
            let views = [
                RowsView::of_slice(&numbers, size),
                RowsView::of_rows(&single),
                RowsView::of_rows(&half),
                RowsView::of_matrix(&matrix, words),
            ];
            for view in views {
                assert_eq!(shown(&view), numbers);
                let last = shown(&view.clone().pick(Some(vec![words as WordId - 1, 0])));
                assert_eq!(last, [&numbers[(words - 1) * size..], &numbers[..size]].concat());
                let unit = shown(&view.unit(true));
                let length: f32 = unit[..size].iter().map(|x| x * x).sum();
                assert!((length - 1.0).abs() < 1e-4, "{length}");
            }
        }
    }

    #[test]
    fn rows_that_a_matrix_does_not_have_are_zeros() {
        let matrix = Matrix::from_rows(1, 2, &[1.0, 2.0]);
        assert_eq!(shown(&RowsView::of_matrix(&matrix, 2)), [1.0, 2.0, 0.0, 0.0]);
    }
}
