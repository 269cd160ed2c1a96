//! The words of a sentence that stay after subsampling.
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Purpose, Rng};

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
}
