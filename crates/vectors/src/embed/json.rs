//! The text in a field of JSON Lines.

use crate::error::TextError;
use crate::lines::{MAX_PIECE_BYTES, Piece};
use serde_json::Value;

/// Appends a piece of a line to `record`.
///
/// # Errors
/// [`TextError::LineTooLong`] if the piece has no white space at which it could be cut.
pub(super) fn collect(record: &mut String, piece: &Piece, name: &str) -> Result<(), TextError> {
    if piece.giant {
        return Err(TextError::LineTooLong { name: name.to_owned(), line: piece.line, expected: MAX_PIECE_BYTES });
    }
    record.push_str(piece.text);
    Ok(())
}

/// The field's value, a string or an array of strings; null for an empty line.
///
/// # Errors
/// [`TextError::Json`] if the line is not a JSON object; [`TextError::NoField`] if it has no text in the field.
pub(super) fn text(line: &str, field: &str, (name, number): (&str, u64)) -> Result<Value, TextError> {
    if line.trim().is_empty() {
        return Ok(Value::Null);
    }
    let name = || name.to_owned();
    let mut object: Value = serde_json::from_str(line).map_err(|error| TextError::Json {
        name: name(),
        line: number,
        reason: error.to_string(),
    })?;
    match find(&mut object, field).map(Value::take) {
        Some(Value::String(text)) => Ok(Value::String(text)),
        Some(Value::Array(words)) if words.iter().all(Value::is_string) => Ok(Value::Array(words)),
        _ => Err(TextError::NoField { name: name(), line: number, field: field.to_owned() }),
    }
}

/// The value of the field, whose name may lead through nested objects.
fn find<'v>(object: &'v mut Value, field: &str) -> Option<&'v mut Value> {
    if object.get(field).is_some() {
        return object.get_mut(field);
    }
    let (outer, inner) = field.split_once('.')?;
    find(object.get_mut(outer)?, inner)
}
