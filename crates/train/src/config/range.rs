//! One way to say that a value is out of its range.

use super::ConfigError;

/// A whole number from `least` to `most`; `expected` says so in words.
pub fn count(
    name: &'static str,
    value: usize,
    range: std::ops::RangeInclusive<usize>,
    expected: &'static str,
) -> Result<(), ConfigError> {
    real(name, value, range.contains(&value), expected)
}

/// Any value that was found `good` or not.
pub fn real(name: &'static str, value: impl ToString, good: bool, expected: &'static str) -> Result<(), ConfigError> {
    if good { Ok(()) } else { Err(ConfigError::OutOfRange { name, expected, got: value.to_string() }) }
}
