//! Words with their vectors, as people pickle them: `{word: array}`, `(words, matrix)`, `[(word, array), ...]`.
//!
//! A vector is an array of one dimension or a list of numbers; words are texts, in a list, a tuple, or an array of texts. In a
//! dictionary of ids (`{word: row}`) beside a matrix, the ids are the rows.

use super::globals::cut;
use super::matrix::Matrix;
use super::numpy::{buffer, characters};
use super::value::{Body, Heap, Value};
use crate::Numbers;
use crate::error::{FormatError, PickleError};
use crate::format::table_builder::offer;
use crate::format::{OpenOptions, OpenReport, VectorTable, header};
use rapidvec_core::{Vocabulary, WordId};

/// Whether the outermost value can hold words with vectors.
pub(super) fn holds_some(heap: &Heap<'_>, root: Value) -> bool {
    match heap.pairs(root) {
        Some(pairs) => {
            pairs.iter().next().is_some_and(|&(_, vector)| is_vector(heap, vector)) || parts(heap, root).is_some()
        }
        None => heap.tuple(root).is_some() || heap.list(root).is_some(),
    }
}

/// Reads them.
pub(super) fn read(
    heap: &mut Heap<'_>,
    root: Value,
    options: &OpenOptions,
) -> Result<(VectorTable, OpenReport), FormatError> {
    if let Some((words, matrix)) = parts(heap, root) {
        return of_matrix(heap, words, matrix, options);
    }
    let pairs: Vec<(Value, Value)> = if let Some(pairs) = heap.pairs(root) {
        pairs.iter().copied().collect()
    } else {
        let pair = |item: &Value| match heap.tuple(*item).as_deref() {
            Some(&[word, vector]) => Some((word, vector)),
            _ => None,
        };
        let none = || PickleError::NoVectors { got: heap.kind(root) };
        items(heap, root).iter().map(pair).collect::<Option<_>>().ok_or_else(none)?
    };
    of_pairs(heap, &pairs, options)
}

/// The words and the matrix of a pair, or of a dictionary of two.
fn parts(heap: &Heap<'_>, root: Value) -> Option<(Value, Value)> {
    let all = match heap.pairs(root) {
        Some(pairs) => pairs.iter().map(|&(_, value)| value).take(9).collect(),
        None => items(heap, root),
    };
    if !(2..=8).contains(&all.len()) {
        return None;
    }
    let words = all.iter().find(|&&value| is_words(heap, value))?;
    let matrix = all.iter().find(|&&value| Matrix::new(heap, value).is_ok())?;
    Some((*words, *matrix))
}

/// The items of a list or a tuple.
fn items(heap: &Heap<'_>, value: Value) -> Vec<Value> {
    match heap.tuple(value) {
        Some(items) => items.to_vec(),
        None => heap.list(value).map_or_else(Vec::new, |items| items.iter().copied().collect()),
    }
}

fn is_words(heap: &Heap<'_>, value: Value) -> bool {
    match heap.body(value) {
        Some(Body::Array(Some(state))) => matches!(state.dtype.kind, b'U' | b'O'),
        Some(Body::Dict(pairs)) => {
            pairs.iter().next().is_some_and(|&(word, id)| heap.text(word).is_some() && heap.integer(id).is_some())
        }
        _ => items(heap, value).first().is_some_and(|&word| heap.text(word).is_some()),
    }
}

fn is_vector(heap: &Heap<'_>, value: Value) -> bool {
    match heap.body(value) {
        Some(Body::Array(Some(state))) => {
            state.dtype.kind == b'f' && heap.tuple(state.shape).is_some_and(|s| s.len() == 1)
        }
        Some(Body::List(items)) => items.iter().next().is_some_and(|&item| number(heap, item).is_some()),
        _ => false,
    }
}

fn number(heap: &Heap<'_>, value: Value) -> Option<f32> {
    match value {
        Value::Float(number) => Some(number),
        _ => heap.integer(value).map(|number| number as f32),
    }
}

