//! The similarity of two words, or of two sets of words.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// Two sets of words and the result.
#[derive(Debug)]
pub struct Comparison {
    pub a: Vec<String>,
    pub b: Vec<String>,
    pub similarity: f32,
    /// The rank of `b` among the words near `a`, if requested.
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
