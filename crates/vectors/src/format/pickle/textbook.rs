//! From the dictionary in the chapter's file to words and vectors, each inconsistency an error.
//!
//! V words, D numbers each: `word_vecs` is V x D, `id_to_word` has each id from 0 to V - 1 once, `word_to_id` is its inverse.

use super::globals::cut;
use super::numpy::buffer;
use super::value::{ArrayState, Dtype};
use super::value::{Body, Heap, Pairs, Value};
use super::{input::Input, machine};
use crate::Numbers;
use crate::error::{FormatError, PickleError};
use crate::format::{OpenOptions, OpenReport, VectorTable, header};
use half::f16;
use rapidvec_core::memory::check_room;
use rapidvec_core::{Vocabulary, WordId};
use std::fmt::Write;

/// Reads the chapter's file, running nothing in it.
///
/// Numbers of 8 bytes are rounded to 4. Rejecting a file takes less memory than its length and 16 MB, not counting `bytes`; this
/// limit also rejects more than half a million words with fewer than 20 numbers each, and some 20 MB in protocol 0.
///
/// # Errors
/// [`PickleError`] in [`FormatError::Pickle`] if the pickle names anything but NumPy's arrays, is damaged, truncated or
/// nested too deeply, or if its words, ids and vectors do not fit together; [`FormatError::Empty`] for a limit of 0.
pub fn read(bytes: &[u8], options: &OpenOptions) -> Result<(VectorTable, OpenReport), FormatError> {
    let mut table = read_all(bytes)?;
    let rows = header::wanted(table.vocabulary.len(), options)?;
    let report = OpenReport { stopped_at_limit: rows < table.vocabulary.len(), ..OpenReport::default() };
    if report.stopped_at_limit {
        let ids: Vec<_> = (0..rows as WordId).collect(); // ids are 32 bits
        table.vocabulary = table.vocabulary.of_ids(&ids);
        table.numbers.truncate(rows * table.vector_size);
    }
    Ok((table, report))
}

fn read_all(bytes: &[u8]) -> Result<VectorTable, PickleError> {
    let (root, mut heap) = machine::run(bytes)?;
    let [vectors, word_to_id, id_to_word] = the_three(&mut heap, root)?;
    let table = Table::new(&heap, vectors)?;
    let id_to_word = pairs(&mut heap, id_to_word, "id_to_word", table.rows)?;
    let word_to_id = pairs(&mut heap, word_to_id, "word_to_id", table.rows)?;
    let vocabulary = vocabulary(&heap, &in_order(&heap, id_to_word)?)?;
    check_inverse(&heap, &word_to_id, &vocabulary)?;
    drop(word_to_id);
    let data = buffer(&mut heap, table.data)?;
    Ok(VectorTable { vocabulary, vector_size: table.columns, numbers: table.numbers(&data)? })
}

/// Whether `bytes` look like a Python pickle, of vectors or not. [`read`] says why one is rejected.
pub fn looks_like_pickle(bytes: &[u8]) -> bool {
    match bytes {
        // A safetensors file whose header is 1,152 bytes long begins with 80 04, too; its header with a brace.
        [0x80, _, _, _, _, 0, 0, 0, b'{', ..] => false,
        [0x80, 2..=5, first, ..] => b"\x95}](cNKJMXCB)\x8c\x8d\x8e\x88\x89".contains(first),
        [b'(' | b'}' | b']', b'd' | b'l' | b'q' | b'(' | b'p', .., b'.'] => true,
        [b'c' | b'(', .., b'.'] => names_a_function(bytes),
        _ => false,
    }
}

