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
    /// How much both differ between the runs that the model is the mean of.
    pub runs: Option<RunDeviation>,
}

/// How much a comparison differs between runs.
#[derive(Debug, Clone, Copy)]
pub struct RunDeviation {
    /// How many runs.
    pub count: usize,
    /// The standard deviation of the similarity.
    pub similarity: f64,
    /// That of the rank, if requested.
    pub rank: Option<f64>,
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
        if let Some(runs) = self.runs {
            map.serialize_entry("runs", &runs.count)?;
            map.serialize_entry("deviation", &runs.similarity)?;
            if let Some(rank) = runs.rank {
                map.serialize_entry("rank_deviation", &rank)?;
            }
        }
        map.end()
    }
}