/// The words in the order of the rows.
fn words_of(heap: &mut Heap<'_>, value: Value, rows: usize) -> Result<Vec<String>, PickleError> {
    let dictionary = "the list of words";
    let count = |got| PickleError::WordCount { dictionary, expected: rows, got };
    let text = |heap: &Heap<'_>, word: Value| {
        let wrong = PickleError::Kind { what: "a word", expected: "a text", got: heap.kind(word) };
        heap.text(word).map(str::to_owned).ok_or(wrong)
    };
    let state = match heap.body(value) {
        Some(Body::Array(Some(state))) => Some(*state),
        _ => None,
    };
    let spend = |heap: &mut Heap<'_>| heap.budget.spend(rows.saturating_mul(size_of::<String>()));
    match state {
        Some(state) if state.dtype.kind == b'U' => {
            let bytes = buffer(heap, state.data)?.into_owned();
            let width = 4 * state.dtype.width as usize;
            if width == 0 || bytes.len() != width.saturating_mul(rows) {
                return Err(count(bytes.len() / width.max(1)));
            }
            spend(heap)?;
            let wrong = || PickleError::Kind { what: "a word", expected: "characters", got: "other numbers" };
            bytes.chunks(width).map(|word| characters(word, state.dtype.big_endian).ok_or_else(wrong)).collect()
        }
        _ => {
            let data = state.map_or(value, |state| state.data);
            if let Some(pairs) = heap.pairs(data) {
                if pairs.len() != rows {
                    return Err(count(pairs.len()));
                }
                return by_rows(heap, data, rows);
            }
            let words = items(heap, data);
            if words.len() != rows {
                return Err(count(words.len()));
            }
            spend(heap)?;
            words.into_iter().map(|word| text(heap, word)).collect()
        }
    }
}

/// The words of a dictionary whose values are rows.
fn by_rows(heap: &mut Heap<'_>, dict: Value, rows: usize) -> Result<Vec<String>, PickleError> {
    heap.budget.spend(rows.saturating_mul(size_of::<Option<String>>()))?;
    let dictionary = "the list of words";
    let mut words = vec![None; rows];
    for &(word, id) in heap.pairs(dict).into_iter().flat_map(|pairs| pairs.iter()) {
        let got = heap.integer(id).unwrap_or(-1);
        let place = usize::try_from(got).ok().and_then(|id| words.get_mut(id));
        let got = i32::try_from(got).unwrap_or(-1);
        let place = place.ok_or(PickleError::IdOutOfRange { dictionary, got, words: rows })?;
        let wrong = PickleError::Kind { what: "a word", expected: "a text", got: heap.kind(word) };
        if place.replace(heap.text(word).ok_or(wrong)?.to_owned()).is_some() {
            return Err(PickleError::DuplicateId { dictionary, id: got as usize });
        }
    }
    Ok(words.into_iter().flatten().collect()) // as many as there are distinct rows
}

fn of_matrix(
    heap: &mut Heap<'_>,
    words: Value,
    matrix: Value,
    options: &OpenOptions,
) -> Result<(VectorTable, OpenReport), FormatError> {
    let matrix = Matrix::new(heap, matrix)?;
    let words = words_of(heap, words, matrix.rows)?;
    let mut vocabulary = Vocabulary::new();
    let mut duplicates = OpenReport::default();
    for (row, word) in words.iter().enumerate() {
        if !offer(&mut vocabulary, word.as_bytes(), 0, options, &mut duplicates) {
            let first = vocabulary.id(word).unwrap_or_default() as usize;
            return Err(PickleError::DuplicateWord { word: cut(word).into(), first, second: row }.into());
        }
    }
    drop(words);
    let data = buffer(heap, matrix.data)?;
    let numbers = matrix.numbers(&data)?;
    let empty_words = duplicates.empty_words;
    let (table, report) = first_rows(VectorTable { vocabulary, vector_size: matrix.columns, numbers }, options)?;
    Ok((table, OpenReport { empty_words, ..report }))
}

