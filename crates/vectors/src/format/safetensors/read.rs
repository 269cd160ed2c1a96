//! Opening a model: everything is checked before it is used.

use super::header::{Header, hex};
use super::{
    CHECKSUM, COUNTS, ENDS, FORMAT_KEY, HEADER, INPUT, NGRAM_BUCKETS, NGRAM_WORDS, NGRAMS, NGRAMS_KEY, OUTPUT,
    POSITIONS, RUNS, TEXT, TRAINER, TRAINER_KEY, VERSION,
};
use crate::error::{FormatError, Result};
use crate::format::unpack;
use crate::mapped::{Bytes, CHECKED_ON_OPENING, Section};
use crate::storage::{Rows, check_size};
use crate::subwords::{NGrams, Subwords};
use rapidvec_core::Vocabulary;
use rapidvec_core::kernels::large_pages;
use rapidvec_core::parallel::{cores, join, on_each};
use safetensors::Dtype;
use safetensors::tensor::TensorInfo;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use xxhash_rust::xxh3::Xxh3;

/// The maximum number of runs whose vectors a model has.
pub const MAX_RUNS: usize = 1_000;

/// Fewer bytes than this are checked faster than threads are started.
const BYTES_PER_THREAD: usize = 4 << 20;

/// An open model file: the vocabulary in memory, the matrices mapped.
#[derive(Debug)]
pub struct ModelFile {
    tensors: Arc<Tensors>,
    vocabulary: Vocabulary,
    vector_size: usize,
}

/// The tensors of a file, which can be compared with their checksums.
#[derive(Debug)]
pub(crate) struct Tensors {
    bytes: Arc<Bytes>,
    header: Header,
    /// Set once all of them matched.
    verified: OnceLock<()>,
}

/// What a model has apart from words and word vectors, for copies of it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Extras {
    /// The output vectors, V x D.
    pub output: Option<Rows>,
    /// The input vectors, V x D, where the vectors are others: see [`ModelVectors`](crate::ModelVectors).
    pub input: Option<Rows>,
    /// Whether the output rows belong to the nodes of a tree instead of words.
    pub output_of_nodes: bool,
    /// The weights of positions, 2W x D.
    pub positions: Option<Rows>,
    /// The vectors of the runs that the model is the mean of, V x D each.
    pub runs: Vec<Rows>,
    /// The metadata, without a trainer's state.
    pub metadata: BTreeMap<String, String>,
    pub has_training_state: bool,
    /// Those of a large file, which opening did not compare with their checksums.
    pub unverified: Option<Arc<Tensors>>,
}

