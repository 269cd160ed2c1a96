//! The header of one array: its type and shape.
//!
//! `\x93NUMPY`, two bytes of version, the length of the rest (2 bytes in version 1, else 4), then a Python dictionary:
//! `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 100), }`. Only what arrays of numbers and words have is read.

use crate::error::FormatError;
use std::io::Read;

/// The maximum length; NumPy itself reads no longer one from an untrusted file.
const MAX_HEAD_BYTES: usize = 10_000;

/// The type of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) enum Element {
    /// A little-endian float of 2, 4 or 8 bytes.
    Float(usize),
    /// A little-endian integer, signed or not.
    Whole { width: usize, signed: bool },
    /// Characters, each a little-endian u32.
    Text(usize),
    /// Bytes.
    Bytes(usize),
    /// A reference to a pickled object.
    Object,
    /// Anything else, of unknown size.
    Other,
}

impl Element {
    /// Its size in bytes, if known.
    fn width(self) -> Option<u64> {
        match self {
            Self::Float(width) | Self::Whole { width, .. } | Self::Bytes(width) => Some(width as u64),
            Self::Text(characters) => (characters as u64).checked_mul(4),
            Self::Object | Self::Other => None,
        }
    }

    /// From NumPy's description, such as `<f4`.
    fn parse(description: &str) -> Self {
        let Some((kind, size)) = description.get(1..2).zip(description.get(2..)) else { return Self::Other };
        let order = &description[..1];
        if kind == "O" {
            return Self::Object;
        }
        let Some(size) = size.parse::<u32>().ok().map(|size| size as usize) else { return Self::Other };
        let little = order == "<" || order == "|" && (kind == "S" || size == 1);
        match (kind, size) {
            ("f", 2 | 4 | 8) if little => Self::Float(size),
            ("i" | "u", 1 | 2 | 4 | 8) if little => Self::Whole { width: size, signed: kind == "i" },
            ("U", _) if little => Self::Text(size),
            ("S" | "a", _) if little => Self::Bytes(size),
            _ => Self::Other,
        }
    }
}

/// An array in an archive, without its data.
#[derive(Debug, Clone)]
pub(in crate::format) struct Array {
    /// Its place in the archive.
    pub(in crate::format) index: usize,
    pub(in crate::format) name: String,
    pub(in crate::format) element: Element,
    /// As NumPy writes the type.
    pub(in crate::format) description: String,
    pub(in crate::format) by_columns: bool,
    pub(in crate::format) shape: Vec<u64>,
    /// Bytes before the data.
    pub(in crate::format) head_bytes: u64,
    /// Bytes in all, according to the archive; the size of objects is not known otherwise.
    unpacked: u64,
}

impl Array {
    pub(in crate::format) fn read(
        index: usize,
        name: String,
        file: &mut impl Read,
        unpacked: u64,
    ) -> Result<Self, FormatError> {
        let refuse = |problem: &str| FormatError::Archive { part: name.clone(), problem: problem.to_owned() };
        let damaged = |error: std::io::Error| refuse(&error.to_string());
        let mut start = [0; 12];
        file.read_exact(&mut start[..10]).map_err(damaged)?;
        let version = start[6];
        if !start.starts_with(b"\x93NUMPY") || !(1..=3).contains(&version) {
            return Err(refuse("not a NumPy array"));
        }
        let before = if version == 1 { 10 } else { 12 };
        file.read_exact(&mut start[10..before]).map_err(damaged)?;
        let length = start[8..before].iter().rev().fold(0, |length: usize, &byte| length << 8 | usize::from(byte));
        if length > MAX_HEAD_BYTES {
            return Err(refuse("its header is longer than that of any array of numbers or words"));
        }
        let mut head = vec![0; length];
        file.read_exact(&mut head).map_err(damaged)?;
        let head =
            std::str::from_utf8(&head).ok().and_then(Head::parse).ok_or_else(|| refuse("its header is damaged"))?;
        let Head { description, by_columns, shape } = head;
        let (element, head_bytes) = (Element::parse(&description), (before + length) as u64);
        Ok(Self { index, name, element, description, by_columns, shape, head_bytes, unpacked })
    }

    /// Bytes of all elements; `None` if that overflows. For elements of unknown size, all bytes that follow.
    pub(in crate::format) fn data_bytes(&self) -> Option<u64> {
        match self.element.width() {
            Some(width) => self.shape.iter().try_fold(width, |bytes, &size| bytes.checked_mul(size)),
            None => self.unpacked.checked_sub(self.head_bytes),
        }
    }

    /// The shape as Python writes it.
    pub(in crate::format) fn shown_shape(&self) -> Vec<usize> {
        self.shape.iter().map(|&size| usize::try_from(size).unwrap_or(usize::MAX)).collect()
    }
}

