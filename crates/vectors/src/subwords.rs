//! Vectors for words outside the vocabulary: the mean over their character n-grams.
//!
//! Bojanowski et al. 2017, as fastText's `dictionary.cc` and `getWordVector` compute it: the word `w` is written `<w>`;
//! its n-grams are the runs of `min_n` to `max_n` UTF-8 characters, without a lone `<` or `>` at the ends; n-gram `g`
//! owns row `hash(g) mod B` of the `B x D` bucket matrix, where `hash` is FNV-1a of 32 bits with each byte taken as signed
//! (bytes from 0x80 on flip the upper 24 bits, too). A known word adds its own row. The sentence end `</s>` has no n-grams.
//! Sums are f32 in the order of the n-grams, then times `1 / n`, so that results have fastText's bits.
//!
//! Limits: words are hashed as bytes; two n-grams may share a row, by design of the method.

use super::mapped::Section;
use super::storage::Rows;
use crate::error::{FormatError, QueryError};

/// fastText's token for the end of a sentence; it counts as a word, and has no n-grams.
pub const EOS_TOKEN: &str = "</s>";

/// The most work that one unknown word may cost, in additions: some 50 ms. Words of 30,000 bytes take less with usual settings.
const MAX_WORD_WORK: u64 = 1 << 26;

/// What it costs to hash an n-gram and to find its row, in additions.
const HASH_WORK: u64 = 16;

/// Which n-grams a word has, and in which rows they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NGrams {
    min_n: usize,
    max_n: usize,
    buckets: usize,
    vector_size: usize,
}

impl NGrams {
    /// N-grams of `min_n` to `max_n` characters in `buckets` rows of `vector_size` numbers.
    ///
    /// # Errors
    /// [`FormatError::Empty`] without rows or numbers in them, [`FormatError::Field`] if the longest n-gram has no characters
    /// or fewer than the shortest.
    pub(crate) fn new(min_n: usize, max_n: usize, buckets: usize, vector_size: usize) -> Result<Self, FormatError> {
        if buckets == 0 || vector_size == 0 {
            return Err(FormatError::Empty { words: buckets, vector_size });
        }
        if max_n < min_n.max(1) {
            let got = format!("{min_n} to {max_n}");
            return Err(FormatError::Field { field: "n-gram lengths", expected: "1 or more, shortest first", got });
        }
        Ok(Self { min_n: min_n.max(1), max_n, buckets, vector_size })
    }

    /// An upper bound on the work for a word of this many bytes, in additions: every byte is hashed for at most `max_n`
    /// n-grams, and each hash that ends an n-gram costs D additions and a division.
    pub(crate) fn work(&self, bytes: usize) -> u64 {
        let marked = bytes as u64 + 2;
        let hashed = if marked < self.min_n as u64 { 0 } else { marked.saturating_mul(marked.min(self.max_n as u64)) };
        hashed.saturating_mul(self.work_each())
    }

    /// The work for one n-gram, in additions.
    pub(crate) fn work_each(&self) -> u64 {
        self.vector_size as u64 + HASH_WORK
    }

    /// Turns a known word's own row into its vector: the mean of that row and of its n-grams', which are in `rows`
    /// (B x D little-endian f32 numbers, at any alignment).
    pub(crate) fn complete(&self, rows: &[u8], word: &[u8], row: &mut [f32]) {
        let ngrams = self.add(rows, word, row);
        scale(row, ngrams + 1);
    }

    /// Adds the row of every n-gram of `word` to `sum`; returns the number of n-grams.
    fn add(&self, rows: &[u8], word: &[u8], sum: &mut [f32]) -> usize {
        let mut count = 0;
        for_each_ngram(word, self.min_n, self.max_n, |_, hash| {
            let bucket = hash as usize % self.buckets;
            let size = 4 * self.vector_size;
            let row = &rows[bucket * size..][..size];
            for (sum, bytes) in sum.iter_mut().zip(row.as_chunks().0) {
                *sum += f32::from_le_bytes(*bytes);
            }
            count += 1;
        });
        count
    }
}

/// The n-gram rows of a model, kept in its file. Cloning copies no numbers.
#[derive(Debug, Clone)]
pub struct Subwords {
    ngrams: NGrams,
    /// B x D little-endian f32 numbers, at any alignment.
    rows: Section,
}

impl Subwords {
    /// The n-grams whose B x D little-endian f32 numbers are `rows`.
    ///
    /// # Errors
    /// [`FormatError::Size`] if the sizes disagree.
    pub(crate) fn new(ngrams: NGrams, rows: Section) -> Result<Self, FormatError> {
        let (expected, got) = (ngrams.buckets.saturating_mul(ngrams.vector_size), rows.len() / 4);
        if !rows.len().is_multiple_of(4) || expected != got {
            return Err(FormatError::Size { tensor: "n-gram rows", expected, got });
        }
        Ok(Self { ngrams, rows })
    }

    /// Characters in the shortest n-gram.
    pub fn min_n(&self) -> usize {
        self.ngrams.min_n
    }

    /// Characters in the longest n-gram.
    pub fn max_n(&self) -> usize {
        self.ngrams.max_n
    }

    /// The n-gram rows, B x D, which the n-grams share.
    pub fn rows(&self) -> Rows {
        Rows::mapped_f32(self.rows.clone(), self.ngrams.vector_size)
    }

    /// The vector of a word outside the vocabulary: D numbers, the mean over its n-grams. They may not be finite
    /// if those of the file are not.
    ///
    /// `None` if the word has no n-gram of these lengths, or so many that a question may not cost so much
    /// ([`Subwords::check_work`]).
    pub fn vector(&self, word: &str) -> Option<Vec<f32>> {
        self.check_work(word).ok()?;
        let mut sum = vec![0.0; self.ngrams.vector_size];
        let ngrams = self.ngrams.add(&self.rows, word.as_bytes(), &mut sum);
        scale(&mut sum, ngrams);
        (ngrams > 0).then_some(sum)
    }

