//! Writing a model, with its checksums, in one pass over the file.
//!
//! Checksums stand in the header, before the bytes they are of, so every tensor is gone through twice: once to hash,
//! once to write. Hashing runs at memory speed; nothing larger than a small buffer is held.

use super::header::{Header, hex};
use super::{CHECKSUM, COUNTS, ENDS, FORMAT_KEY, HEADER, INPUT, OUTPUT, TEXT, TRAINER, VERSION};
use crate::error::{FormatError, Result};
use crate::format::write_packed;
use crate::storage::check_size;
use half::f16;
use rapidvec_core::atomic_file::Existing;
use rapidvec_core::{Matrix, Vocabulary, WordId};
use safetensors::Dtype;
use safetensors::tensor::TensorInfo;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::{self, Write};
use std::path::Path;
use xxhash_rust::xxh3::Xxh3;

/// Numbers turned into bytes at a time.
const CHUNK: usize = 16 * 1024;

/// Everything that goes into a model file.
///
/// Shapes: `V` words, `D` numbers per word, matrices row after row.
#[derive(Debug, Clone)]
pub struct ModelParts<'a> {
    /// The `V` words and their counts.
    pub vocabulary: &'a Vocabulary,
    /// Numbers per word: `D`.
    pub vector_size: usize,
    /// The word vectors, V x D.
    pub input: &'a [f32],
    /// The output vectors, V x D, for a model that shall be trained further.
    pub output: Option<&'a [f32]>,
    /// Store both matrices in half precision.
    pub half: bool,
    /// What else to tell, such as `config`; not `rapidvec.format` nor `checksum.*`, which are written unasked.
    pub metadata: BTreeMap<String, String>,
    /// State of the trainer. Every name starts with `trainer.`.
    pub extra: Vec<(String, ExtraTensor<'a>)>,
}

/// The same straight from a trainer's matrices, which are not copied: their rows are padded, the file's are not.
#[derive(Debug, Clone)]
pub struct TrainedParts<'a> {
    /// The `V` words and their counts.
    pub vocabulary: &'a Vocabulary,
    /// The word vectors, V x D.
    pub w_in: &'a Matrix,
    /// The output vectors, D columns and at most V rows; rows that are missing are written as zeros.
    pub w_out: &'a Matrix,
    /// Store both matrices in half precision.
    pub half: bool,
    /// As in [`ModelParts`].
    pub metadata: BTreeMap<String, String>,
    /// As in [`ModelParts`].
    pub extra: Vec<(String, ExtraTensor<'a>)>,
}

/// A tensor that means something only to who wrote it.
#[derive(Debug, Clone, Copy)]
pub enum ExtraTensor<'a> {
    /// Single-precision numbers.
    F32(&'a [f32]),
    /// Whole numbers of 32 bits.
    U32(&'a [u32]),
    /// Whole numbers of 64 bits.
    U64(&'a [u64]),
    /// A matrix of single-precision numbers, row after row without its padding.
    Matrix(&'a Matrix),
}

/// Writes a model to `path`, atomically; packed if its ending says so.
///
/// # Errors
/// As [`to_bytes`] for a model that cannot be stored, as [`write_packed`] for a file that cannot be written.
pub fn write(path: &Path, parts: &ModelParts) -> Result<()> {
    let plan = Plan::new(&Contents::of(parts))?;
    write_packed(path, Existing::Replace, |out| plan.write_to(out))
}

/// Writes a trainer's matrices to `path`, atomically, in little memory beside them.
///
/// # Errors
/// As [`write()`].
pub fn write_trained(path: &Path, existing: Existing, parts: &TrainedParts) -> Result<()> {
    let TrainedParts { vocabulary, w_in, w_out, half, ref metadata, ref extra } = *parts;
    let rows = vocabulary.len();
    let contents = Contents {
        vocabulary,
        vector_size: w_in.cols(),
        input: Numbers::Rows { matrix: w_in, rows: w_in.rows() },
        output: Some(Numbers::Rows { matrix: w_out, rows }),
        half,
        metadata,
        extra,
    };
    let plan = Plan::new(&contents)?;
    write_packed(path, existing, |out| plan.write_to(out))
}

/// The bytes of a model's file.
///
/// # Errors
/// [`FormatError`] if sizes disagree, a number is not finite or too large for half precision, or a name is taken.
pub fn to_bytes(parts: &ModelParts) -> Result<Vec<u8>, FormatError> {
    let plan = Plan::new(&Contents::of(parts))?;
    let mut bytes = Vec::new();
    plan.write_to(&mut bytes).expect("writing to memory does not fail");
    Ok(bytes)
}

/// What is written, wherever its numbers lie.
struct Contents<'a, 'p> {
    vocabulary: &'a Vocabulary,
    vector_size: usize,
    input: Numbers<'a>,
    output: Option<Numbers<'a>>,
    half: bool,
    metadata: &'p BTreeMap<String, String>,
    extra: &'p [(String, ExtraTensor<'a>)],
}

impl<'a, 'p> Contents<'a, 'p> {
    fn of(parts: &'p ModelParts<'a>) -> Self {
        Self {
            vocabulary: parts.vocabulary,
            vector_size: parts.vector_size,
            input: Numbers::Slice(parts.input),
            output: parts.output.map(Numbers::Slice),
            half: parts.half,
            metadata: &parts.metadata,
            extra: &parts.extra,
        }
    }
}

/// The numbers of a matrix, row after row.
#[derive(Clone, Copy)]
enum Numbers<'a> {
    Slice(&'a [f32]),
    /// The first `rows` rows; zeros where the matrix has fewer.
    Rows {
        matrix: &'a Matrix,
        rows: usize,
    },
}

impl Numbers<'_> {
    fn len(self) -> usize {
        match self {
            Numbers::Slice(numbers) => numbers.len(),
            Numbers::Rows { matrix, rows } => rows * matrix.cols(),
        }
    }

    /// Shows them all, some at a time.
    fn visit<E>(self, mut see: impl FnMut(&[f32]) -> Result<(), E>) -> Result<(), E> {
        match self {
            Numbers::Slice(numbers) => numbers.chunks(CHUNK).try_for_each(see),
            Numbers::Rows { matrix, rows } => {
                let there = rows.min(matrix.rows());
                let mut some = Vec::with_capacity(CHUNK + matrix.cols());
                for row in 0..there {
                    matrix.push_row(row, &mut some);
                    if some.len() >= CHUNK || row + 1 == there {
                        see(&some)?;
                        some.clear();
                    }
                }
                let zeros = vec![0.0; matrix.cols()];
                (there..rows).try_for_each(|_| see(&zeros))
            }
        }
    }
}