impl ModelFile {
    /// Opens the model at `path`. Cheap for a large one: see [`CHECKED_ON_OPENING`] and [`ModelFile::verify`]. One that is
    /// compressed (gzip, bzip2, zstd, xz) is decompressed into memory.
    ///
    /// # Errors
    /// An error of the system if the file cannot be read, [`FormatError`] if it is not a whole, unaltered model.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self::from_shared(Arc::new(unpack::open(path)?))?)
    }

    /// Opens a model whose file is in memory.
    ///
    /// # Errors
    /// [`FormatError`] if it is not a whole, unaltered model.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, FormatError> {
        Self::from_shared(Arc::new(Bytes::Owned(bytes)))
    }

    pub(crate) fn from_shared(bytes: Arc<Bytes>) -> Result<Self, FormatError> {
        Self::checked_up_to(bytes, CHECKED_ON_OPENING)
    }

    /// As [`from_shared`](Self::from_shared); a file of more than `small` bytes counts as large.
    pub(super) fn checked_up_to(bytes: Arc<Bytes>, small: usize) -> Result<Self, FormatError> {
        let header = Header::parse(&bytes)?;
        check_version(&header)?;
        header.check(HEADER, header.checksum())?;
        let vector_size = check_shapes(&header)?;
        let is_large = bytes.len() > small;
        let tensors = Arc::new(Tensors { bytes, header, verified: OnceLock::new() });
        let mut model = Self { tensors, vocabulary: Vocabulary::new(), vector_size };
        if is_large {
            model.vocabulary = model.verified_vocabulary()?;
            return Ok(model);
        }
        model.tensors.verify()?;
        model.vocabulary = model.read_vocabulary()?;
        model.refuse_duplicates()?;
        Ok(model)
    }

    /// Reads the words of a large model, each byte once: checks it and copies it while it is in the cache.
    fn verified_vocabulary(&self) -> Result<Vocabulary, FormatError> {
        let numbers = |tensor| {
            let mut numbers: Vec<u64> =
                large_pages::with_capacity(self.tensors.section_of(tensor)?.len() / size_of::<u64>());
            self.tensors.verify_while(tensor, |bytes| {
                numbers.extend(bytes.as_chunks().0.iter().map(|&x| u64::from_le_bytes(x)))
            })?;
            Ok::<_, FormatError>(numbers)
        };
        let text = || {
            let mut text = large_pages::with_capacity(self.tensors.section_of(TEXT)?.len());
            self.tensors.verify_while(TEXT, |bytes| text.extend_from_slice(bytes))?;
            String::from_utf8(text).map_err(|e| FormatError::NotUtf8 { offset: e.utf8_error().valid_up_to() })
        };
        let (text, ends_and_counts) = join(cores(), text, || Ok::<_, FormatError>((numbers(ENDS)?, numbers(COUNTS)?)));
        let (ends, counts) = ends_and_counts?;
        self.vocabulary_of(text?, ends, counts)
    }

    /// The words and their counts.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Numbers per word.
    pub fn vector_size(&self) -> usize {
        self.vector_size
    }

    /// The word vectors, V x D.
    pub fn input(&self) -> Rows {
        self.matrix(INPUT).expect("a model without it is not opened")
    }

    /// The output vectors, V x D, if the file has them.
    pub fn output(&self) -> Option<Rows> {
        self.matrix(OUTPUT)
    }

    /// The output vectors, V x D, if the file has them and they belong to words instead of the nodes of a tree.
    pub(crate) fn output_of_words(&self) -> Option<Rows> {
        self.output().filter(|_| !self.output_is_of_nodes())
    }

    fn output_is_of_nodes(&self) -> bool {
        self.tensors.header.metadata.get("config").is_some_and(|config| has_tree(config))
    }

    /// The rows of n-grams, and those that words have of their own, if the model has subwords.
    ///
    /// # Errors
    /// [`FormatError`] if what the file says about them is invalid; the buckets are compared with their checksum.
    pub fn subwords(&self) -> Result<Option<Subwords>, FormatError> {
        let Some(rows) = self.matrix(NGRAMS) else { return Ok(None) };
        let text = self.tensors.header.metadata.get(NGRAMS_KEY).map_or("", String::as_str);
        let ngrams: NGrams = serde_json::from_str(text)
            .map_err(|error| FormatError::Header { problem: format!("`{NGRAMS_KEY}`: {error}") })?;
        let subwords = match self.tensors.header.tensors.contains_key(NGRAM_BUCKETS) {
            true => Subwords::of_buckets(ngrams, self.extra_u32(NGRAM_BUCKETS)?, rows)?,
            false => Subwords::new(ngrams, rows)?,
        };
        Ok(Some(match self.matrix(NGRAM_WORDS) {
            Some(words) => subwords.with_words(words),
            None => subwords,
        }))
    }

    /// The weights of the positions in a window, 2W x D, if the model has them.
    pub fn positions(&self) -> Option<Rows> {
        self.matrix(POSITIONS)
    }

    /// The vectors of the runs that the model is the mean of, V x D each, if the file has them.
    pub fn runs(&self) -> Vec<Rows> {
        let Some(info) = self.tensors.header.tensors.get(RUNS) else { return Vec::new() };
        let (whole, runs) = (self.tensors.section(info), info.shape[0]);
        let each = whole.len() / runs.max(1);
        (0..runs).map(|run| Rows::mapped_f16(whole.part(run * each..(run + 1) * each), self.vector_size)).collect()
    }

    /// The metadata by key, without `rapidvec.format` and the checksums, to be written again.
    pub fn metadata(&self) -> BTreeMap<String, String> {
        let own = |key: &str| key == FORMAT_KEY || key == NGRAMS_KEY || key.starts_with(CHECKSUM);
        self.tensors.header.metadata.iter().filter(|(key, _)| !own(key)).map(|(k, v)| (k.clone(), v.clone())).collect()
    }

    /// Every tensor's name, type (as the format spells it, such as `F16`) and shape, by name.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, String, &[usize])> {
        self.tensors
            .header
            .tensors
            .iter()
            .map(|(name, info)| (name.as_str(), info.dtype.to_string(), info.shape.as_slice()))
    }

    /// Whether the file is a checkpoint: a model with the state of a trainer, from which training resumes.
    pub fn has_training_state(&self) -> bool {
        self.extra_names().next().is_some() || self.tensors.header.metadata.contains_key(TRAINER_KEY)
    }

    pub(crate) fn extras(&self) -> Extras {
        let mut metadata = self.metadata();
        metadata.remove(TRAINER_KEY);
        Extras {
            output: self.output(),
            input: None,
            output_of_nodes: self.output_is_of_nodes(),
            positions: self.positions(),
            runs: self.runs(),
            metadata,
            has_training_state: self.has_training_state(),
            unverified: self.tensors.verified.get().is_none().then(|| Arc::clone(&self.tensors)),
        }
    }

    /// The names of the trainer's tensors.
    pub fn extra_names(&self) -> impl Iterator<Item = &str> {
        self.tensors.header.tensors.keys().map(String::as_str).filter(|name| name.starts_with(TRAINER))
    }

    /// The trainer's tensor `name`, copied, after its checksum was verified.
    ///
    /// # Errors
    /// [`FormatError`] if it is missing, altered, or holds other numbers than f32.
    pub fn extra_f32(&self, name: &str) -> Result<Vec<f32>, FormatError> {
        self.extra(name, Dtype::F32, "F32", f32::from_le_bytes)
    }

    /// The trainer's tensor `name`, copied, after its checksum was verified.
    ///
    /// # Errors
    /// [`FormatError`] if it is missing, altered, or holds other numbers than u32.
    pub fn extra_u32(&self, name: &str) -> Result<Vec<u32>, FormatError> {
        self.extra(name, Dtype::U32, "U32", u32::from_le_bytes)
    }

    /// The trainer's tensor `name`, copied, after its checksum was verified.
    ///
    /// # Errors
    /// [`FormatError`] if it is missing, altered, or holds other numbers than u64.
    pub fn extra_u64(&self, name: &str) -> Result<Vec<u64>, FormatError> {
        self.extra(name, Dtype::U64, "U64", u64::from_le_bytes)
    }

    /// Compares every tensor with its checksum, and looks for duplicate words. Reads the whole file, unless opening or an earlier call
    /// did.
    ///
    /// # Errors
    /// [`FormatError::Checksum`] or [`FormatError::MissingChecksum`] for the first bad tensor (by name);
    /// [`FormatError::DuplicateWord`].
    pub fn verify(&self) -> Result<(), FormatError> {
        self.tensors.verify()?;
        self.refuse_duplicates()
    }

    /// Checks that every number of both matrices is finite. Reads the whole file.
    ///
    /// # Errors
    /// [`FormatError::NotFinite`] for the first row, of the input and then of the output, that holds NaN or infinity.
    pub fn check_finite(&self) -> Result<(), FormatError> {
        let matrices = [Some(self.input()), self.output()];
        matrices.into_iter().flatten().chain(self.runs()).try_for_each(|rows| self.refuse_not_finite(&rows))
    }

    fn refuse_not_finite(&self, rows: &Rows) -> Result<(), FormatError> {
        let mut found = None;
        rows.for_each(0..rows.len(), |row, numbers| {
            // Without branches: nearly all rows are valid.
            if found.is_none() && !numbers.iter().fold(true, |all, number| all & number.is_finite()) {
                found = numbers.iter().find(|number| !number.is_finite()).map(|&got| (row, got));
            }
        });
        found.map_or(Ok(()), |(row, got)| {
            Err(FormatError::NotFinite { word: self.vocabulary.word(row as u32).to_owned(), row, got })
        })
    }

    fn refuse_duplicates(&self) -> Result<(), FormatError> {
        self.vocabulary.first_duplicate().map_or(Ok(()), |id| {
            Err(FormatError::DuplicateWord { word: self.vocabulary.word(id).to_owned(), row: id as usize })
        })
    }

    /// Takes the words and drops the rest of the file.
    pub(crate) fn into_vocabulary(self) -> Vocabulary {
        self.vocabulary
    }

    fn matrix(&self, tensor: &str) -> Option<Rows> {
        let info = self.tensors.header.tensors.get(tensor)?;
        let rows = if info.dtype == Dtype::F16 { Rows::mapped_f16 } else { Rows::mapped_f32 };
        Some(rows(self.tensors.section(info), self.vector_size))
    }

    fn extra<T, const N: usize>(
        &self,
        name: &str,
        dtype: Dtype,
        expected: &'static str,
        decode: impl Fn([u8; N]) -> T,
    ) -> Result<Vec<T>, FormatError> {
        let info = info(&self.tensors.header, name)?;
        if info.dtype != dtype {
            return Err(FormatError::TensorType { tensor: name.to_owned(), expected, got: info.dtype.to_string() });
        }
        self.tensors.verify_while(name, |_| ())?;
        Ok(decode_all(&self.tensors.section(info), decode))
    }

    fn read_vocabulary(&self) -> Result<Vocabulary, FormatError> {
        let text = self.tensors.section_of(TEXT)?;
        let text = std::str::from_utf8(&text).map_err(|e| FormatError::NotUtf8 { offset: e.valid_up_to() })?;
        let ends = decode_all(&self.tensors.section_of(ENDS)?, u64::from_le_bytes);
        let counts = decode_all(&self.tensors.section_of(COUNTS)?, u64::from_le_bytes);
        self.vocabulary_of(text.to_owned(), ends, counts)
    }

    /// Cuts `text` at `ends`, which are as many as `counts`.
    fn vocabulary_of(&self, text: String, ends: Vec<u64>, counts: Vec<u64>) -> Result<Vocabulary, FormatError> {
        let to = text.len() as u64;
        Vocabulary::from_arena(text, ends, counts).map_err(|(row, from)| {
            // The vocabulary took the decoded ends; the wrong one is read again for the message.
            let ends = self.tensors.section_of(ENDS);
            let got = ends.ok().and_then(|ends| ends.as_chunks().0.get(row).copied()).map_or(0, u64::from_le_bytes);
            FormatError::WordEnd { row, from, to, got }
        })
    }
}

