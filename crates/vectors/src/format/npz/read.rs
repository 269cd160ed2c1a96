//! From the arrays of an archive to words and vectors: everything is checked before anything is kept.

use super::archive::Archive;
use super::array::{Array, Element};
use super::text::Words;
use super::{COUNTS, VECTORS, WORDS};
use crate::Numbers;
use crate::error::FormatError;
use crate::format::table_builder::check_row;
use crate::format::{OpenOptions, OpenReport, VectorTable, table_builder};
use crate::storage::{Rows, check_size};
use half::f16;
use rapidvec_core::Vocabulary;

/// Reads words and vectors from the bytes of an archive.
///
/// # Errors
/// [`FormatError`] if the archive is damaged or has no such arrays, if the arrays do not fit together, hold Python objects,
/// or what `options` do not allow. Rejecting a file takes less memory than the length of `bytes` and 16 MB.
pub fn read(bytes: &[u8], options: &OpenOptions) -> Result<(VectorTable, OpenReport), FormatError> {
    let mut archive = Archive::open(bytes)?;
    let arrays = Arrays::find(&archive.arrays()?)?;
    let rows = options.limit.unwrap_or(usize::MAX).min(arrays.words);
    arrays.check(&mut archive, rows, options)?;
    let mut report = OpenReport { stopped_at_limit: rows < arrays.words, ..OpenReport::default() };
    let table = arrays.table(&mut archive, rows, options, &mut report)?;
    Ok((table, report))
}

/// The matrix of an archive that has nothing else, in single precision, or in half if it is stored so.
pub(crate) fn only_matrix(bytes: &[u8]) -> Result<Rows, FormatError> {
    let mut archive = Archive::open(bytes)?;
    let all = archive.arrays()?;
    let vectors = choose(&all, VECTORS, "little-endian f2, f4 or f8", "[any, any]", is_matrix)?;
    let (words, vector_size) = sizes(&vectors)?;
    let arrays = Arrays { text: vectors.clone(), vectors, counts: None, words, vector_size };
    arrays.each_number(&mut archive, |_| ())?; // damage is found before memory is taken
    Rows::new(words, vector_size, arrays.numbers(&mut archive, words)?)
}

fn is_matrix(array: &Array) -> bool {
    array.shape.len() == 2 && matches!(array.element, Element::Float(_))
}

/// Rows and columns of a matrix in rows.
fn sizes(vectors: &Array) -> Result<(usize, usize), FormatError> {
    let size = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
    let (words, vector_size) = (size(vectors.shape[0]), size(vectors.shape[1]));
    check_size(VECTORS, words, vector_size, words.saturating_mul(vector_size))?;
    // With one column both orders are the same.
    if vectors.by_columns && words > 1 && vector_size > 1 {
        let (tensor, got) = (vectors.name.clone(), "column after column (Fortran order)".to_owned());
        return Err(FormatError::TensorType { tensor, expected: "row after row (C order)", got });
    }
    Ok((words, vector_size))
}

/// The arrays to read: `words` rows of `vector_size` numbers.
struct Arrays {
    vectors: Array,
    text: Array,
    counts: Option<Array>,
    words: usize,
    vector_size: usize,
}

impl Arrays {
    fn find(all: &[Array]) -> Result<Self, FormatError> {
        let is_text = |array: &Array| array.shape.len() == 1 && Words::new(array.element).is_some();
        let vectors = choose(all, VECTORS, "little-endian f2, f4 or f8", "[any, any]", is_matrix)?;
        let text = choose(all, WORDS, "U or S (text), little-endian", "[any]", is_text)?;
        let (words, vector_size) = sizes(&vectors)?;
        let counts = all.iter().find(|array| array.name == COUNTS);
        if let Some(Array { element: Element::Object, .. }) = counts {
            return Err(FormatError::PickledArray { array: COUNTS.to_owned() });
        }
        let counts = counts.filter(|array| matches!(array.element, Element::Whole { .. })).cloned();
        for array in counts.iter().chain([&text]) {
            if array.shape != [vectors.shape[0]] {
                let (expected, got) = (format!("[{words}]"), array.shown_shape());
                return Err(FormatError::TensorShape { tensor: array.name.clone(), expected, got });
            }
        }
        Ok(Self { vectors, text, counts, words, vector_size })
    }

