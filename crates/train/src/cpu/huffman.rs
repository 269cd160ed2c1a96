//! A Huffman tree over the words: hierarchical softmax predicts a word by the branches on the path to it.
//!
//! V words have V - 1 inner nodes, each with a row of `w_out`. Frequent words have short paths: the average length is
//! within one of the entropy of the counts. There is no limit on the depth. Nodes are numbered in the order in which they are
//! joined, the lightest two first; the root is the last. Codes are word2vec.c's: 0 towards the lighter of the two.

use crate::trainer::TrainError;
use rapidvec_core::WordId;
use rapidvec_core::kernels::prefetch;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// One branch on the path to a word: an inner node, and the side to take. One number, since a path is read once from
/// anywhere in a large table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Branch(u32);

impl Branch {
    fn new(node: usize, label: bool) -> Self {
        Self((node as u32) << 1 | u32::from(label))
    }

    /// Row of `w_out`.
    #[inline]
    pub fn node(self) -> u32 {
        self.0 >> 1
    }

    /// Whether it takes the less frequent side, or the first of two equal ones (word2vec's code 0, for which the label is 1).
    #[inline]
    pub fn label(self) -> bool {
        self.0 & 1 == 1
    }
}

/// The maximum number of words whose inner nodes a branch can number.
const MAX_WORDS: usize = 1 << 31;

/// The paths of all words.
///
/// ```
/// use rapidvec::HuffmanTree;
///
/// let tree = HuffmanTree::of(&[40, 30, 15, 10, 4, 1])?; // as in gensim 4.4
/// assert!(tree.code(3).eq([1, 1, 1, 1]) && tree.nodes(3).eq([4, 3, 2, 1]));
/// # Ok::<(), rapidvec::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct HuffmanTree {
    /// From the root down, word after word.
    branches: Vec<Branch>,
    /// Where each word's path ends.
    ends: Vec<usize>,
}

impl HuffmanTree {
    /// The tree of words with these counts, in any order. Of words of equal count the first counts as the lighter. A single word
    /// has an empty path.
    ///
    /// # Errors
    /// [`TrainError::TooManyWords`] above 2^31 words.
    pub fn of(counts: &[u64]) -> Result<Self, TrainError> {
        Self::check(counts.len())?;
        Ok(if counts.len() < 2 {
            Self { branches: Vec::new(), ends: vec![0; counts.len()] }
        } else {
            Self::new(counts)
        })
    }

    /// The code of a word, from the root down: 0 for the lighter side of a node, 1 for the heavier.
    ///
    /// # Panics
    /// If there is no such word.
    pub fn code(&self, word: WordId) -> impl ExactSizeIterator<Item = u8> {
        self.path(word).iter().map(|branch| u8::from(!branch.label()))
    }

    /// The inner nodes on the path to a word, from the root down: rows of the output matrix of nodes.
    ///
    /// # Panics
    /// If there is no such word.
    pub fn nodes(&self, word: WordId) -> impl ExactSizeIterator<Item = u32> {
        self.path(word).iter().map(|branch| branch.node())
    }

    /// Rejects more words than a tree can hold.
    pub(super) fn check(words: usize) -> Result<(), TrainError> {
        if words > MAX_WORDS {
            return Err(TrainError::TooManyWords { max: MAX_WORDS, got: words });
        }
        Ok(())
    }

    /// The tree of two or more words with these counts; [`check`](Self::check) has passed.
    pub(super) fn new(counts: &[u64]) -> Self {
        debug_assert!((2..=MAX_WORDS).contains(&counts.len()));
        let (parents, second) = join(counts);
        let root = 2 * counts.len() - 2;
        let mut tree = Self { branches: Vec::new(), ends: Vec::with_capacity(counts.len()) };
        for word in 0..counts.len() {
            let start = tree.branches.len();
            let mut at = word;
            while at != root {
                let label = !second[at];
                at = parents[at];
                tree.branches.push(Branch::new(at - counts.len(), label));
            }
            tree.branches[start..].reverse();
            tree.ends.push(tree.branches.len());
        }
        tree
    }

    /// The branches on the path to the word.
    #[inline]
    pub(super) fn path(&self, word: WordId) -> &[Branch] {
        let word = word as usize;
        let start = if word == 0 { 0 } else { self.ends[word - 1] };
        &self.branches[start..self.ends[word]]
    }

    /// Prefetches the position of the word's path, which [`prefetch`](Self::prefetch) needs.
    #[inline]
    pub(super) fn prefetch_place(&self, word: WordId) {
        prefetch(&self.ends[word as usize]);
    }

    /// Prefetches the word's path, which is needed soon.
    #[inline]
    pub(super) fn prefetch(&self, word: WordId) {
        let path = self.path(word);
        prefetch(&path[0]);
        prefetch(&path[path.len() - 1]);
    }

