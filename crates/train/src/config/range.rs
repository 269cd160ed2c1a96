//! Checks of ranges.

use super::ConfigError;

/// Checks an integer; `expected` is its range in words.
pub fn count(
    name: &'static str,
    value: usize,
    range: std::ops::RangeInclusive<usize>,
    expected: &'static str,
) -> Result<(), ConfigError> {
    real(name, value, range.contains(&value), expected)
}

/// Reports any value that is not `good`.
pub fn real(name: &'static str, value: impl ToString, good: bool, expected: &'static str) -> Result<(), ConfigError> {
    if good { Ok(()) } else { Err(ConfigError::OutOfRange { name, expected, got: value.to_string() }) }
}