    /// Checks every byte, and rejects what is invalid or not allowed.
    fn check(&self, archive: &mut Archive, rows: usize, options: &OpenOptions) -> Result<(), FormatError> {
        self.each_word(archive, |row, word| if row < rows { check_row(word, row, None, options) } else { Ok(()) })?;
        let (mut index, mut bad) = (0, None);
        self.each_number(archive, |number| {
            if !number.is_finite() && index / self.vector_size < rows && bad.is_none() {
                bad = Some((index / self.vector_size, number));
            }
            index += 1;
        })?;
        if let Some((row, got)) = bad.filter(|_| !options.allow_nan) {
            self.each_word(
                archive,
                |at, word| {
                    if at == row { check_row(word, row, Some(got), options) } else { Ok(()) }
                },
            )?;
        }
        self.each_count(archive, |row, count| match u64::try_from(count) {
            Ok(_) => Ok(()),
            Err(_) => {
                let got = format!("{count} for word {row}");
                Err(FormatError::Field { field: "the count of a word", expected: "0 or more", got })
            }
        })
    }

    /// The contents of the first `rows` rows. The archive is known to be valid.
    fn table(
        &self,
        archive: &mut Archive,
        rows: usize,
        options: &OpenOptions,
        report: &mut OpenReport,
    ) -> Result<VectorTable, FormatError> {
        let size = self.vector_size;
        let mut numbers = self.numbers(archive, rows)?;
        let mut counts = vec![0; if self.counts.is_some() { rows } else { 0 }];
        self.each_count(archive, |row, count| {
            if let Some(place) = counts.get_mut(row) {
                *place = u64::try_from(count).unwrap_or(0); // negative ones were rejected
            }
            Ok(())
        })?;
        let mut vocabulary = Vocabulary::new();
        self.each_word(archive, |row, word| {
            let kept = vocabulary.len();
            if row >= rows {
                return Ok(());
            }
            if !is_finite(&numbers, row * size..(row + 1) * size) {
                report.not_finite += 1;
            } else if table_builder::offer(
                &mut vocabulary,
                word,
                counts.get(row).copied().unwrap_or(0),
                options,
                report,
            ) {
                move_row(&mut numbers, row * size..(row + 1) * size, kept * size);
            }
            Ok(())
        })?;
        if vocabulary.is_empty() {
            return Err(FormatError::Empty { words: 0, vector_size: size });
        }
        numbers.truncate(vocabulary.len() * size);
        Ok(VectorTable { vocabulary, vector_size: size, numbers })
    }

    /// The first `rows` rows, in half precision if they are stored so, otherwise in single.
    fn numbers(&self, archive: &mut Archive, rows: usize) -> Result<Numbers, FormatError> {
        let wanted = rows * self.vector_size;
        table_builder::check_room(rows, self.vector_size)?;
        if self.vectors.element != Element::Float(2) {
            let mut numbers = Vec::with_capacity(wanted);
            self.each_number(archive, |number| {
                if numbers.len() < wanted {
                    numbers.push(number);
                }
            })?;
            return Ok(Numbers::F32(numbers));
        }
        let mut halves = Vec::with_capacity(wanted);
        archive.visit(&self.vectors, |piece| {
            let numbers = piece.as_chunks().0.iter().map(|&bytes| f16::from_le_bytes(bytes));
            halves.extend(numbers.take(wanted - halves.len()));
            Ok(())
        })?;
        Ok(Numbers::F16(halves))
    }