    /// Branches on the longest path.
    pub(super) fn depth(&self) -> usize {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| end - start).max().unwrap_or(0)
    }
}

/// Joins the two lightest nodes until one is left. Returns each node's parent, and whether it was the second of the two: words
/// first, then inner nodes in the order they were made; the last is the root.
fn join(counts: &[u64]) -> (Vec<usize>, Vec<bool>) {
    let nodes = 2 * counts.len() - 1;
    let (mut parents, mut second) = (vec![0; nodes], vec![false; nodes]);
    // Of equal weights the one made first: rare words come last in the vocabulary and go down first.
    let mut heap: BinaryHeap<Reverse<(u128, usize)>> =
        counts.iter().enumerate().map(|(word, &count)| Reverse((u128::from(count), word))).collect();
    for inner in counts.len()..nodes {
        let (Some(Reverse((light, a))), Some(Reverse((heavy, b)))) = (heap.pop(), heap.pop()) else { break };
        (parents[a], parents[b], second[b]) = (inner, inner, true);
        heap.push(Reverse((light + heavy, inner)));
    }
    (parents, second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_words_than_branches_can_name_are_refused() {
        assert_eq!(HuffmanTree::check(MAX_WORDS), Ok(()));
        assert_eq!(Branch::new(MAX_WORDS - 2, true).node() as usize, MAX_WORDS - 2); // the root of the largest tree
        let error = HuffmanTree::check(MAX_WORDS + 1).unwrap_err();
        assert!(error.to_string().contains("2147483648 distinct words, got 2147483649"), "{error}");
    }

    #[test]
    fn paths_form_a_prefix_code_of_the_right_length() {
        let counts = [40u64, 30, 15, 10, 4, 1];
        let tree = HuffmanTree::new(&counts);
        let length = |word| tree.path(word).len();
        assert_eq!((0..6).map(length).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 5]);
        let code = |word| tree.path(word).iter().map(|branch| branch.label()).collect::<Vec<_>>();
        for a in 0..6 {
            assert_eq!(tree.path(a)[0].node(), 4, "the root is the last inner node");
            assert!((0..6).all(|b| a == b || !code(b).starts_with(&code(a))), "{a} is the start of another");
        }
        assert_eq!(tree.depth(), 5);
    }

    /// gensim 4.4.0: `build_vocab_from_freq` with `hs=1`, then `get_vecattr(word, "code")` and `"point"`.
    #[test]
    fn codes_and_nodes_are_gensims() {
        let tree = HuffmanTree::of(&[40, 30, 15, 10, 4, 1]).unwrap();
        let expected: [(&[u8], &[u32]); 6] = [
            (&[0], &[4]),
            (&[1, 0], &[4, 3]),
            (&[1, 1, 0], &[4, 3, 2]),
            (&[1, 1, 1, 1], &[4, 3, 2, 1]),
            (&[1, 1, 1, 0, 1], &[4, 3, 2, 1, 0]),
            (&[1, 1, 1, 0, 0], &[4, 3, 2, 1, 0]),
        ];
        for (word, (code, nodes)) in (0..).zip(expected) {
            assert!(tree.code(word).eq(code.iter().copied()) && tree.nodes(word).eq(nodes.iter().copied()), "{word}");
        }
        let reversed = HuffmanTree::of(&[1, 4, 10, 15, 30, 40]).unwrap();
        assert!((0..6).all(|word| reversed.code(5 - word).eq(tree.code(word))), "words may be in any order");
        assert_eq!(HuffmanTree::of(&[7]).unwrap().code(0).len(), 0);
        assert_eq!(HuffmanTree::of(&[]).unwrap().depth(), 0);
    }

    /// Expected lengths: optimal, so within one of the entropy.
    #[test]
    fn the_mean_length_is_within_one_of_the_entropy() {
        let counts: Vec<u64> = (1..=2000).map(|rank| 1_000_000 / rank).collect();
        let tree = HuffmanTree::new(&counts);
        let total = counts.iter().sum::<u64>() as f64;
        let share = |word: usize| counts[word] as f64 / total;
        let mean: f64 = (0..2000).map(|word| share(word) * tree.path(word as u32).len() as f64).sum();
        let entropy: f64 = (0..2000).map(|word| -share(word) * share(word).log2()).sum();
        assert!(mean >= entropy && mean < entropy + 1.0, "{mean} branches, entropy {entropy}");
    }

    #[test]
    fn a_path_may_be_deeper_than_forty_branches() {
        let mut counts: Vec<u64> = vec![1, 1];
        while counts.len() < 80 {
            counts.push(counts[counts.len() - 1] + counts[counts.len() - 2]);
        }
        counts.reverse();
        assert_eq!(HuffmanTree::new(&counts).depth(), 79);
    }
}
