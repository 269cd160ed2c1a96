//! Signs that bytes are not the numbers that they are read as.
//!
//! Learned numbers are near 1. Bytes read from the wrong position, or in the wrong order, give numbers of any size: two in
//! three differ from 1 by more than a factor of 2^50. Odd sizes alone do not reject a file, which may hold any number: they
//! must be odd as read, and ordinary if read in the suspected way.

use std::ops::Range;

/// The end of a word is searched for within this many bytes.
const MAX_REST: usize = 64;
/// The minimum number of numbers: fewer may be ordinary by chance.
const MIN_OF_ROW: usize = 4;
const FEWEST: usize = 6;

/// Beyond 2^50 or below 2^-50, and not 0.
fn is_odd(number: f32) -> bool {
    number != 0.0 && !(8.9e-16..=1.1e15).contains(&number.abs())
}

/// Zero, or between 1e-8 and 1e4.
fn is_ordinary(number: f32) -> bool {
    number == 0.0 || (1e-8..=1e4).contains(&number.abs())
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = f32> {
    bytes.as_chunks().0.iter().map(|&four| f32::from_le_bytes(four))
}

/// Whether the row's word seems to continue after its first space, so that every number of the row is shifted.
///
/// `word` and `numbers` are their positions in `bytes` if it does not.
pub(super) fn is_shifted(bytes: &[u8], word: &Range<usize>, row: &Range<usize>) -> bool {
    let start = &bytes[row.start..row.end.min(row.start + MAX_REST)];
    let is_text = |text: &[u8]| std::str::from_utf8(text).is_ok_and(|text| !text.chars().any(char::is_control));
    let is_end = |rest: usize| {
        let shifted = bytes.get(row.start + rest + 1..row.end + rest + 1).unwrap_or_default();
        shifted.len() >= 4 * MIN_OF_ROW && is_text(&start[..rest]) && numbers(shifted).all(is_ordinary)
    };
    let mut ends = start.iter().enumerate().filter(|&(rest, &b)| b == b' ' && rest > 0).map(|(rest, _)| rest);
    ends.any(is_end) && is_text(&bytes[word.clone()]) && numbers(&bytes[row.clone()]).any(is_odd)
}

/// Whether the numbers are those of a machine with the other byte order. `rows` hold their bytes.
pub(super) fn is_big_endian<'a>(rows: impl Iterator<Item = &'a [u8]>) -> bool {
    let (mut seen, mut odd) = (0, 0);
    for number in rows.flat_map(numbers).filter(|&number| number != 0.0) {
        if !is_ordinary(f32::from_bits(number.to_bits().swap_bytes())) {
            return false;
        }
        seen += 1;
        odd += usize::from(is_odd(number) || !number.is_finite());
    }
    seen >= FEWEST && 5 * odd >= 2 * seen
}
