//! One way to read and write what a model's metadata hold.

use crate::error::{FormatError, TrainError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// The text of a field.
pub fn json(value: &impl Serialize) -> Result<String, FormatError> {
    serde_json::to_string(value).map_err(|error| FormatError::Header { problem: error.to_string() })
}

/// The field `key`, if it is there.
pub fn optional<T: DeserializeOwned>(
    metadata: &BTreeMap<String, String>,
    key: &'static str,
) -> Result<Option<T>, TrainError> {
    let parsed = metadata.get(key).map(|text| serde_json::from_str(text)).transpose();
    parsed.map_err(|error| damaged(key, error))
}

/// The field `key`.
pub fn required<T: DeserializeOwned>(metadata: &BTreeMap<String, String>, key: &'static str) -> Result<T, TrainError> {
    optional(metadata, key)?.ok_or_else(|| damaged(key, "it is missing"))
}

/// A field that is not what was written.
pub fn damaged(key: &'static str, reason: impl ToString) -> TrainError {
    TrainError::Damaged { key, reason: reason.to_string() }
}

/// A setting that does not fit the file.
pub fn mismatch(what: &'static str, expected: impl ToString, got: impl ToString) -> TrainError {
    TrainError::Mismatch { what, expected: expected.to_string(), got: got.to_string() }
}
