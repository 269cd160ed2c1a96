//! An answered question, whatever form it is shown in.

use quickvec::Neighbour;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// What was asked.
#[derive(Debug)]
pub enum Query {
    /// Which words are near this one?
    Nearest(String),
    /// The first is to the second as the third is to what?
    Analogy {
        /// The three words.
        words: [String; 3],
        /// The name of the method that scored the answers.
        method: &'static str,
    },
}

/// What was asked, and the words found, best first.
#[derive(Debug)]
pub struct Answer {
    pub query: Query,
    pub neighbours: Vec<Neighbour>,
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.query {
            Query::Nearest(word) => map.serialize_entry("query", word)?,
            Query::Analogy { words, method } => {
                map.serialize_entry("query", words)?;
                map.serialize_entry("method", method)?;
            }
        }
        let neighbours: Vec<_> = self.neighbours.iter().map(Found).collect();
        map.serialize_entry("neighbours", &neighbours)?;
        map.end()
    }
}

struct Found<'a>(&'a Neighbour);

impl Serialize for Found<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("word", &self.0.word)?;
        map.serialize_entry("similarity", &self.0.similarity)?;
        map.end()
    }
}
