//! Which words are spelt nearly so? For the hint beside "no such word".
//!
//! Distance: insertions, deletions, replacements and swaps of neighbouring characters (optimal string alignment), of the
//! lower-case forms, so that `You` is at distance 0 of `you`. Lengths are compared first and the table is cut to a band
//! around its diagonal, so that a million words take a fraction of a second.

use rapidvec_core::{Vocabulary, WordId};
use std::cmp::Reverse;

/// How many words are offered.
const OFFERED: usize = 3;
/// Longer words are not compared: nobody types them.
const LONGEST: usize = 64;

/// Up to three words near `word`: the least distance first, then the most frequent, then the lowest id.
pub fn near(vocabulary: &Vocabulary, word: &str) -> Vec<String> {
    let wanted = lower(word.chars()).take(LONGEST + 1).collect::<Vec<_>>();
    if wanted.is_empty() || wanted.len() > LONGEST {
        return Vec::new();
    }
    let mut aligner = Aligner::new(wanted);
    let mut found: Vec<(usize, Reverse<u64>, WordId)> = Vec::new();
    for (id, candidate) in vocabulary.words().enumerate() {
        if let Some(distance) = aligner.distance(candidate) {
            found.push((distance, Reverse(vocabulary.count(id as WordId)), id as WordId));
            if found.len() > 64 * OFFERED {
                keep_best(&mut found);
            }
        }
    }
    keep_best(&mut found);
    found.into_iter().map(|(.., id)| vocabulary.word(id).to_owned()).collect()
}

fn keep_best(found: &mut Vec<(usize, Reverse<u64>, WordId)>) {
    found.sort_unstable();
    found.truncate(OFFERED);
}

fn lower(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    chars.flat_map(char::to_lowercase)
}

/// More mistakes than this make another word.
fn max_mistakes(length: usize) -> usize {
    match length {
        0..=1 => 0,
        2..=4 => 1,
        _ => 2,
    }
}

/// Measures one word against many.
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

    /// The distance to `candidate`, if it is not too far.
    fn distance(&mut self, candidate: &str) -> Option<usize> {
        // A character takes at most 4 bytes, and lower case never more than 3 characters for one.
        let (least, most) = (self.wanted.len() - self.most, self.wanted.len() + self.most);
        if candidate.len() * 3 < least || candidate.len() > 4 * most {
            return None;
        }
        self.candidate.clear();
        self.candidate.extend(lower(candidate.chars()).take(most + 1));
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
    fn offers_the_nearest_then_the_most_frequent() {
        let words = vocabulary(&[("toyota", 3), ("Toyota", 1), ("toyata", 9), ("toyotas", 10), ("honda", 99)]);
        assert_eq!(near(&words, "TOYOTA"), ["toyota", "Toyota", "toyotas"]);
        assert_eq!(near(&words, "toyoat"), ["toyota", "Toyota", "toyotas"]);
        assert_eq!(near(&words, "nissan"), [""; 0]);
    }

    #[test]
    fn knows_a_slip_of_every_kind() {
        let words = vocabulary(&[("queen", 1)]);
        for slip in ["quen", "queeen", "qeeen", "uqeen", "QUEEN", "quee", "ueen", "qunee"] {
            assert_eq!(near(&words, slip), ["queen"], "{slip}");
        }
    }

    #[test]
    fn short_and_foreign_words_and_none() {
        let words = vocabulary(&[("a", 5), ("b", 4), ("안녕", 3), ("İ", 1), ("", 1)]);
        assert_eq!(near(&words, "A"), ["a"]);
        assert_eq!(near(&words, "안넝"), ["안녕"]);
        assert_eq!(near(&words, "c"), [""; 0]);
        assert_eq!(near(&words, ""), [""; 0]);
        assert_eq!(near(&words, &"x".repeat(100_000)), [""; 0]);
    }

    #[test]
    fn among_many_equals_it_keeps_the_most_frequent() {
        let many: Vec<_> =
            (0..1000u64).map(|i| (format!("wörd{}", char::from_u32(0x4e00 + i as u32).unwrap()), i)).collect();
        let words = vocabulary(&many.iter().map(|(word, count)| (word.as_str(), *count)).collect::<Vec<_>>());
        let expected: Vec<_> = many.iter().rev().take(3).map(|(word, _)| word.clone()).collect();
        assert_eq!(near(&words, "wördx"), expected);
    }

    /// The whole table, as the definition has it.
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
        fn the_band_agrees_with_the_whole_table(a in "[abc]{1,9}", others in prop::collection::vec("[abc]{0,11}", 1..6)) {
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
