//! Where the numbers of the vectors are stored.
//!
//! Shapes: `V` words (rows) by `D` numbers (the vector size), row after row. Numbers are stored in single or half
//! precision, owned or mapped from a file; rows are read in single precision.

use super::mapped::Section;
use crate::error::FormatError;
use half::f16;
use half::slice::HalfFloatSliceExt;
use rapidvec_core::WordId;
use rapidvec_core::kernels::search::{Precision, half_bytes, single_bytes};
use std::borrow::Cow;
use std::fmt;
use std::io;
use std::ops::Range;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

/// Vectors held in memory, row after row, in the precision their file has.
#[derive(Debug, Clone, PartialEq)]
pub enum Numbers {
    /// Single precision.
    F32(Vec<f32>),
    /// Half precision, as the chapter stores its vectors.
    F16(Vec<f16>),
}

impl Numbers {
    /// The number of numbers.
    pub fn len(&self) -> usize {
        match self {
            Numbers::F32(numbers) => numbers.len(),
            Numbers::F16(numbers) => numbers.len(),
        }
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Drops all but the first `length`.
    pub(crate) fn truncate(&mut self, length: usize) {
        match self {
            Numbers::F32(numbers) => numbers.truncate(length),
            Numbers::F16(numbers) => numbers.truncate(length),
        }
    }
}

/// Single-precision numbers in memory that another object owns.
#[derive(Clone)]
struct Lent(Arc<dyn AsRef<[f32]> + Send + Sync>);

// The numbers are only read, so that no panic leaves them half changed.
impl UnwindSafe for Lent {}
impl RefUnwindSafe for Lent {}

impl fmt::Debug for Lent {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} numbers", (*self.0).as_ref().len())
    }
}

#[derive(Debug, Clone)]
enum Storage {
    Owned(Numbers),
    Lent(Lent),
    /// Little-endian, at any alignment.
    MappedF32(Section),
    /// Little-endian, at any alignment.
    MappedF16(Section),
}

/// A matrix of `V` rows by `D` numbers. Cloning a mapped one copies no numbers.
#[derive(Debug, Clone)]
pub struct Rows {
    numbers: Storage,
    rows: usize,
    vector_size: usize,
}

impl Rows {
    /// Numbers in memory as `words` rows of `vector_size`.
    ///
    /// # Errors
    /// [`FormatError::Empty`] if either is 0, [`FormatError::Size`] if the product is not the number of numbers.
    pub fn new(words: usize, vector_size: usize, floats: Numbers) -> Result<Self, FormatError> {
        check_size("input.weight", words, vector_size, floats.len())?;
        Ok(Self { numbers: Storage::Owned(floats), rows: words, vector_size })
    }

