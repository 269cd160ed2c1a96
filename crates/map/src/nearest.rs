//! The nearest words of each word on a map, from the full vectors.

use crate::select::most_frequent;
use rapidvec_core::{Vocabulary, WordId};
use rapidvec_vectors::{Numbers, WordVectors};

/// Neighbours listed for a word.
const NEIGHBOURS: usize = 10;
/// Neighbours are searched among the words of the map and this many of the most frequent words.
const SEARCHED: usize = 50_000;

/// A neighbour of a word.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    /// The word.
    pub word: String,
    /// The cosine.
    pub similarity: f32,
}

/// The ten nearest words of each of `ids` by cosine, whether they are on the map or not.
///
/// # Panics
/// If an id is not in the vocabulary.
pub fn nearest(vectors: &WordVectors, ids: &[WordId]) -> Vec<Vec<Nearest>> {
    let some = searched(vectors, ids);
    let vectors = some.as_ref().unwrap_or(vectors);
    let words: Vec<&str> = match &some {
        Some(some) => some.vocabulary().words().take(ids.len()).collect(),
        None => ids.iter().map(|&id| vectors.vocabulary().word(id)).collect(),
    };
    let found = vectors.search().most_similar_batch(&words, NEIGHBOURS).expect("the words come from this vocabulary");
    let nearest = |(word, similarity): (&str, f32)| Nearest { word: word.to_owned(), similarity };
    found.iter().map(|hits| hits.iter().map(nearest).collect()).collect()
}

/// The words of the map, followed by a large model's most frequent words. `None` if the model is not large.
fn searched(vectors: &WordVectors, ids: &[WordId]) -> Option<WordVectors> {
    if vectors.len() <= SEARCHED {
        return None;
    }
    let (mut vocabulary, mut numbers) = (Vocabulary::new(), Vec::new());
    for id in ids.iter().copied().chain(most_frequent(vectors.vocabulary(), SEARCHED)) {
        if vocabulary.insert(vectors.vocabulary().word(id), vectors.vocabulary().count(id)).is_some() {
            numbers.extend(vectors.vector_by_id(id).expect("the ids are of this vocabulary"));
        }
    }
    let some = WordVectors::new(vocabulary, vectors.vector_size(), Numbers::F32(numbers));
    Some(some.expect("whole rows of finite numbers, since they were opened"))
}
