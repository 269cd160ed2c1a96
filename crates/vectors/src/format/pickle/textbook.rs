//! From the dictionary in the chapter's file to words and vectors, each inconsistency an error.
//!
//! V words, D numbers each: `word_vecs` is V x D, `id_to_word` has each id from 0 to V - 1 once, `word_to_id` is its inverse.

use super::globals::cut;
use super::matrix::Matrix;
use super::numpy::buffer;
use super::value::{Heap, Pairs, Value};
use crate::error::PickleError;
use crate::format::VectorTable;
use rapidvec_core::{Vocabulary, WordId};

/// Whether a dictionary has one of the chapter's keys.
pub(super) fn is_one(heap: &Heap<'_>, pairs: &Pairs) -> bool {
    const KEYS: [&str; 3] = ["word_vecs", "word_to_id", "id_to_word"];
    pairs.iter().take(KEYS.len() + 1).any(|(key, _)| heap.text(*key).is_some_and(|key| KEYS.contains(&key)))
}

/// Reads the chapter's file from its dictionary.
pub(super) fn read(heap: &mut Heap<'_>, root: Value) -> Result<VectorTable, PickleError> {
    let [vectors, word_to_id, id_to_word] = the_three(heap, root)?;
    let table = Matrix::new(heap, vectors)?;
    let id_to_word = pairs(heap, id_to_word, "id_to_word", table.rows)?;
    let word_to_id = pairs(heap, word_to_id, "word_to_id", table.rows)?;
    let vocabulary = vocabulary(heap, &in_order(heap, id_to_word)?)?;
    check_inverse(heap, &word_to_id, &vocabulary)?;
    drop(word_to_id);
    let data = buffer(heap, table.data)?;
    Ok(VectorTable { vocabulary, vector_size: table.columns, numbers: table.numbers(&data)? })
}

/// `word_vecs`, `word_to_id` and `id_to_word`.
fn the_three(heap: &mut Heap<'_>, root: Value) -> Result<[Value; 3], PickleError> {
    let got = heap.kind(root);
    let dict = heap.take_pairs(root).ok_or(PickleError::Kind { what: "the file", expected: "a dictionary", got })?;
    Ok([find(heap, &dict, "word_vecs")?, find(heap, &dict, "word_to_id")?, find(heap, &dict, "id_to_word")?])
}

fn find(heap: &Heap<'_>, dict: &Pairs, key: &'static str) -> Result<Value, PickleError> {
    let mut found = dict.iter().filter(|(got, _)| heap.text(*got) == Some(key)).map(|(_, value)| *value);
    let value = found.next().ok_or(PickleError::MissingKey { key })?;
    found.next().map_or(Ok(value), |_| Err(PickleError::DuplicateKey { key }))
}

fn pairs(heap: &mut Heap<'_>, dict: Value, dictionary: &'static str, expected: usize) -> Result<Pairs, PickleError> {
    let got = heap.kind(dict);
    let pairs = heap.take_pairs(dict).ok_or(PickleError::Kind { what: dictionary, expected: "a dictionary", got })?;
    if pairs.len() != expected {
        return Err(PickleError::WordCount { dictionary, expected, got: pairs.len() });
    }
    Ok(pairs)
}

/// The words in the order of their ids: V pairs with V distinct ids below V are complete.
fn in_order(heap: &Heap<'_>, id_to_word: Pairs) -> Result<Vec<Value>, PickleError> {
    let mut by_id = vec![Value::None; id_to_word.len()];
    for &(id, word) in id_to_word.iter() {
        let id = row(heap, "id_to_word", id, by_id.len())?;
        text(heap, "word in id_to_word", word)?;
        if by_id[id] != Value::None {
            return Err(PickleError::DuplicateId { dictionary: "id_to_word", id });
        }
        by_id[id] = word;
    }
    Ok(by_id)
}

/// Checks that each word has the id under which it is found. Words and ids are distinct, so none is compared twice.
fn check_inverse(heap: &Heap<'_>, word_to_id: &Pairs, vocabulary: &Vocabulary) -> Result<(), PickleError> {
    let mut met = vec![false; vocabulary.len()];
    for &(word, id) in word_to_id.iter() {
        let got = text(heap, "key of word_to_id", word)?;
        let id = row(heap, "word_to_id", id, met.len())?;
        if std::mem::replace(&mut met[id], true) {
            return Err(PickleError::DuplicateId { dictionary: "word_to_id", id });
        }
        let expected = vocabulary.word(id as WordId);
        if got != expected {
            return Err(PickleError::NotInverse { id, expected: cut(expected).into(), got: cut(got).into() });
        }
    }
    Ok(())
}

fn vocabulary(heap: &Heap<'_>, by_id: &[Value]) -> Result<Vocabulary, PickleError> {
    let mut vocabulary = Vocabulary::new();
    for (second, &word) in by_id.iter().enumerate() {
        let word = text(heap, "word in id_to_word", word)?;
        if vocabulary.insert(word, 0).is_none() {
            let first = vocabulary.id(word).unwrap_or(WordId::MAX) as usize;
            return Err(PickleError::DuplicateWord { word: cut(word).into(), first, second });
        }
    }
    Ok(vocabulary)
}

fn row(heap: &Heap<'_>, dictionary: &'static str, id: Value, words: usize) -> Result<usize, PickleError> {
    let Value::Int(got) = id else {
        return Err(PickleError::Kind { what: "word id", expected: "an integer", got: heap.kind(id) });
    };
    let id = usize::try_from(got).ok().filter(|&id| id < words);
    id.ok_or(PickleError::IdOutOfRange { dictionary, got, words })
}

fn text<'h>(heap: &'h Heap<'_>, what: &'static str, value: Value) -> Result<&'h str, PickleError> {
    heap.text(value).ok_or_else(|| PickleError::Kind { what, expected: "a text", got: heap.kind(value) })
}
