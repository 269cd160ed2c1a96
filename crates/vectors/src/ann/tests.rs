use super::*;
use crate::Hits;
use crate::Numbers;
use crate::search::error::QueryError;
use proptest::prelude::*;
use rapidvec_core::{Purpose, Rng, Vocabulary};
use std::sync::OnceLock;
use xxhash_rust::xxh3::Xxh3;

const SIZE: usize = 8;
/// The checksum's place in the file.
const CHECKSUM: usize = 64;
const BODY: usize = 80;

fn vectors(words: usize, seed: u64) -> WordVectors {
    let mut vocabulary = Vocabulary::new();
    (0..words).for_each(|i| assert!(vocabulary.insert(&format!("w{i}"), 1).is_some()));
    let mut numbers = vec![0.0; words * SIZE];
    Rng::stream(seed, Purpose::InputWeights, 0).fill_normal(&mut numbers, 1.0);
    numbers[..SIZE].fill(0.0);
    WordVectors::new(vocabulary, SIZE, Numbers::F32(numbers)).unwrap()
}

/// 300 words, and the file of their index.
fn saved() -> &'static (WordVectors, Vec<u8>) {
    static SAVED: OnceLock<(WordVectors, Vec<u8>)> = OnceLock::new();
    SAVED.get_or_init(|| {
        let vectors = vectors(300, 1);
        let folder = tempfile::tempdir().unwrap();
        let path = ApproximateIndex::path_beside(&folder.path().join("model"));
        ApproximateIndex::build(&vectors, IndexOptions::default()).unwrap().save(&path, &vectors).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert!(path.to_str().unwrap().ends_with("/model.ann"));
        ApproximateIndex::open(&path, &vectors).unwrap();
        (vectors, bytes)
    })
}

/// With the checksum that belongs to the bytes: as a forger would leave them.
fn forged(mut bytes: Vec<u8>) -> Vec<u8> {
    let mut hash = Xxh3::new();
    hash.update(&bytes[..CHECKSUM]);
    hash.update(&bytes[BODY..]);
    bytes[CHECKSUM..BODY].copy_from_slice(&hash.digest128().to_le_bytes());
    bytes
}

#[test]
fn finds_what_the_exact_scan_finds_and_scores_it_the_same() {
    let (vectors, bytes) = saved();
    let index = ApproximateIndex::from_bytes(bytes, vectors).unwrap();
    assert_eq!((index.len(), index.options()), (300, IndexOptions::default()));
    let measured = index.measure(vectors, 100, 10).unwrap();
    assert_eq!(measured.questions, 100);
    assert!(measured.recall > 0.98, "{measured:?}"); // the zero vector's neighbours are all equal
    let (exact, search) = (vectors.search(), vectors.search().index(&index));
    for word in ["w1", "w299"] {
        assert_eq!(search.most_similar(word, 5).unwrap(), exact.most_similar(word, 5).unwrap());
    }
    let words = ["w1", "w2", "w9"];
    assert_eq!(search.most_similar_batch(&words, 5).unwrap(), exact.most_similar_batch(&words, 5).unwrap());
    let terms = [("w1", 1.0), ("w2", -0.5)];
    let found = search.most_similar_weighted(&terms, 3).unwrap();
    assert_eq!(found, exact.most_similar_weighted(&terms, 3).unwrap());
    let query = vectors.vector("w7").unwrap();
    assert_eq!(search.most_similar_to(&query, 1).unwrap().words().next(), Some("w7"));
    assert!(search.most_similar("w1", 0).unwrap().is_empty());
    assert_eq!(search.most_similar("w1", usize::MAX).unwrap().len(), 299);
    assert!(search.clone().exclude([7]).most_similar_to(&query, 1).unwrap().ids() != [7]);
    let some = search.restrict(50).most_similar("w1", 99).unwrap();
    assert!(some.len() == 49 && some.ids().iter().all(|&id| id < 50), "a restricted search scans: {some:?}");
}

