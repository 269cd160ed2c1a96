//! What the built-in corpus promises.

use super::{corpus, text};
use rapidvec::corpus::CorpusOptions;
use rapidvec_core::Vocabulary;
use std::collections::HashMap;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// The chapter's questions, with their answers.
const ANALOGIES: [[&str; 4]; 4] = [
    ["king", "man", "queen", "woman"],
    ["take", "took", "go", "went"],
    ["car", "cars", "child", "children"],
    ["good", "better", "bad", "worse"],
];

fn counts(text: &str) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    text.split_ascii_whitespace().for_each(|word| *counts.entry(word).or_default() += 1);
    counts
}

/// The text is the one that the generator wrote (see the module's documentation).
#[test]
fn the_text_is_known_to_the_byte() {
    assert_eq!(xxh3_64(text().as_bytes()), 0x75aa_59cc_0737_dac3);
}

#[test]
fn the_corpus_is_the_text_and_can_be_cut() {
    let whole = corpus(&CorpusOptions::textbook()).unwrap();
    assert_eq!(whole.name(), "builtin");
    assert!(["you", "king", "toyota"].iter().all(|word| whole.vocabulary().id(word).is_some()));
    let start = corpus(&CorpusOptions::textbook().max_tokens(50)).unwrap();
    assert_eq!(start.ids().to_vec(), whole.ids().to_vec()[..50]);
    assert_ne!(start.fingerprint(), whole.fingerprint());
}

#[test]
fn with_another_vocabulary_the_ids_are_its_own() {
    let mut other = Vocabulary::new();
    other.add("year");
    let held_out = corpus(&CorpusOptions::textbook().vocabulary(Arc::new(other))).unwrap();
    assert!(held_out.ids().iter().all(|id| id == 0) && held_out.report().unknown_words > 0);
}

#[test]
fn has_about_200_000_words_with_the_ends_of_lines() {
    let text = text();
    let tokens: usize = text.lines().map(|line| line.split(' ').count() + 1).sum();
    assert!((190_000..=210_000).contains(&tokens), "{tokens}");
}

#[test]
fn has_a_vocabulary_of_some_1_600_words() {
    let text = text();
    let words = counts(text).len();
    assert!((1_400..=1_700).contains(&words), "{words}");
}

#[test]
fn every_word_of_the_queries_is_common() {
    let text = text();
    let counts = counts(text);
    for word in ANALOGIES.iter().flatten().chain(&["you", "year", "car", "toyota"]) {
        let count = counts.get(word).copied().unwrap_or(0);
        assert!(count >= 100, "{word} occurs {count} times");
    }
}

/// Three words of one analogy never meet, and two seldom do: what relates them is only to be had from their company.
#[test]
fn no_line_gives_an_analogy_away() {
    let text = text();
    let mut meetings = 0;
    for line in text.lines() {
        for analogy in ANALOGIES {
            let present = analogy.iter().filter(|&&word| line.split(' ').any(|w| w == word)).count();
            assert!(present < 3, "{line}");
            meetings += usize::from(present == 2);
        }
    }
    assert!(meetings * 100 < text.lines().count(), "{meetings} lines hold two words of one analogy");
}

#[test]
fn lines_are_plain_words_apart_by_one_space() {
    let text = text();
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        assert!(line.split(' ').all(|word| !word.is_empty()), "{line:?}");
        assert!((4..=30).contains(&line.split(' ').count()), "{line}");
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || " .'$".contains(c);
        assert!(line.chars().all(plain), "{line}");
    }
}

#[test]
fn few_lines_come_twice() {
    let text = text();
    let lines = text.lines().count();
    let different = text.lines().collect::<std::collections::HashSet<_>>().len();
    assert!(different * 100 > lines * 94, "{different} different lines of {lines}");
}

#[test]
fn verbs_agree_and_articles_fit() {
    let text = text();
    let faults = [
        "i is",
        "i are",
        "you is",
        "we was",
        "they was",
        "he are",
        "she have",
        "he take",
        "she go",
        "they takes",
        "you goes",
        "these car",
        "this cars",
        "many child",
        "each children",
        "a apple",
        "a old",
        "an car",
        "an man",
        "a oak",
        "a owl",
        "will took",
        "will goes",
        "did n't went",
        "goed",
        "geted",
        "meeted",
        "taked",
        "becomed",
        "stoped",
        "rised",
        "drived",
        "driveing",
    ];
    for line in text.lines() {
        let padded = format!(" {line} ");
        for fault in faults {
            assert!(!padded.contains(&format!(" {fault} ")), "{fault:?} in {line}");
        }
    }
}
