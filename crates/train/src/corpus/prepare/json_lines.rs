//! JSON Lines: the text of one field of each line's object.
//!
//! A line is parsed to its end, so that what is broken is found, but only the field's text is kept.

use super::MissingField;
use crate::corpus::CorpusError;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// What to do with lines that have not the field, and how many there were.
pub(super) struct Missing<'r> {
    pub policy: MissingField,
    pub seen: &'r mut u64,
}

/// Appends the field's text of each line to `out`, each text with a line end behind it. A line without anything on it
/// stays one.
pub(super) fn texts(
    lines: &str,
    field: &str,
    name: &str,
    first_line: u64,
    out: &mut String,
    missing: Missing,
) -> Result<(), CorpusError> {
    for (line, number) in lines.split_terminator('\n').zip(first_line..) {
        if line.trim_ascii().is_empty() {
            out.push('\n');
            continue;
        }
        let place = || (name.to_owned(), number);
        let start = out.len();
        match text(line, field, out) {
            Ok(false) if missing.policy == MissingField::Skip => *missing.seen += 1,
            Ok(false) => {
                let (name, line) = place();
                return Err(CorpusError::NoField { name, line, field: field.to_owned() });
            }
            Err(error) => {
                let ((name, line), reason) = (place(), reason(&error));
                return Err(CorpusError::Json { name, line, reason });
            }
            Ok(true) if out[start..].contains('\0') => {
                let ((name, line), reason) = (place(), "the text holds a NUL (\\u0000)".to_owned());
                return Err(CorpusError::Json { name, line, reason });
            }
            Ok(true) => {}
        }
    }
    Ok(())
}

/// Appends the field's text; `false`: there is no such field, or nothing in it.
fn text(line: &str, field: &str, out: &mut String) -> serde_json::Result<bool> {
    let mut parser = serde_json::Deserializer::from_str(line);
    let found = Object { path: field, out }.deserialize(&mut parser)?;
    parser.end()?;
    Ok(found)
}

/// The parser's words; it sees one line only, so that of the place the column is left.
fn reason(error: &serde_json::Error) -> String {
    let told = error.to_string();
    let (line, column) = (error.line(), error.column());
    let reason = told.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&told);
    format!("{reason} at column {column}")
}

/// An object, and the path that leads through it to the text.
struct Object<'o> {
    path: &'o str,
    out: &'o mut String,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<bool, D::Error> {
        parser.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut found = false;
        while let Some(Key(key)) = map.next_key()? {
            let here = match self.path.strip_prefix(&*key) {
                Some("") => map.next_value_seed(Text(&mut *self.out))?,
                Some(rest) if rest.starts_with('.') => {
                    map.next_value_seed(Inner(Object { path: &rest[1..], out: &mut *self.out }))?
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    false
                }
            };
            if here && found {
                return Err(A::Error::custom(format_args!("two fields {:?}", self.path)));
            }
            found |= here;
        }
        Ok(found)
    }
}

/// A field's name, borrowed from the line where it holds no escapes.
struct Key<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(parser: D) -> Result<Self, D::Error> {
        parser.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Owned(name.to_owned())))
    }
}

/// What a path leads through: an object, or something without fields, where the path ends in nothing.
struct Inner<'o>(Object<'o>);

impl<'de> DeserializeSeed<'de> for Inner<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<bool, D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inner<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<bool, A::Error> {
        self.0.visit_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<bool, A::Error> {
        while values.next_element::<IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_str<E>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }
}

/// The text: a string, or an array of strings; `false` for null, which stands for none.
struct Text<'o>(&'o mut String);

impl<'de> DeserializeSeed<'de> for Text<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<bool, D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Text<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a string or an array of strings")
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        push(text, self.0);
        Ok(true)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<bool, A::Error> {
        while texts.next_element_seed(OneText(&mut *self.0))?.is_some() {}
        Ok(true)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }
}

/// A string in an array.
struct OneText<'o>(&'o mut String);

impl<'de> DeserializeSeed<'de> for OneText<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
        parser.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for OneText<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a string in the array")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        push(text, self.0);
        Ok(())
    }
}

/// Each text ends its last line itself, so that two of them never run into each other.
fn push(text: &str, out: &mut String) {
    out.push_str(text);
    if !text.ends_with('\n') {
        out.push('\n');
    }
}