fn of_pairs(
    heap: &mut Heap<'_>,
    pairs: &[(Value, Value)],
    options: &OpenOptions,
) -> Result<(VectorTable, OpenReport), FormatError> {
    if pairs.is_empty() {
        return Err(PickleError::NoVectors { got: "nothing" }.into());
    }
    let wanted = header::wanted(pairs.len(), options)?;
    let mut report = OpenReport { stopped_at_limit: wanted < pairs.len(), ..OpenReport::default() };
    let (mut vocabulary, mut numbers, mut vector_size) = (Vocabulary::new(), Vec::new(), 0);
    for (row, &(word, vector)) in pairs[..wanted].iter().enumerate() {
        let wrong = PickleError::Kind { what: "a word", expected: "a text", got: heap.kind(word) };
        let word = heap.text(word).ok_or(wrong)?.to_owned();
        let start = numbers.len();
        push_vector(heap, vector, &word, &mut numbers)?;
        let got = numbers.len() - start;
        if row == 0 {
            vector_size = got;
        }
        if got != vector_size || got == 0 {
            let vector_size = vector_size.max(1);
            return Err(PickleError::VectorLength { word: cut(&word).into(), expected: vector_size, got }.into());
        }
        let bad = numbers[start..].iter().position(|number: &f32| !number.is_finite());
        if let Some(column) = bad.filter(|_| !options.allow_nan) {
            let (got, limit) = (numbers[start + column].into(), f32::MAX.into());
            return Err(PickleError::Number { row, column, got, limit }.into());
        }
        report.not_finite += u64::from(bad.is_some());
        if bad.is_some() || !offer(&mut vocabulary, word.as_bytes(), 0, options, &mut report) {
            numbers.truncate(start);
        }
    }
    if vocabulary.is_empty() {
        return Err(FormatError::Empty { words: vocabulary.len(), vector_size });
    }
    Ok((VectorTable { vocabulary, vector_size, numbers: Numbers::F32(numbers) }, report))
}

/// Appends the numbers of a vector; they count towards the limit.
fn push_vector(heap: &mut Heap<'_>, vector: Value, word: &str, numbers: &mut Vec<f32>) -> Result<(), PickleError> {
    if let Some(Body::Array(Some(state))) = heap.body(vector) {
        let state = *state;
        let sizes = heap.tuple(state.shape).map(|sizes| sizes.into_owned()).unwrap_or_default();
        let &[Value::Int(size)] = &sizes[..] else {
            let got = "an array of another shape";
            return Err(PickleError::Kind { what: "a vector", expected: "an array of one dimension", got });
        };
        let columns = usize::try_from(size).unwrap_or(0);
        let matrix = Matrix::of_vector(columns, &state)?;
        heap.budget.spend(columns.saturating_mul(size_of::<f32>()))?;
        let data = buffer(heap, state.data)?;
        return matrix.push_numbers(&data, numbers);
    }
    let wrong = |got| PickleError::Kind { what: "a vector", expected: "an array or a list of numbers", got };
    let items = heap.list(vector).ok_or_else(|| wrong(heap.kind(vector)))?;
    let more = items.len().saturating_mul(size_of::<f32>());
    if items.len() == 0 {
        return Err(PickleError::VectorLength { word: cut(word).into(), expected: 1, got: 0 });
    }
    for &item in items.iter() {
        numbers.push(number(heap, item).ok_or_else(|| wrong(heap.kind(item)))?);
    }
    heap.budget.spend(more)
}

/// As many rows as `options` allow.
pub(super) fn first_rows(
    mut table: VectorTable,
    options: &OpenOptions,
) -> Result<(VectorTable, OpenReport), FormatError> {
    let rows = header::wanted(table.vocabulary.len(), options)?;
    let report = OpenReport { stopped_at_limit: rows < table.vocabulary.len(), ..OpenReport::default() };
    if report.stopped_at_limit {
        let ids: Vec<_> = (0..rows as WordId).collect(); // ids are 32 bits
        table.vocabulary = table.vocabulary.of_ids(&ids);
        table.numbers.truncate(rows * table.vector_size);
    }
    Ok((table, report))
}
