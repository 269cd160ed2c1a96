//! The words of a sentence that stay after subsampling, and which of them stand twice in one window.
#![forbid(unsafe_code)]

use super::subsample::Subsampling;
use crate::math::Rng;
use crate::words::{SENTENCE_END, WordId};

/// A sentence with more words is trained in pieces.
pub(super) const LONGEST: usize = 10_000;

/// Words in order, reused from sentence to sentence.
#[derive(Debug, Default)]
pub(super) struct Sentence {
    words: Vec<WordId>,
    length: usize,
    /// One more than the last place before or at this one where a word stood that came again within two windows; 0: none.
    repeats: Vec<u32>,
}

impl Sentence {
    /// Reads on from `at` to the end of the sentence, of `ids`, or of what a piece can hold. Returns where to read next.
    pub fn read(&mut self, ids: &[WordId], mut at: usize, subsampling: &Subsampling, rng: &mut Rng) -> usize {
        self.words.resize(LONGEST, 0); // once
        let mut length = 0;
        while at < ids.len() && length < LONGEST {
            let id = ids[at];
            at += 1;
            if id == SENTENCE_END {
                break;
            }
            // Written in any case and counted if it stays: whether it does is random, and no branch could foresee it.
            self.words[length] = id;
            length += usize::from(subsampling.keeps(id, rng));
        }
        self.length = length;
        at
    }

    /// The words.
    #[inline]
    pub fn words(&self) -> &[WordId] {
        &self.words[..self.length]
    }

    /// Finds words that come again within `window` words on either side of another.
    pub fn find_repeats(&mut self, window: usize) {
        let words = &self.words[..self.length];
        self.repeats.clear();
        let mut latest = 0;
        for (i, word) in words.iter().enumerate() {
            let start = i.saturating_sub(2 * window);
            // Without an early end the comparison runs a register at a time.
            let before = words[start..i].iter().zip(start as u32 + 1..);
            let last = before.fold(0, |last, (other, place)| if other == word { place } else { last });
            latest = latest.max(last);
            self.repeats.push(latest);
        }
    }

    /// Whether a word stands twice in `start..end`.
    #[inline]
    pub fn repeats_in(&self, start: usize, end: usize) -> bool {
        self.repeats[end - 1] as usize > start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Purpose, Rng};
    use proptest::prelude::*;

    #[test]
    fn a_long_sentence_comes_in_pieces_without_losing_a_word() {
        let ids: Vec<u32> = (0..25_000).map(|i| i % 7).chain([SENTENCE_END, 1, 2, SENTENCE_END]).collect();
        let (mut sentence, mut rng) = (Sentence::default(), Rng::stream(1, Purpose::Block, 0));
        let (mut at, mut lengths) = (0, Vec::new());
        let subsampling = Subsampling::new(&[1; 7], 0.0);
        while at < ids.len() {
            at = sentence.read(&ids, at, &subsampling, &mut rng);
            lengths.push(sentence.words().len());
        }
        assert_eq!(lengths, [10_000, 10_000, 5_000, 2]);
    }

    proptest! {
        #[test]
        fn repeats_are_those_a_look_at_the_window_finds(words in prop::collection::vec(0u32..12, 1..60), window in 1usize..8) {
            let mut sentence = Sentence { length: words.len(), words, repeats: Vec::new() };
            sentence.find_repeats(window);
            let words = sentence.words();
            for center in 0..words.len() {
                for width in 1..=window {
                    let (start, end) = (center.saturating_sub(width), (center + width + 1).min(words.len()));
                    let twice = (start..end).any(|i| (i + 1..end).any(|j| words[i] == words[j]));
                    prop_assert_eq!(sentence.repeats_in(start, end), twice);
                }
            }
        }
    }
}