    /// As [`new`](Self::new), but there may be no row.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn new_or_none(rows: usize, vector_size: usize, floats: Numbers) -> Result<Self, FormatError> {
        if rows == 0 && floats.is_empty() && vector_size > 0 {
            return Ok(Self { numbers: Storage::Owned(floats), rows, vector_size });
        }
        Self::new(rows, vector_size, floats)
    }

    /// `words` rows of `vector_size` numbers in memory that `owner` keeps alive, for example a trained matrix
    /// ([`ClosedRows`](rapidvec_core::ClosedRows)) or an array of another language. Nothing is copied.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// # Panics
    /// Later, in the call that reads them, if `owner` then has fewer numbers.
    pub fn lent(
        words: usize,
        vector_size: usize,
        owner: Arc<dyn AsRef<[f32]> + Send + Sync>,
    ) -> Result<Self, FormatError> {
        check_size("input.weight", words, vector_size, (*owner).as_ref().len())?;
        Ok(Self { numbers: Storage::Lent(Lent(owner)), rows: words, vector_size })
    }

    /// The little-endian f32 numbers in `section`, which holds whole rows.
    pub(crate) fn mapped_f32(section: Section, vector_size: usize) -> Self {
        let rows = section.len() / (4 * vector_size);
        Self { numbers: Storage::MappedF32(section), rows, vector_size }
    }

    /// The little-endian f16 numbers in `section`, which holds whole rows.
    pub(crate) fn mapped_f16(section: Section, vector_size: usize) -> Self {
        let rows = section.len() / (2 * vector_size);
        Self { numbers: Storage::MappedF16(section), rows, vector_size }
    }

    /// The first `rows` rows; of a mapped matrix nothing is copied.
    ///
    /// # Panics
    /// If there are fewer.
    pub(crate) fn first(self, rows: usize) -> Self {
        assert!(rows <= self.rows);
        let (size, bytes) = (self.vector_size, rows * self.row_bytes());
        let numbers = match self.numbers {
            Storage::Owned(mut numbers) => {
                numbers.truncate(rows * size);
                Storage::Owned(numbers)
            }
            Storage::MappedF32(section) => Storage::MappedF32(section.part(0..bytes)),
            Storage::MappedF16(section) => Storage::MappedF16(section.part(0..bytes)),
            Storage::Lent(lent) => Storage::Lent(lent),
        };
        Self { numbers, rows, vector_size: size }
    }

    /// The number of rows: `V`.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Numbers in a row: `D`.
    pub fn vector_size(&self) -> usize {
        self.vector_size
    }

    /// Whether the numbers are stored in half precision.
    pub fn is_half(&self) -> bool {
        matches!(self.numbers, Storage::Owned(Numbers::F16(_)) | Storage::MappedF16(_))
    }

    /// How numbers are stored.
    pub(super) fn precision(&self) -> Precision {
        if self.is_half() { Precision::Half } else { Precision::Single }
    }

    /// The size of a row in bytes.
    pub(super) fn row_bytes(&self) -> usize {
        self.vector_size * self.precision().bytes()
    }

    /// The bytes of the rows in `range`, little-endian. Copied only on big-endian CPUs, from numbers in memory.
    ///
    /// # Panics
    /// If `range` ends past the last row.
    pub(super) fn bytes(&self, range: Range<usize>) -> Cow<'_, [u8]> {
        let size = self.vector_size;
        let numbers = range.start * size..range.end * size;
        let bytes = range.start * self.row_bytes()..range.end * self.row_bytes();
        match &self.numbers {
            Storage::MappedF32(section) | Storage::MappedF16(section) => Cow::Borrowed(&section[bytes]),
            Storage::Owned(Numbers::F32(all)) => bytes_of(&all[numbers]),
            Storage::Lent(Lent(all)) => bytes_of(&(**all).as_ref()[numbers]),
            Storage::Owned(Numbers::F16(all)) => half_bytes(&all[numbers.clone()])
                .map_or_else(|| all[numbers].iter().flat_map(|x| x.to_le_bytes()).collect(), Cow::Borrowed),
        }
    }

    /// As [`bytes`](Self::bytes), for rows that are read for the first time: see [`Section::read`].
    ///
    /// # Errors
    /// Those of the system.
    pub(super) fn first_bytes<'b>(&'b self, range: Range<usize>, buffer: &'b mut Vec<u8>) -> io::Result<Cow<'b, [u8]>> {
        match &self.numbers {
            Storage::MappedF32(section) | Storage::MappedF16(section) => {
                let bytes = range.start * self.row_bytes()..range.end * self.row_bytes();
                section.read(bytes, buffer).map(Cow::Borrowed)
            }
            Storage::Owned(_) | Storage::Lent(_) => Ok(self.bytes(range)),
        }
    }

    /// Turns what [`bytes`](Self::bytes) returned into numbers.
    pub(super) fn decode(&self, bytes: &[u8], out: &mut [f32]) {
        match self.precision() {
            Precision::Half => decode_f16(bytes, out),
            Precision::Single => decode_f32(bytes, out),
        }
    }

    /// Whether the numbers are in a mapped file.
    pub(super) fn is_mapped(&self) -> bool {
        matches!(self.numbers, Storage::MappedF32(_) | Storage::MappedF16(_))
    }

    /// Row `id`, `D` numbers, copied. `None` if there is no such row.
    pub fn row(&self, id: usize) -> Option<Vec<f32>> {
        (id < self.rows).then(|| self.copy(id..id + 1))
    }

    /// Adds row `id` to `out`.
    ///
    /// # Panics
    /// If there is no such row.
    pub(crate) fn push_row(&self, id: usize, out: &mut Vec<f32>) {
        let from = out.len();
        out.resize(from + self.vector_size, 0.0);
        self.decode(&self.bytes(id..id + 1), &mut out[from..]);
    }

    /// The rows of `ids`, one after the other, copied: `ids.len() x D` numbers.
    ///
    /// # Panics
    /// If there is no row for one of the ids.
    pub(crate) fn of_ids(&self, ids: &[WordId]) -> Vec<f32> {
        let mut numbers = Vec::with_capacity(ids.len() * self.vector_size);
        ids.iter().for_each(|&id| self.push_row(id as usize, &mut numbers));
        numbers
    }

    /// All numbers, `V x D`, row after row, borrowed, if they are stored as f32: in memory, or aligned in a mapped file.
    pub fn as_f32(&self) -> Option<&[f32]> {
        match &self.numbers {
            Storage::Owned(Numbers::F32(numbers)) => Some(numbers),
            Storage::Lent(Lent(numbers)) => Some((**numbers).as_ref()),
            Storage::MappedF32(section) => section.as_f32(),
            Storage::Owned(Numbers::F16(_)) | Storage::MappedF16(_) => None,
        }
    }

    /// All numbers, `V x D`, copied.
    pub fn to_f32(&self) -> Vec<f32> {
        self.copy(0..self.rows)
    }

    fn copy(&self, range: Range<usize>) -> Vec<f32> {
        let mut numbers = Vec::with_capacity(range.len() * self.vector_size);
        self.for_each(range, |_, row| numbers.extend_from_slice(row));
        numbers
    }

    /// Passes on every row of `range` with its number, in order.
    ///
    /// # Panics
    /// If `range` ends past the last row.
    pub fn for_each(&self, range: Range<usize>, mut see: impl FnMut(usize, &[f32])) {
        let size = self.vector_size;
        if let Some(numbers) = self.as_f32() {
            return range.for_each(|id| see(id, &numbers[id * size..(id + 1) * size]));
        }
        let mut single = vec![0.0; size];
        for id in range {
            self.decode(&self.bytes(id..id + 1), &mut single);
            see(id, &single);
        }
    }
}

