//! Writing a model, with its checksums, in one pass over the file.
//!
//! Checksums are in the header, before the bytes they cover, so every tensor is read twice: once to hash it,
//! once to write it. Hashing runs at memory speed; nothing larger than a small buffer is held.

use super::header::{Header, hex};
use super::{
    CHECKSUM, COUNTS, ENDS, FORMAT_KEY, HEADER, INPUT, NGRAM_BUCKETS, NGRAM_WORDS, NGRAMS, NGRAMS_KEY, OUTPUT,
    POSITIONS, RUNS, TEXT, VERSION,
};
use crate::error::{FormatError, Result};
use crate::format::writer::{RowsView, VectorWriter, bytes_of, check_numbers, check_rows, in_chunks};
use crate::subwords::{NGrams, Subwords};
use rapidvec_core::atomic_file::Existing;
use rapidvec_core::{Matrix, Vocabulary};
use safetensors::Dtype;
use safetensors::tensor::TensorInfo;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::{self, Write};
use std::path::Path;
use xxhash_rust::xxh3::Xxh3;

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
    /// The output vectors, V x D, for further training.
    pub output: Option<&'a [f32]>,
    /// Store both matrices in half precision.
    pub half: bool,
    /// Other metadata, such as `config`; not `rapidvec.format` nor `checksum.*`, which are always written.
    pub metadata: BTreeMap<String, String>,
    /// Tensors that other programs may ignore. The names of those that hold a trainer's state start with `trainer.`.
    pub extra: Vec<(String, ExtraTensor<'a>)>,
}

/// A tensor that only its writer interprets.
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

/// Writes a model to `path`, atomically; compressed by its extension.
///
/// # Errors
/// As [`to_bytes`] for a model that cannot be stored, as [`VectorWriter::write`] for a file that cannot be written.
pub fn write(path: &Path, parts: &ModelParts) -> Result<()> {
    ModelWriter::new(Contents::of(parts))?.write(path)
}

/// The same for numbers stored elsewhere, such as a trainer's padded matrices, without a copy of them.
///
/// # Errors
/// As [`write()`]; [`OutputError`](crate::error::OutputError) if a file at `path` is to be kept.
pub fn write_contents(path: &Path, existing: Existing, contents: Contents) -> Result<()> {
    let writer = ModelWriter::new(contents)?;
    crate::format::write_packed(path, existing, |out| writer.write_to(out))
}

/// The bytes of a model's file.
///
/// # Errors
/// [`FormatError`] if sizes disagree, a number is not finite or too large for half precision, or a name is reserved.
pub fn to_bytes(parts: &ModelParts) -> Result<Vec<u8>, FormatError> {
    Ok(ModelWriter::new(Contents::of(parts))?.to_bytes())
}

/// Everything that goes into a model file, like [`ModelParts`], wherever the numbers are stored.
#[derive(Debug, Clone)]
pub struct Contents<'a> {
    /// The `V` words and their counts.
    pub vocabulary: Cow<'a, Vocabulary>,
    /// The word vectors, V x D.
    pub input: RowsView<'a>,
    /// The output vectors, V x D.
    pub output: Option<RowsView<'a>>,
    /// The n-grams of a model with subwords.
    pub subwords: Option<SubwordParts<'a>>,
    /// The weights of positions, 2W x D.
    pub positions: Option<RowsView<'a>>,
    /// The vectors of the runs that the model is the mean of, V x D each; stored in half precision.
    pub runs: Vec<RowsView<'a>>,
    /// Store all matrices in half precision.
    pub half: bool,
    /// Other metadata.
    pub metadata: Cow<'a, BTreeMap<String, String>>,
    /// Tensors that other programs may ignore.
    pub extra: &'a [(String, ExtraTensor<'a>)],
}

/// The n-grams of a model with subwords.
#[derive(Debug, Clone)]
pub struct SubwordParts<'a> {
    /// Which n-grams words have.
    pub ngrams: NGrams,
    /// The bucket of each row, ascending; `None` if there is a row for each bucket.
    pub buckets: Option<Cow<'a, [u32]>>,
    /// The rows of n-grams, N x D.
    pub rows: RowsView<'a>,
    /// The rows that words have of their own, V x D.
    pub words: Option<RowsView<'a>>,
}

impl<'a> SubwordParts<'a> {
    /// Those of opened vectors.
    pub fn of_all(subwords: &'a Subwords) -> Self {
        Self::of(subwords, None)
    }

