//! Vectors of unknown words.

use super::*;
use crate::units::Units;
use crate::{Numbers, WordVectors};

fn small(min_n: usize, max_n: usize, vector_size: usize) -> Result<Subwords, FormatError> {
    let rows = Rows::new(6 / vector_size, vector_size, Numbers::F32((0..6).map(|i| i as f32).collect()))?;
    Subwords::new(NGrams::default().min_n(min_n).max_n(max_n).buckets(6 / vector_size), rows)
}

#[test]
fn a_word_is_the_mean_of_its_ngrams_and_one_without_is_unknown() {
    let subwords = small(3, 3, 2).unwrap();
    let rows = |word: &str| {
        let mut rows = Vec::new();
        subwords.ngrams.for_each(word, |_, bucket| rows.push(2.0 * bucket as f32));
        rows
    };
    let [a, b] = rows("ab")[..] else { panic!("two n-grams") };
    assert_eq!(subwords.vector("ab"), Some(vec![(a + b) / 2.0, (a + b) / 2.0 + 1.0]));
    let mut known = [5.0, 7.0];
    subwords.ngrams.complete(&subwords.rows.bytes(0..3), b"a", &mut known);
    assert_eq!(known, [(5.0 + rows("a")[0]) / 2.0, (8.0 + rows("a")[0]) / 2.0]);
    assert_eq!(subwords.vector(""), None);
    assert_eq!(subwords.vector("</s>"), None);
}

/// Bytes hashed for the n-grams of `word`: for each place those of the longest n-gram that begins there.
fn hashed(ngrams: NGrams, word: &str) -> u64 {
    let mut longest = std::collections::BTreeMap::new();
    ngrams.for_each_of_bytes(word.as_bytes(), |ngram, _| {
        longest.insert(ngram.as_ptr() as usize, ngram.len() as u64);
    });
    longest.values().sum()
}

#[test]
fn the_work_for_a_word_is_not_underestimated() {
    for word in ["", "a", "night", "고양이", &"x".repeat(500), &"é".repeat(200), &"값".repeat(100)] {
        for (min_n, max_n) in [(1, 1), (3, 6), (1, i32::MAX as usize), (400, 500), (502, usize::MAX), (503, 600)] {
            for units in [Units::Letters, Units::Jamo] {
                let ngrams = NGrams::default().min_n(min_n).max_n(max_n).buckets(7).units(units);
                let work = ngrams.work(word.len(), 3);
                let found = hashed(ngrams, word);
                assert!(work >= found * work_each(3), "{} bytes of {units}, {min_n} to {max_n}: {work}", word.len());
            }
        }
    }
}

#[test]
fn a_word_whose_ngrams_are_too_much_work_is_refused() {
    let absurd = small(1, i32::MAX as usize, 1).unwrap();
    let long = "x".repeat(120_000);
    assert_eq!(absurd.vector(&long), None);
    let refused = absurd.check_work(&long).unwrap_err();
    assert!(matches!(refused, QueryError::WordTooLong { bytes: 120_000, expected: 3_947_580, .. }), "{refused}");
    assert!(absurd.vector(&long[..1900]).is_some());
    assert!(small(3, 6, 1).unwrap().vector(&long).is_some());
}