impl Tensors {
    /// Compares every tensor with its checksum, unless that was done and they matched.
    ///
    /// # Errors
    /// As [`ModelFile::verify`].
    pub fn verify(&self) -> Result<(), FormatError> {
        if self.verified.get().is_some() {
            return Ok(());
        }
        let next = AtomicUsize::new(0);
        let tensors: Vec<_> = self.header.tensors.keys().collect();
        let verify_some = || {
            let mut wrong = Vec::new();
            while let Some(&tensor) = tensors.get(next.fetch_add(1, Ordering::Relaxed)) {
                wrong.extend(self.verify_while(tensor, |_| ()).err().map(|error| (tensor, error)));
            }
            wrong
        };
        let wrong = on_each(cores().min(self.bytes.len() / BYTES_PER_THREAD), verify_some);
        wrong.into_iter().flatten().min_by_key(|(tensor, _)| *tensor).map_or(Ok(()), |(_, error)| Err(error))?;
        self.verified.get_or_init(|| ());
        Ok(())
    }

    /// Compares a tensor with its checksum, and passes its bytes on: `PIECE` of them at a time.
    fn verify_while(&self, tensor: &str, mut see: impl FnMut(&[u8])) -> Result<(), FormatError> {
        const PIECE: usize = 256 << 10;
        let section = self.section_of(tensor)?;
        let (mut hash, mut buffer) = (Xxh3::new(), Vec::new());
        for start in (0..section.len()).step_by(PIECE) {
            let piece = section.read(start..section.len().min(start + PIECE), &mut buffer);
            let piece = piece.map_err(|error| FormatError::Unreadable { message: error.to_string() })?;
            hash.update(piece);
            see(piece);
        }
        self.header.check(tensor, hex(&hash))
    }