    /// Those of opened vectors, for the words `ids` if they are not all of them.
    pub(crate) fn of(subwords: &'a Subwords, ids: Option<Vec<u32>>) -> Self {
        Self {
            ngrams: subwords.ngrams(),
            buckets: subwords.buckets().map(Cow::Borrowed),
            rows: RowsView::of_rows(subwords.rows()),
            words: subwords.words().map(|words| RowsView::of_rows(words).pick(ids)),
        }
    }

    fn check(&self, vocabulary: &Vocabulary, half: bool) -> Result<(), FormatError> {
        self.ngrams.check()?;
        check_numbers(NGRAMS, &self.rows, half)?;
        self.words.iter().try_for_each(|words| check_rows(NGRAM_WORDS, vocabulary, words, half))
    }
}

impl<'a> Contents<'a> {
    fn of(parts: &'a ModelParts<'a>) -> Self {
        let rows = |numbers| RowsView::of_slice(numbers, parts.vector_size);
        Self {
            vocabulary: Cow::Borrowed(parts.vocabulary),
            input: rows(parts.input),
            output: parts.output.map(rows),
            subwords: None,
            positions: None,
            runs: Vec::new(),
            half: parts.half,
            metadata: Cow::Borrowed(&parts.metadata),
            extra: &parts.extra,
        }
    }

    /// Every tensor, in the order of the file.
    fn tensors(&self) -> Vec<(&str, Data<'_>)> {
        let (text, ends) = self.vocabulary.arena();
        let mut tensors: Vec<(&str, Data)> = vec![
            (INPUT, Data::Rows(&self.input, self.half)),
            (TEXT, Data::Bytes(text.as_bytes())),
            (ENDS, Data::Extra(ExtraTensor::U64(ends))),
            (COUNTS, Data::Extra(ExtraTensor::U64(self.vocabulary.counts()))),
        ];
        tensors.extend(self.output.as_ref().map(|output| (OUTPUT, Data::Rows(output, self.half))));
        if let Some(subwords) = &self.subwords {
            tensors.push((NGRAMS, Data::Rows(&subwords.rows, self.half)));
            tensors.extend(subwords.words.iter().map(|words| (NGRAM_WORDS, Data::Rows(words, self.half))));
            tensors.extend(subwords.buckets.iter().map(|all| (NGRAM_BUCKETS, Data::Extra(ExtraTensor::U32(all)))));
        }
        tensors.extend(self.positions.iter().map(|rows| (POSITIONS, Data::Rows(rows, self.half))));
        tensors.extend((!self.runs.is_empty()).then_some((RUNS, Data::Runs(&self.runs))));
        tensors.extend(self.extra.iter().map(|(name, extra)| (name.as_str(), Data::Extra(*extra))));
        tensors.sort_by(|(a_name, a), (b_name, b)| b.dtype().cmp(&a.dtype()).then(a_name.cmp(b_name)));
        tensors
    }
}

/// A model that is ready to be written: all checks have passed, all checksums are known.
#[derive(Debug)]
pub(crate) struct ModelWriter<'a> {
    header: Vec<u8>,
    contents: Contents<'a>,
}

impl<'a> ModelWriter<'a> {
    pub fn new(contents: Contents<'a>) -> Result<Self, FormatError> {
        check_rows(INPUT, &contents.vocabulary, &contents.input, contents.half)?;
        if let Some(output) = &contents.output {
            check_rows(OUTPUT, &contents.vocabulary, output, contents.half)?;
        }
        if let Some(subwords) = &contents.subwords {
            subwords.check(&contents.vocabulary, contents.half)?;
        }
        if let Some(positions) = &contents.positions {
            check_numbers(POSITIONS, positions, contents.half)?;
        }
        contents.runs.iter().try_for_each(|rows| check_rows(RUNS, &contents.vocabulary, rows, true))?;
        check_keys(&contents.metadata)?;
        check_names(contents.extra)?;
        Ok(Self { header: header(&contents)?.to_bytes()?, contents })
    }
}

impl VectorWriter for ModelWriter<'_> {
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.header)?;
        self.contents.tensors().iter().try_for_each(|(_, data)| data.visit(|bytes| out.write_all(bytes)))
    }
}