    fn each_word(
        &self,
        archive: &mut Archive,
        mut see: impl FnMut(usize, &[u8]) -> Result<(), FormatError>,
    ) -> Result<(), FormatError> {
        let Some(mut words) = Words::new(self.text.element) else { return Ok(()) }; // only text was chosen
        archive.visit(&self.text, |piece| words.feed(piece, &mut see))?;
        if matches!(self.text.element, Element::Text(0) | Element::Bytes(0)) {
            (0..self.words).try_for_each(|row| see(row, b""))?; // words without characters take no bytes
        }
        Ok(())
    }

    fn each_number(&self, archive: &mut Archive, mut see: impl FnMut(f32)) -> Result<(), FormatError> {
        let width = self.vectors.element;
        archive.visit(&self.vectors, |piece| {
            match width {
                Element::Float(2) => piece.as_chunks().0.iter().for_each(|&b| see(f16::from_le_bytes(b).to_f32())),
                Element::Float(4) => piece.as_chunks().0.iter().for_each(|&b| see(f32::from_le_bytes(b))),
                _ => piece.as_chunks().0.iter().for_each(|&b| see(f64::from_le_bytes(b) as f32)),
            }
            Ok(())
        })
    }

    fn each_count(
        &self,
        archive: &mut Archive,
        mut see: impl FnMut(usize, i128) -> Result<(), FormatError>,
    ) -> Result<(), FormatError> {
        let Some(counts) = &self.counts else { return Ok(()) };
        let Element::Whole { width, signed } = counts.element else { return Ok(()) };
        let mut row = 0;
        archive.visit(counts, |piece| {
            for bytes in piece.chunks_exact(width) {
                see(row, whole(bytes, signed))?;
                row += 1;
            }
            Ok(())
        })
    }
}

/// The array called `name`, if there is one, otherwise the only one that `fits`.
fn choose(
    all: &[Array],
    name: &str,
    expected: &'static str,
    shape: &str,
    fits: impl Fn(&Array) -> bool,
) -> Result<Array, FormatError> {
    if let Some(array) = all.iter().find(|array| array.name == name) {
        return refuse_other(array, expected, shape, fits(array));
    }
    let mut fitting = all.iter().filter(|array| fits(array));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(only.clone()),
        (Some(_), Some(_)) => Err(FormatError::AmbiguousArray { array: name.to_owned() }),
        (None, _) => match all.iter().find(|array| array.element == Element::Object) {
            Some(pickled) => Err(FormatError::PickledArray { array: pickled.name.clone() }),
            None => Err(FormatError::MissingTensor { tensor: name.to_owned() }),
        },
    }
}

fn refuse_other(array: &Array, expected: &'static str, shape: &str, fits: bool) -> Result<Array, FormatError> {
    let tensor = array.name.clone();
    match array.element {
        _ if fits => Ok(array.clone()),
        Element::Object => Err(FormatError::PickledArray { array: tensor }),
        Element::Float(_) | Element::Text(_) | Element::Bytes(_) if array.shape.len() != shape.split(',').count() => {
            Err(FormatError::TensorShape { tensor, expected: shape.to_owned(), got: array.shown_shape() })
        }
        _ => Err(FormatError::TensorType { tensor, expected, got: array.description.clone() }),
    }
}

/// A little-endian whole number of up to 8 bytes.
fn whole(bytes: &[u8], signed: bool) -> i128 {
    let number = bytes.iter().rev().fold(0, |number: i128, &byte| number << 8 | i128::from(byte));
    let is_negative = signed && bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    if is_negative { number - (1 << (8 * bytes.len())) } else { number }
}

fn is_finite(numbers: &Numbers, row: std::ops::Range<usize>) -> bool {
    match numbers {
        Numbers::F32(numbers) => numbers[row].iter().all(|x| x.is_finite()),
        Numbers::F16(numbers) => numbers[row].iter().all(|x| x.is_finite()),
    }
}

fn move_row(numbers: &mut Numbers, row: std::ops::Range<usize>, to: usize) {
    match numbers {
        Numbers::F32(numbers) => numbers.copy_within(row, to),
        Numbers::F16(numbers) => numbers.copy_within(row, to),
    }
}
