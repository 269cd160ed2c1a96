//! The few functions and classes a file of vectors names, as data: their results are described, not created.
//!
//! An array is pickled as `_reconstruct(ndarray, (0,), b'b')` with a state `(1, shape, dtype, is_fortran, data)`, or, from
//! protocol 5 on, as `_frombuffer(data, dtype, shape, order)`; an element type as `dtype('f2', False, True)` with a state
//! `(3, '<', None, None, None, -1, -1, 0)`; an integer of NumPy as `scalar(dtype, data)`.

use super::globals::{Global, cut, short};
use super::input::malformed;
use super::objects;
use super::value::{ArrayState, Body, Dtype, Heap, Pieces, Value};
use crate::error::PickleError;
use std::borrow::Cow;

/// `REDUCE`: what `function` would make of `arguments`.
pub(super) fn reduce(
    heap: &mut Heap<'_>,
    function: Value,
    arguments: Value,
    position: usize,
) -> Result<Value, PickleError> {
    let function = match function {
        Value::Global(Global::Value(value)) => {
            return Err(PickleError::ForbiddenGlobal { name: value.name().to_owned() });
        }
        Value::Class(_) => return objects::new(heap, function, position),
        Value::Global(function) => function,
        _ => return Err(malformed(position, "a value is called that is not a function")),
    };
    let items = heap.tuple(arguments).ok_or_else(|| malformed(position, "a function is called without a tuple"))?;
    let body = match (function, &*items) {
        (Global::Reconstruct, [Value::Global(Global::NdArray), ..]) => Body::Array(None),
        (Global::FromBuffer, &[data, dtype, shape, order, ..]) => {
            let by_columns = is_by_columns(heap, order, &items[4..])?;
            Body::Array(Some(array(heap, shape, data, dtype, by_columns)?))
        }
        (Global::Dtype, &[name, ..]) => Body::Dtype(dtype_named(heap.text(name).unwrap_or_default())?),
        (Global::Scalar, &[dtype, data]) => return scalar(heap, dtype, data),
        (Global::Encode, &[text, _]) if is_latin1(heap, &items) => Body::Latin1(text),
        (Global::OrderedDict, []) | (Global::DefaultDict, [] | [_]) => Body::Dict(Pieces::new()),
        (Global::Set, [] | [_]) | (Global::Random, _) => Body::Opaque,
        (Global::Reconstructor, &[class @ Value::Class(_), ..]) => {
            drop(items);
            return objects::new(heap, class, position);
        }
        _ => return Err(malformed(position, "a function is called with arguments that NumPy does not write")),
    };
    heap.add(body)
}

/// `BUILD`: gives an array or an element type its state.
pub(super) fn build(heap: &mut Heap<'_>, value: Value, state: Value, position: usize) -> Result<(), PickleError> {
    if matches!(heap.body(value), Some(Body::Opaque)) {
        return Ok(());
    }
    let items = heap.tuple(state).ok_or_else(|| malformed(position, "a state is not a tuple"))?;
    let body = match (heap.body(value), &*items) {
        (Some(Body::Array(None)), &[Value::Int(1), shape, dtype, Value::Bool(by_columns), data]) => {
            Body::Array(Some(array(heap, shape, data, dtype, by_columns)?))
        }
        (Some(Body::Dtype(dtype)), [Value::Int(_), order, Value::None, Value::None, Value::None, ..]) => {
            Body::Dtype(with_order(*dtype, heap.text(*order))?)
        }
        (Some(Body::Dtype(_)), _) => return Err(PickleError::Dtype { got: "structured elements".into() }),
        _ => return Err(malformed(position, "a state does not fit its value")),
    };
    heap.replace(value, body, position)
}

/// Only arrays that lie in memory in one piece, in rows or in columns, are C or F; `K` is neither.
fn is_by_columns(heap: &Heap<'_>, order: Value, axes: &[Value]) -> Result<bool, PickleError> {
    match heap.text(order) {
        _ if axes.iter().any(|&axis| axis != Value::None) => {}
        Some("C") => return Ok(false),
        Some("F") => return Ok(true),
        _ => {}
    }
    Err(PickleError::Kind { what: "order of an array", expected: "C or F", got: "another one" })
}

fn array(
    heap: &Heap<'_>,
    shape: Value,
    data: Value,
    dtype: Value,
    by_columns: bool,
) -> Result<ArrayState, PickleError> {
    let Some(Body::Dtype(dtype)) = heap.body(dtype) else {
        return Err(kind(heap, "dtype of an array", "an element type", dtype));
    };
    let fits = match (dtype.kind, heap.body(data)) {
        (b'O', Some(Body::List(_))) => true,
        (b'O', _) => false,
        (_, body) => heap.raw(data).is_some() || matches!(body, Some(Body::Latin1(_))),
    };
    match (fits, dtype.kind) {
        (true, _) => {}
        (false, b'O') => return Err(PickleError::Dtype { got: "objects".into() }),
        (false, _) => return Err(kind(heap, "data of an array", "bytes", data)),
    }
    Ok(ArrayState { shape, data, dtype: *dtype, by_columns })
}

