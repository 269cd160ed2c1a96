//! Reads a folder: the tensors are checked before any row is read.

use super::tokens::Tokens;
use super::{MODEL, TOKENIZER};
use crate::error::{FormatError, Result};
use crate::format::table_builder::{check_row, offer};
use crate::format::{OpenOptions, OpenReport, header};
use crate::mapped::{Bytes, Section};
use crate::storage::{Rows, check_size};
use crate::{Numbers, WordVectors};
use half::f16;
use rapidvec_core::Vocabulary;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder that has both files: `folder`, or the only one in it that sentence-transformers names so.
pub(crate) fn find(folder: &Path) -> Option<PathBuf> {
    let has_both = |folder: &Path| folder.join(MODEL).is_file() && folder.join(TOKENIZER).is_file();
    let inner = ["0_StaticEmbedding", "0_StaticEmbeddings"].map(|name| folder.join(name));
    std::iter::once(folder.to_owned()).chain(inner).find(|folder| has_both(folder))
}

/// Opens the folder that [`find`] found.
///
/// # Errors
/// [`FormatError`] if the files are damaged, have no such tensors, or do not fit together; what `options` do not allow.
pub(crate) fn open(folder: &Path, options: &OpenOptions) -> Result<(WordVectors, OpenReport)> {
    let tokens = Tokens::parse(&Bytes::map(&folder.join(TOKENIZER))?)?;
    let bytes = Arc::new(Bytes::map(&folder.join(MODEL))?);
    Ok(Model::new(&bytes)?.vectors(&tokens, options)?)
}

/// The tensors.
struct Model {
    rows: Rows,
    /// The row of each token.
    mapping: Option<Vec<usize>>,
    weights: Option<Vec<f32>>,
}

impl Model {
    fn new(bytes: &Arc<Bytes>) -> Result<Self, FormatError> {
        let damaged = |error: safetensors::SafeTensorError| FormatError::Header { problem: error.to_string() };
        let tensors = SafeTensors::deserialize(bytes).map_err(damaged)?;
        let find = |names: &[&'static str]| {
            names.iter().find_map(|name| tensors.tensor(name).ok().map(|tensor| (*name, tensor)))
        };
        let names = ["embeddings", "embedding.weight", "embeddings.weight"];
        let missing = || FormatError::MissingTensor { tensor: names[0].to_owned() };
        let (name, matrix) = find(&names).ok_or_else(missing)?;
        let rows = rows(name, &matrix, bytes)?;
        let mapping = find(&["mapping"]).map(|(name, tensor)| mapping(name, &tensor, rows.len())).transpose()?;
        let weights = find(&["weights"]).map(|(name, tensor)| floats(name, &tensor)).transpose()?;
        Ok(Self { rows, mapping, weights })
    }

    /// The row of a token, if it has one.
    fn row(&self, id: u32) -> Option<usize> {
        match &self.mapping {
            Some(mapping) => mapping.get(id as usize).copied(),
            None => Some(id as usize).filter(|&row| row < self.rows.len()),
        }
    }

