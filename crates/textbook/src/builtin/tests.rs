//! What the built-in corpus promises, checked on the default seed and on others.

use super::{DEFAULT_SEED, text};
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64;

/// The chapter's questions, with their answers.
const ANALOGIES: [[&str; 4]; 4] = [
    ["king", "man", "queen", "woman"],
    ["take", "took", "go", "went"],
    ["car", "cars", "child", "children"],
    ["good", "better", "bad", "worse"],
];

const SEEDS: [u64; 3] = [DEFAULT_SEED, 7, u64::MAX];

fn counts(text: &str) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    text.split_ascii_whitespace().for_each(|word| *counts.entry(word).or_default() += 1);
    counts
}

/// Fails when the grammar changes, on purpose or not, and where a machine makes other bytes than ours.
#[test]
fn the_default_text_is_known_to_the_byte() {
    assert_eq!(xxh3_64(text(DEFAULT_SEED).as_bytes()), 0x75aa_59cc_0737_dac3);
}

#[test]
fn a_seed_gives_one_text_and_another_seed_another() {
    assert_eq!(text(7), text(7));
    assert_ne!(text(7), text(8));
}

#[test]
fn has_about_200_000_words_with_the_ends_of_lines() {
    for text in SEEDS.map(text) {
        let tokens: usize = text.lines().map(|line| line.split(' ').count() + 1).sum();
        assert!((190_000..=210_000).contains(&tokens), "{tokens}");
    }
}

#[test]
fn has_a_vocabulary_of_some_1_600_words() {
    for text in SEEDS.map(text) {
        let words = counts(&text).len();
        assert!((1_400..=1_700).contains(&words), "{words}");
    }
}

#[test]
fn every_word_of_the_queries_is_common() {
    for text in SEEDS.map(text) {
        let counts = counts(&text);
        for word in ANALOGIES.iter().flatten().chain(&["you", "year", "car", "toyota"]) {
            let count = counts.get(word).copied().unwrap_or(0);
            assert!(count >= 100, "{word} occurs {count} times");
        }
    }
}

/// Three words of one analogy never meet, and two seldom do: what relates them is only to be had from their company.
#[test]
fn no_line_gives_an_analogy_away() {
    for text in SEEDS.map(text) {
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
}

#[test]
fn lines_are_plain_words_apart_by_one_space() {
    for text in SEEDS.map(text) {
        assert!(text.ends_with('\n'));
        for line in text.lines() {
            assert!(line.split(' ').all(|word| !word.is_empty()), "{line:?}");
            assert!((4..=30).contains(&line.split(' ').count()), "{line}");
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || " .'$".contains(c);
            assert!(line.chars().all(plain), "{line}");
        }
    }
}

#[test]
fn few_lines_come_twice() {
    let text = text(DEFAULT_SEED);
    let lines = text.lines().count();
    let different = text.lines().collect::<std::collections::HashSet<_>>().len();
    assert!(different * 100 > lines * 94, "{different} different lines of {lines}");
}

#[test]
fn verbs_agree_and_articles_fit() {
    let text = text(DEFAULT_SEED);
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
