//! Objects of other programs as data: which class, and the attributes. No class is looked up, nothing is called.
//!
//! gensim 3 keeps an object of class `Vocab` for each word, of which only the count is of use; so only that is kept, and a
//! model of a million words takes little memory.

use super::globals::Global;
use super::input::malformed;
use super::value::{Body, Heap, Pairs, Pieces, Value};
use crate::error::PickleError;

/// gensim 3's class for what is known about a word.
const OF_A_WORD: &str = "Vocab";

/// `NEWOBJ`: an object of `class` without attributes. Functions of gensim, whose names are lower-case, are refused.
pub(super) fn new(heap: &mut Heap<'_>, class: Value, position: usize) -> Result<Value, PickleError> {
    match class {
        Value::Class(class) => match heap.class(class) {
            (_, name) if name.starts_with(|c: char| c.is_ascii_uppercase()) => {
                heap.add(Body::Object(class, Pieces::new()))
            }
            (module, name) => Err(Global::forbidden(module, name)),
        },
        Value::Global(_) => Err(malformed(position, "an object is made of a class that NumPy makes in another way")),
        _ => Err(malformed(position, "an object is made of something else than a class")),
    }
}

/// Whether `value` is an object without a state so far.
pub(super) fn is_one(heap: &Heap<'_>, value: Value) -> bool {
    matches!(heap.body(value), Some(Body::Object(..)))
}

/// `BUILD`: gives an object its attributes.
pub(super) fn build(heap: &mut Heap<'_>, object: Value, state: Value, position: usize) -> Result<(), PickleError> {
    let Some(&Body::Object(class, _)) = heap.body(object) else {
        return Err(malformed(position, "a state is given to something else than an object"));
    };
    // A dictionary, and one of slots.
    let state = match heap.tuple(state).as_deref() {
        Some(&[first, _]) => first,
        _ => state,
    };
    if heap.class(class).1 == OF_A_WORD {
        let count = heap.pairs(state).and_then(|pairs| attribute(heap, pairs, "count"));
        return heap.replace(object, Body::Count(count.unwrap_or(Value::None)), position);
    }
    if state == Value::None {
        return Ok(());
    }
    let got = heap.kind(state);
    let pairs = heap.take_pairs(state);
    let pairs = pairs.ok_or(PickleError::Kind { what: "state of an object", expected: "a dictionary", got })?;
    heap.deepen_by(object, state, position)?;
    heap.replace(object, Body::Object(class, pairs), position)
}

/// The value of an attribute, or of a key that is a text.
pub(super) fn attribute(heap: &Heap<'_>, pairs: &Pairs, name: &str) -> Option<Value> {
    pairs.iter().find(|(key, _)| heap.text(*key) == Some(name)).map(|&(_, value)| value)
}