    fn vectors(self, tokens: &Tokens, options: &OpenOptions) -> Result<(WordVectors, OpenReport), FormatError> {
        let mut ids: Vec<_> = tokens.iter().filter(|(_, id)| self.row(*id).is_some()).collect();
        ids.sort_by_key(|(_, id)| *id); // stable: an added token that repeats one comes second
        ids.dedup();
        let wanted = header::wanted(ids.len(), options)?;
        let mut report = OpenReport { stopped_at_limit: wanted < ids.len(), ..OpenReport::default() };
        let mut vocabulary = Vocabulary::new();
        let mut kept = Vec::new();
        for (place, &(token, id)) in ids[..wanted].iter().enumerate() {
            check_row(token.as_bytes(), place, None, options)?;
            if offer(&mut vocabulary, token.as_bytes(), 0, options, &mut report) {
                kept.push(id);
            }
        }
        let in_order = self.mapping.is_none() && kept.iter().enumerate().all(|(row, &id)| row == id as usize);
        if in_order && self.weights.is_none() && !options.allow_nan {
            let rows = self.rows.first(kept.len());
            return Ok((WordVectors::from_rows(vocabulary, rows)?, report));
        }
        let (words, vector_size) = (vocabulary, self.rows.vector_size());
        let (mut vocabulary, mut numbers) = (Vocabulary::new(), Vec::with_capacity(kept.len() * vector_size));
        for (word, &id) in words.words().zip(&kept) {
            let start = numbers.len();
            self.rows.push_row(self.row(id).unwrap_or_default(), &mut numbers);
            let weight = self.weights.as_ref().map_or(1.0, |weights| weights.get(id as usize).copied().unwrap_or(1.0));
            numbers[start..].iter_mut().for_each(|x| *x *= weight);
            if options.allow_nan && !numbers[start..].iter().all(|x| x.is_finite()) {
                report.not_finite += 1;
                numbers.truncate(start);
            } else {
                vocabulary.insert(word, 0);
            }
        }
        Ok((WordVectors::new(vocabulary, vector_size, Numbers::F32(numbers))?, report))
    }
}

/// The rows of a matrix of floats; those of 2 and 4 bytes stay where they are.
fn rows(name: &str, tensor: &TensorView<'_>, bytes: &Arc<Bytes>) -> Result<Rows, FormatError> {
    let &[words, vector_size] = tensor.shape() else {
        let (expected, got) = ("[any, any]".to_owned(), tensor.shape().to_vec());
        return Err(FormatError::TensorShape { tensor: name.to_owned(), expected, got });
    };
    check_size("embeddings", words, vector_size, words.saturating_mul(vector_size))?;
    let start = tensor.data().as_ptr() as usize - bytes.as_ptr() as usize; // the data are a part of the bytes
    let section = Section::new(bytes, start..start + tensor.data().len());
    match tensor.dtype() {
        Dtype::F32 => Ok(Rows::mapped_f32(section, vector_size)),
        Dtype::F16 => Ok(Rows::mapped_f16(section, vector_size)),
        _ => Rows::new(words, vector_size, Numbers::F32(floats(name, tensor)?)),
    }
}

fn floats(name: &str, tensor: &TensorView<'_>) -> Result<Vec<f32>, FormatError> {
    let data = tensor.data();
    Ok(match tensor.dtype() {
        Dtype::F32 => data.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect(),
        Dtype::F64 => data.as_chunks().0.iter().map(|&bytes| f64::from_le_bytes(bytes) as f32).collect(),
        Dtype::F16 => data.as_chunks().0.iter().map(|&bytes| f16::from_le_bytes(bytes).to_f32()).collect(),
        Dtype::BF16 => data.as_chunks().0.iter().map(|&bytes| half::bf16::from_le_bytes(bytes).to_f32()).collect(),
        Dtype::I8 => data.iter().map(|&byte| f32::from(byte as i8)).collect(),
        other => {
            let (tensor, expected, got) = (name.to_owned(), "F32, F16, BF16, F64 or I8", other.to_string());
            return Err(FormatError::TensorType { tensor, expected, got });
        }
    })
}

fn mapping(name: &str, tensor: &TensorView<'_>, rows: usize) -> Result<Vec<usize>, FormatError> {
    let data = tensor.data();
    let numbers: Vec<i64> = match tensor.dtype() {
        Dtype::I64 | Dtype::U64 => data.as_chunks().0.iter().map(|&bytes| i64::from_le_bytes(bytes)).collect(),
        Dtype::I32 => data.as_chunks().0.iter().map(|&bytes| i32::from_le_bytes(bytes).into()).collect(),
        other => {
            let (tensor, expected, got) = (name.to_owned(), "I64, I32 or U64", other.to_string());
            return Err(FormatError::TensorType { tensor, expected, got });
        }
    };
    let row = |number: i64| {
        let wrong = || FormatError::Field {
            field: "the row of a token",
            expected: "a row of the matrix",
            got: number.to_string(),
        };
        usize::try_from(number).ok().filter(|&row| row < rows).ok_or_else(wrong)
    };
    numbers.into_iter().map(row).collect()
}
