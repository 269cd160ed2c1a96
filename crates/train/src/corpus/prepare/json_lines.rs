//! JSON Lines: the text of one field of each line's object.
//!
//! A line is parsed to its end, so that what is malformed is found, but only the field's text is kept.

use super::MissingField;
use super::tokens::Tokens;
use crate::corpus::error::CorpusError;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// The name of a field that means the whole line.
const WHOLE: &str = ".";

/// Appends the field's text of each line to `out`, each text followed by a line end. An empty line stays
/// one. `missing` is the policy for lines without the field, `seen` counts those that were skipped.
///
/// # Errors
/// [`CorpusError::Json`] and [`CorpusError::NoField`], with the line; the texts of the lines before are written.
pub(super) fn read(
    lines: &str,
    field: &str,
    name: &str,
    first_line: u64,
    out: &mut Tokens,
    missing: MissingField,
    seen: &mut u64,
) -> Result<(), CorpusError> {
    for (line, number) in lines.split_terminator('\n').zip(first_line..) {
        if line.trim_ascii().is_empty() {
            out.end_sentence();
            continue;
        }
        let (start, name) = (out.out.len(), || name.to_owned());
        let error = match text(line, field, out) {
            Ok(true) if out.out[start..].contains('\0') => {
                CorpusError::Json { name: name(), line: number, reason: "the text holds a NUL (\\u0000)".to_owned() }
            }
            Ok(true) => continue,
            Ok(false) if missing == MissingField::Skip => {
                *seen += 1;
                continue;
            }
            Ok(false) => CorpusError::NoField { name: name(), line: number, field: field.to_owned() },
            Err(error) => CorpusError::Json { name: name(), line: number, reason: reason(&error) },
        };
        out.out.truncate(start);
        return Err(error);
    }
    Ok(())
}

/// Appends the field's text; `false`: there is no such field, or it is null.
fn text(line: &str, field: &str, out: &mut Tokens) -> serde_json::Result<bool> {
    let mut parser = serde_json::Deserializer::from_str(line);
    let found = match field {
        WHOLE => Text(out).deserialize(&mut parser)?,
        _ => Object { path: field, out }.deserialize(&mut parser)?,
    };
    parser.end()?;
    Ok(found)
}

/// The parser's message. It sees one line only, so only the column of its position is meaningful.
fn reason(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let (line, column) = (error.line(), error.column());
    let reason = message.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&message);
    format!("{reason} at column {column}")
}

/// An object, and the path that leads through it to the text.
struct Object<'o, 't> {
    path: &'o str,
    out: &'o mut Tokens<'t>,
}

impl<'de> DeserializeSeed<'de> for Object<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<bool, D::Error> {
        parser.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut found = false;
        while let Some(Key(key)) = map.next_key()? {
            let here = match self.path.strip_prefix(&*key) {
                Some("") => map.next_value_seed(Text(self.out))?,
                Some(rest) if rest.starts_with('.') => {
                    map.next_value_seed(Inner(Object { path: &rest[1..], out: self.out }))?
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
#[derive(serde::Deserialize)]
struct Key<'l>(#[serde(borrow)] Cow<'l, str>);

/// A value on the path: an object, or something without fields, where the path ends.
struct Inner<'o, 't>(Object<'o, 't>);

impl<'de> DeserializeSeed<'de> for Inner<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<bool, D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inner<'_, '_> {
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

/// The text: a string, an array of tokens, or an array of such arrays; `false` for null.
struct Text<'o, 't>(&'o mut Tokens<'t>);

impl<'de> DeserializeSeed<'de> for Text<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<bool, D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Text<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a string or an array of strings")
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        self.0.out.push_str(text);
        // Each text ends its last line, so that two of them are never joined.
        if !text.ends_with('\n') {
            self.0.end_sentence();
        }
        Ok(true)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<bool, A::Error> {
        let mut is_open = true;
        while let Some(is_token) = elements.next_element_seed(Element { out: self.0, is_nested: false })? {
            is_open = is_token;
        }
        if is_open {
            self.0.end_sentence();
        }
        Ok(true)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }
}

/// An element of an array: a token, or a sentence of tokens, which it ends. Returns whether it is a token.
struct Element<'o, 't> {
    out: &'o mut Tokens<'t>,
    is_nested: bool,
}

impl<'de> DeserializeSeed<'de> for Element<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<bool, D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Element<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a string in the array")
    }

    fn visit_str<E>(self, token: &str) -> Result<bool, E> {
        self.out.push(token);
        Ok(true)
    }

    fn visit_u64<E>(self, token: u64) -> Result<bool, E> {
        self.out.push(&token.to_string());
        Ok(true)
    }

    fn visit_i64<E>(self, token: i64) -> Result<bool, E> {
        self.out.push(&token.to_string());
        Ok(true)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut tokens: A) -> Result<bool, A::Error> {
        if self.is_nested {
            return Err(A::Error::custom("an array in an array in the array"));
        }
        if self.out.out.ends_with(' ') {
            self.out.end_sentence(); // of tokens before it
        }
        while tokens.next_element_seed(Element { out: &mut *self.out, is_nested: true })?.is_some() {}
        self.out.end_sentence();
        Ok(false)
    }
}
