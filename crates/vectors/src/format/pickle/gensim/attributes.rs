//! An object of a model and its attributes.

use crate::format::pickle::objects::attribute;
use crate::format::pickle::value::{Body, Heap, Pairs, Pieces, Value};

/// An object of a model: the model itself, or one in it whose arrays have files of their own.
#[derive(Clone)]
pub(super) struct Part<'h, 'a> {
    pub heap: &'h Heap<'a>,
    attributes: &'h Pairs,
    /// What stands before the name of an array in the name of its file, such as `.wv`.
    prefix: &'static str,
}

impl<'h, 'a> Part<'h, 'a> {
    /// The outermost object.
    pub fn root(heap: &'h Heap<'a>, root: Value) -> Option<Self> {
        Some(Self { heap, attributes: heap.attributes(root)?, prefix: "" })
    }

    /// The object in the attribute `name`.
    pub fn inner(&self, name: &'static str) -> Option<Self> {
        let prefix = match name {
            "wv" => ".wv",
            _ => ".trainables",
        };
        Some(Self { attributes: self.heap.attributes(self.value(name)?)?, prefix, ..*self })
    }

    /// The value of an attribute, unless it is None.
    pub fn value(&self, name: &str) -> Option<Value> {
        attribute(self.heap, self.attributes, name).filter(|&value| value != Value::None)
    }

    /// An attribute that is a whole number.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.value(name).and_then(|value| self.heap.integer(value))
    }

    /// The words, in the order of the rows.
    pub fn words(&self) -> Option<&'h Pieces<Value>> {
        let names = ["index_to_key", "index2word", "index2entity"];
        let list = |name| self.value(name).and_then(|value| self.heap.list(value));
        names.into_iter().find_map(list)
    }

    /// The ending of the name of the array's file, if it has one of its own.
    pub fn file_of(&self, name: &str) -> Option<String> {
        let apart = self.value("__numpys")?;
        let named = |item: &Value| self.heap.text(*item) == Some(name);
        let is_apart = match self.heap.body(apart) {
            Some(Body::List(items)) => items.iter().any(named),
            _ => false,
        };
        is_apart.then(|| format!("{}.{name}", self.prefix))
    }
}
