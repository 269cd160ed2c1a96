//! Which n-grams a word has, and which of B buckets each of them is in.

use crate::error::FormatError;
use crate::units::Units;
use serde::{Deserialize, Serialize};

/// fastText's token for the end of a sentence; it counts as a word, and has no n-grams.
const EOS_TOKEN: &str = "</s>";

/// What it costs to hash an n-gram and to find its row, in additions.
const HASH_WORK: u64 = 16;

/// The most bytes that a byte of a word becomes when its syllables are taken apart: three jamo of three bytes for three bytes.
const JAMO_BYTES: usize = 3;

/// N-grams of `min_n` to `max_n` units, hashed into `buckets` rows. The defaults are fastText's.
///
/// ```
/// use rapidvec_vectors::NGrams;
///
/// let mut ngrams = Vec::new();
/// NGrams::default().min_n(3).max_n(4).for_each("cat", |ngram, _| ngrams.push(ngram.to_owned()));
/// assert_eq!(ngrams, ["<ca", "<cat", "cat", "cat>", "at>"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NGrams {
    /// Units in the shortest n-gram, at least 1.
    pub min_n: usize,
    /// Units in the longest n-gram.
    pub max_n: usize,
    /// Rows that all n-grams share, from 1 to 2^32 - 1.
    pub buckets: usize,
    /// What n-grams consist of.
    #[serde(default, skip_serializing_if = "Units::is_letters")]
    pub units: Units,
}

impl Default for NGrams {
    /// 3 to 6 letters in 2 million buckets.
    fn default() -> Self {
        Self { min_n: 3, max_n: 6, buckets: 2_000_000, units: Units::Letters }
    }
}

rapidvec_core::setters!(NGrams { min_n: usize, max_n: usize, buckets: usize, units: Units });

impl NGrams {
    /// Checks the sizes.
    ///
    /// # Errors
    /// [`FormatError::Field`] if there are no buckets or more than 2^32 - 1, if the shortest n-gram has no unit, or if the longest has
    /// fewer than the shortest.
    pub fn check(&self) -> Result<(), FormatError> {
        if self.buckets == 0 || u32::try_from(self.buckets).is_err() {
            let got = self.buckets.to_string();
            return Err(FormatError::Field { field: "buckets", expected: "from 1 to 4294967295", got });
        }
        if self.min_n == 0 || self.max_n < self.min_n {
            let got = format!("{} to {}", self.min_n, self.max_n);
            return Err(FormatError::Field { field: "n-gram lengths", expected: "1 or more, shortest first", got });
        }
        Ok(())
    }

    /// Passes on every n-gram of `<word>` and its bucket: from left to right, at each place the shortest first. Of jamo, the n-gram is
    /// shown as they are hashed.
    pub fn for_each(&self, word: &str, mut see: impl FnMut(&str, u32)) {
        self.for_each_of_bytes(word.as_bytes(), |ngram, bucket| {
            // N-grams of valid UTF-8 consist of whole characters.
            see(std::str::from_utf8(ngram).unwrap_or_default(), bucket);
        });
    }

    /// The same for a word that may not be valid UTF-8.
    pub(crate) fn for_each_of_bytes(&self, word: &[u8], mut see: impl FnMut(&[u8], u32)) {
        let word = self.units.of(word);
        for_each_ngram(&word, self.min_n, self.max_n, |ngram, hash| see(ngram, hash % self.buckets as u32));
    }

    /// An upper bound on the work for a word of this many bytes, in additions: every byte is hashed for at most `max_n`
    /// n-grams, and each hash that ends an n-gram costs D additions and a division.
    pub(crate) fn work(&self, bytes: usize, vector_size: usize) -> u64 {
        let most = if self.units.is_letters() { bytes } else { bytes.saturating_mul(JAMO_BYTES) };
        let marked = (most as u64).saturating_add(2);
        let hashed = if marked < self.min_n as u64 { 0 } else { marked.saturating_mul(marked.min(self.max_n as u64)) };
        hashed.saturating_mul(work_each(vector_size))
    }

    /// Turns a known word's own row into its vector: the mean of that row and of its n-grams', which are in `rows`
    /// (B x D little-endian f32 numbers, at any alignment).
    pub(crate) fn complete(&self, rows: &[u8], word: &[u8], row: &mut [f32]) {
        let (mut count, size) = (1, 4 * row.len());
        self.for_each_of_bytes(word, |_, bucket| {
            for (sum, bytes) in row.iter_mut().zip(rows[bucket as usize * size..][..size].as_chunks().0) {
                *sum += f32::from_le_bytes(*bytes);
            }
            count += 1;
        });
        scale(row, count);
    }
}

/// The work for one n-gram, in additions.
pub(crate) fn work_each(vector_size: usize) -> u64 {
    (vector_size as u64).saturating_add(HASH_WORK)
}

