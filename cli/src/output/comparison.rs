//! How near two words, or two sets of words, are to each other.

use super::{Form, json, table, tsv};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::io::{self, Write};

/// Two sets of words and what was found.
#[derive(Debug)]
pub struct Comparison {
    pub a: Vec<String>,
    pub b: Vec<String>,
    pub similarity: f32,
    /// Of `b` among the words near `a`, if that was asked for.
    pub rank: Option<usize>,
}

/// A set of one word is a string, any other an array.
impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, words) in [("a", &self.a), ("b", &self.b)] {
            match &words[..] {
                [word] => map.serialize_entry(name, word)?,
                words => map.serialize_entry(name, words)?,
            }
        }
        map.serialize_entry("similarity", &self.similarity)?;
        if let Some(rank) = self.rank {
            map.serialize_entry("rank", &rank)?;
        }
        map.end()
    }
}

/// Writes all comparisons of one command.
pub fn comparisons(out: &mut dyn Write, form: Form, comparisons: &[Comparison]) -> io::Result<()> {
    match form {
        Form::Table => table::comparisons(out, comparisons),
        Form::Tsv => tsv::comparisons(out, comparisons),
        Form::Json => json::line(out, comparisons),
    }
}