#[test]
fn unknown_words_are_looked_up_by_their_ngrams_and_exclude_nothing() {
    let mut vocabulary = rapidvec_core::Vocabulary::new();
    ["one", "two"].iter().for_each(|word| assert!(vocabulary.insert(word, 1).is_some()));
    let rows = crate::Numbers::F32(vec![1.0, 0.0, 0.0, 1.0]);
    let vectors = WordVectors::new(vocabulary, 2, rows).unwrap();
    assert_eq!(vectors.vector("ab"), None);
    assert!(vectors.most_similar("ab", 5).is_err());
    let vectors = vectors.with_subwords(small(3, 3, 2).unwrap()).unwrap();
    assert_eq!(vectors.vector("ab"), vectors.subwords().unwrap().vector("ab"));
    assert_eq!(vectors.vector("one"), Some(vec![1.0, 0.0]));
    assert_eq!(vectors.most_similar("ab", 5).unwrap().len(), 2);
    assert_eq!(vectors.most_similar("one", 5).unwrap().len(), 1);
    assert_eq!(vectors.search().analogy("ab", "one", "cd", Default::default(), 5).unwrap().len(), 1);
    assert!(vectors.most_similar("", 5).is_err());
    let narrow = vectors.with_subwords(small(3, 3, 1).unwrap());
    assert!(matches!(narrow, Err(FormatError::Size { expected: 2, got: 1, .. })));
}

#[test]
fn an_unknown_word_whose_ngrams_are_not_finite_stays_unknown() {
    let nan = Rows::new(1, 1, Numbers::F32(vec![f32::NAN])).unwrap();
    let subwords = Subwords::new(NGrams::default().buckets(1), nan).unwrap();
    let mut vocabulary = rapidvec_core::Vocabulary::new();
    vocabulary.add("one");
    let vectors = WordVectors::new(vocabulary, 1, crate::Numbers::F32(vec![1.0])).unwrap();
    let vectors = vectors.with_subwords(subwords).unwrap();
    assert_eq!(vectors.vector("two"), None);
    assert!(vectors.most_similar("two", 1).is_err());
}

/// Rows that are not stored are zero, and count.
#[test]
fn a_model_that_stores_some_rows_gives_the_same_vectors_as_one_that_stores_their_zeros() {
    let ngrams = NGrams::default().buckets(7);
    let buckets = vec![1, 2, 5];
    let some: Vec<f32> = (1..=6).map(|i| i as f32).collect();
    let mut all = vec![0.0; 14];
    for (row, &bucket) in buckets.iter().enumerate() {
        all[2 * bucket as usize..][..2].copy_from_slice(&some[2 * row..][..2]);
    }
    let sparse = Subwords::of_buckets(ngrams, buckets, Rows::new(3, 2, Numbers::F32(some)).unwrap()).unwrap();
    let dense = Subwords::new(ngrams, Rows::new(7, 2, Numbers::F32(all)).unwrap()).unwrap();
    for word in ["nights", "고양이", "word", "of"] {
        assert_eq!(sparse.vector(word), dense.vector(word), "{word}");
    }
    let mut words = rapidvec_core::Vocabulary::new();
    for word in ["nights", "knights"] {
        words.add(word);
    }
    assert_eq!((sparse.used_by(&words), dense.used_by(&words)), (7, 7));
    let none =
        Subwords::of_buckets(ngrams.buckets(1_000_000), vec![3], Rows::new(1, 1, Numbers::F32(vec![1.0])).unwrap());
    assert_eq!(none.unwrap().vector("nights"), None, "nothing is known of it");
}

#[test]
fn refuses_rows_that_do_not_fit_the_buckets() {
    assert!(matches!(small(3, 6, 4), Err(FormatError::Size { expected: 4, got: 6, .. })));
    assert!(matches!(small(0, 0, 2), Err(FormatError::Field { .. })));
    assert!(matches!(small(4, 3, 2), Err(FormatError::Field { .. })));
    let rows = || Rows::new(2, 1, Numbers::F32(vec![0.0; 2])).unwrap();
    let of = |buckets: &[u32]| Subwords::of_buckets(NGrams::default().buckets(9), buckets.to_vec(), rows()).map(drop);
    assert!(of(&[0, 8]).is_ok());
    assert!(matches!(of(&[0]), Err(FormatError::Size { expected: 1, got: 2, .. })));
    for wrong in [[0, 9], [3, 3], [3, 2]] {
        assert!(matches!(of(&wrong), Err(FormatError::Field { .. })), "{wrong:?}");
    }
}