/// Turns a sum of `count` rows into their mean.
pub(super) fn scale(sum: &mut [f32], count: usize) {
    // Divided in f64, rounded, multiplied: fastText's order of rounding. Without n-grams there is nothing to scale.
    let factor = (1.0 / count.max(1) as f64) as f32;
    sum.iter_mut().for_each(|x| *x *= factor);
}

/// Passes on every n-gram of `<word>` and its hash, from left to right, at each place the shortest first.
fn for_each_ngram(word: &[u8], min_n: usize, max_n: usize, mut see: impl FnMut(&[u8], u32)) {
    if word == EOS_TOKEN.as_bytes() || word.len() + 2 < min_n {
        return;
    }
    let marked = [b"<", word, b">"].concat();
    let continues_character = |at: usize| marked.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    for start in (0..marked.len()).filter(|&at| !continues_character(at)) {
        let (mut end, mut hash) = (start, FNV_BASIS);
        for characters in 1..=max_n {
            let Some(&first) = marked.get(end) else { break };
            (end, hash) = (end + 1, extend(hash, first));
            while continues_character(end) {
                (end, hash) = (end + 1, extend(hash, marked[end]));
            }
            let lone_mark = characters == 1 && (start == 0 || end == marked.len());
            if characters >= min_n && !lone_mark {
                see(&marked[start..end], hash);
            }
        }
    }
}

const FNV_BASIS: u32 = 2_166_136_261;

/// The hash of an n-gram; modulo the number of buckets it is the bucket.
pub fn ngram_hash(ngram: &[u8]) -> u32 {
    ngram.iter().fold(FNV_BASIS, |hash, &byte| extend(hash, byte))
}

/// One step of FNV-1a with fastText's quirk: the byte is widened with its sign.
fn extend(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as i8 as u32).wrapping_mul(16_777_619)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ngrams(word: &str, min_n: usize, max_n: usize) -> Vec<String> {
        let mut found = Vec::new();
        NGrams::default().min_n(min_n).max_n(max_n).for_each(word, |ngram, _| found.push(ngram.to_owned()));
        found
    }

    /// fastText 0.9.3 (Python), `get_subwords("nights")` of a model with n-grams of 3 to 6.
    #[test]
    fn ngrams_are_fasttexts() {
        let expected = "<ni <nig <nigh <night nig nigh night nights igh ight ights ights> ght ghts ghts> hts hts> ts>";
        assert_eq!(ngrams("nights", 3, 6).join(" "), expected);
    }

    #[test]
    fn ngrams_consist_of_characters_and_a_lone_mark_does_not_count() {
        assert_eq!(ngrams("고양", 1, 2), ["<고", "고", "고양", "양", "양>"]);
        assert_eq!(ngrams("a", 1, 1), ["a"]);
        assert_eq!(ngrams("a", 3, 6), ["<a>"]);
        assert_eq!(ngrams("", 3, 6), [""; 0]);
        assert_eq!(ngrams("", 1, 6), ["<>"]);
        assert_eq!(ngrams("</s>", 3, 6), [""; 0]);
    }

    /// fastText 0.9.3, `get_subwords` of a model with 291 words and 100 buckets: row - 291.
    #[test]
    fn hashes_are_fasttexts_also_beyond_ascii() {
        let expected = [("<Üb", 62), ("<Übe", 17), ("<Über", 89), ("Übe", 71), ("ber", 66), ("ng>", 0)];
        let ngrams = NGrams::default().buckets(100);
        let mut found = std::collections::HashMap::new();
        ngrams.for_each("Übering", |ngram, bucket| {
            found.insert(ngram.to_owned(), bucket);
        });
        ngrams.for_each("Über", |ngram, bucket| {
            found.insert(ngram.to_owned(), bucket);
        });
        for (ngram, bucket) in expected {
            assert_eq!(found[ngram], bucket, "{ngram}");
        }
    }

    #[test]
    fn a_composed_and_a_decomposed_word_have_the_same_ngrams_of_jamo() {
        let jamo = NGrams::default().units(Units::Jamo);
        let of = |word: &str| {
            let mut found = Vec::new();
            jamo.for_each(word, |_, bucket| found.push(bucket));
            found
        };
        let decomposed: String = unicode_normalization::UnicodeNormalization::nfd("고양이").collect();
        assert_eq!(of("고양이"), of(&decomposed));
        assert_eq!(of("고양이").len(), ngrams("abcdefghi", 3, 6).len(), "three jamo a syllable");
    }

    #[test]
    fn refuses_ngrams_without_units_or_buckets() {
        let fine = NGrams::default();
        assert!(fine.check().is_ok());
        for bad in [fine.min_n(0), fine.min_n(7), fine.buckets(0), fine.buckets(1 << 32)] {
            assert!(matches!(bad.check(), Err(FormatError::Field { .. })), "{bad:?}");
        }
    }
}