    fn section_of(&self, tensor: &str) -> Result<Section, FormatError> {
        Ok(self.section(info(&self.header, tensor)?))
    }

    fn section(&self, info: &TensorInfo) -> Section {
        let (start, end) = info.data_offsets;
        Section::new(&self.bytes, self.header.data_start + start..self.header.data_start + end)
    }
}

/// Whether the settings of a trainer are those of hierarchical softmax alone.
fn has_tree(config: &str) -> bool {
    let config: serde_json::Value = serde_json::from_str(config).unwrap_or_default();
    config.get("hierarchical_softmax") == Some(&true.into()) && config.get("negatives") == Some(&0.into())
}

/// Opens the model at `path` and compares every tensor with its checksum, however large the file.
///
/// # Errors
/// As [`ModelFile::open`] and [`ModelFile::verify`].
pub fn verify(path: &Path) -> Result<()> {
    Ok(ModelFile::open(path)?.verify()?)
}

fn check_version(header: &Header) -> Result<(), FormatError> {
    match header.metadata.get(FORMAT_KEY).map(String::as_str) {
        Some(VERSION) => Ok(()),
        Some(got) => Err(FormatError::Version { expected: VERSION, got: got.to_owned() }),
        None => Err(FormatError::NotAModel { key: FORMAT_KEY }),
    }
}

