//! The words of a sentence that subsampling keeps.

use super::subsample::Subsampling;
use rapidvec_core::{EOS_ID, Ids, Rng, WordId};
use std::ops::{ControlFlow, Range};

/// A sentence with more words is trained in pieces.
pub(super) const LONGEST: usize = 10_000;

/// The maximum number of contexts of a window that reaches `window` words to each side.
pub(super) fn max_contexts(window: usize) -> usize {
    window.saturating_mul(2).min(LONGEST - 1)
}

/// Words in order, reused from sentence to sentence.
#[derive(Debug, Default)]
pub(super) struct Sentence {
    words: Vec<WordId>,
    length: usize,
}

impl Sentence {
    /// Reads `ids` in this range, to the end of the sentence, or as much as a piece can hold. Returns where to read next.
    pub fn read(&mut self, ids: Ids, places: Range<usize>, subsampling: &Subsampling, rng: &mut Rng) -> usize {
        self.words.resize(LONGEST, 0); // once
        let (mut length, mut at) = (0, places.start);
        let words = &mut self.words[..LONGEST];
        let _ = ids.slice(places).try_for_each(|id| {
            at += 1;
            if id == EOS_ID {
                return ControlFlow::Break(());
            }
            // Always written, and counted only if it stays: that is random, so a branch would be mispredicted.
            words[length] = id;
            length += usize::from(subsampling.keeps(id, rng));
            if length < LONGEST { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
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
    use rapidvec_core::{Purpose, Rng};

    #[test]
    fn a_long_sentence_comes_in_pieces_without_losing_a_word() {
        let ids: Vec<u32> = (0..25_000).map(|i| i % 7).chain([EOS_ID, 1, 2, EOS_ID]).collect();
        let (mut sentence, mut rng) = (Sentence::default(), Rng::stream(1, Purpose::Block, 0));
        let (mut at, mut lengths) = (0, Vec::new());
        let subsampling = Subsampling::new(&[1; 7], 0.0);
        while at < ids.len() {
            at = sentence.read(Ids::from(&ids), at..ids.len(), &subsampling, &mut rng);
            lengths.push(sentence.words().len());
        }
        assert_eq!(lengths, [10_000, 10_000, 5_000, 2]);
    }
}