/// The bytes of numbers, little-endian.
fn bytes_of(numbers: &[f32]) -> Cow<'_, [u8]> {
    single_bytes(numbers).map_or_else(|| numbers.iter().flat_map(|x| x.to_le_bytes()).collect(), Cow::Borrowed)
}

/// Checks that `got` numbers make `words` rows of `vector_size`, and at least one.
pub(crate) fn check_size(
    tensor: &'static str,
    words: usize,
    vector_size: usize,
    got: usize,
) -> Result<(), FormatError> {
    if words == 0 || vector_size == 0 {
        return Err(FormatError::Empty { words, vector_size });
    }
    if words > u32::MAX as usize {
        return Err(FormatError::TooManyWords { expected: u32::MAX as usize, got: words });
    }
    let expected = words.saturating_mul(vector_size); // saturated: more than any memory holds
    if got == expected { Ok(()) } else { Err(FormatError::Size { tensor, expected, got }) }
}

/// Numbers in half precision that are turned into single precision at a time.
const HALVES: usize = 256;

// Byte by byte in the source; the compiler turns these loops into plain copies, whatever the alignment.
pub(crate) fn decode_f32(bytes: &[u8], out: &mut [f32]) {
    for (number, bytes) in out.iter_mut().zip(bytes.as_chunks().0) {
        *number = f32::from_le_bytes(*bytes);
    }
}

fn decode_f16(bytes: &[u8], out: &mut [f32]) {
    let mut halves = [f16::ZERO; HALVES];
    for (numbers, bytes) in out.chunks_mut(HALVES).zip(bytes.chunks(2 * HALVES)) {
        let halves = &mut halves[..numbers.len()];
        for (half, bytes) in halves.iter_mut().zip(bytes.as_chunks().0) {
            *half = f16::from_le_bytes(*bytes);
        }
        halves.convert_to_f32_slice(numbers);
    }
}

#[cfg(test)]
mod tests {
    use super::super::mapped::Bytes;
    use super::*;
    use std::sync::Arc;

    /// Sections start at `offset`, so that numbers lie at any alignment.
    fn section(numbers: impl Iterator<Item = Vec<u8>>, offset: usize) -> Section {
        let mut bytes = vec![0; offset];
        numbers.for_each(|number| bytes.extend(number));
        let range = offset..bytes.len();
        Section::new(&Arc::new(Bytes::Owned(bytes)), range)
    }

