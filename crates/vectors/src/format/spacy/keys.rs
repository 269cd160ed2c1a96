//! `key2row`: a MessagePack map of hashes to rows.

use crate::error::FormatError;
use crate::format::cursor::Cursor;

/// Pairs of a key and a row, in the order of the file. Rows below 0 stand for words without a vector; they are left out.
///
/// # Errors
/// [`FormatError`] if it is not such a map.
pub(super) fn parse(bytes: &[u8]) -> Result<Vec<(u64, u32)>, FormatError> {
    let mut cursor = Cursor::new(bytes);
    let count = match cursor.u8(WHAT)? {
        short @ 0x80..=0x8f => u64::from(short & 0xf),
        0xde => number(&mut cursor, 2)?,
        0xdf => number(&mut cursor, 4)?,
        got => return Err(other("a map", got)),
    };
    cursor.expect(WHAT, count.saturating_mul(2))?;
    let mut pairs = Vec::new();
    for _ in 0..count {
        let key = integer(&mut cursor)?;
        let row = integer(&mut cursor)?;
        match (u64::try_from(key), u32::try_from(row)) {
            (Ok(key), Ok(row)) => pairs.push((key, row)),
            (Ok(_), Err(_)) if row < 0 => {}
            _ => {
                return Err(FormatError::Field {
                    field: WHAT,
                    expected: "hashes and rows",
                    got: format!("{key}: {row}"),
                });
            }
        }
    }
    Ok(pairs)
}

/// The map as spaCy writes it.
pub(super) fn write(pairs: &[(u64, u32)]) -> Vec<u8> {
    let mut bytes = vec![0xdf];
    bytes.extend((pairs.len() as u32).to_be_bytes()); // as many as there are ids at most
    for (key, row) in pairs {
        bytes.push(0xcf);
        bytes.extend(key.to_be_bytes());
        bytes.push(0xce);
        bytes.extend(row.to_be_bytes());
    }
    bytes
}

const WHAT: &str = "key2row";

fn integer(cursor: &mut Cursor<'_>) -> Result<i128, FormatError> {
    Ok(match cursor.u8(WHAT)? {
        small @ 0..=0x7f => small.into(),
        negative @ 0xe0..=0xff => (negative as i8).into(),
        kind @ 0xcc..=0xcf => number(cursor, 1 << (kind - 0xcc))?.into(),
        kind @ 0xd0..=0xd3 => {
            let bytes = 1 << (kind - 0xd0);
            let unused = 64 - 8 * bytes as u32;
            i128::from((number(cursor, bytes)? << unused) as i64 >> unused)
        }
        got => return Err(other("a whole number", got)),
    })
}

/// A big-endian number.
fn number(cursor: &mut Cursor<'_>, bytes: u64) -> Result<u64, FormatError> {
    Ok(cursor.take(WHAT, bytes)?.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

fn other(expected: &'static str, got: u8) -> FormatError {
    FormatError::Field { field: WHAT, expected, got: format!("MessagePack's code {got:#04x}") }
}
