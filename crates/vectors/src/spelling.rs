//! Suggests words of similar spelling for a word that is not in the vocabulary.
//!
//! The distance counts insertions, deletions, replacements and swaps of adjacent characters (optimal string alignment)
//! between the lower-case forms without invisible characters, so that `You` is at distance 0 from `you`. Lengths are compared
//! first, and only a band around the diagonal of the table is filled, so that a million words take a fraction of a second.

use rapidvec_core::{Vocabulary, WordId};
use std::cmp::Reverse;

/// The maximum number of suggestions.
const MAX_SUGGESTIONS: usize = 3;
/// Longer words are not compared: nobody types them.
const MAX_CHARS: usize = 64;
/// Bytes of invisible characters that a candidate may have.
const INVISIBLE_BYTES: usize = 16;

/// Up to three words near `word`: by ascending distance, then descending count, then ascending id.
pub fn near(vocabulary: &Vocabulary, word: &str) -> Vec<String> {
    let wanted = folded(word).take(MAX_CHARS + 1).collect::<Vec<_>>();
    if wanted.is_empty() || wanted.len() > MAX_CHARS {
        return Vec::new();
    }
    let mut aligner = Aligner::new(wanted);
    let mut found: Vec<(usize, Reverse<u64>, WordId)> = Vec::new();
    for (id, candidate) in vocabulary.words().enumerate() {
        if let Some(distance) = aligner.distance(candidate) {
            found.push((distance, Reverse(vocabulary.count(id as WordId)), id as WordId));
            if found.len() > 64 * MAX_SUGGESTIONS {
                keep_best(&mut found);
            }
        }
    }
    keep_best(&mut found);
    found.into_iter().map(|(.., id)| vocabulary.word(id).to_owned()).collect()
}

/// `suggestion` in backticks, followed by its code points if it looks the same as `word` on a screen.
pub fn quoted(suggestion: &str, word: &str) -> String {
    let visible = |text: &str| text.chars().filter(|&c| !is_invisible(c)).collect::<String>();
    if visible(suggestion) != visible(word) {
        return format!("`{suggestion}`");
    }
    let escaped = |c: char| if is_invisible(c) { c.escape_unicode().to_string() } else { c.to_string() };
    format!("`{suggestion}` (written {})", suggestion.chars().map(escaped).collect::<String>())
}

/// Whether a character is invisible: selectors of emoji, marks of direction and width, and the dot above after `i` (the lower
/// case of Turkish I with a dot has it).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{307}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

fn keep_best(found: &mut Vec<(usize, Reverse<u64>, WordId)>) {
    found.sort_unstable();
    found.truncate(MAX_SUGGESTIONS);
}

/// The form in which words are compared: lower case, without invisible characters.
fn folded(word: &str) -> impl Iterator<Item = char> {
    word.chars().flat_map(char::to_lowercase).filter(|&c| !is_invisible(c))
}

/// The maximum distance; with more mistakes it is another word.
fn max_mistakes(length: usize) -> usize {
    match length {
        0..=1 => 0,
        2..=4 => 1,
        _ => 2,
    }
}

/// Compares one word with many.
struct Aligner {
    wanted: Vec<char>,
    most: usize,
    candidate: Vec<char>,
    /// Rows `i - 2`, `i - 1` and `i` of the table of distances.
    rows: [Vec<usize>; 3],
}

impl Aligner {
    fn new(wanted: Vec<char>) -> Self {
        let most = max_mistakes(wanted.len());
        let row = vec![0; wanted.len() + most + 1];
        Self { wanted, most, candidate: Vec::new(), rows: [row.clone(), row.clone(), row] }
    }

    /// The distance to `candidate`, unless it is too far.
    fn distance(&mut self, candidate: &str) -> Option<usize> {
        // A character takes at most 4 bytes, and lower case never more than 3 characters for one.
        let (least, most) = (self.wanted.len() - self.most, self.wanted.len() + self.most);
        if candidate.len() * 3 < least || candidate.len() > 4 * most + INVISIBLE_BYTES {
            return None;
        }
        self.candidate.clear();
        self.candidate.extend(folded(candidate).take(most + 1));
        if !(least..=most).contains(&self.candidate.len()) {
            return None;
        }
        if self.candidate == self.wanted {
            return Some(0);
        }
        self.align()
    }