#[test]
fn refuses_unknown_words_and_vectors_of_another_size() {
    let (vectors, bytes) = saved();
    let index = ApproximateIndex::from_bytes(bytes, vectors).unwrap();
    let search = vectors.search().index(&index);
    assert!(matches!(search.most_similar("x1", 3), Err(QueryError::UnknownWord { .. })));
    assert_eq!(search.most_similar_to(&[1.0], 3), Err(QueryError::Vector { expected: SIZE, got: 1 }));
}

#[test]
fn refuses_an_index_of_other_vectors() {
    let (_, bytes) = saved();
    for other in [vectors(300, 2), vectors(299, 1), vectors(301, 1)] {
        let refused = ApproximateIndex::from_bytes(bytes, &other).map(drop);
        assert!(matches!(refused, Err(IndexError::OtherModel { .. })), "{refused:?}");
    }
}

#[test]
fn refuses_the_file_cut_anywhere_lengthened_or_altered() {
    let (vectors, bytes) = saved();
    let refused = |bytes: &[u8]| ApproximateIndex::from_bytes(bytes, vectors).map(drop).unwrap_err();
    assert_eq!(refused(b"hello"), IndexError::NotAnIndex);
    assert_eq!(refused(b""), IndexError::NotAnIndex);
    for end in (8..bytes.len()).step_by(97) {
        assert!(matches!(refused(&bytes[..end]), IndexError::Length { .. }), "cut at {end}");
    }
    assert!(matches!(refused(&[&bytes[..], b"x"].concat()), IndexError::Length { .. }));
    for at in (8..bytes.len()).step_by(61) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 4;
        let _ = refused(&bytes);
    }
}

/// Where the graph begins.
fn graph() -> usize {
    BODY + 8 + 300 * SIZE * 4 + 64
}

#[test]
fn refuses_forged_graphs_that_lead_out_of_memory() {
    let (vectors, bytes) = saved();
    let refused = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        match ApproximateIndex::from_bytes(&forged(bytes), vectors).map(drop).unwrap_err() {
            IndexError::Damaged { what } => what,
            other => panic!("{other:?}"),
        }
    };
    let (levels, nodes) = (graph() + 40, graph() + 40 + 300 * 2);
    assert!(refused(&|bytes| bytes[graph()] ^= 1).contains("sizes of the graph"));
    assert!(refused(&|bytes| bytes[graph() + 8] ^= 1).contains("sizes of the graph"));
    assert!(refused(&|bytes| bytes[graph() + 32 + 3] = 1).contains("entry"));
    assert!(refused(&|bytes| bytes[graph() + 24] += 1).contains("entry"));
    assert!(refused(&|bytes| bytes[levels] += 1).contains("two levels"));
    assert!(refused(&|bytes| bytes[nodes + 10] = 33).contains("more links"));
    assert!(refused(&|bytes| bytes[nodes + 14 + 3] = 1).contains("no target"));
    assert!(refused(&|bytes| bytes[nodes + 7] = 1).contains("an id"));
    assert!(refused(&|bytes| bytes[BODY] ^= 1).contains("sizes disagree"));
    assert!(refused(&|bytes| bytes[graph() - 64] ^= 1).contains("types or versions"));
    assert!(refused(&|bytes| bytes[graph() - 64 + 17] ^= 1).contains("sizes disagree"));
    assert!(refused(&|bytes| bytes[12] = 1).contains("option"));
    assert!(refused(&|bytes| bytes[8] = 2).contains("version"));
}

proptest! {
    /// A forged file is refused, or opened and searched: it never crashes.
    #[test]
    fn no_forged_byte_crashes(changes in prop::collection::vec((8usize..200_000, any::<u8>()), 1..4)) {
        let (vectors, bytes) = saved();
        let mut bytes = bytes.clone();
        for (at, value) in changes {
            let at = 8 + (at - 8) % (bytes.len() - 8);
            bytes[at] = value;
        }
        if let Ok(index) = ApproximateIndex::from_bytes(&forged(bytes), vectors) {
            let _: Result<Hits, _> = vectors.search().index(&index).most_similar("w5", 10);
        }
    }
}