/// The dictionary.
#[derive(Debug, PartialEq)]
struct Head {
    description: String,
    by_columns: bool,
    shape: Vec<u64>,
}

impl Head {
    fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
        let (mut description, mut by_columns, mut shape) = (None, None, None);
        while !rest.is_empty() {
            let (key, after) = quoted(rest)?;
            let value = after.trim_start().strip_prefix(':')?.trim_start();
            rest = match key {
                "descr" => set(&mut description, described(value)?)?,
                "fortran_order" => set(&mut by_columns, truth(value)?)?,
                "shape" => set(&mut shape, sizes(value)?)?,
                _ => return None,
            };
            rest = rest.trim_start();
            rest = if rest.is_empty() { rest } else { rest.strip_prefix(',')?.trim_start() };
        }
        Some(Self { description: description?, by_columns: by_columns?, shape: shape? })
    }
}

/// Sets `field`, which must be empty; returns what follows.
fn set<'a, T>(place: &mut Option<T>, (value, rest): (T, &'a str)) -> Option<&'a str> {
    place.replace(value).is_none().then_some(rest)
}

/// A quoted text without quotes in it, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text[1..].split_once(quote)
}

/// A type: a quoted text, or a list of fields, which arrays of numbers or words never have.
fn described(text: &str) -> Option<(String, &str)> {
    if let Some((description, rest)) = quoted(text) {
        return Some((description.to_owned(), rest));
    }
    let end = text.starts_with('[').then(|| text.rfind(']'))??;
    Some((text[..=end].to_owned(), &text[end + 1..]))
}

fn truth(text: &str) -> Option<(bool, &str)> {
    let yes = text.strip_prefix("True").map(|rest| (true, rest));
    yes.or_else(|| text.strip_prefix("False").map(|rest| (false, rest)))
}

/// Numbers in parentheses; NumPy 1 under Python 2 wrote `3L`.
fn sizes(text: &str) -> Option<(Vec<u64>, &str)> {
    let (inside, rest) = text.strip_prefix('(')?.split_once(')')?;
    let inside = inside.trim();
    let inside = inside.strip_suffix(',').unwrap_or(inside);
    if inside.is_empty() {
        return Some((Vec::new(), rest));
    }
    let size = |size: &str| size.trim().trim_end_matches('L').parse().ok();
    Some((inside.split(',').map(size).collect::<Option<_>>()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Option<(String, bool, Vec<u64>)> {
        Head::parse(text).map(|head| (head.description, head.by_columns, head.shape))
    }

    #[test]
    fn reads_what_numpy_writes() {
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 100), }          \n";
        assert_eq!(head(text), Some(("<f4".into(), false, vec![3, 100])));
        let text = "{'descr': '<U7', 'fortran_order': True, 'shape': (3,), }\n";
        assert_eq!(head(text), Some(("<U7".into(), true, vec![3])));
        assert_eq!(head("{\"shape\":(),\"descr\":\"|O\",\"fortran_order\":False}"), Some(("|O".into(), false, vec![])));
        let python_2 = "{'descr': '<f8', 'fortran_order': False, 'shape': (3L, 4L), }";
        assert_eq!(head(python_2).unwrap().2, [3, 4]);
        let fields = "{'descr': [('a', '<i4'), ('b', '<f4', (2,))], 'fortran_order': False, 'shape': (2,), }";
        assert_eq!(head(fields).unwrap().0, "[('a', '<i4'), ('b', '<f4', (2,))]");
    }

    #[test]
    fn refuses_what_numpy_does_not_write() {
        for text in [
            "",
            "{}",
            "{'descr': '<f4', 'fortran_order': False}",
            "{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3,,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': 3}",
            "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'x': 1}",
            "{'descr': '<f4' 'fortran_order': False, 'shape': (3,)}",
            "{'descr': __import__('os'), 'fortran_order': False, 'shape': (3,)}",
        ] {
            assert_eq!(head(text), None, "{text}");
        }
        assert_eq!(head(&format!("{{'descr': {}", "[".repeat(9000))), None);
    }

    #[test]
    fn elements_are_recognised_by_kind_size_and_order() {
        for (description, element) in [
            ("<f4", Element::Float(4)),
            ("<f2", Element::Float(2)),
            (">f4", Element::Other),
            ("<f16", Element::Other),
            ("|u1", Element::Whole { width: 1, signed: false }),
            ("<i8", Element::Whole { width: 8, signed: true }),
            ("<U0", Element::Text(0)),
            (">U3", Element::Other),
            ("|S12", Element::Bytes(12)),
            ("|O", Element::Object),
            ("<c8", Element::Other),
            ("<U99999999999", Element::Other),
            ("", Element::Other),
            ("고양이", Element::Other),
        ] {
            assert_eq!(Element::parse(description), element, "{description}");
        }
    }
}