fn info<'h>(header: &'h Header, tensor: &str) -> Result<&'h TensorInfo, FormatError> {
    header.tensors.get(tensor).ok_or_else(|| FormatError::MissingTensor { tensor: tensor.to_owned() })
}

/// Checks types and shapes of all tensors against each other; returns the vector size.
fn check_shapes(header: &Header) -> Result<usize, FormatError> {
    let ends = expect(header, ENDS, &[Dtype::U64], "U64", &[None])?;
    let words = ends.shape[0];
    expect(header, COUNTS, &[Dtype::U64], "U64", &[Some(words)])?;
    expect(header, TEXT, &[Dtype::U8], "U8", &[None])?;
    let input = expect(header, INPUT, &[Dtype::F32, Dtype::F16], "F32 or F16", &[Some(words), None])?;
    let vector_size = input.shape[1];
    if header.tensors.contains_key(OUTPUT) {
        expect(header, OUTPUT, &[input.dtype], "`input.weight`'s", &[Some(words), Some(vector_size)])?;
    }
    check_size(INPUT, words, vector_size, words.saturating_mul(vector_size))?;
    let matrix = |tensor, rows| match header.tensors.contains_key(tensor) {
        true => expect(header, tensor, &[input.dtype], "`input.weight`'s", &[rows, Some(vector_size)]).map(drop),
        false => Ok(()),
    };
    [(NGRAMS, None), (NGRAM_WORDS, Some(words)), (POSITIONS, None)]
        .into_iter()
        .try_for_each(|(t, rows)| matrix(t, rows))?;
    if header.tensors.contains_key(RUNS) {
        let runs = expect(header, RUNS, &[Dtype::F16], "F16", &[None, Some(words), Some(vector_size)])?;
        if !(2..=MAX_RUNS).contains(&runs.shape[0]) {
            let expected = format!("[2 to {MAX_RUNS}, {words}, {vector_size}]");
            return Err(FormatError::TensorShape { tensor: RUNS.to_owned(), expected, got: runs.shape.clone() });
        }
    }
    Ok(vector_size)
}

/// The tensor, if it has one of `types` and the `shape`, where `None` is any size.
fn expect<'h>(
    header: &'h Header,
    tensor: &str,
    types: &[Dtype],
    expected: &'static str,
    shape: &[Option<usize>],
) -> Result<&'h TensorInfo, FormatError> {
    let info = info(header, tensor)?;
    if !types.contains(&info.dtype) {
        return Err(FormatError::TensorType { tensor: tensor.to_owned(), expected, got: info.dtype.to_string() });
    }
    let fits = |(size, wanted): (&usize, &Option<usize>)| wanted.is_none_or(|wanted| wanted == *size);
    if info.shape.len() == shape.len() && info.shape.iter().zip(shape).all(fits) {
        return Ok(info);
    }
    let dimensions: Vec<_> = shape.iter().map(|size| size.map_or("any".to_owned(), |size| size.to_string())).collect();
    let expected = format!("[{}]", dimensions.join(", "));
    Err(FormatError::TensorShape { tensor: tensor.to_owned(), expected, got: info.shape.clone() })
}

fn decode_all<T, const N: usize>(bytes: &[u8], decode: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks().0.iter().map(|&bytes| decode(bytes)).collect()
}