/// A file that is ready to be written: all checks are passed, all checksums known.
struct Plan<'a> {
    header: Vec<u8>,
    /// In the order of the file.
    tensors: Vec<Data<'a>>,
}

impl<'a> Plan<'a> {
    fn new(parts: &Contents<'a, '_>) -> Result<Self, FormatError> {
        check_matrices(parts)?;
        check_keys(parts.metadata)?;
        let mut tensors = tensors(parts)?;
        tensors.sort_by(|(a_name, a), (b_name, b)| b.dtype().cmp(&a.dtype()).then(a_name.cmp(b_name)));
        let header = header(parts, &tensors)?;
        Ok(Self { header: header.to_bytes()?, tensors: tensors.into_iter().map(|(_, data)| data).collect() })
    }

    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.header)?;
        self.tensors.iter().try_for_each(|data| data.visit(|bytes| out.write_all(bytes)))
    }
}

fn header(parts: &Contents, tensors: &[(&str, Data)]) -> Result<Header, FormatError> {
    let mut header = Header { metadata: parts.metadata.clone(), tensors: BTreeMap::new(), data_start: 0 };
    header.metadata.insert(FORMAT_KEY.to_owned(), VERSION.to_owned());
    let mut start = 0;
    for (name, data) in tensors {
        let end = start + data.len() * data.dtype().bitsize() / 8;
        let shape = if data.is_matrix() { vec![parts.vocabulary.len(), parts.vector_size] } else { vec![data.len()] };
        let info = TensorInfo { dtype: data.dtype(), shape, data_offsets: (start, end) };
        header.metadata.insert(format!("{CHECKSUM}{name}"), data.checksum());
        header.tensors.insert((*name).to_owned(), info);
        start = end;
    }
    header.metadata.insert(format!("{CHECKSUM}{HEADER}"), header.checksum());
    Ok(header)
}

fn tensors<'a, 'p>(parts: &Contents<'a, 'p>) -> Result<Vec<(&'p str, Data<'a>)>, FormatError> {
    let matrix = |numbers| if parts.half { Data::Half(numbers) } else { Data::Single(numbers) };
    let (text, ends) = parts.vocabulary.arena();
    let mut tensors: Vec<(&str, Data)> = vec![
        (INPUT, matrix(parts.input)),
        (TEXT, Data::Bytes(text.as_bytes())),
        (ENDS, Data::Extra(ExtraTensor::U64(ends))),
        (COUNTS, Data::Extra(ExtraTensor::U64(parts.vocabulary.counts()))),
    ];
    tensors.extend(parts.output.map(|output| (OUTPUT, matrix(output))));
    for (index, (name, extra)) in parts.extra.iter().enumerate() {
        let refuse = |expected| Err(FormatError::Name { name: name.clone(), expected });
        if !name.starts_with(TRAINER) {
            return refuse("a tensor's name that starts with `trainer.`");
        }
        if parts.extra[..index].iter().any(|(other, _)| other == name) {
            return refuse("a name that no other tensor has");
        }
        tensors.push((name, Data::Extra(*extra)));
    }
    Ok(tensors)
}

