//! The chapter's eight queries on the chapter's own file, as its NumPy code answers them.
//!
//! `data/textbook_pickle_queries.py` made the expected answers, in two arithmetics: `float32` widens the file's half
//! precision numbers first, as this library does; `float16` rounds after every step, as the chapter's program does
//! when it is run on the file. The first is what answers are compared with; against the second they may differ by its
//! rounding only.
#![allow(clippy::unwrap_used)] // helpers of tests are tests

use rapidvec_vectors::{AnalogyMethod, Hits, WordVectors};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};

const EXPECTED: &str = include_str!("data/textbook_pickle_queries.json");
const METHODS: [&str; 2] = ["most_similar", "analogy"];
/// float16 has 11 bits: a sum of 100 products, each step rounded, strayed by at most 7e-4 of its size in the 40 answers.
const HALF_ROUNDING: f64 = 1e-3;

/// The file among the project's fixtures, unless they are not on this machine.
fn vectors() -> Option<WordVectors> {
    let shared = std::env::var_os("RAPIDVEC_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    let path = shared.join("fixtures/formats/textbook_cbow_params.pkl");
    if !path.exists() {
        let what = format!("SKIPPED: {} is not here; set RAPIDVEC_SHARED to what has fixtures/\n", path.display());
        std::io::stderr().write_all(what.as_bytes()).unwrap(); // past the harness, which hides what passing tests print
        return None;
    }
    Some(WordVectors::open(path).unwrap())
}

/// Calls `check` with our answer and the expected one, eight times.
fn for_each_query(arithmetic: &str, check: impl Fn(&Value, &Hits, &[(String, f64)])) {
    let Some(vectors) = vectors() else { return };
    let table: Value = serde_json::from_str(EXPECTED).unwrap();
    let mut queries = 0;
    for expected in METHODS.iter().flat_map(|method| table[arithmetic][method].as_array().unwrap()) {
        let query = &expected["query"];
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let found = match query.as_array() {
            None => vectors.most_similar(&word(query), 5),
            Some(q) => vectors.search().analogy(&word(&q[0]), &word(&q[1]), &word(&q[2]), AnalogyMethod::Textbook, 5),
        };
        let neighbours = expected["neighbours"].as_array().unwrap().iter();
        let neighbours: Vec<_> = neighbours.map(|n| (word(&n["word"]), n["similarity"].as_f64().unwrap())).collect();
        assert_eq!(neighbours.len(), 5);
        check(query, &found.unwrap(), &neighbours);
        queries += 1;
    }
    assert_eq!(queries, 8);
}

#[test]
fn answers_equal_the_chapters_in_float32_to_4_decimals() {
    for_each_query("float32", |query, found, expected| {
        let words: Vec<_> = found.words().collect();
        assert_eq!(words, expected.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>(), "{query}");
        for (hit, (_, score)) in found.iter().zip(expected) {
            assert_eq!(format!("{:.4}", hit.1), format!("{score:.4}"), "{query}: {hit:?}");
        }
    });
}

#[test]
fn answers_differ_from_the_chapters_in_float16_by_its_rounding_only() {
    for_each_query("float16", |query, found, expected| {
        for (place, (hit, (word, score))) in found.iter().zip(expected).enumerate() {
            let rounding = HALF_ROUNDING * score.abs();
            let ours = f64::from(hit.1);
            assert!((ours - score).abs() <= rounding, "{query}, place {place}: {ours}, expected {score}");
            // Where the next one is farther off than rounding can reach, the word is the same.
            let apart = |other: Option<&(String, f64)>| other.is_none_or(|(_, s)| (s - score).abs() > 2.0 * rounding);
            let before = place.checked_sub(1).and_then(|before| expected.get(before));
            if apart(before) && apart(expected.get(place + 1)) {
                assert_eq!(hit.0, *word, "{query}, place {place}");
            }
        }
    });
}