/// Protocol 0: `c`, a module and a name, each on its own line.
fn names_a_function(bytes: &[u8]) -> bool {
    let start = usize::from(bytes.starts_with(b"("));
    let mut input = Input::new(&bytes[start..]);
    let mut is_name = || {
        let line = input.line().unwrap_or_default();
        !line.is_empty() && line.iter().all(|&b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
    };
    matches!(bytes[start], b'c' | b'i') && is_name() && is_name()
}

/// `word_vecs`, `word_to_id` and `id_to_word`.
fn the_three(heap: &mut Heap<'_>, root: Value) -> Result<[Value; 3], PickleError> {
    let got = heap.kind(root);
    let dict = heap.take_pairs(root).ok_or(PickleError::Kind { what: "the file", expected: "a dictionary", got })?;
    Ok([find(heap, &dict, "word_vecs")?, find(heap, &dict, "word_to_id")?, find(heap, &dict, "id_to_word")?])
}

fn find(heap: &Heap<'_>, dict: &Pairs, key: &'static str) -> Result<Value, PickleError> {
    let mut found = dict.iter().filter(|(got, _)| heap.text(*got) == Some(key)).map(|(_, value)| *value);
    let value = found.next().ok_or(PickleError::MissingKey { key })?;
    found.next().map_or(Ok(value), |_| Err(PickleError::DuplicateKey { key }))
}

fn pairs(heap: &mut Heap<'_>, dict: Value, dictionary: &'static str, expected: usize) -> Result<Pairs, PickleError> {
    let got = heap.kind(dict);
    let pairs = heap.take_pairs(dict).ok_or(PickleError::Kind { what: dictionary, expected: "a dictionary", got })?;
    if pairs.len() != expected {
        return Err(PickleError::WordCount { dictionary, expected, got: pairs.len() });
    }
    Ok(pairs)
}

/// The words in the order of their ids: V pairs with V distinct ids below V are complete.
fn in_order(heap: &Heap<'_>, id_to_word: Pairs) -> Result<Vec<Value>, PickleError> {
    let mut by_id = vec![Value::None; id_to_word.len()];
    for &(id, word) in id_to_word.iter() {
        let id = row(heap, "id_to_word", id, by_id.len())?;
        text(heap, "word in id_to_word", word)?;
        if by_id[id] != Value::None {
            return Err(PickleError::DuplicateId { dictionary: "id_to_word", id });
        }
        by_id[id] = word;
    }
    Ok(by_id)
}

/// Checks that each word has the id under which it is found. Words and ids are distinct, so none is compared twice.
fn check_inverse(heap: &Heap<'_>, word_to_id: &Pairs, vocabulary: &Vocabulary) -> Result<(), PickleError> {
    let mut met = vec![false; vocabulary.len()];
    for &(word, id) in word_to_id.iter() {
        let got = text(heap, "key of word_to_id", word)?;
        let id = row(heap, "word_to_id", id, met.len())?;
        if std::mem::replace(&mut met[id], true) {
            return Err(PickleError::DuplicateId { dictionary: "word_to_id", id });
        }
        let expected = vocabulary.word(id as WordId);
        if got != expected {
            return Err(PickleError::NotInverse { id, expected: cut(expected).into(), got: cut(got).into() });
        }
    }
    Ok(())
}

fn vocabulary(heap: &Heap<'_>, by_id: &[Value]) -> Result<Vocabulary, PickleError> {
    let mut vocabulary = Vocabulary::new();
    for (second, &word) in by_id.iter().enumerate() {
        let word = text(heap, "word in id_to_word", word)?;
        if vocabulary.insert(word, 0).is_none() {
            let first = vocabulary.id(word).unwrap_or(WordId::MAX) as usize;
            return Err(PickleError::DuplicateWord { word: cut(word).into(), first, second });
        }
    }
    Ok(vocabulary)
}

fn row(heap: &Heap<'_>, dictionary: &'static str, id: Value, words: usize) -> Result<usize, PickleError> {
    let Value::Int(got) = id else {
        return Err(PickleError::Kind { what: "word id", expected: "an integer", got: heap.kind(id) });
    };
    let id = usize::try_from(got).ok().filter(|&id| id < words);
    id.ok_or(PickleError::IdOutOfRange { dictionary, got, words })
}

fn text<'h>(heap: &'h Heap<'_>, what: &'static str, value: Value) -> Result<&'h str, PickleError> {
    heap.text(value).ok_or_else(|| PickleError::Kind { what, expected: "a text", got: heap.kind(value) })
}