fn check_keys(metadata: &BTreeMap<String, String>) -> Result<(), FormatError> {
    match metadata.keys().find(|key| *key == FORMAT_KEY || key.starts_with(CHECKSUM)) {
        Some(key) => {
            Err(FormatError::Name { name: key.clone(), expected: "a key that the format does not write itself" })
        }
        None => Ok(()),
    }
}

fn check_matrices(parts: &Contents) -> Result<(), FormatError> {
    let (words, size) = (parts.vocabulary.len(), parts.vector_size);
    check_size(INPUT, words, size, parts.input.len())?;
    check_numbers(parts, parts.input)?;
    let Some(output) = parts.output else { return Ok(()) };
    check_size(OUTPUT, words, size, output.len())?;
    check_numbers(parts, output)
}

fn check_numbers(parts: &Contents, numbers: Numbers) -> Result<(), FormatError> {
    let storable = |x: f32| if parts.half { f16::from_f32(x).is_finite() } else { x.is_finite() };
    let mut before = 0;
    let checked = numbers.visit(|numbers| {
        let bad = numbers.iter().position(|&x| !storable(x));
        let found = bad.map(|at| (before + at, numbers[at]));
        before += numbers.len();
        found.map_or(Ok(()), Err)
    });
    let Err((at, got)) = checked else { return Ok(()) };
    let row = at / parts.vector_size;
    let word = parts.vocabulary.word(row as WordId).to_owned();
    if got.is_finite() {
        Err(FormatError::HalfOverflow { word, got })
    } else {
        Err(FormatError::NotFinite { word, row, got })
    }
}

/// A tensor's numbers, in the type they are stored in.
#[derive(Clone, Copy)]
enum Data<'a> {
    Single(Numbers<'a>),
    /// Rounded to half precision on the way.
    Half(Numbers<'a>),
    Bytes(&'a [u8]),
    Extra(ExtraTensor<'a>),
}

impl Data<'_> {
    fn is_matrix(&self) -> bool {
        matches!(self, Data::Single(_) | Data::Half(_))
    }

    fn dtype(&self) -> Dtype {
        match self {
            Data::Single(_) | Data::Extra(ExtraTensor::F32(_) | ExtraTensor::Matrix(_)) => Dtype::F32,
            Data::Half(_) => Dtype::F16,
            Data::Bytes(_) => Dtype::U8,
            Data::Extra(ExtraTensor::U32(_)) => Dtype::U32,
            Data::Extra(ExtraTensor::U64(_)) => Dtype::U64,
        }
    }

    fn len(&self) -> usize {
        match self {
            Data::Single(numbers) | Data::Half(numbers) => numbers.len(),
            Data::Extra(ExtraTensor::F32(numbers)) => numbers.len(),
            Data::Extra(ExtraTensor::Matrix(matrix)) => matrix.rows() * matrix.cols(),
            Data::Bytes(bytes) => bytes.len(),
            Data::Extra(ExtraTensor::U32(numbers)) => numbers.len(),
            Data::Extra(ExtraTensor::U64(numbers)) => numbers.len(),
        }
    }

    /// Shows the bytes of the file, a piece at a time.
    fn visit<E>(&self, mut see: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        match *self {
            Data::Bytes(bytes) => see(bytes),
            Data::Half(numbers) => numbers.visit(|some| in_chunks(some, |x| f16::from_f32(x).to_le_bytes(), &mut see)),
            Data::Single(numbers) => numbers.visit(|some| in_chunks(some, f32::to_le_bytes, &mut see)),
            Data::Extra(ExtraTensor::F32(numbers)) => in_chunks(numbers, f32::to_le_bytes, see),
            Data::Extra(ExtraTensor::Matrix(matrix)) => {
                Numbers::Rows { matrix, rows: matrix.rows() }.visit(|some| in_chunks(some, f32::to_le_bytes, &mut see))
            }
            Data::Extra(ExtraTensor::U32(numbers)) => in_chunks(numbers, u32::to_le_bytes, see),
            Data::Extra(ExtraTensor::U64(numbers)) => in_chunks(numbers, u64::to_le_bytes, see),
        }
    }

    fn checksum(&self) -> String {
        let mut hash = Xxh3::new();
        let Ok(()) = self.visit::<Infallible>(|bytes| {
            hash.update(bytes);
            Ok(())
        });
        hex(&hash)
    }
}

fn in_chunks<T: Copy, E, const N: usize>(
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