/// `f2` and the like, texts (`U5`) and objects. Other names mean structures or dates.
fn dtype_named(name: &str) -> Result<Dtype, PickleError> {
    let refused = || PickleError::Dtype { got: short(name) };
    match *name.as_bytes() {
        [kind @ (b'f' | b'i' | b'u' | b'b'), width @ (b'1' | b'2' | b'4' | b'8')] => {
            Ok(Dtype { kind, width: (width - b'0').into(), big_endian: false })
        }
        [b'O'] | [b'O', b'4' | b'8'] => Ok(Dtype { kind: b'O', width: 8, big_endian: false }),
        [b'U', ref digits @ ..] if digits.len() <= 7 && digits.iter().all(u8::is_ascii_digit) => {
            let width = name[1..].parse().map_err(|_| refused())?;
            Ok(Dtype { kind: b'U', width, big_endian: false })
        }
        _ => Err(refused()),
    }
}

fn with_order(dtype: Dtype, order: Option<&str>) -> Result<Dtype, PickleError> {
    match order {
        Some("<" | "|" | "=") => Ok(Dtype { big_endian: false, ..dtype }),
        Some(">") => Ok(Dtype { big_endian: true, ..dtype }),
        other => Err(PickleError::Dtype { got: format!("byte order {:?}", cut(other.unwrap_or_default())) }),
    }
}

fn is_latin1(heap: &Heap<'_>, items: &[Value]) -> bool {
    heap.text(items[0]).is_some() && heap.text(items[1]) == Some("latin1")
}

/// An integer or a text of NumPy becomes one of ours; other numbers are not needed.
fn scalar(heap: &mut Heap<'_>, dtype: Value, data: Value) -> Result<Value, PickleError> {
    let Some(&Body::Dtype(dtype)) = heap.body(dtype) else {
        return Err(kind(heap, "dtype of a scalar", "an element type", dtype));
    };
    let width = match dtype.kind {
        b'U' => 4 * dtype.width as usize,
        _ => dtype.width as usize,
    };
    let bytes = match (heap.raw(data), heap.body(data)) {
        (Some(bytes), _) => Some(Cow::Borrowed(bytes)),
        // A character of Latin-1 is at most 2 bytes: a longer text is too long, and not worth decoding.
        (_, Some(&Body::Latin1(text))) => {
            heap.text(text).filter(|t| t.len() <= 2 * width).and_then(latin1).map(Cow::Owned)
        }
        _ => None,
    };
    let bytes = bytes.filter(|bytes| bytes.len() == width && dtype.kind != b'O');
    let bytes = bytes.ok_or_else(|| kind(heap, "data of a scalar", "as many bytes as its type has", data))?;
    if dtype.kind == b'U' {
        let wrong = PickleError::Kind { what: "a text of NumPy", expected: "characters", got: "other numbers" };
        let text = characters(&bytes, dtype.big_endian).ok_or(wrong)?;
        heap.budget.spend(text.len())?;
        return heap.add_decoded(text);
    }
    if dtype.kind == b'b' {
        return Ok(Value::Bool(*bytes != [0]));
    }
    let mut wide = [0; 9];
    wide[..width].copy_from_slice(&bytes);
    if dtype.big_endian {
        wide[..width].reverse();
    }
    Ok(match dtype.kind {
        b'i' => Value::integer(&wide[..width]),
        // A zero on top: never negative.
        b'u' => Value::integer(&wide[..=width]),
        _ => Value::Number,
    })
}

/// Characters of four bytes as text, without the zeros at the end.
pub(super) fn characters(bytes: &[u8], big_endian: bool) -> Option<String> {
    let number = |&bytes: &[u8; 4]| if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
    let characters = bytes.as_chunks::<4>().0;
    let end = characters.iter().rposition(|four| *four != [0; 4]).map_or(0, |last| last + 1);
    characters[..end].iter().map(|four| char::from_u32(number(four))).collect()
}

fn kind(heap: &Heap<'_>, what: &'static str, expected: &'static str, got: Value) -> PickleError {
    PickleError::Kind { what, expected, got: heap.kind(got) }
}

/// The bytes of a buffer; those written as text are decoded, and count towards the limit.
pub(super) fn buffer<'h>(heap: &'h mut Heap<'_>, data: Value) -> Result<Cow<'h, [u8]>, PickleError> {
    if let Some(&Body::Latin1(text)) = heap.body(data) {
        let length = heap.text(text).map_or(0, |text| text.chars().count());
        heap.budget.spend(length)?;
        let bytes = heap.text(text).and_then(latin1);
        let expected = "bytes, or a text of characters below 256";
        let wrong = PickleError::Kind { what: "data of an array", expected, got: "a text with other characters" };
        return bytes.map(Cow::Owned).ok_or(wrong);
    }
    heap.raw(data).map(Cow::Borrowed).ok_or_else(|| kind(heap, "data of an array", "bytes", data))
}

/// As [`buffer`], without a limit: for an array of a model that was accepted.
pub(super) fn buffer_of<'h>(heap: &'h Heap<'_>, data: Value) -> Result<Cow<'h, [u8]>, PickleError> {
    match heap.body(data) {
        Some(&Body::Latin1(text)) => {
            let bytes = heap.text(text).and_then(latin1);
            bytes.map(Cow::Owned).ok_or_else(|| kind(heap, "data of an array", "characters below 256", data))
        }
        _ => heap.raw(data).map(Cow::Borrowed).ok_or_else(|| kind(heap, "data of an array", "bytes", data)),
    }
}

fn latin1(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.chars().count());
    for character in text.chars() {
        bytes.push(u8::try_from(u32::from(character)).ok()?);
    }
    Some(bytes)
}
