//! The tokens of a `tokenizer.json` and their ids, without the rest of the file.

use crate::error::FormatError;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Tokens with their ids, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// All texts, one after the other.
    text: String,
    /// Where each ends, and its id.
    entries: Vec<(usize, u32)>,
}

impl Tokens {
    /// The tokens of the model, then those that were added.
    ///
    /// # Errors
    /// [`FormatError::Header`] if it is not such a file.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let wrong = |problem: &dyn fmt::Display| FormatError::Header { problem: format!("tokenizer.json: {problem}") };
        let file: File = serde_json::from_slice(bytes).map_err(|error| wrong(&error))?;
        let mut tokens = file.model.vocab;
        file.added_tokens.iter().for_each(|added| tokens.push(&added.content, added.id));
        if tokens.entries.is_empty() { Err(wrong(&"it has no tokens")) } else { Ok(tokens) }
    }

    fn push(&mut self, token: &str, id: u32) {
        self.text.push_str(token);
        self.entries.push((self.text.len(), id));
    }

    /// Every token with its id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        let starts = std::iter::once(0).chain(self.entries.iter().map(|(end, _)| *end));
        starts.zip(&self.entries).map(|(start, &(end, id))| (&self.text[start..end], id))
    }
}

#[derive(Deserialize)]
struct File<'f> {
    #[serde(borrow, default)]
    added_tokens: Vec<Added<'f>>,
    model: Model,
}

#[derive(Deserialize)]
struct Added<'f> {
    id: u32,
    #[serde(borrow)]
    content: Cow<'f, str>,
}

#[derive(Deserialize)]
struct Model {
    vocab: Tokens,
}

impl<'de> Deserialize<'de> for Tokens {
    fn deserialize<D: Deserializer<'de>>(parser: D) -> Result<Self, D::Error> {
        parser.deserialize_any(VocabVisitor)
    }
}

/// A dictionary of ids, or Unigram's list of tokens and scores.
struct VocabVisitor;

#[derive(Deserialize)]
struct Text<'f>(#[serde(borrow)] Cow<'f, str>);

#[derive(Deserialize)]
struct Scored<'f>(#[serde(borrow)] Text<'f>, IgnoredAny);

impl<'de> Visitor<'de> for VocabVisitor {
    type Value = Tokens;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a dictionary of tokens or a list of tokens with scores")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tokens, A::Error> {
        let mut tokens = Tokens::default();
        while let Some((Text(token), id)) = map.next_entry()? {
            tokens.push(&token, id);
        }
        Ok(tokens)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tokens, A::Error> {
        let mut tokens = Tokens::default();
        for id in 0.. {
            match list.next_element::<Scored<'_>>()? {
                Some(Scored(Text(token), _)) => tokens.push(&token, id),
                None => break,
            }
        }
        Ok(tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_every_kind_of_model_are_found() {
        for (vocab, added, expected) in [
            (r###"{"[PAD]": 0, "k\u0069ng": 2, "##s": 1}"###, "[]", vec![("[PAD]", 0), ("king", 2), ("##s", 1)]),
            (
                r#"[["<unk>", 0.0], ["▁a", -1.5]]"#,
                r#"[{"id": 2, "content": "<x>", "special": true}]"#,
                vec![("<unk>", 0), ("▁a", 1), ("<x>", 2)],
            ),
        ] {
            let text =
                format!(r#"{{"version": "1.0", "added_tokens": {added}, "model": {{"type": "T", "vocab": {vocab}}}}}"#);
            assert_eq!(Tokens::parse(text.as_bytes()).unwrap().iter().collect::<Vec<_>>(), expected);
        }
        for bad in [
            "",
            "{}",
            r#"{"model": {"vocab": {}}}"#,
            r#"{"model": {"vocab": {"a": -1}}}"#,
            r#"{"model": {"vocab": 3}}"#,
        ] {
            assert!(matches!(Tokens::parse(bad.as_bytes()), Err(FormatError::Header { .. })), "{bad}");
        }
    }
}
