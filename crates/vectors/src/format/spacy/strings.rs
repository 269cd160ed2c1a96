//! `strings.json`: a list of words, read one by one.

use super::STRINGS;
use crate::error::FormatError;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Passes on every word of the list.
///
/// # Errors
/// [`FormatError::Header`] if it is not a list of texts.
pub(super) fn for_each(bytes: &[u8], see: impl FnMut(&str)) -> Result<(), FormatError> {
    let wrong = |error: serde_json::Error| FormatError::Header { problem: format!("{STRINGS}: {error}") };
    let mut parser = serde_json::Deserializer::from_slice(bytes);
    Each(see).deserialize(&mut parser).map_err(wrong)?;
    parser.end().map_err(wrong)
}

struct Each<F>(F);

#[derive(Deserialize)]
struct Text<'f>(#[serde(borrow)] Cow<'f, str>);

impl<'de, F: FnMut(&str)> DeserializeSeed<'de> for Each<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
        parser.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(&str)> Visitor<'de> for Each<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of texts")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(Text(word)) = list.next_element()? {
            (self.0)(&word);
        }
        Ok(())
    }
}