    /// Whether the n-grams of `word` may be looked up: with n-grams of any length, their number grows with the square of
    /// the word's.
    ///
    /// # Errors
    /// [`QueryError::WordTooLong`].
    pub fn check_work(&self, word: &str) -> Result<(), QueryError> {
        let (work, each) = (self.ngrams.work(word.len()), self.ngrams.work_each());
        if work <= MAX_WORD_WORK {
            return Ok(());
        }
        Err(QueryError::WordTooLong { bytes: word.len(), expected: MAX_WORD_WORK / each, got: work / each })
    }
}

fn scale(sum: &mut [f32], count: usize) {
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

/// One step of FNV-1a with fastText's quirk: the byte is widened with its sign.
fn extend(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as i8 as u32).wrapping_mul(16_777_619)
}

#[cfg(test)]
mod tests {
    use super::super::mapped::Bytes;
    use super::*;
    use crate::WordVectors;
    use std::sync::Arc;

    fn ngrams(word: &str, min_n: usize, max_n: usize) -> Vec<String> {
        let mut found = Vec::new();
        for_each_ngram(word.as_bytes(), min_n, max_n, |ngram, _| {
            found.push(String::from_utf8(ngram.to_vec()).unwrap());
        });
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

    fn hash(ngram: &str) -> u32 {
        ngram.bytes().fold(FNV_BASIS, extend)
    }

    /// fastText 0.9.3, `get_subwords` of a model with 291 words and 100 buckets: row - 291.
    #[test]
    fn hashes_are_fasttexts_also_beyond_ascii() {
        let expected = [("<Üb", 62), ("<Übe", 17), ("<Über", 89), ("Übe", 71), ("ber", 66), ("ng>", 0)];
        for (ngram, bucket) in expected {
            assert_eq!(hash(ngram) % 100, bucket, "{ngram}");
        }
    }

    /// Bytes hashed for the n-grams of `word`: each n-gram's last character, and those before the shortest.
    fn hashed(word: &str, min_n: usize, max_n: usize) -> u64 {
        let mut longest = std::collections::BTreeMap::new();
        for_each_ngram(word.as_bytes(), min_n, max_n, |ngram, _| {
            longest.insert(ngram.as_ptr() as usize, ngram.len() as u64);
        });
        longest.values().sum()
    }

    #[test]
    fn the_work_for_a_word_is_not_underestimated() {
        for word in ["", "a", "night", "고양이", &"x".repeat(500), &"é".repeat(200)] {
            for (min_n, max_n) in [(1, 1), (3, 6), (1, i32::MAX as usize), (400, 500), (502, usize::MAX), (503, 600)] {
                let ngrams = NGrams::new(min_n, max_n, 7, 3).unwrap();
                let work = ngrams.work(word.len());
                let found = hashed(word, min_n, max_n);
                assert!(work >= found * ngrams.work_each(), "{} bytes, {min_n} to {max_n}: {work}", word.len());
                assert!(word.len() + 2 >= min_n || work == 0, "{} bytes, {min_n} to {max_n}: {work}", word.len());
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

    fn small(min_n: usize, max_n: usize, vector_size: usize) -> Result<Subwords, FormatError> {
        let bytes: Vec<u8> = (0..6).flat_map(|i| (i as f32).to_le_bytes()).collect();
        let rows = Section::new(&Arc::new(Bytes::Owned(bytes)), 0..24);
        Subwords::new(NGrams::new(min_n, max_n, 6 / vector_size.max(1), vector_size)?, rows)
    }

    #[test]
    fn a_word_is_the_mean_of_its_ngrams_and_one_without_is_unknown() {
        let subwords = small(3, 3, 2).unwrap();
        let row = |ngram: &str| 2.0 * (hash(ngram) % 3) as f32;
        let first = (row("<ab") + row("ab>")) / 2.0;
        assert_eq!(subwords.vector("ab"), Some(vec![first, first + 1.0]));
        let mut known = [5.0, 7.0];
        subwords.ngrams.complete(&subwords.rows, b"a", &mut known);
        assert_eq!(known, [(5.0 + row("<a>")) / 2.0, (8.0 + row("<a>")) / 2.0]);
        assert_eq!(subwords.vector(""), None);
        assert_eq!(subwords.vector("</s>"), None);
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
        let nan = Arc::new(Bytes::Owned(f32::NAN.to_le_bytes().to_vec()));
        let subwords = Subwords::new(NGrams::new(3, 6, 1, 1).unwrap(), Section::new(&nan, 0..4)).unwrap();
        let mut vocabulary = rapidvec_core::Vocabulary::new();
        vocabulary.add("one");
        let vectors = WordVectors::new(vocabulary, 1, crate::Numbers::F32(vec![1.0])).unwrap();
        let vectors = vectors.with_subwords(subwords).unwrap();
        assert_eq!(vectors.vector("two"), None);
        assert!(vectors.most_similar("two", 1).is_err());
    }

    #[test]
    fn refuses_no_rows_and_ngrams_without_characters() {
        assert!(matches!(small(3, 6, 7), Err(FormatError::Empty { words: 0, vector_size: 7 })));
        assert!(matches!(small(3, 6, 0), Err(FormatError::Empty { .. })));
        assert!(matches!(small(3, 6, 4), Err(FormatError::Size { expected: 4, got: 6, .. })));
        assert!(matches!(small(0, 0, 2), Err(FormatError::Field { .. })));
        assert!(matches!(small(4, 3, 2), Err(FormatError::Field { .. })));
    }
}