fn header(parts: &Contents) -> Result<Header, FormatError> {
    let mut header = Header { metadata: parts.metadata.clone().into_owned(), tensors: BTreeMap::new(), data_start: 0 };
    header.metadata.insert(FORMAT_KEY.to_owned(), VERSION.to_owned());
    if let Some(subwords) = &parts.subwords {
        let text = serde_json::to_string(&subwords.ngrams);
        let text = text.map_err(|error| FormatError::Header { problem: error.to_string() })?;
        header.metadata.insert(NGRAMS_KEY.to_owned(), text);
    }
    let mut start = 0;
    for (name, data) in parts.tensors() {
        let end = start + data.len() * data.dtype().bitsize() / 8;
        let info = TensorInfo { dtype: data.dtype(), shape: data.shape(), data_offsets: (start, end) };
        header.metadata.insert(format!("{CHECKSUM}{name}"), data.checksum());
        header.tensors.insert(name.to_owned(), info);
        start = end;
    }
    header.metadata.insert(format!("{CHECKSUM}{HEADER}"), header.checksum());
    Ok(header)
}

fn check_names(extra: &[(String, ExtraTensor)]) -> Result<(), FormatError> {
    for (index, (name, _)) in extra.iter().enumerate() {
        let refuse = |expected| Err(FormatError::Name { name: name.clone(), expected });
        let own = [INPUT, OUTPUT, TEXT, ENDS, COUNTS, NGRAMS, NGRAM_BUCKETS, NGRAM_WORDS, POSITIONS, RUNS];
        if own.contains(&name.as_str()) {
            return refuse("a name that no tensor of the model has");
        }
        if extra[..index].iter().any(|(other, _)| other == name) {
            return refuse("a name that no other tensor has");
        }
    }
    Ok(())
}

fn check_keys(metadata: &BTreeMap<String, String>) -> Result<(), FormatError> {
    match metadata.keys().find(|key| [FORMAT_KEY, NGRAMS_KEY].contains(&key.as_str()) || key.starts_with(CHECKSUM)) {
        Some(key) => {
            Err(FormatError::Name { name: key.clone(), expected: "a key that the format does not write itself" })
        }
        None => Ok(()),
    }
}

/// A tensor's numbers, in the type they are stored in.
#[derive(Debug, Clone, Copy)]
enum Data<'a> {
    /// A matrix of f32, or of f16 (true), to which its numbers are rounded when they are written.
    Rows(&'a RowsView<'a>, bool),
    /// Matrices of f16, one after the other.
    Runs(&'a [RowsView<'a>]),
    Bytes(&'a [u8]),
    Extra(ExtraTensor<'a>),
}

impl Data<'_> {
    fn dtype(&self) -> Dtype {
        match self {
            Data::Rows(_, true) | Data::Runs(_) => Dtype::F16,
            Data::Rows(_, false) | Data::Extra(ExtraTensor::F32(_) | ExtraTensor::Matrix(_)) => Dtype::F32,
            Data::Bytes(_) => Dtype::U8,
            Data::Extra(ExtraTensor::U32(_)) => Dtype::U32,
            Data::Extra(ExtraTensor::U64(_)) => Dtype::U64,
        }
    }

    fn shape(&self) -> Vec<usize> {
        match self {
            Data::Rows(rows, _) => vec![rows.len(), rows.vector_size()],
            Data::Runs(runs) => {
                let [rows, size] = runs.first().map_or([0; 2], |rows| [rows.len(), rows.vector_size()]);
                vec![runs.len(), rows, size]
            }
            other => vec![other.len()],
        }
    }

    fn len(&self) -> usize {
        match self {
            Data::Rows(rows, _) => rows.numbers(),
            Data::Runs(runs) => runs.iter().map(RowsView::numbers).sum(),
            Data::Extra(ExtraTensor::F32(numbers)) => numbers.len(),
            Data::Extra(ExtraTensor::Matrix(matrix)) => matrix.rows() * matrix.cols(),
            Data::Bytes(bytes) => bytes.len(),
            Data::Extra(ExtraTensor::U32(numbers)) => numbers.len(),
            Data::Extra(ExtraTensor::U64(numbers)) => numbers.len(),
        }
    }

    /// Passes on the bytes of the file, a piece at a time.
    fn visit<E>(&self, mut see: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        match *self {
            Data::Bytes(bytes) => see(bytes),
            Data::Rows(rows, half) => rows.visit(|some| bytes_of(some, half, &mut see)),
            Data::Runs(runs) => runs.iter().try_for_each(|rows| rows.visit(|some| bytes_of(some, true, &mut see))),
            Data::Extra(ExtraTensor::F32(numbers)) => in_chunks(numbers, f32::to_le_bytes, see),
            Data::Extra(ExtraTensor::Matrix(matrix)) => {
                RowsView::of_matrix(matrix, matrix.rows()).visit(|some| bytes_of(some, false, &mut see))
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