    /// Fills the band of the table where distances of at most `most` can lie. Cell `(i, j)` is the distance of the first
    /// `i` characters wanted and the first `j` of the candidate.
    fn align(&mut self) -> Option<usize> {
        let (wanted, candidate, too_far) = (&self.wanted, &self.candidate, self.most + 1);
        let [before, last, now] = &mut self.rows;
        (0..=candidate.len()).for_each(|j| last[j] = j.min(too_far));
        for i in 1..=wanted.len() {
            let (from, to) = (i.saturating_sub(self.most), (i + self.most).min(candidate.len()));
            now.fill(too_far);
            for j in from..=to {
                now[j] = if j == 0 {
                    i
                } else {
                    let replaced = last[j - 1] + usize::from(wanted[i - 1] != candidate[j - 1]);
                    let swap = i > 1 && j > 1 && wanted[i - 1] == candidate[j - 2] && wanted[i - 2] == candidate[j - 1];
                    let swapped = if swap { before[j - 2] + 1 } else { too_far };
                    replaced.min(last[j] + 1).min(now[j - 1] + 1).min(swapped).min(too_far)
                };
            }
            if now[from..=to].iter().all(|&distance| distance == too_far) {
                return None;
            }
            std::mem::swap(before, last);
            std::mem::swap(last, now);
        }
        Some(last[candidate.len()]).filter(|&distance| distance < too_far)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vocabulary(words: &[(&str, u64)]) -> Vocabulary {
        let mut vocabulary = Vocabulary::new();
        words.iter().for_each(|&(word, count)| assert!(vocabulary.insert(word, count).is_some()));
        vocabulary
    }

    #[test]
    fn suggests_the_nearest_then_the_most_frequent() {
        let words = vocabulary(&[("toyota", 3), ("Toyota", 1), ("toyata", 9), ("toyotas", 10), ("honda", 99)]);
        assert_eq!(near(&words, "TOYOTA"), ["toyota", "Toyota", "toyotas"]);
        assert_eq!(near(&words, "toyoat"), ["toyota", "Toyota", "toyotas"]);
        assert_eq!(near(&words, "nissan"), [""; 0]);
    }

    #[test]
    fn corrects_a_mistake_of_every_kind() {
        let words = vocabulary(&[("queen", 1)]);
        for slip in ["quen", "queeen", "qeeen", "uqeen", "QUEEN", "quee", "ueen", "qunee"] {
            assert_eq!(near(&words, slip), ["queen"], "{slip}");
        }
    }

    #[test]
    fn short_and_foreign_words_are_compared_too() {
        let words = vocabulary(&[("a", 5), ("b", 4), ("안녕", 3), ("İ", 1), ("", 1)]);
        assert_eq!(near(&words, "A"), ["a"]);
        assert_eq!(near(&words, "안넝"), ["안녕"]);
        assert_eq!(near(&words, "c"), [""; 0]);
        assert_eq!(near(&words, ""), [""; 0]);
        assert_eq!(near(&words, &"x".repeat(100_000)), [""; 0]);
    }

    #[test]
    fn words_that_look_the_same_are_suggested_with_their_code_points() {
        let words = vocabulary(&[("\u{2764}\u{fe0f}", 1), ("i\u{307}stanbul", 2)]);
        assert_eq!(near(&words, "\u{2764}"), ["\u{2764}\u{fe0f}"]);
        assert_eq!(near(&words, "istanbul"), ["i\u{307}stanbul"]);
        assert_eq!(quoted("\u{2764}\u{fe0f}", "\u{2764}"), "`\u{2764}\u{fe0f}` (written \u{2764}\\u{fe0f})");
        assert_eq!(quoted("i\u{307}stanbul", "istanbul"), "`i\u{307}stanbul` (written i\\u{307}stanbul)");
        assert_eq!(quoted("queen", "quen"), "`queen`");
    }

    #[test]
    fn of_many_equally_near_words_the_most_frequent_are_suggested() {
        let many: Vec<_> =
            (0..1000u64).map(|i| (format!("wörd{}", char::from_u32(0x4e00 + i as u32).unwrap()), i)).collect();
        let words = vocabulary(&many.iter().map(|(word, count)| (word.as_str(), *count)).collect::<Vec<_>>());
        let expected: Vec<_> = many.iter().rev().take(3).map(|(word, _)| word.clone()).collect();
        assert_eq!(near(&words, "wördx"), expected);
    }

    /// The full table, by definition.
    fn reference(a: &[char], b: &[char]) -> usize {
        let mut d = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                d[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let replaced = d[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                    let swapped = if swap { d[i - 2][j - 2] + 1 } else { usize::MAX };
                    replaced.min(d[i - 1][j] + 1).min(d[i][j - 1] + 1).min(swapped)
                };
            }
        }
        d[a.len()][b.len()]
    }

    proptest! {
        #[test]
        fn the_band_agrees_with_the_full_table(a in "[abc]{1,9}", others in prop::collection::vec("[abc]{0,11}", 1..6)) {
            let a: Vec<char> = a.chars().collect();
            let mut aligner = Aligner::new(a.clone());
            for b in others { // one aligner for all: nothing of one may leak into the next
                let expected = reference(&a, &b.chars().collect::<Vec<_>>());
                let expected = Some(expected).filter(|&distance| distance <= max_mistakes(a.len()));
                prop_assert_eq!(aligner.distance(&b), expected);
            }
        }
    }
}