    #[test]
    fn rows_past_the_last_are_refused_and_none_are_passed_on_for_an_empty_range() {
        for numbers in [Numbers::F32(vec![1.0; 6]), Numbers::F16(vec![f16::ONE; 6])] {
            let rows = Rows::new(3, 2, numbers).unwrap();
            let seen = |range: Range<usize>| {
                let mut seen = 0;
                rows.for_each(range, |_, _| seen += 1);
                seen
            };
            assert_eq!((seen(1..3), seen(3..3), seen(9..9), rows.row(3)), (2, 0, 0, None));
            for wild in [2..4, 9..10, usize::MAX - 1..usize::MAX] {
                assert!(
                    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| seen(wild.clone()))).is_err(),
                    "{wild:?}"
                );
            }
        }
    }

    /// 2^31 numbers and more: a file with a hole takes neither disk nor memory.
    #[cfg(all(unix, target_pointer_width = "64"))]
    #[test]
    fn rows_behind_two_billion_numbers_are_found() {
        use std::os::unix::fs::FileExt;
        const SIZE: usize = 1 << 20;
        let last: Vec<f32> = (0..SIZE).map(|i| (i % 1000) as f32).collect();
        for half in [false, true] {
            let (rows, width) = if half { (4_098, 2) } else { (2_050, 4) };
            let file = tempfile::NamedTempFile::new().unwrap();
            let number =
                |&x: &f32| if half { f16::from_f32(x).to_le_bytes().to_vec() } else { x.to_le_bytes().to_vec() };
            let bytes: Vec<u8> = last.iter().flat_map(number).collect();
            file.as_file().write_all_at(&bytes, ((rows - 1) * SIZE * width) as u64).unwrap();
            let bytes = Arc::new(Bytes::map(file.path()).unwrap());
            let section = Section::new(&bytes, 0..bytes.len());
            let mapped = if half { Rows::mapped_f16(section, SIZE) } else { Rows::mapped_f32(section, SIZE) };
            assert_eq!((mapped.len(), mapped.row_bytes() * rows), (rows, bytes.len()));
            assert!(rows * SIZE > i32::MAX as usize && mapped.row(rows - 1).unwrap() == last);
            assert!(mapped.row(rows - 2).unwrap().iter().all(|&x| x == 0.0) && mapped.row(rows).is_none());
        }
    }

    #[test]
    fn all_kinds_show_the_same_rows_at_any_alignment() {
        let numbers: Vec<f32> = (0..35).map(|i| (i - 17) as f32 * 0.25).collect(); // exact in half precision
        let halves: Vec<f16> = numbers.iter().map(|&x| f16::from_f32(x)).collect();
        for offset in 0..9 {
            let single = section(numbers.iter().map(|x| x.to_le_bytes().to_vec()), offset);
            let half = section(halves.iter().map(|x| x.to_le_bytes().to_vec()), offset);
            for rows in [
                Rows::new(5, 7, Numbers::F32(numbers.clone())).unwrap(),
                Rows::new(5, 7, Numbers::F16(halves.clone())).unwrap(),
                Rows::lent(5, 7, Arc::new(numbers.clone())).unwrap(),
                Rows::mapped_f32(single, 7),
                Rows::mapped_f16(half, 7),
            ] {
                assert_eq!((rows.len(), rows.vector_size(), rows.row(5)), (5, 7, None));
                assert_eq!(rows.to_f32(), numbers);
                let mut decoded = vec![0.0; 14];
                rows.decode(&rows.bytes(2..4), &mut decoded);
                assert_eq!(decoded, numbers[14..28]);
                assert_eq!(rows.row(3).unwrap(), numbers[21..28]);
            }
        }
    }

    #[test]
    fn refuses_numbers_that_fill_no_whole_rows() {
        let new = |words, size| Rows::new(words, size, Numbers::F32(vec![0.0; 6]));
        assert!(new(2, 3).is_ok());
        assert!(matches!(Rows::lent(2, 4, Arc::new([0.0; 6])), Err(FormatError::Size { expected: 8, got: 6, .. })));
        assert!(matches!(new(2, 4), Err(FormatError::Size { expected: 8, got: 6, .. })));
        assert!(matches!(new(0, 3), Err(FormatError::Empty { words: 0, vector_size: 3 })));
        assert!(matches!(new(2, 0), Err(FormatError::Empty { .. })));
        assert!(matches!(new(3, usize::MAX), Err(FormatError::Size { .. })));
    }
}