/// `word_vecs`: its size is checked, its data is not yet.
struct Table {
    rows: usize,
    columns: usize,
    dtype: Dtype,
    by_columns: bool,
    data: Value,
}

impl Table {
    fn new(heap: &Heap<'_>, value: Value) -> Result<Table, PickleError> {
        let state = match heap.body(value) {
            Some(Body::Array(Some(state))) => *state,
            Some(Body::Array(None)) => {
                let got = "an array without any";
                return Err(PickleError::Kind { what: "word_vecs", expected: "an array with numbers", got });
            }
            _ => {
                let got = heap.kind(value);
                return Err(PickleError::Kind { what: "word_vecs", expected: "an array", got });
            }
        };
        let (rows, columns) = sizes(heap, state.shape)?;
        let ArrayState { data, dtype, by_columns, .. } = state;
        if dtype.kind != b'f' || dtype.width == 1 {
            return Err(PickleError::Dtype { got: format!("{}{}", char::from(dtype.kind), dtype.width) });
        }
        Ok(Table { rows, columns, dtype, by_columns, data })
    }

    /// The numbers, row after row, in half precision if they are stored so, otherwise in single.
    fn numbers(&self, data: &[u8]) -> Result<Numbers, PickleError> {
        let width = usize::from(self.dtype.width);
        let length = self.rows.checked_mul(self.columns).and_then(|n| n.checked_mul(width));
        if length != Some(data.len()) {
            let (rows, vector_size) = (self.rows, self.columns);
            return Err(PickleError::ArrayLength { rows, vector_size, width, got: data.len() });
        }
        match width {
            2 => Ok(Numbers::F16(self.convert(data, |b| f16::from_le_bytes(b).into(), f16::from_f64)?)),
            4 => Ok(Numbers::F32(self.convert(data, |b| f32::from_le_bytes(b).into(), |x| x as f32)?)),
            _ => Ok(Numbers::F32(self.convert(data, f64::from_le_bytes, |x| x as f32)?)),
        }
    }

    /// All numbers are checked before memory is allocated for any.
    fn convert<const N: usize, T>(
        &self,
        data: &[u8],
        decode: impl Fn([u8; N]) -> f64,
        narrow: impl Fn(f64) -> T,
    ) -> Result<Vec<T>, PickleError> {
        let numbers = || {
            (0..self.rows * self.columns).map(|index| {
                let mut bytes = [0; N];
                bytes.copy_from_slice(&data[N * self.place(index)..][..N]);
                if self.dtype.big_endian {
                    bytes.reverse();
                }
                decode(bytes)
            })
        };
        // Larger doubles may round to the largest single; infinity begins half a step above it.
        if let Some((index, got)) = numbers().enumerate().find(|(_, got)| !(*got as f32).is_finite()) {
            let (row, column) = (index / self.columns, index % self.columns);
            return Err(PickleError::Number { row, column, got, limit: f32::MAX.into() });
        }
        check_room::<T>(self.rows * self.columns)?;
        Ok(numbers().map(narrow).collect())
    }

    /// The position in the file of number `index`, counted row after row.
    fn place(&self, index: usize) -> usize {
        if self.by_columns { index % self.columns * self.rows + index / self.columns } else { index }
    }
}

/// Rows and columns, both at least 1.
fn sizes(heap: &Heap<'_>, shape: Value) -> Result<(usize, usize), PickleError> {
    let Some(items) = heap.tuple(shape) else {
        return Err(PickleError::Kind { what: "shape of word_vecs", expected: "a tuple", got: heap.kind(shape) });
    };
    if let &[Value::Int(rows @ 1..), Value::Int(columns @ 1..)] = items {
        return Ok((rows as usize, columns as usize));
    }
    Err(PickleError::Shape { got: describe(items) })
}

/// The shape as Python writes it; only the first sizes.
fn describe(shape: &[Value]) -> String {
    let mut text = String::from("(");
    for item in shape.iter().take(8) {
        match item {
            Value::Int(size) => write!(text, "{size}, "),
            _ => write!(text, "?, "),
        }
        .expect("writing to a string cannot fail");
    }
    text + if shape.len() > 8 { "...)" } else { ")" }
}
