//! Named values about one thing, in order.

use serde::ser::{Serialize, Serializer};
use serde_json::Value;

/// Names and values. Names are in lower case with `_` between words.
#[derive(Debug, Default)]
pub struct Facts(pub Vec<(&'static str, Value)>);

impl Facts {
    /// Adds a fact.
    pub fn add(&mut self, name: &'static str, value: impl Into<Value>) {
        self.0.push((name, value.into()));
    }
}

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
